"""What headings, list items and captions look like, and the path of sections at a place."""

from __future__ import annotations

import re

from corpus.passages import clean

LONGEST_TITLE = 160
"""Characters that are kept of a heading."""

DEEPEST = 5
"""Headings in a path."""

ITEM = re.compile(
    r"\s*(?:(?:[•·▪◦●○■□–—*\uf000-\uf0ff-]|\(?(?:\d{1,2}|[a-z]|[ivxl]{1,5})[.)]|\([A-Z]\))\s+\S"
    r"|[A-Z][.)]\s+[^a-z\s])"  # "A. Scope", but not "H. pylori"
)
LABEL = re.compile(r"\s*(?:[•·▪◦●○■□–—*\uf000-\uf0ff-]|\(?(?:\d{1,3}|[A-Za-z]|[ivxl]{1,6})[.)])\s*")
CAPTION = re.compile(r"\s*(?:TABLE|Table|Figure|FIGURE|Fig\.)\s+[\dA-Z][\w.-]*\s*[.:–—-]?\s*(?=[A-Z(\"“]|$)")
NAMED = re.compile(
    r"(?P<kind>title|part|chapter|article|section|annex|appendix|schedule|exhibit|attachment|addendum)\s+"
    r"(?P<number>\d[\d.]*[A-Z]?|[IVXLC]+\b|[A-Z](?:-\d+)?\b)(?P<rest>[.:\s–—-]*)",
    re.IGNORECASE,
)
_LEVELS = {
    "title": 0.1,
    "part": 0.2,
    "annex": 0.2,
    "appendix": 0.2,
    "schedule": 0.2,
    "exhibit": 0.2,
    "attachment": 0.2,
    "addendum": 0.2,
    "chapter": 0.4,
    "section": 0.6,
    "article": 0.8,
}


def named_level(text: str) -> float | None:
    """How deep "Chapter II" or "Section 1.2 Term" stands; None for what does not begin like that or is a sentence.

    Articles that count in Roman numerals stand above sections, as in American contracts; the others below, as in
    statutes.
    """
    match = NAMED.match(text)
    words = text.split()
    if not match or len(words) > 20 or not text[0].isupper() or match.group("rest")[:1] == ",":
        return None
    lower = sum(word.islower() for word in words)
    if len(words) > 5 and (text.endswith((".", ";", ",")) or lower > 0.6 * len(words)):
        return None
    kind, number = match.group("kind").lower(), match.group("number").rstrip(".")
    level = 0.5 if kind == "article" and not number[0].isdigit() else _LEVELS[kind]
    return level + number.count(".")


class Path:
    """The headings that are open at the place being read."""

    def __init__(self) -> None:
        self._open: list[tuple[float, str]] = []

    @property
    def titles(self) -> tuple[str, ...]:
        """Outermost first."""
        return tuple(title for _, title in self._open[-DEEPEST:])

    @property
    def last(self) -> str:
        """The innermost heading; empty when there is none."""
        return self._open[-1][1] if self._open else ""

    def close(self, level: float) -> None:
        """Leaves all sections of that level and deeper ones."""
        self._open = [each for each in self._open if each[0] < level]

    def enter(self, title: str, level: float) -> None:
        """Begins a section, which ends all others of its level and deeper ones."""
        self.close(level)
        if title := clean(title)[:LONGEST_TITLE]:
            self._open.append((level, title))

    def extend(self, more: str) -> None:
        """Adds words to the innermost heading."""
        level, title = self._open.pop()
        self._open.append((level, f"{title} {clean(more)}"[:LONGEST_TITLE]))
