"""From lines with positions to blocks: headings, paragraphs, lists, tables; running heads and contents left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.passages import clean
from corpus.readers.lines import Line
from corpus.readers.outline import Outline
from corpus.readers.tables import Table, find_table
from corpus.types import Block, BlockKind

EDGE = 4
"""Lines at the top and bottom of a page among which running heads are looked for."""

ITEM = re.compile(r"\s*(?:[•·▪◦●○■□–—*\uf0b7\uf0a7-]|\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)])\s+\S")
REQUIREMENT = re.compile(
    r"\s*(?:\[[A-Z]{2,6}[ -]?\d+[^\]]{0,8}\]|[A-Z]{1,3}\d{2}(?:\.[A-Z]{2}\.\d{2,4})?\s|R\d{1,3}[.:]?\s)"
)
CAPTION = re.compile(r"\s*(?:TABLE|Table|Figure|FIGURE|Fig\.)\s+[\dA-Z][\w.-]*\s*[.:–—-]?\s*(?=[A-Z(\"“]|$)")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_CONTENTS = re.compile(r"(?:.{0,60}\b)?(?:TABLE OF )?CONTENTS\W*(?:\(continued\))?$|LIST OF (?:FIGURES|TABLES|APPENDICES)\b.*", re.I)
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_STOPS = (".", "!", "?", ":", ";", ".”", '."', ".)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines that belong together: a paragraph, a list item, a heading or what wraps of it."""

    lines: tuple[Line, ...]
    text: str

    @property
    def first(self) -> Line:
        """The line it begins with."""
        return self.lines[0]


def structure(pages: Sequence[Sequence[Line]], title: str = "") -> tuple[Block, ...]:
    """Blocks of a document, in the order of its lines."""
    running = _running(pages)
    bodies = [[line for line in lines if id(line) not in running] for lines in pages]
    leading = _leading(bodies)
    items = [item for lines in bodies for item in _items(lines, leading)]
    items = _without_contents(items)
    outline = Outline(_body_size(bodies), title)
    outline.learn((item.lines, item.text) for item in items if isinstance(item, Group))
    blocks = tuple(_blocks(items, outline))
    if blocks:
        return blocks
    return tuple(_block(item, ()) for item in items if isinstance(item, Group))


# -- what stands on every page


