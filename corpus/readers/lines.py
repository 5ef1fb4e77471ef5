"""From fragments with positions to lines: what stands on one height, parted into cells where there are wide gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_LABEL = re.compile(r"[^\w\s]{1,2}|\(?(?:\d{1,3}|[A-Za-z]|[ivxlc]{1,5})[.)]|(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){1,5}\.?")
_LABEL_GAP = 60.0
"""Points: the widest gap between the mark of a list item or clause and its text."""


NEIGHBOURS = 3
"""Lines above and below that show where columns begin."""


class Fragment(NamedTuple):
    """A run of text in one font, as the file draws it; positions in points, along and across its own direction."""

    start: int
    """First character in the page's text that is no space."""
    end: int
    x: float
    y: float
    size: float
    bold: bool
    narrow: float
    """How wide its font runs, compared with Helvetica."""


class Cell(NamedTuple):
    """A stretch of a line without wide gaps."""

    start: int
    end: int
    x: float
    right: float
    """Estimated, since a file does not say where a text ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What stands side by side on a page."""

    page: int
    start: int
    """First character in the page's text."""
    end: int
    text: str
    """Its characters, with single spaces."""
    y: float = 0.0
    """Baseline, in points; higher up is more."""
    size: float = 0.0
    """Height of its longest part's letters, in points."""
    bold: bool = False
    """Everything in it is bold."""
    cells: tuple[Cell, ...]
    """At least one, from left to right."""

    @property
    def x(self) -> float:
        """Left edge, in points."""
        return self.cells[0].x

    @property
    def right(self) -> float:
        """Estimated right edge, in points."""
        return self.cells[-1].right


class _Widths(dict[str, float]):
    """Widths of characters in ems, about those of Helvetica."""

    def __missing__(self, character: str) -> float:
        self[character] = width = 1.0 if character > "\u2e7f" else 0.7 if character.isupper() else 0.55
        return width


_WIDTH = _Widths(
    {
        character: width
        for characters, width in {
            "\n": 0.0,
            "ijl'|": 0.23,
            " \u00a0.,:;!/\\ftI[]()-": 0.28,
            'r"`*': 0.35,
            "ckszxvyJ": 0.5,
            "abdeghnopqu0123456789L_$?": 0.556,
            "FTZ+<>=~": 0.6,
            "ABEKPSVXY&": 0.67,
            "CDHNRUw": 0.72,
            "GOQ": 0.78,
            "Mm%": 0.86,
            "W@—": 0.97,
        }.items()
        for character in characters
    }
)


def lines_of(page: int, text: str, fragments: Iterable[Fragment]) -> list[Line]:
    """The lines of a page, in the order in which the file draws them."""
    rows: list[list[Fragment]] = []
    right = 0.0
    for fragment in fragments:
        if rows and _beside(rows[-1], right, fragment):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
        right = fragment.x + _width(text, fragment)
    lines = [_line(page, text, row, ()) for row in rows]
    for at, row in enumerate(rows):
        if len(row) > 1 and (columns := _columns(lines[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1])):
            lines[at] = _line(page, text, row, columns)
    return lines


def _columns(lines: Sequence[Line]) -> tuple[float, ...]:
    """Where the second and later cells of some lines begin."""
    return tuple({cell.x for line in lines if len(line.cells) > 1 for cell in line.cells[1:]})


def _width(text: str, fragment: Fragment) -> float:
    width = sum(map(_WIDTH.__getitem__, text[fragment.start : fragment.end]))
    return width * fragment.size * fragment.narrow


def _beside(row: list[Fragment], right: float, fragment: Fragment) -> bool:
    """Whether the fragment goes on with the row: at its height, or raised or lowered a little and smaller."""
    last, size = row[-1], max(row[-1].size, fragment.size)
    small = min(last.size, fragment.size) < 0.85 * size
    if abs(fragment.y - last.y) > (0.6 if small else 0.25) * size and abs(fragment.y - row[0].y) > 0.2 * size:
        return False
    return fragment.x > last.x + 0.6 * (right - last.x) - 1.0


def _line(page: int, text: str, row: list[Fragment], columns: Sequence[float]) -> Line:
    cells: list[Cell] = []
    for each in row:
        right = each.x + _width(text, each)
        if cells and not _gap(text, cells[-1], each, columns):
            before = cells.pop()
            cells.append(Cell(before.start, each.end, before.x, max(before.right, right)))
        else:
            cells.append(Cell(each.start, each.end, each.x, right))
    start, end = row[0].start, row[-1].end
    words = [each for each in row if text[each.start].isalnum() or each.end - each.start > 2]
    main = max(row, key=lambda each: each.end - each.start)
    return Line(
        page=page,
        start=start,
        end=end,
        text=" ".join(text[start:end].split()),
        y=main.y,
        size=round(main.size, 1),
        bold=all(each.bold for each in words or row),
        cells=tuple(cells),
    )


def _gap(text: str, cell: Cell, fragment: Fragment, columns: Sequence[float]) -> bool:
    """Whether the space between them is wider than any between words, or less wide where columns nearby begin."""
    gap = fragment.x - cell.right
    if gap < _LABEL_GAP and _LABEL.fullmatch(text, cell.start, cell.end):
        # "2.5  10" are two numbers; "2.5  Term" is a clause, and so is "2.5  “Term”"
        return text[cell.start].isdigit() and text[cell.end - 1].isdigit() and text[fragment.start].isdigit()
    size = max(fragment.size, 5.0)
    if gap > 0.35 * size and any(abs(fragment.x - x) < 1 for x in columns):
        return True
    return gap > 0.9 * size + 0.03 * (cell.right - cell.x)
