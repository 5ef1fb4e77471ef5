"""From lines with positions to blocks: headings, paragraphs, lists, tables; running heads and page numbers left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.passages import clean
from corpus.types import Block, BlockKind

EDGE = 4
"""Lines at the top and bottom of a page among which running heads are looked for."""

_NUMBERED = re.compile(r"^\s*((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,5}|[A-Z](?:\.\d{1,3}){1,4})\.?\s+(?=[A-Z\"“(])")
_NAMED = re.compile(
    r"^\s*(?:(?:ARTICLE|Article|SECTION|Section|CHAPTER|Chapter|PART|Part|ANNEX|Annex|APPENDIX|Appendix|SCHEDULE|Schedule|"
    r"EXHIBIT|Exhibit|TITLE|Title)\s+(?:\d+[\d.]*|[IVXLC]+|[A-Z])\b)"
)
_ITEM = re.compile(r"^\s*(?:[•·▪◦●○■□–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_REQUIREMENT = re.compile(r"^\s*(?:\[[A-Z]{2,6}[ -]?\d+[^\]]{0,8}\]|[A-Z]{1,3}\d{2}(?:\.[A-Z]{2}\.\d{2,3})?\s|R\d{1,3}[.:]?\s)")
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
    often = max(3, len(pages) // 5)
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
        if _CAPTION.match(text) or _ITEM.match(text) and not number:
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
        rows = _table(lines, index)
        if rows:
            yield from _close(paragraph, outline)
            paragraph = []
            caption = _caption(lines, index)
            yield from _rows(lines[index : index + rows], caption, outline)
            index += rows
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
    return gap > 1.9 * max(body, line.size, 6.0) or gap < -4 * max(body, 6.0)


def _table(lines: Sequence[Line], start: int) -> int:
    """How many lines from here on are rows of one table; 0 when it is none."""
    count, columns = 0, Counter[float]()
    for line in lines[start:]:
        if len(line.cells) < 2:
            break
        columns.update(round(x / 6) for x in line.cells)
        count += 1
    aligned = [x for x, seen in columns.items() if seen >= max(2, count // 2)]
    return count if count >= 3 and len(aligned) >= 2 else 0


def _caption(lines: Sequence[Line], start: int) -> str:
    """The caption that stands within two lines above the table."""
    for line in reversed(lines[max(0, start - 2) : start]):
        if _CAPTION.match(line.text):
            return clean(line.text)[:120]
    return ""


def _rows(lines: Sequence[Line], caption: str, outline: _Outline) -> Iterator[Block]:
    """The first row is the header, unless it begins with a number; it stands in the table's first block too."""
    first = clean(lines[0].text)
    header = "" if first[:1].isdigit() else first
    title = ": ".join(part for part in (caption, header) if part)[:200]
    for line in lines:
        yield Block(
            page=line.page, start=line.start, end=line.end, kind="table_row", headings=outline.path, table_header=title
        )
