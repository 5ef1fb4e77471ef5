"""Puts the columns of a page back one after the other where the file draws them line by line across the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from corpus.readers.lines import Cell, Line

FEWEST = 10
"""Lines of two cells; fewer may be anything."""

PROSE = 25
"""Characters that the cells of running text hold on average."""


def in_columns(text: str, lines: Sequence[Line]) -> tuple[str, list[Line]] | None:
    """The page's text and lines in reading order; None when they already are, as nearly always."""
    gutter = _gutter(text, lines)
    if gutter is None:
        return None
    ordered: list[tuple[Line, Cell]] = []
    left: list[tuple[Line, Cell]] = []
    right: list[tuple[Line, Cell]] = []
    for line in lines:
        if line.x < gutter - 2 < line.cells[0].right - 10:  # a title across both columns
            ordered += [*left, *right]
            left, right = [], []
            ordered += [(line, cell) for cell in line.cells]
        else:
            for cell in line.cells:
                (right if cell.x >= gutter - 4 else left).append((line, cell))
    return _written(text, [*ordered, *left, *right])


def _gutter(text: str, lines: Sequence[Line]) -> float | None:
    """Where the second column begins; None unless most lines are two stretches of running text side by side.

    Rows of a table look the same but for this: in running text many lines begin in the middle of a sentence.
    """
    pairs = [line.cells for line in lines if len(line.cells) == 2]
    if len(pairs) < FEWEST or len(pairs) < 0.6 * len(lines):
        return None
    place, _ = Counter(round(cells[1].x / 6) for cells in pairs).most_common(1)[0]
    pairs = [cells for cells in pairs if abs(cells[1].x / 6 - place) <= 1.5]
    if len(pairs) < FEWEST:
        return None
    for side in (0, 1):
        cells = [each[side] for each in pairs]
        length = sum(cell.end - cell.start for cell in cells) / len(cells)
        amid = sum(text[cell.start].islower() for cell in cells) / len(cells)
        if length < PROSE or amid < 0.3:
            return None
    return min(cells[1].x for cells in pairs)


def _written(text: str, pieces: Sequence[tuple[Line, Cell]]) -> tuple[str, list[Line]]:
    parts: list[str] = []
    lines: list[Line] = []
    at = 0
    for line, cell in pieces:
        part = text[cell.start : cell.end].replace("\n", " ")
        moved = Cell(at, at + len(part), cell.x, cell.right)
        lines.append(replace(line, start=at, end=moved.end, text=" ".join(part.split()), cells=(moved,)))
        parts.append(part)
        at = moved.end + 1
    return "\n".join(parts), lines
