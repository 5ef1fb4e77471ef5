"""Which lines are headings, and which section a paragraph stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.passages import clean
from corpus.readers.headings import CAPTION, Path, named_level
from corpus.readers.lines import Line

PLAIN = 9.0
"""Level of titles that look like the text that they stand over."""

_NUMBER = re.compile(r"((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z](?:\.\d{1,3}){1,4})[.:)]?\s+(?=[A-Z\"“(\[])")
_DOTTED = re.compile(
    r"(?:Section\s+|SECTION\s+|§\s*)?((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){1,5}|[A-Z](?:\.\d{1,3}){1,4})[.:)]?\s+"
    r"(?=[A-Z\"“(\[])"
)
_RUN_IN = re.compile(r"((?:[A-Z][\w’'/&-]*|of|and|or|the|to|for|in|on|by|with|a|an|&)(?:,?\s+|(?=[.:]))){1,9}(?=[.:])")
_COUNTED = re.compile(r"(\d{1,2})\.\s+(?=[A-Z])")
_CAPITALS = re.compile(r"[A-Z][A-Z ,&’'/()-]{3,60}(?=[:.])")
_ITEM = re.compile(r"(?:[•·▪◦●○■□–—*\uf000-\uf0ff-]|\([^)]{1,4}\)|[a-z][.)]|[ivx]+\))\s")
_ANY_NUMBER = re.compile(r"(?:[A-Za-z]+\s+)?((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})*|[A-Z](?:\.\d{1,3})+)")


def looks_like_heading(lines: Sequence[Line], text: str) -> bool:
    """Whether it is short enough, and no item, caption, row or sentence."""
    words = text.split()
    if len(lines) > 4 or len(words) > 25 or text[:1] in "(=+" or sum(c.isalpha() for c in text) < 3:
        return False
    if any(len(line.cells) > 2 for line in lines) or _ITEM.match(text) or CAPTION.match(text):
        return False
    return not (len(words) > 9 and text.endswith((".", ",", ";"))) and not text.endswith((",", ";"))


class Outline:
    """The path of headings at the place being read."""

    def __init__(self, body: float, title: str = "") -> None:
        self._body = body
        self._title = _key(title)
        self._path = Path()
        self._styles: dict[tuple[float, bool], Counter[int]] = {}

    @property
    def path(self) -> tuple[str, ...]:
        """Headings open at this place, outermost first."""
        return self._path.titles

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
        self._path.close(level)
        if not self._is_title(lines[0], clean(text)):
            self._path.enter(text, level)
        return True

    def _is_title(self, line: Line, heading: str) -> bool:
        """Whether it names the whole document, which everything in it need not repeat."""
        key = _key(heading)
        if line.page == 1 and key.startswith("exhibit"):
            return True
        if _NUMBER.match(heading) or named_level(heading) is not None:
            return False
        return bool(self._title) and len(key) > 5 and (key in self._title or (self._title in key and line.page < 3))

    def open(self, text: str) -> None:
        """Takes a title in plain letters into the path, below all others."""
        self._path.enter(text, PLAIN)

    def at(self, text: str) -> tuple[str, ...]:
        """The path of a paragraph, which may itself begin with a number and a title: "5.2 Term. This …"."""
        if match := _DOTTED.match(text):
            run_in = _RUN_IN.match(text, match.end())
        else:
            match = _COUNTED.match(text)
            run_in = match and (_RUN_IN.match(text, match.end()) or _CAPITALS.match(text, match.end()))
            if not run_in:
                return self.path
        if match and self._follows(match.group(1)):
            level = 1.0 + match.group(1).count(".")
            label = text[: run_in.end()] if run_in else text[: match.end()].strip()
            self._path.enter(label, level)
        return self.path

    def _follows(self, number: str) -> bool:
        """Whether a section of that number may come next: it goes on, or deeper, from those that are open."""
        parts = number.split(".")
        opened = [match.group(1) for title in self._path.titles if (match := _ANY_NUMBER.match(title))]
        if not opened:
            return parts[-1] in ("1", "01", "2")
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
        if numbered and (large or first.bold or upper or (numbered.group(1).count(".") and _title_case(words[1:]))):
            if text.endswith(".") and len(words) > 8 and not upper:
                return None
            return 1.0 + numbered.group(1).count(".")
        if (named := named_level(text)) is not None and len(words) < 16:
            return named
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


def _title_case(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(words) < 12 and bool(long) and words[-1][-1] not in ".;," and all(word[0].isupper() for word in long)


def _within(before: str, number: str) -> bool:
    return before.isdigit() and number.isdigit() and 0 < int(number) - int(before) < 30


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
