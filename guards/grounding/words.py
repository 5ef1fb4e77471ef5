"""Words as the overlap checks see them: lower case, lightly stemmed, without those that carry no content."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[^\W_]+(?:[.\-/'’][^\W_]+)*")
_STOP = frozenset(
    """
    a an the this that these those it its they them their there here he she his her we our you your i my and or
    but if then than so as of in on at by for from to with into onto over under about between through during per
    via is are was were be been being am do does did has have had having will would shall should can could may
    might must not no nor also such any each every all both some other more most only own same very too just
    which who whom whose what when where why how many much long often time times
    """.split()
)
_SUFFIXES = ("ations", "ation", "ings", "ing", "ments", "ment", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y")


def stem(word: str) -> str:
    """A crude stem: enough that "dosing", "doses" and "dose" meet; never shorter than three letters."""
    if any(character.isdigit() for character in word):
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def content(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order, with repeats."""
    words = (match.lower() for match in _TOKEN.findall(text))
    return tuple(stem(part) for word in words if word not in _STOP for part in _parts(word))


def _parts(word: str) -> list[str]:
    """A hyphenated word is its parts; a number with its dots is one."""
    if word[0].isdigit():
        return [word]
    return [part for part in re.split(r"[.\-/'’]", word) if part and part not in _STOP]
