"""From lines with positions to blocks: headings, paragraphs, lists, tables; running heads and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.passages import clean
from corpus.types import Block, BlockKind

EDGE = 4
"""Lines at the top and bottom of a page among which running heads are looked for."""

MOST_LINES = 24
"""Lines of the longest table row."""

NEAR = 4.0
"""Points within which two left edges are the same column."""

_NUMBERED = re.compile(r"^\s*((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z](?:\.\d{1,3}){1,4})\.?\s+(?=[A-Z\"“(])")
_NAMED = re.compile(
    r"^\s*(?:(?:ARTICLE|Article|SECTION|Section|CHAPTER|Chapter|PART|Part|ANNEX|Annex|APPENDIX|Appendix|SCHEDULE|Schedule|"
    r"EXHIBIT|Exhibit|TITLE|Title)\s+(?:\d+[\d.]*|[IVXLC]+|[A-Z])\b)"
)
_ITEM = re.compile(r"^\s*(?:[•·▪◦●○■□–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_REQUIREMENT = re.compile(
    r"^\s*(?:\[[A-Z]{2,6}[ -]?\d+[^\]]{0,8}\]|[A-Z]{1,3}\d{2}(?:\.[A-Z]{2}\.\d{2,3})?\s|R\d{1,3}[.:]?\s)"
)
_CAPTION = re.compile(r"^\s*(?:TABLE|Table)\s+\w+")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"[a-z,;][.;:]?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page's text and what is known of its look."""

    page: int
    start: int
    """First character in the page's text."""
    end: int
    text: str
    x: float = 0.0
    """Left edge, in points."""
    y: float = 0.0
    """Baseline from the bottom, in points."""
    size: float = 0.0
    """Height of the largest letters, in points."""
    bold: bool = False
    """Everything in it is bold."""
    cells: tuple[float, ...] = ()
    """Left edges of the stretches that wide gaps part; more than one looks like a table row."""


def structure(pages: Sequence[Sequence[Line]]) -> tuple[Block, ...]:
    """Blocks of a document, in the order of its lines."""
    running = _running(pages)
    body = _body_size(pages)
    outline = _Outline(body, _heading_sizes(pages, body))
    blocks: list[Block] = []
    for lines in pages:
        kept = [line for line in lines if id(line) not in running and not _LEADERS.search(line.text)]
        blocks.extend(_page_blocks(kept, outline, body))
    return tuple(blocks)


def _running(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Lines that stand at the edge of many pages, whatever number is in them; and bare page numbers there."""
    edges = [[*lines[:EDGE], *lines[max(EDGE, len(lines) - EDGE) :]] for lines in pages]
    seen = Counter(key for edge in edges for key in {_edge_key(line) for line in edge})
    often = 2 if len(pages) == 2 else max(3, len(pages) // 5)
    return {
        id(line)
        for edge in edges
        for line in edge
        if _PAGE_NUMBER.match(line.text) or (seen[_edge_key(line)] >= often and len(line.text.split()) < 30)
    }


def _edge_key(line: Line) -> str:
    return _DIGITS.sub("#", clean(line.text).lower())


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_sizes(pages: Sequence[Sequence[Line]], body: float) -> list[float]:
    """Sizes clearly above the body's, largest first: the levels of unnumbered headings."""
    return sorted({line.size for lines in pages for line in lines if line.size > 1.12 * body}, reverse=True)


class _Outline:
    """The path of headings at the line being read."""

    def __init__(self, body: float, sizes: Sequence[float]) -> None:
        self._body = body
        self._levels = {size: min(level, 3) for level, size in enumerate(sizes)}
        self._open: list[tuple[float, str]] = []
        self._last: Line | None = None

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open[-4:])

    def take(self, line: Line) -> bool:
        """Whether the line is a heading; if so it is now part of the path."""
        level = self._level(line)
        if level is None:
            self._last = None
            return False
        title = clean(line.text)[:160]
        goes_on = (
            self._last is not None
            and self._open
            and line.page == self._last.page
            and (line.size, line.bold) == (self._last.size, self._last.bold)
            and not _numbered(line.text)
            and len(self._open[-1][1]) < 120
        )
        if goes_on:
            before = self._open.pop()
            self._open.append((before[0], f"{before[1]} {title}"))
        else:
            self._open = [each for each in self._open if each[0] < level]
            self._open.append((level, title))
        self._last = line
        return True

    def _level(self, line: Line) -> float | None:
        text = line.text.strip()
        words = text.split()
        if len(words) > 16 or len(text) < 3 or not any(c.isalpha() for c in text) or len(line.cells) > 2:
            return None
        number = _numbered(text)
        large = line.size > 1.12 * self._body
        if _CAPTION.match(text) or (_ITEM.match(text) and not number):
            return None
        prose = len(words) > 9 and bool(_SENTENCE.search(text))
        if number and (large or line.bold or (text.isupper() and len(words) < 12)) and not text.endswith((",", ";")):
            return 1.0 + number.count(".")
        if _NAMED.match(text) and len(words) < 14 and not text.endswith((".", ",", ";")) and not prose:
            return 0.5
        if large and not prose:
            return 0.1 * self._levels.get(line.size, 3)
        if line.bold and not prose and not text.endswith((".", ",", ";")):
            return 8.0
        capitals = text.isupper() and 1 < len(words) < 10 and sum(c.isalpha() for c in text) > 6
        return 7.0 if capitals and not text.endswith((",", ";")) else None


