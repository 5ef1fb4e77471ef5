"""Turns: lines that begin in one of two ways again and again, whatever the words, as the speakers of a talk do.

The beginning of a line is what stands before a colon, an arrow or a bracket, less numbers and times. Two beginnings
that take turns are a prompt's and a response's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from guards.integrity.labels import Marker, Role

_BEGINNING = re.compile(
    r"^[ \t]{0,8}(?:[\[(]?\d[\d:.,/ -]{0,20}[\])]?[ \t]{1,4})?+"
    r"(?P<label>[^\w\s]{0,6}[^\n:：=>|\])]{1,48}?(?:[*~]{1,3}|[\])>])?[ \t]{0,2}(?:[:：]|->|=>|=|[\])>])[*~]{0,3})"
    r"(?=\s)[ \t]{0,4}",
    re.MULTILINE,
)
_SIGN = re.compile(
    r"^[ \t]{0,8}(?P<label>#{1,6}|[>~=*-]{1,4}>?|(?:\*|~~|_)[^\n*~_]{1,30}(?:\*|~~|_))[ \t]{1,4}", re.MULTILINE
)
_NUMBER = re.compile(r"[\d\s]+")


def find_turns(text: str) -> list[Marker]:
    """The beginnings of lines that take turns, as labels of prompts and responses; none when nothing does."""
    found = sorted(_beginnings(text), key=lambda each: (each[0], -each[1]))
    often = Counter(label for _, _, label in found)
    repeated = [each for each in found if often[each[2]] > 1]
    following = Counter(
        (one[2], other[2]) for one, other in pairwise(repeated) if one[2] != other[2] and one[1] <= other[0]
    )
    for (first, second), times in following.most_common(1):
        if times < 2 or following[second, first] < 1:
            return []
        names = [label for _, _, label in repeated if label in (first, second)]
        if following[second, first] == times and names[0] == second:
            first, second = second, first  # noqa: PLW2901 - who begins asks
        role: dict[str, Role] = {first: "prompt", second: "response"}
        return [
            Marker(start=start, end=end, label=label, role=role[label], kind="other")
            for start, end, label in repeated
            if label in role
        ]
    return []


def _beginnings(text: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_BEGINNING, _SIGN):
        for found in pattern.finditer(text):
            label = _NUMBER.sub(" ", found["label"].lower()).strip()
            if label and len(label.split()) <= 6:
                yield found.start(), found.end(), label
