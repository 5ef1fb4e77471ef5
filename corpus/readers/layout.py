"""From lines with positions to blocks: headings, paragraphs, lists, tables; running heads and contents left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from corpus.passages import clean
from corpus.readers.headings import CAPTION, ITEM
from corpus.readers.lines import Line
from corpus.readers.outline import Outline
from corpus.readers.tables import Table, find_table
from corpus.types import Block, BlockKind

MOST_CONTENTS = 8
"""Pages of the longest table of contents."""

EDGE = 4
"""Lines at the top and bottom of a page among which running heads are looked for."""

REQUIREMENT = re.compile(
    r"\s*(?:\[[A-Z]{2,6}[ -]?\d+[^\]]{0,8}\]\s+[A-Z]|[A-Z]{1,3}\d{2}(?:\.[A-Z]{2}\.\d{2,4})?\s|R\d{1,3}[.:]?\s)"
)
NUMBERED = re.compile(
    r"\s*(?:\d{1,3}(?:\.\d{1,3}){1,5}\.?|(?:Article|ARTICLE|Section|SECTION)\s+\d[\d.]*)\s+[A-Z\"“(\[]"
)
_COUNTED = re.compile(r"\s*(?:[A-Z]\.)?\d{1,3}\.?\s+[A-Z]")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")
_CONTENTS = re.compile(
    r"(?:.{0,60}\b)?(?:TABLE OF )?CONTENTS\W*(?:\(continued\))?$|LIST OF (?:FIGURES|TABLES|APPENDICES)\b.*", re.I
)
_PAGE_NUMBER = re.compile(r"^\W*(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W*$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_GOES_ON = re.compile(r"(?:\b(?:and|of|the|for|or|to|in|on|with|by|an?|from|under)|[&,–—-])$", re.IGNORECASE)
_STOPS = (".", "!", "?", ":", ";", ".”", '."', ".)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines that belong together: a paragraph, a list item, a heading or what wraps of it."""

    lines: tuple[Line, ...]
    text: str
    roomy: bool = False
    """There is more space above it than between lines."""

    @property
    def first(self) -> Line:
        """The line it begins with."""
        return self.lines[0]


def structure(pages: Sequence[Sequence[Line]], title: str = "") -> tuple[Block, ...]:
    """Blocks of a document, in the order of its lines."""
    return _structure(pages, title, _running(pages)) or _structure(pages, title, set())


def _structure(pages: Sequence[Sequence[Line]], title: str, running: set[int]) -> tuple[Block, ...]:
    bodies = [[line for line in lines if id(line) not in running] for lines in pages]
    leading = _leading(bodies)
    items = _without_contents([item for lines in bodies for item in _items(lines, leading)])
    items = [item for item, following in zip_longest(items, items[1:]) if not _heads(item, following)]
    outline = Outline(_body_size(bodies), title)
    outline.learn((item.lines, item.text) for item in items if isinstance(item, Group))
    blocks = tuple(_blocks(items, outline))
    # A file that is nothing but headings, such as a slide, still says something.
    return blocks or tuple(_block(item, ()) for item in items if isinstance(item, Group) and item.text.strip(" .-_*"))


# -- what stands on every page


def _running(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Lines that repeat, whatever their numbers: at a height where most pages repeat something, or on many pages.

    The header row of a long table repeats too, but at a height where other pages have their own text.
    """
    edges = [line for lines in pages for line in _edge(lines)]
    at = {id(line): (_key(line), round(line.y / 6)) for line in edges}
    seen = Counter(at.values())
    taken = Counter(level for _, level in at.values())
    repeated = Counter(level for key, level in at.values() if seen[key, level] > 1)
    often = 2 if len(pages) < 6 else 3
    strewn = _strewn(pages)
    return strewn | {
        id(line)
        for line in edges
        if _PAGE_NUMBER.match(line.text)
        or (
            seen[at[id(line)]] >= often
            and repeated[at[id(line)][1]] >= 0.6 * taken[at[id(line)][1]]
            and len(line.text.split()) < 40
        )
    }


def _strewn(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Long lines that stand on many pages wherever their page breaks fall, as in converted files."""
    long = [[line for line in lines if len(line.cells) == 1 and len(line.text) > 30] for lines in pages]
    seen = Counter(text for lines in long for text in {line.text for line in lines})
    often = max(4, 0.3 * len(pages))
    return {id(line) for lines in long for line in lines if seen[line.text] >= often}


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.lower())


