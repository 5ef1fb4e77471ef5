"""Encodings that hide words: base64, hexadecimal, escapes, rot13, reversed, leetspeak, letters spelt apart.

A piece is written out only when what comes out is English, so numbers, hashes and other languages stay as they are.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from guards.integrity import words
from guards.integrity.normal import Substitution, View

LEAST_ENGLISH = 0.16
"""Share of little English words from which a decoded piece counts as English; prose has about 0.4."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}+(?:\s?\n[A-Za-z0-9+/_-]{16,}+)*+={0,2}")
_HEX = re.compile(r"(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,]?){16,}+")
_PERCENT = re.compile(r"(?:[^\s%]{0,40}%[0-9A-Fa-f]{2}){4,}+[^\s%]{0,40}")
_ENTITY = re.compile(r"(?:[^\n&]{0,20}&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});){6,}+")
_ESCAPE = re.compile(r"(?:[^\n\\]{0,20}\\u[0-9A-Fa-f]{4}){4,}+")
_APART = re.compile(r"(?<!\w)\w(?:[ ._*-]\w(?!\w)){4,}+(?:[ ]{2,4}\w(?!\w)(?:[ ._*-]\w(?!\w))*+)*+")
_LINE = re.compile(r"[^\n]{24,}")
_MIXED = re.compile(r"(?<!\w)(?=\w*[^\W\d_])(?=\w*[0134578@$])[\w@$]{2,}")
_LEET = str.maketrans("013457@$", "oieastas")
_SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget)(?:all|any|the|every)*(?:of)?(?:your|my|the)?(?:previous|prior|above|earlier"
    r"|system)*"
    r"(?:instructions|rules|prompts?|guidelines)",
    re.IGNORECASE,
)


def written_out(view: View) -> View:
    """The view with every hidden piece written out; the view itself when nothing is hidden. Linear."""
    for find in (_escapes, _blobs, _apart, _lines):
        changes = list(find(view.text))
        if changes:
            view = view.without(changes)
    return view


def _english(text: str) -> bool:
    return words.count(text) >= 4 and words.english(text) >= LEAST_ENGLISH


def _escapes(text: str) -> Iterator[Substitution]:
    ways: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
        ("%", _PERCENT, unquote),
        ("&", _ENTITY, html.unescape),
        ("\\u", _ESCAPE, _unescaped),
    )
    for sign, pattern, decode in ways:
        if text.count(sign) < 4:
            continue
        changes = [(found.start(), found.end(), decode(found[0])) for found in pattern.finditer(text)]
        changes = [change for change in changes if change[2] != text[change[0] : change[1]]]
        if changes:
            yield from changes  # one way at a time: their places would overlap
            return


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), text)


def _blobs(text: str) -> Iterator[Substitution]:
    done = 0
    for found in _BASE64.finditer(text):
        plain = _from_base64(found[0])
        if not plain and len(found[0]) >= 32:
            plain = _from_hex(found[0])
        if plain:
            yield found.start(), found.end(), plain
            done = found.end()
    if done:
        return
    for found in _HEX.finditer(text):
        if plain := _from_hex(found[0]):
            yield found.start(), found.end(), plain


def _from_base64(blob: str) -> str:
    if blob.islower() or blob.isdigit():
        return ""
    compact = "".join(blob.split()).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        plain = base64.b64decode(compact + "=" * (-len(compact) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain if _english(plain) else ""


def _from_hex(blob: str) -> str:
    digits = re.sub(r"\\x|0x|[^0-9A-Fa-f]", "", blob)
    try:
        plain = bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return plain if _english(plain) else ""


def _apart(text: str) -> Iterator[Substitution]:
    """Letters spelt apart; where the words run together too, only the well-known order is read out of them."""
    for found in _APART.finditer(text):
        plain = " ".join(re.sub(r"[ ._*-]", "", word) for word in re.split(r"\s{2,}", found[0]))
        if " " not in plain and (known := _SQUEEZED.search(plain)):
            plain = f"{plain[: known.start()]} ignore previous instructions {plain[known.end() :]}"
        if any(character.isalpha() for character in plain):
            yield found.start(), found.end(), plain


def _lines(text: str) -> Iterator[Substitution]:
    """Lines that are no English but become it when turned, shifted by 13 letters, or read with digits as letters."""
    for found in _LINE.finditer(text):
        line = found[0]
        if words.english(line) >= 0.12:
            continue
        head = line[: words.HEAD]
        for way in (_rot13, _turned, _unleet):
            if _english(way(head)) and words.english(way(head)) >= 0.2:
                yield found.start(), found.end(), way(line)
                break


def _rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def _turned(text: str) -> str:
    return text[::-1]


def _unleet(text: str) -> str:
    return _MIXED.sub(lambda found: found[0].translate(_LEET), text)
