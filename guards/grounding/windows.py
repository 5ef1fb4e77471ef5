"""Long evidence cut to what a small model can read at once.

A claim is read against windows: stretches of each passage, the likeliest first, and one window put together from the
sentences of all passages that share most with the claim, for what takes two places to prove. A passage's heading (its
first line, when that is no sentence) stands before each of its windows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.sentences import split_sentences
from corpus.types import Span
from guards.grounding.words import content

WINDOW = 110
"""Words of a window; a passage that is not much longer is one window."""
WHOLE = 140
"""Words up to which a passage is not cut."""
HEADING = 200
"""Characters that a heading has at most."""
LONGEST = 60
"""Words after which a sentence without an end is cut."""
LEAST = 2
"""Windows that are always read, if there are so many; and one more for every `MORE` that there are."""
MORE = 4

_COVERED = 0.3
"""What a word is worth that another chosen sentence has already."""
_SHORT = 60
"""Words by which a longer sentence must be better to be taken before a shorter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stretch of one passage."""

    evidence: int
    """Index of the passage."""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the model reads as evidence at one time."""

    text: str
    places: tuple[Place, ...]
    """Where its sentences stand, in order."""


@dataclass(frozen=True, slots=True)
class _Unit:
    place: Place
    text: str
    stems: frozenset[str]
    words: int


def windows(claim: str, evidence: Sequence[str]) -> tuple[Window, ...]:
    """The windows of all passages that a claim is read against, likeliest first. Empty when the evidence is.

    A function of its arguments alone, and linear in the length of the evidence.
    """
    headings = [heading(text) for text in evidence]
    passages = [list(_units(index, text, headings[index])) for index, text in enumerate(evidence)]
    worth = _worth(claim, [unit for passage in passages for unit in passage])
    stretches = [
        (sum(worth.get(stem, 0.0) for stem in frozenset().union(*(unit.stems for unit in stretch))), stretch)
        for passage in passages
        for stretch in _stretches(passage)
    ]
    stretches.sort(key=lambda each: -each[0])
    kept = [stretch for _, stretch in stretches[: LEAST + len(stretches) // MORE]]
    gathered = _gather(worth, [unit for passage in passages for unit in passage])
    if len(gathered) > 1 and not any(set(_at(gathered)) <= set(_at(stretch)) for stretch in kept):
        kept.insert(0, gathered)
    return tuple(_window(stretch, headings) for stretch in kept)


def heading(text: str) -> str:
    """The first line of a passage if it is a heading: short, and without the end of a sentence. Else empty."""
    first, line_end, rest = text.partition("\n")
    is_one = line_end and rest.strip() and len(first) <= HEADING and not first.rstrip().endswith((".", ";", ",", ":"))
    return first.strip() if is_one else ""


def _gather(worth: dict[str, float], units: Sequence[_Unit]) -> list[_Unit]:
    """The sentences that together have most of the claim's words, in order; a word counts less the second time."""
    left = {index for index, unit in enumerate(units) if any(stem in worth for stem in unit.stems)}
    covered: Counter[str] = Counter()
    chosen: list[int] = []
    room = WINDOW

    def gain(index: int) -> float:
        unit = units[index]
        found = sum(worth[stem] * _COVERED ** covered[stem] for stem in unit.stems if stem in worth)
        return found / (1 + unit.words / _SHORT)

    while left and room > 0:
        best = max(left, key=lambda index: (gain(index), -index))
        left.discard(best)
        if chosen and units[best].words > room:
            continue
        chosen.append(best)
        room -= units[best].words
        covered.update(units[best].stems)
    return [units[index] for index in sorted(chosen)]


def _worth(claim: str, units: Sequence[_Unit]) -> dict[str, float]:
    """What each of the claim's words is worth: the more, the fewer sentences of the evidence have it."""
    having = Counter(stem for unit in units for stem in unit.stems)
    return {stem: math.log(1 + len(units) / (0.5 + having[stem])) for stem in dict.fromkeys(content(claim))}


def _units(index: int, text: str, title: str) -> Iterator[_Unit]:
    offset = len(text.partition("\n")[0]) if title else 0
    for start, end in split_sentences(text[offset:]):
        for first, last in _cut(text, start + offset, end + offset):
            words = text[first:last]
            yield _Unit(
                Place(evidence=index, start=first, end=last), words, frozenset(content(words)), len(words.split())
            )


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """A stretch without the end of a sentence, such as a flattened table, in pieces of at most `LONGEST` words."""
    at, words, begun = start, 0, start
    while at < end:
        while at < end and text[at].isspace():
            at += 1
        while at < end and not text[at].isspace():
            at += 1
        words += 1
        if words == LONGEST:
            yield begun, at
            while at < end and text[at].isspace():
                at += 1
            begun, words = at, 0
    if begun < end:
        yield begun, end


def _stretches(units: Sequence[_Unit]) -> Iterator[list[_Unit]]:
    """Runs of neighbouring sentences, each beginning about the middle of the one before."""
    if sum(unit.words for unit in units) <= WHOLE:
        if units:
            yield list(units)
        return
    first = 0
    while first < len(units):
        last, words = first, 0
        while last < len(units) and (last == first or words + units[last].words <= WINDOW):
            words += units[last].words
            last += 1
        yield list(units[first:last])
        if last == len(units):
            return
        half, step = 0, first
        while step < last - 1 and half + units[step].words <= WINDOW // 2:
            half += units[step].words
            step += 1
        first = max(step, first + 1)


def _at(units: Sequence[_Unit]) -> list[Place]:
    return [unit.place for unit in units]


def _window(units: Sequence[_Unit], headings: Sequence[str]) -> Window:
    parts: list[str] = []
    before = -1
    for unit in units:
        if unit.place.evidence != before and headings[unit.place.evidence]:
            parts.append(headings[unit.place.evidence] + "\n")
        before = unit.place.evidence
        parts.append(" ".join(unit.text.split()) + " ")
    return Window(text="".join(parts).strip(), places=tuple(_at(units)))
