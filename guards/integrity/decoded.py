"""Text that a machine reads at a glance and a person does not: encodings, reversals, invisible characters.

`readings` finds stretches of a text that say something else when decoded, and gives what they say. Nothing is guessed:
what comes out must be words, or it is left alone.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from guards.integrity.units import EVERYDAY

LONGEST = 20_000
"""Characters of one encoded stretch that are decoded; what follows is not looked at."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[ ,:]?){12,}")
_DENSE = re.compile(r"[A-Za-z0-9+/_-]{16}|(?:[0-9A-Fa-fx\\%]{2,4}[ ,:]){8}|[01]{8}")
"""What every one of the encodings looks like somewhere; few passages do."""
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{6,}")
_BACK = re.compile(r"(?<!\S)(?=[.?!]['\")\]]?\w)")
_CAPITAL = re.compile(r"[a-z][A-Z](?=\s|$)")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff]{24,}")
_USUAL = (" the ", " of ", " to ", " and ", " is ", " in ", " for ", " are ", " with ")
"""Words between spaces of which nearly every plain sentence has one."""
_LETTERS = re.compile(r"[a-z']+")
_BINARY = re.compile(r"(?:[01]{8} ?){8,}")


class Reading(NamedTuple):
    """A stretch of a text and what it says."""

    start: int
    end: int
    text: str
    how: str
    """After "written", in words for a person: "in base64"."""


def readings(text: str) -> Iterator[Reading]:
    """Every stretch that is encoded, with its meaning. Linear in the text's length; never raises."""
    if not text.isascii():
        yield from unseen(text)
    if not _DENSE.search(text):
        return
    for match in _BASE64.finditer(text):
        if (said := _base64(match.group()[:LONGEST])) and _speaks(said):
            yield Reading(*match.span(), said, "in base64")
    for match in _HEX.finditer(text):
        digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", match.group()[: 3 * LONGEST])
        if (said := _ascii(bytes.fromhex(digits[: len(digits) // 2 * 2]))) and _speaks(said):
            yield Reading(*match.span(), said, "in hexadecimal")
    for match in _BINARY.finditer(text):
        bits = match.group()[: 9 * LONGEST].split() if " " in match.group() else re.findall("[01]{8}", match.group())
        if (said := _ascii(bytes(int(each[:8], 2) for each in bits))) and _speaks(said):
            yield Reading(*match.span(), said, "in binary")


def backwards(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences seem to stand that begin with their full stop and end with their capital letter, backwards."""
    starts = [match.start() for match in _BACK.finditer(text)]
    for start, following in pairwise([*starts, len(text)]):
        end = _CAPITAL.search(text, start, following)
        yield start, end.end() if end else following


def turned(text: str) -> tuple[str, str] | None:
    """What a sentence says when each letter is moved by 13, or when it is read backwards, and which; None if neither.

    It must make far more everyday words that way than as it stands.
    """
    lower = text.lower()
    if any(word in lower for word in _USUAL):
        return None
    words = _LETTERS.findall(lower)
    if len(words) < 4 or _everyday(words) > 0.2:
        return None
    for said, how in ((codecs.encode(text, "rot13"), "in rot13"), (text[::-1], "backwards")):
        if _everyday(_LETTERS.findall(said.lower())) >= 0.4:
            return said, how
    return None


def unseen(text: str) -> Iterator[Reading]:
    """Characters without a picture that spell something: tags, variation selectors, patterns of zero width."""
    for match in _TAGS.finditer(text):
        said = "".join(chr(ord(each) - 0xE0000) for each in match.group())
        yield Reading(*match.span(), said, "in invisible tag characters")
    for match in _SELECTORS.finditer(text):
        values = bytes(ord(each) - (0xFE00 if ord(each) < 0xFE10 else 0xE0100 - 16) for each in match.group())
        if said := _ascii(values):
            yield Reading(*match.span(), said, "in invisible variation selectors")
    for match in _ZERO_WIDTH.finditer(text):
        kinds = sorted(set(match.group()))
        if len(kinds) == 2:
            for zero, one in (kinds, kinds[::-1]):
                bits = match.group().translate({ord(zero): "0", ord(one): "1"})
                octets = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
                if said := _ascii(octets):
                    yield Reading(*match.span(), said, "in invisible characters")
                    break


def _base64(text: str) -> str:
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        return _ascii(base64.b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _ascii(octets: bytes) -> str:
    """The bytes as text where nearly all of them are printable ASCII, else empty."""
    if not octets:
        return ""
    printable = sum(32 <= each < 127 or each in (9, 10, 13) for each in octets)
    return octets.decode("ascii", "replace") if printable >= 0.95 * len(octets) else ""


def _speaks(text: str) -> bool:
    """Whether it is words with spaces between them, rather than a code that happens to be printable."""
    words = _LETTERS.findall(text.lower())
    return len(words) >= 2 and " " in text.strip() and sum(len(each) for each in words) > 0.6 * len(text)


def _everyday(words: list[str]) -> float:
    return sum(each in EVERYDAY for each in words) / len(words) if words else 0.0