def _edge(lines: Sequence[Line]) -> list[Line]:
    """The lines highest up and furthest down, wherever the file draws them."""
    ordered = sorted(lines, key=lambda line: -line.y)
    return ordered if len(ordered) <= 2 * EDGE else [*ordered[:EDGE], *ordered[-EDGE:]]


# -- tables and groups


def _leading(pages: Sequence[Sequence[Line]]) -> dict[float, float]:
    """The usual distance from line to line for each size of letters, in points."""
    seen: dict[float, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for before, line in pairwise(lines):
            down = before.y - line.y
            if before.size == line.size and 0.8 * line.size < down < 2.8 * line.size:
                seen[line.size][round(2 * down) / 2] += 1
    return {size: counts.most_common(1)[0][0] for size, counts in seen.items()}


def _items(lines: Sequence[Line], leading: dict[float, float]) -> Iterator[Group | Table]:
    """A page's tables, and its other lines in groups."""
    edges = _right_edges(lines)
    group: list[Line] = []
    last: Line | None = None
    at = 0
    while at < len(lines):
        table = None if _LEADERS.search(lines[at].text) else find_table(lines, at)
        if table or (group and _begins(lines[at], group, leading, edges)):
            yield from _group(group, last, leading)
            last, group = (group[-1] if group else last), []
        if table:
            yield table
            at += table.lines
            last = lines[at - 1]
        else:
            group.append(lines[at])
            at += 1
    yield from _group(group, last, leading)


def _group(lines: Sequence[Line], last: Line | None, leading: dict[float, float]) -> Iterator[Group]:
    if lines:
        first = lines[0]
        down = last.y - first.y if last else 0.0
        roomy = not 0 < down < 1.25 * leading.get(first.size, 1.2 * first.size)
        yield Group(lines=tuple(lines), text=" ".join(line.text for line in lines), roomy=roomy)


def _right_edges(lines: Sequence[Line]) -> dict[int, float]:
    """For each line, how far the lines of its column reach to the right; infinite where too few tell."""
    edges: dict[int, float] = {}
    for line in lines:
        column = round(line.x / 15)
        if column not in edges:
            rights = sorted((each.right for each in lines if abs(each.x - line.x) <= 30), reverse=True)
            edges[column] = rights[2] if len(rights) > 4 else float("inf")
    return edges


def _begins(line: Line, group: Sequence[Line], leading: dict[float, float], edges: dict[int, float]) -> bool:
    """Whether the line begins a new group: by its look, its first words, its distance, or its place."""
    before, first = group[-1], group[0]
    amid = line.text[:1].islower() and not before.text.endswith(_STOPS)
    if line.bold != before.bold or _resized(line, before):
        return _resized(line, before) or not amid
    if ITEM.match(line.text) or REQUIREMENT.match(line.text) or CAPTION.match(line.text) or _numbers(line, group):
        return True
    usual = leading.get(line.size, 1.2 * max(line.size, 6.0))
    down = before.y - line.y
    if not -0.3 * usual < down < 1.35 * usual + 1:
        return not (down < 0 and amid)
    if ITEM.match(first.text):
        if line.x < first.x + 2 and any(each.x > first.x + 6 for each in group[1:]):
            return True
    elif line.x > min(each.x for each in group[-2:]) + 8 and before.text.endswith(_STOPS):
        return True
    return _broken_off(before, line, edges[round(before.x / 15)])


def _numbers(line: Line, group: Sequence[Line]) -> bool:
    """Whether the line begins a numbered section or heading."""
    before, first = group[-1], group[0]
    if line.bold and _COUNTED.match(line.text) and _COUNTED.match(first.text):
        return True
    return bool(NUMBERED.match(line.text)) and (
        before.text.endswith(_STOPS) or before.right < 0.85 * line.right or bool(NUMBERED.match(first.text))
    )


def _broken_off(before: Line, line: Line, edge: float) -> bool:
    """Whether the line before ends early on purpose: the next word would have fitted into it."""
    if not line.text[:1].isupper() or edge == float("inf") or _GOES_ON.search(before.text):
        return False
    word = len(line.text.split(" ", 1)[0]) * 0.6 * line.size
    room = edge - before.right
    ended = before.text.endswith((*_STOPS, ")"))
    return room > word + line.size and (ended or room > 0.15 * (edge - before.x))


def _resized(line: Line, before: Line) -> bool:
    return abs(line.size - before.size) > 0.1 * max(line.size, before.size)


# -- contents


def _without_contents(items: Sequence[Group | Table]) -> list[Group | Table]:
    """Leaves out lines with dot leaders, and lists of contents from their heading to the first running text."""
    kept: list[Group | Table] = []
    listed: list[Group | Table] = []
    entries: set[str] = set()
    for item in items:
        text = _text(item)
        if isinstance(item, Group) and len(text) < 90 and _CONTENTS.fullmatch(text):
            listed.append(item)
        elif listed:
            key = re.sub(r"\W+", "", text).lower()
            prose = len(text.split()) > 8 and text.endswith(_STOPS) and not _LEADERS.search(text) and text[0] != "*"
            listed.append(item)
            if key in entries or prose or _page(item) > _page(listed[0]) + MOST_CONTENTS:
                kept += _resumed(listed)
                listed, entries = [], set()
            entries.add(re.sub(r"\d+$", "", key))
        elif len(_LEADERS.findall(text)) < (1 if isinstance(item, Group) else len(item.rows) / 2):
            kept.append(item)
    return kept + listed[1:]


def _resumed(listed: Sequence[Group | Table]) -> list[Group | Table]:
    """What of a list of contents is text already: what stands on its last page, unless it began there."""
    if _page(listed[-1]) - _page(listed[0]) > MOST_CONTENTS:
        return list(listed[1:])
    if _page(listed[-1]) == _page(listed[0]):
        return list(listed[-1:])
    return [item for item in listed if _page(item) == _page(listed[-1]) and not _LEADERS.search(_text(item))]


def _text(item: Group | Table) -> str:
    return item.text if isinstance(item, Group) else " ".join(line.text for row in item.rows for line in row)


def _page(item: Group | Table) -> int:
    return item.first.page if isinstance(item, Group) else item.rows[0][0].page


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
    for item, following in zip_longest(items, items[1:]):
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
        if isinstance(following, Group) and _titles(item, following):
            outline.open(item.text)
        elif any(c.isalpha() for c in item.text) or len(item.text) > 12:
            yield _block(item, outline.at(item.text))


def _titles(group: Group, following: Group) -> bool:
    """Whether a short line that stands alone, in plain letters, is the title of the text under it."""
    words = group.text.split()
    if len(group.lines) > 1 or not 1 <= len(words) <= 8 or not group.text[:1].isupper() or not group.roomy:
        return False
    if group.text[-1] in ".,;:!?)_-" or ITEM.match(group.text) or sum(c.isalpha() for c in group.text) < 5:
        return False
    begins = len(following.text.split()) > 12 and following.text[:1].isupper()
    return begins and group.first.right < 0.8 * max(line.right for line in following.lines)


def _block(group: Group, path: tuple[str, ...]) -> Block:
    kind: BlockKind = "list_item" if ITEM.match(group.text) else "paragraph"
    return Block(page=group.first.page, start=group.first.start, end=group.lines[-1].end, kind=kind, headings=path)


def _header(table: Table, caption: str, carried: tuple[Table, str] | None) -> str:
    """The table's caption and the names of its columns; of a table that goes on over a page, those of before."""
    names = ", ".join(" ".join(line.text for line in row) for row in table.rows[: table.headers])
    names = clean(names)
    if carried and not caption and (names in carried[1] if names else _same_columns(table, carried[0])):
        return carried[1]
    return ": ".join(part for part in (caption, names) if part)[:300]


def _heads(item: Group | Table, following: Group | Table | None) -> bool:
    """Whether it is a table's header left behind at the end of a column or page, and repeated with the table."""
    if not isinstance(item, Group) or not isinstance(following, Table):
        return False
    return item.text == " ".join(line.text for line in following.rows[0])


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