def _numbered(text: str) -> str:
    match = _NUMBERED.match(text)
    return match.group(1).rstrip(".") if match else ""


def _page_blocks(lines: Sequence[Line], outline: _Outline, body: float) -> Iterator[Block]:
    paragraph: list[Line] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        captioned = bool(_CAPTION.match(line.text)) and len(line.text.split()) < 30
        rows = _captioned(lines, index + 1, body) if captioned else _table(lines, index)
        if rows:
            yield from _close(paragraph, outline)
            paragraph = []
            yield from _rows(rows, clean(line.text) if captioned else "", outline.path)
            index += captioned + sum(len(row) for row in rows)
            continue
        path = outline.path
        if outline.take(line):
            if paragraph:
                yield _block(paragraph, path)
            paragraph = []
        else:
            if paragraph and _begins(line, paragraph[-1], body):
                yield from _close(paragraph, outline)
                paragraph = []
            paragraph.append(line)
        index += 1
    yield from _close(paragraph, outline)


def _close(lines: Sequence[Line], outline: _Outline) -> Iterator[Block]:
    if lines:
        yield _block(lines, outline.path)


def _block(lines: Sequence[Line], path: tuple[str, ...]) -> Block:
    kind: BlockKind = "list_item" if _ITEM.match(lines[0].text) else "paragraph"
    return Block(page=lines[0].page, start=lines[0].start, end=lines[-1].end, kind=kind, headings=path)


def _begins(line: Line, before: Line, body: float) -> bool:
    """Whether the line begins a new paragraph."""
    if _ITEM.match(line.text) or _REQUIREMENT.match(line.text) or _CAPTION.match(line.text):
        return True
    gap = before.y - line.y
    item_ends = _ITEM.match(before.text) and line.x <= before.x + 1 and line.text.lstrip()[:1].isupper()
    if item_ends and len(before.text) < 70:
        return True
    return gap > 1.9 * max(body, line.size, 6.0) or gap < -4 * max(body, 6.0)


def _table(lines: Sequence[Line], start: int) -> list[Sequence[Line]]:
    """The rows of the table that begins here; fewer than two are no table."""
    rows: list[Sequence[Line]] = []
    while start < len(lines) and (row := _row(lines, start)):
        rows.append(row)
        start += len(row)
    return rows if len(rows) > 1 else []


def _row(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """The lines of the table row that begins here; empty when none does.

    Cells come one after another, each with its own wrapped lines, so the text goes down a cell and jumps up again and
    to the right for the next one. Nothing but a table reads like that within a few lines.
    """
    first = lines[start]
    height = max(first.size, 6.0)
    jumped = len(first.cells) > 1
    end = start + 1
    for before, line in pairwise(lines[start : start + MOST_LINES]):
        down = before.y - line.y
        wraps = 0.3 * height < down < 2.2 * height
        if not jumped:
            if line.x > first.x + NEAR and abs(line.y - first.y) <= 0.6 * height:
                jumped = True
            elif not (wraps and abs(line.x - first.x) <= NEAR):
                break
        elif line.x <= first.x + NEAR or line.y > first.y + 0.6 * height or (down > 0.3 * height and not (
            wraps and any(abs(line.x - x) <= NEAR for x in (before.x, *before.cells, *first.cells))
        )):
            break
        end += 1
    return lines[start:end] if jumped else ()


def _captioned(lines: Sequence[Line], start: int, body: float) -> list[Sequence[Line]]:
    """The rows below a caption. Rows on one line, whose cells pypdf runs together, are told by being short."""
    rows: list[Sequence[Line]] = []
    at = start
    while at < len(lines):
        line, above = lines[at], lines[at - 1]
        row = _row(lines, at) or ((line,) if _may_be_row(line) else ())
        apart = above.y - line.y > 3 * max(line.size, 6.0) or line.size > 1.12 * body > 0
        heading = bool(rows) and line.bold and bool(_numbered(line.text))
        if not row or apart or heading or _CAPTION.match(line.text):
            break
        rows.append(row)
        at += len(row)
    return rows if len(rows) > 1 else []


def _may_be_row(line: Line) -> bool:
    words = line.text.split()
    return 1 < len(words) < 22 and not (len(words) > 9 and line.text.rstrip().endswith((".", ",", ";")))


def _rows(rows: Sequence[Sequence[Line]], caption: str, path: tuple[str, ...]) -> Iterator[Block]:
    """A block a row. The header stands in no block of its own: every row carries it."""
    texts = [clean(" | ".join(line.text for line in row)) for row in rows]
    named = all(line.bold for line in rows[0]) or caption
    plain = len(texts[0].split()) < 10 and not any(c.isdigit() for c in texts[0])
    header = texts[0] if named or plain else ""
    title = ": ".join(part for part in (caption, header.replace(" | ", ", ")) if part)[:240]
    for row, text in zip(rows, texts, strict=True):
        if not header or text != header:
            yield Block(
                page=row[0].page,
                start=row[0].start,
                end=row[-1].end,
                kind="table_row",
                headings=path,
                table_header=title,
            )
