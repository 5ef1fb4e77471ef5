"""Finds tables among the lines of a page: rows of cells that stand under each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.readers.headings import CAPTION
from corpus.readers.lines import Line

MOST_LINES = 40
"""Lines of the longest row."""

MOST_WRAPS = 8
"""Lines of the longest cell in a row's first column."""

NEAR = 4.0
"""Points within which two left edges are the same column."""

Row = tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Consecutive lines that are a table."""

    rows: tuple[Row, ...]
    columns: tuple[float, ...]
    """Left edges of its columns, in points."""
    headers: int
    """How many of the first rows name the columns."""

    @property
    def lines(self) -> int:
        """How many lines it takes up."""
        return sum(len(row) for row in self.rows)


def find_table(lines: Sequence[Line], start: int) -> Table | None:
    """The table that begins with the line at `start`; None when none does."""
    rows: list[Row] = []
    at = start
    while at < len(lines):
        row = _row(lines, at)
        if not row and rows and _alone(lines, at, rows):
            row = (lines[at],)
        if not row or (rows and not _continues(rows, row)):
            break
        rows.append(row)
        at += len(row)
    while rows and not _many(rows[-1]) and len(rows[-1][0].text.split()) > 3:
        rows.pop()
    if sum(map(_many, rows)) < 2:
        return None
    merged = _merged(rows)
    if sum(map(_many, merged)) < 2 or _is_prose(merged):
        return None
    return Table(rows=tuple(merged), columns=_columns(merged), headers=_headers(merged))


def _row(lines: Sequence[Line], start: int) -> Row:
    """The lines of the row that begins here; empty when none does.

    A file draws a row cell by cell, each with its wrapped lines, so the text goes down a cell and then jumps up and to
    the right for the next one. Nothing but a table reads like that within a few lines.
    """
    first = lines[start]
    top = bottom = first.y
    starts = [cell.x for cell in first.cells]
    end = start + 1
    for line in lines[start + 1 : start + MOST_LINES]:
        height = max(first.size, line.size, 5.0)
        down = lines[end - 1].y - line.y
        # The next cell begins as high as the row does, or in its middle; later ones may be anywhere in the row.
        lowest = bottom if len(starts) > 1 else (top + bottom) / 2
        level = lowest - 0.6 * height <= line.y <= top + 0.6 * height
        if level and line.x > starts[-1] + NEAR and line.x > lines[end - 1].cells[-1].x + NEAR:
            starts += [cell.x for cell in line.cells]
        elif (
            not 0.3 * height < down
            or not _under(line, starts, down / height)
            or (len(starts) == 1 and (end - start >= MOST_WRAPS or abs(line.size - first.size) > 1))
        ):
            break
        bottom = min(bottom, line.y)
        end += 1
    return tuple(lines[start:end]) if len(starts) > 1 else ()


def _under(line: Line, starts: Sequence[float], down: float) -> bool:
    """Whether the line, `down` heights lower, is a cell's next: in the last column, or closely below an inner one."""
    if starts[-1] - NEAR <= line.x <= starts[-1] + 20 and len(line.cells) == 1:
        return down < (3.2 if len(starts) > 1 else 1.9)
    return down < 1.45 and line.x > starts[0] + NEAR and _near(line.x, starts)


def _near(x: float, starts: Sequence[float]) -> bool:
    return any(abs(x - each) <= NEAR for each in starts)


def _many(row: Row) -> bool:
    return len(row) > 1 or len(row[0].cells) > 1


def _alone(lines: Sequence[Line], at: int, rows: Sequence[Row]) -> bool:
    """Whether a line of one cell is a row too: it stands in a column, and the table goes on below it."""
    line = lines[at]
    if (
        len(line.text.split()) > 12
        or CAPTION.match(line.text)
        or not _near(line.x, _columns(rows))
        or at + 1 >= len(lines)
    ):
        return False
    following = _row(lines, at + 1)
    return bool(following) and _continues(rows, following)


def _continues(rows: Sequence[Row], row: Row) -> bool:
    """Whether the row belongs to the table above it: not far below, and its cells stand under the others."""
    last, first = rows[-1], row[0]
    down = min(line.y for line in last) - first.y
    if first.page != last[0].page or not 0 < down < 6.5 * max(first.size, 5.0):
        return False
    above = _extents(rows)
    cells = _extents([row])
    if len(cells) == 1:
        return any(_overlap(cells[0], each) for each in above)
    return sum(any(_overlap(cell, each) for each in above) for cell in cells) >= 2 and not any(
        sum(_overlap(cell, each) for each in above) > 2 for cell in cells
    )


def _extents(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """From where to where the columns reach."""
    extents: list[tuple[float, float]] = []
    for x, right in sorted((cell.x, cell.right) for row in rows for line in row for cell in line.cells):
        if extents and x < extents[-1][0] + 2 * NEAR:
            extents[-1] = (extents[-1][0], max(extents[-1][1], right))
        else:
            extents.append((x, right))
    return extents


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _columns(rows: Sequence[Row]) -> tuple[float, ...]:
    return tuple(x for x, _ in _extents(rows))


def _merged(rows: Sequence[Row]) -> list[Row]:
    """Rows that a file draws line by line put together: those close below another, where most stand further apart."""
    gaps = [min(line.y for line in a) - b[0].y for a, b in pairwise(rows)]
    if len(gaps) < 2:
        return list(rows)
    height = max(rows[0][0].size, 5.0)
    tight, wide = min(gaps), max(gaps)
    wraps = tight < 1.45 * height and sum(gap > 1.3 * tight for gap in gaps) >= 2 and wide > 1.3 * tight
    left = min(row[0].x for row in rows)
    merged = [rows[0]]
    for gap, row in zip(gaps, rows[1:], strict=True):
        hanging = row[0].x > left + NEAR and gap < 1.45 * height
        if hanging or (wraps and gap < 1.15 * tight):
            merged[-1] += row
        else:
            merged.append(row)
    return merged


def _is_prose(rows: Sequence[Row]) -> bool:
    """Columns of running text look like a table with rows of two long cells."""
    cells = [cell for row in rows for line in row for cell in line.cells]
    if max(len(line.cells) for row in rows for line in row) > 2 or len(rows) < 6:
        return False
    return all(len(row) == 1 for row in rows) and sum(cell.end - cell.start for cell in cells) > 35 * len(cells)


def _headers(rows: Sequence[Row]) -> int:
    """How many of the first rows are the header: those set in bold, unless everything is."""
    count = 0
    while count < len(rows) and count < 3 and all(line.bold for line in rows[count]):
        count += 1
    return 0 if count == len(rows) or (count == 3 and all(line.bold for line in rows[3])) else count
