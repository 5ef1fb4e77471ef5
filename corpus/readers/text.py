"""Plain text: paragraphs at blank lines, headings where a line alone looks like one, tables set with spaces."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from corpus.errors import UnreadableFile
from corpus.passages import clean
from corpus.readers.headings import CAPTION, ITEM, Path, named_level
from corpus.types import Block, BlockKind, Page, Parsed, Span

_UNDERLINE = re.compile(r"^(={3,}|-{3,})\s*$")
_COLUMNS = re.compile(r"\S {2,}\S|\t\S")
_NUMBERED = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+[A-Z][^.;]{2,80}$")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]{2}")

OFTEN = 8
"""A short line that stands in a file so often, whatever its numbers, is a running head."""


APART = 12
"""Lines from one running head to the next, on average; what comes closer together is content."""


def read_text(text: str) -> Parsed:
    """A plain text file as one page. Raises UnreadableFile when it holds no text."""
    path = Path()
    blocks: list[Block] = []
    caption = ""
    running = running_lines(text)
    for stretch in _stretches(text):
        lines = [line for line in stretch if text[slice(*line)].strip() not in running]
        first = text[slice(*lines[0])].strip() if lines else ""
        if lines and (level := _level([text[a:b] for a, b in lines])):
            path.enter(first, level)
            lines = lines[2 if len(lines) > 1 and _UNDERLINE.match(text[slice(*lines[1])].strip()) else 1 :]
        if not lines or not _LETTERS.search(text, lines[0][0], lines[-1][1]):
            continue
        if _is_table(text, lines):
            header = ": ".join(part for part in (caption, clean(text[slice(*lines[0])])) if part)[:300]
            blocks += [_block(line, "table_row", path, header) for line in lines[1:]]
            caption = ""
            continue
        span = (lines[0][0], lines[-1][1])
        caption = clean(text[slice(*span)]) if CAPTION.match(text[slice(*span)]) and len(lines) < 3 else ""
        if not caption:
            blocks += [_block(each, _kind(text, each), path) for each in _items(text, lines)]
    if not blocks:
        blocks = [block for block in paragraphs(text) if _LETTERS.search(text, block.start, block.end)]
    if not blocks:
        raise UnreadableFile("it holds no text")
    return Parsed(pages=(Page(number=1, text=text),), blocks=tuple(blocks), title=_title(text))


def paragraphs(text: str) -> tuple[Block, ...]:
    """The paragraphs and list items of a short text that has no sections."""
    return tuple(_block(each, _kind(text, each), Path()) for lines in _stretches(text) for each in _items(text, lines))


def running_lines(text: str) -> frozenset[str]:
    """Short lines that come again page by page, whatever their numbers: running heads of a converted file."""
    places: dict[str, list[int]] = defaultdict(list)
    lines = [line.strip() for line in text.split("\n")]
    for number, line in enumerate(lines):
        if 0 < len(line) < 100 and line[-1] not in ".;:!?" and not line.startswith(("|", "#")):
            places[_DIGITS.sub("#", line)].append(number)
    often = {
        key
        for key, at in places.items()
        if len(key) > 8 and "#" in key and len(at) >= OFTEN and at[-1] - at[0] >= APART * (len(at) - 1)
    }
    return frozenset(line for line in lines if _DIGITS.sub("#", line) in often) if often else frozenset()


def _stretches(text: str) -> Iterator[list[Span]]:
    """The lines of each paragraph: those between blank ones."""
    lines: list[Span] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        elif lines:
            yield lines
            lines = []
        at += len(line) + 1
    if lines:
        yield lines


def _items(text: str, lines: list[Span]) -> Iterator[Span]:
    """A paragraph's stretches: what comes before its list items, and each of them."""
    start = lines[0][0]
    for before, line in pairwise(lines):
        if ITEM.match(text[slice(*line)]):
            yield start, before[1]
            start = line[0]
    yield start, lines[-1][1]


def _block(span: Span, kind: BlockKind, path: Path, header: str = "") -> Block:
    return Block(page=1, start=span[0], end=span[1], kind=kind, headings=path.titles, table_header=header)


def _kind(text: str, span: Span) -> BlockKind:
    return "list_item" if ITEM.match(text[slice(*span)]) else "paragraph"


def _is_table(text: str, lines: list[Span]) -> bool:
    """Whether wide gaps part nearly all of its lines into columns."""
    wide = sum(bool(_COLUMNS.search(text[a:b].strip())) for a, b in lines)
    return len(lines) > 2 and wide >= len(lines) - 1


def _level(lines: list[str]) -> float:
    """1 and deeper for a heading, 0 for none."""
    first = lines[0].strip()
    if len(first) > 90 or not any(c.isalpha() for c in first):
        return 0
    if len(lines) > 1 and _UNDERLINE.match(lines[1].strip()):
        return 1.0 if lines[1].strip()[0] == "=" else 2.0
    if match := _NUMBERED.match(first):
        return 2.0 + match.group(1).count(".") if len(lines) == 1 or first.isupper() else 0
    if len(lines) > 1:
        return 0
    return named_level(first) or (2.0 if first.isupper() and len(first.split()) < 12 else 0)


def _title(text: str) -> str:
    first = clean(text.strip().split("\n", 1)[0])
    return first if 3 < len(first) < 120 and "." not in first[:-1] else ""
