"""Which lines are headings, and which section a paragraph stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.passages import clean
from corpus.readers.lines import Line

LONGEST_TITLE = 160
"""Characters that are kept of a heading."""

_NUMBER = re.compile(r"((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z](?:\.\d{1,3}){1,4})[.:)]?\s+(?=[A-Z\"“(\[])")
_DOTTED = re.compile(r"(?:Section\s+|SECTION\s+|§\s*)?((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){1,5}|[A-Z](?:\.\d{1,3}){1,4})[.:)]?\s+(?=[A-Z\"“(\[])")
_NAMED = re.compile(
    r"(?P<kind>title|part|chapter|article|section|annex|appendix|schedule|exhibit|attachment|addendum)\s+"
    r"(?P<number>\d[\d.]*|[IVXLC]+\b|[A-Z](?:-\d+)?\b)(?P<rest>[.:\s–—-]*)",
    re.IGNORECASE,
)
_NAMED_LEVELS = {
    "title": 0.1, "part": 0.2, "annex": 0.2, "appendix": 0.2, "schedule": 0.2, "exhibit": 0.2, "attachment": 0.2,
    "addendum": 0.2, "chapter": 0.4, "article": 0.8, "section": 0.9,
}  # fmt: skip
_RUN_IN = re.compile(r"((?:[A-Z][\w’'/&-]*|of|and|or|the|to|for|in|on|by|with|a|an|&)(?:,?\s+|(?=[.:]))){1,9}(?=[.:])")
_ITEM = re.compile(r"(?:[•·▪◦●○■□–—*-]|\([^)]{1,4}\)|[a-z][.)]|[ivx]+\))\s")
_CAPTION = re.compile(r"(?:TABLE|Table|Figure|FIGURE|Fig\.)\s+[\dA-Z]")


def looks_like_heading(lines: Sequence[Line], text: str) -> bool:
    """Whether it is short enough, and no item, caption, row or sentence."""
    words = text.split()
    if len(lines) > 4 or len(words) > 25 or len(text) < 3 or sum(c.isalpha() for c in text) < 3:
        return False
    if any(len(line.cells) > 2 for line in lines) or _ITEM.match(text) or _CAPTION.match(text):
        return False
    return not (len(words) > 9 and text.endswith((".", ",", ";"))) and not text.endswith((",", ";"))


class Outline:
    """The path of headings at the place being read."""

    def __init__(self, body: float, title: str = "") -> None:
        self._body = body
        self._title = _key(title)
        self._open: list[tuple[float, str]] = []
        self._styles: dict[tuple[float, bool], Counter[int]] = {}

    @property
    def path(self) -> tuple[str, ...]:
        """Headings open at this place, outermost first."""
        return tuple(title for _, title in self._open[-5:])

    def learn(self, groups: Iterable[tuple[Sequence[Line], str]]) -> None:
        """Sees how deep the numbered headings of each look are, which tells how deep others of that look are."""
        for lines, text in groups:
            if looks_like_heading(lines, text) and _NUMBER.match(text):
                level = self._level(lines, text)
                if level is not None:
                    self._styles.setdefault((lines[0].size, lines[0].bold), Counter())[int(level)] += 1

    def take(self, lines: Sequence[Line], text: str) -> bool:
        """Whether it is a heading; if so it is now part of the path."""
        level = self._level(lines, text) if looks_like_heading(lines, text) else None
        if level is None:
            return False
        title = clean(text)[:LONGEST_TITLE]
        self._open = [each for each in self._open if each[0] < level]
        if not (self._title and len(title) > 5 and _key(title) in self._title):
            self._open.append((level, title))
        return True

    def at(self, text: str) -> tuple[str, ...]:
        """The path of a paragraph, which may itself begin with a number and a title: "5.2 Term. This …"."""
        match = _DOTTED.match(text)
        if match and self._follows(match.group(1)):
            level = 1.0 + match.group(1).count(".")
            run_in = _RUN_IN.match(text, match.end())
            label = text[: run_in.end()] if run_in else text[: match.end()].strip()
            self._open = [each for each in self._open if each[0] < level]
            self._open.append((level, clean(label)[:LONGEST_TITLE]))
        return self.path

    def _follows(self, number: str) -> bool:
        """Whether a section of that number may come next: it goes on, or deeper, from those that are open."""
        parts = number.split(".")
        opened = [match.group(1) for _, title in self._open if (match := _ANY_NUMBER.match(title))]
        if not opened:
            return parts[-1] in ("1", "01")
        for each in opened:
            before = each.rstrip(".").split(".")
            depth = len(parts) - 1
            if parts[:depth] == before[:depth] and (
                (len(before) == depth and parts[depth].isdigit() and int(parts[depth]) <= 3)
                or (len(before) > depth and _within(before[depth], parts[depth]))
            ):
                return True
        return False

    def _level(self, lines: Sequence[Line], text: str) -> float | None:
        first = lines[0]
        style = (first.size, first.bold)
        large = first.size > 1.12 * self._body
        words = text.split()
        upper = text.isupper() and sum(c.isalpha() for c in text) > 3
        numbered = _NUMBER.match(text)
        if numbered and (large or first.bold or upper or (numbered.group(1).count(".") and len(words) < 10)):
            if text.endswith(".") and len(words) > 8 and not upper:
                return None
            return 1.0 + numbered.group(1).count(".")
        named = _NAMED.match(text)
        if named and len(words) < 16 and (text[0].isupper()) and not _sentence(text):
            level = _NAMED_LEVELS[named.group("kind").lower()]
            return level + named.group("number").count(".")
        if text.endswith((".", ":")) and len(words) > 3 and not (large or upper):
            return None
        if large:
            return self._styled(style)
        if first.bold and not text.endswith((".", ":", ",")):
            return 7.5 if upper else 8.0
        return 7.0 if upper and 1 < len(words) < 12 and len(lines) < 3 else None

    def _styled(self, style: tuple[float, bool]) -> float:
        """The level of an unnumbered heading: that of numbered ones that look like it, else by size."""
        if style in self._styles:
            return float(self._styles[style].most_common(1)[0][0])
        smaller = [counts.most_common(1)[0][0] for (size, _), counts in self._styles.items() if size < style[0]]
        larger = [counts.most_common(1)[0][0] for (size, _), counts in self._styles.items() if size > style[0]]
        if larger:
            return max(larger) + 0.5 - 0.001 * style[0]
        return (min(smaller) - 0.5 if smaller else 0.95) - 0.001 * style[0]


_ANY_NUMBER = re.compile(r"(?:[A-Za-z]+\s+)?((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})*|[A-Z](?:\.\d{1,3})+)")


def _within(before: str, number: str) -> bool:
    return before.isdigit() and number.isdigit() and 0 < int(number) - int(before) <= 3


def _sentence(text: str) -> bool:
    words = text.split()
    return len(words) > 8 and (text.endswith(".") or sum(word.islower() for word in words) > 0.6 * len(words))


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