def _running(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Lines at the edge of pages whose height is taken, on most pages, by words that repeat; and page numbers there."""
    edges = [_edge(lines) for lines in pages]
    keys = {id(line): _DIGITS.sub("#", line.text.lower()) for edge in edges for line in edge}
    pages_with: dict[str, set[int]] = defaultdict(set)
    for edge in edges:
        for line in edge:
            pages_with[keys[id(line)]].add(line.page)
    repeated: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    for edge in edges:
        for line in edge:
            level = round(line.y / 4)
            taken[level] += 1
            repeated[level] += len(pages_with[keys[id(line)]]) > 1
    return {
        id(line)
        for edge in edges
        for line in edge
        if _PAGE_NUMBER.match(line.text)
        or (
            len(pages_with[keys[id(line)]]) >= (2 if len(pages) < 6 else 3)
            and repeated[round(line.y / 4)] >= 0.6 * taken[round(line.y / 4)]
            and len(line.text.split()) < 40
        )
    }


def _edge(lines: Sequence[Line]) -> list[Line]:
    """The lines highest up and furthest down, wherever the file draws them."""
    ordered = sorted(lines, key=lambda line: -line.y)
    return ordered if len(ordered) <= 2 * EDGE else [*ordered[:EDGE], *ordered[-EDGE:]]


# -- tables and groups


def _leading(pages: Sequence[Sequence[Line]]) -> dict[float, float]:
    """The usual distance from line to line for each size of letters, in points."""
    seen: dict[float, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for before, line in zip(lines, lines[1:], strict=False):
            down = before.y - line.y
            if before.size == line.size and 0.8 * line.size < down < 2.8 * line.size:
                seen[line.size][round(2 * down) / 2] += 1
    return {size: counts.most_common(1)[0][0] for size, counts in seen.items()}


def _items(lines: Sequence[Line], leading: dict[float, float]) -> Iterator[Group | Table]:
    """A page's tables, and its other lines in groups."""
    edges = _right_edges(lines)
    group: list[Line] = []
    at = 0
    while at < len(lines):
        table = None if _LEADERS.search(lines[at].text) else find_table(lines, at)
        if table:
            yield from _group(group)
            group = []
            yield table
            at += table.lines
            continue
        if group and _begins(lines[at], group, leading, edges):
            yield from _group(group)
            group = []
        group.append(lines[at])
        at += 1
    yield from _group(group)


def _group(lines: Sequence[Line]) -> Iterator[Group]:
    if lines:
        yield Group(lines=tuple(lines), text=" ".join(line.text for line in lines))


def _right_edges(lines: Sequence[Line]) -> dict[int, float]:
    """For each line, how far the lines of its column reach to the right; infinite where too few tell."""
    edges: dict[int, float] = {}
    for line in lines:
        column = round(line.x / 60)
        if column not in edges:
            rights = sorted((each.right for each in lines if abs(each.x - line.x) <= 60), reverse=True)
            edges[column] = rights[2] if len(rights) > 4 else float("inf")
    return edges


def _begins(line: Line, group: Sequence[Line], leading: dict[float, float], edges: dict[int, float]) -> bool:
    """Whether the line begins a new group."""
    before, first = group[-1], group[0]
    if (line.size, line.bold) != (before.size, before.bold) and (line.bold or before.bold or _differ(line, before)):
        return not (line.text[:1].islower() and not before.bold and not line.bold)
    if any(pattern.match(line.text) for pattern in (ITEM, REQUIREMENT, CAPTION)):
        return True
    usual = leading.get(line.size, 1.2 * max(line.size, 6.0))
    down = before.y - line.y
    if not -0.3 * usual < down < 1.35 * usual + 1:
        goes_on = down < 0 and line.text[:1].islower() and not before.text.endswith(_STOPS)
        return not goes_on
    if ITEM.match(first.text):
        outdented = line.x < first.x + 2 and any(each.x > first.x + 6 for each in group[1:])
        if outdented:
            return True
    elif line.x > min(each.x for each in group[-2:]) + 8 and before.text.endswith(_STOPS):
        return True
    edge = edges[round(before.x / 60)]
    if not line.text[:1].isupper() or edge == float("inf"):
        return False
    word = len(line.text.split(" ", 1)[0]) * 0.6 * line.size
    return before.right + word + line.size < edge


def _differ(line: Line, before: Line) -> bool:
    return abs(line.size - before.size) > 0.1 * max(line.size, before.size)


# -- contents


def _without_contents(items: Sequence[Group | Table]) -> list[Group | Table]:
    """Leaves out lines with dot leaders, and lists of contents from their heading to the first running text."""
    kept: list[Group | Table] = []
    listing = False
    entries: set[str] = set()
    for item in items:
        text = item.text if isinstance(item, Group) else " ".join(line.text for row in item.rows for line in row)
        if isinstance(item, Group) and len(text) < 90 and _CONTENTS.fullmatch(text.strip()):
            listing = True
            entries.clear()
            continue
        if listing:
            key = re.sub(r"\W+", "", text).lower()
            prose = isinstance(item, Group) and len(text.split()) > 30 and not _LEADERS.search(text)
            if key in entries or prose:
                listing = False
            else:
                entries.add(re.sub(r"\d+$", "", key))
                continue
        if len(_LEADERS.findall(text)) and (isinstance(item, Group) or len(_LEADERS.findall(text)) > len(item.rows) / 2):
            continue
        kept.append(item)
    return kept


# -- blocks


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _blocks(items: Sequence[Group | Table], outline: Outline) -> Iterator[Block]:
    carried: tuple[Table, str] | None = None
    caption = ""
    for item, following in zip(items, [*items[1:], None], strict=True):
        if isinstance(item, Table):
            header = _header(item, caption, carried)
            yield from _rows(item, header, outline.path)
            carried, caption = (item, header), ""
            continue
        if isinstance(following, Table) and CAPTION.match(item.text) and len(item.text.split()) < 40:
            caption = clean(item.text)
            continue
        if outline.take(item.lines, item.text):
            carried, caption = None, ""
            continue
        caption = ""
        yield _block(item, outline.at(item.text))


def _block(group: Group, path: tuple[str, ...]) -> Block:
    kind: BlockKind = "list_item" if ITEM.match(group.text) else "paragraph"
    return Block(page=group.first.page, start=group.first.start, end=group.lines[-1].end, kind=kind, headings=path)


def _header(table: Table, caption: str, carried: tuple[Table, str] | None) -> str:
    """The table's caption and the names of its columns; of a table that goes on over a page, those of before."""
    names = ", ".join(
        " ".join(line.text for line in row) for row in table.rows[: table.headers]
    )
    names = clean(names)
    if carried and not caption and _same_columns(table, carried[0]) and (not names or names in carried[1]):
        return carried[1]
    return ": ".join(part for part in (caption, names) if part)[:300]


def _same_columns(one: Table, other: Table) -> bool:
    alike = sum(any(abs(x - y) < 6 for y in other.columns) for x in one.columns)
    return alike >= 2 and alike >= 0.7 * min(len(one.columns), len(other.columns))


def _rows(table: Table, header: str, path: tuple[str, ...]) -> Iterator[Block]:
    """A block a row. A header row stands in no block of its own: every row carries it."""
    for row in table.rows[table.headers :]:
        yield Block(
            page=row[0].page,
            start=min(line.start for line in row),
            end=max(line.end for line in row),
            kind="table_row",
            headings=path,
            table_header=header,
        )
