"""Redaction: spans of a text become short inert marks; everything else stays as it is, character for character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A span to be taken out."""

    start: int
    end: int
    what: str
    """What the mark says was there: "5 examples"."""


def merge(cuts: Iterable[Cut]) -> list[Cut]:
    """The same cuts in order and apart: those that overlap become one that says what all of them were."""
    merged: list[Cut] = []
    for cut in sorted(cuts, key=lambda each: (each.start, -each.end)):
        if merged and cut.start < merged[-1].end:
            last = merged[-1]
            names = last.what if cut.what in last.what else f"{last.what}, {cut.what}"
            what = names if len(names) <= 80 else last.what
            merged[-1] = Cut(start=last.start, end=max(last.end, cut.end), what=what)
        elif cut.end > cut.start:
            merged.append(cut)
    return merged


def redact(text: str, cuts: Sequence[Cut]) -> str:
    """The text with a mark in place of each cut; the text itself when there is none."""
    parts: list[str] = []
    done = 0
    for cut in merge(cuts):
        parts += [text[done : cut.start], f"[removed: {cut.what}]"]
        done = cut.end
    return "".join(parts) + text[done:] if parts else text
