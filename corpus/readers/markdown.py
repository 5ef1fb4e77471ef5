"""Markdown: the page is the file itself, blocks are found by line; HTML inside it is read as far as it goes."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.passages import clean
from corpus.readers.headings import CAPTION, Path, named_level
from corpus.readers.text import running_lines
from corpus.readers.writer import LONGEST_HEADER
from corpus.types import Block, BlockKind, Page, Parsed, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

_HIDDEN = re.compile(r"<!--|<(?:script|style|nav|footer)\b", re.IGNORECASE)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_ROW = re.compile(r"<tr\b(?:(?!</?tr\b).)*</tr>", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<t([hd])\b[^>]*>((?:(?!</?t[hd]\b).)*)", re.DOTALL | re.IGNORECASE)
_CLAUSE = re.compile(r"\**(\d{1,2})\.\**\s")
_ARTICLE = re.compile(r"Article \d+[a-z]?\b")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_BLOCKS = {"paragraph_open", "tr_open", "fence", "code_block", "html_block"}
_KINDS: dict[str, BlockKind] = {"tr_open": "table_row", "fence": "code", "code_block": "code"}
_TEXT_LEVEL = 6.0
"""Level of a heading that is set as a paragraph: below all those marked as headings."""


def read_markdown(text: str) -> Parsed:
    """A Markdown file as one page. Raises UnreadableFile when it holds no text."""
    from markdown_it import MarkdownIt

    hidden = _without_hidden(text)
    front = _FRONT.match(hidden)
    hidden = _FRONT.sub(_blank, hidden)
    tokens = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable("table").parse(hidden)
    blocks = list(_Reader(text, hidden).blocks(tokens))
    blocks = list(_without_captions(blocks, text))
    if not blocks:
        raise UnreadableFile("it holds no text")
    stated = _FRONT_TITLE.search(front.group(1)) if front else None
    headings = [after.content for before, after in pairwise(tokens) if before.type == "heading_open"]
    title = stated.group(1) if stated else headings[0] if headings else ""
    return Parsed(pages=(Page(number=1, text=text),), blocks=tuple(blocks), title=clean(title)[:200])


def _without_hidden(text: str) -> str:
    """The text with blanks for comments, scripts and page furniture; what is opened and never closed stays."""
    lower = text.translate(_LOWER)  # other letters may change their length
    never: set[str] = set()
    parts, at = [], 0
    for match in _HIDDEN.finditer(lower):
        close = "-->" if match.group() == "<!--" else f"</{match.group()[1:]}"
        if match.start() < at or close in never:
            continue
        end = lower.find(close, match.end())
        if end < 0:
            never.add(close)
        else:
            end = lower.find(">", end) + 1 or len(text)
            parts += [text[at : match.start()], re.sub(r"[^\n]", " ", text[match.start() : end])]
            at = end
    return "".join((*parts, text[at:]))


def _blank(match: re.Match[str]) -> str:
    """As many characters as before, and the same lines."""
    return re.sub(r"[^\n]", " ", match.group())


class _Reader:
    """Goes through the tokens of a file and keeps track of sections, lists and tables."""

    def __init__(self, text: str, hidden: str) -> None:
        self._text = text
        self._hidden = hidden
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._running = running_lines(text)
        self._path = Path()
        self._header = ""

    def blocks(self, tokens: list[Token]) -> Iterator[Block]:
        """The blocks that the tokens make, in order."""
        in_list = 0
        for index, token in enumerate(tokens):
            in_list += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
            if token.type == "heading_open":
                self._path.enter(tokens[index + 1].content, int(token.tag[1]))
            elif token.type == "table_open":
                self._header = ""
            elif token.map is not None and token.type in _BLOCKS:
                start, end = self._starts[token.map[0]], min(self._starts[token.map[1]] - 1, len(self._text))
                kind = _KINDS.get(token.type, "list_item" if in_list else "paragraph")
                yield from self._html(start, end) if token.type == "html_block" else self._stretch(start, end, kind)

    def _stretch(self, start: int, end: int, kind: BlockKind) -> Iterator[Block]:
        """The block of those lines, less running heads; none for headers, headings and what holds no letters."""
        if kind == "table_row" and not self._header:
            cells = (clean(cell) for cell in self._text[start:end].strip().strip("|").split("|"))
            self._header = " | ".join(cells)[:LONGEST_HEADER] or "|"
            return
        for first, last in self._without_running(start, end):
            content = clean(self._hidden[first:last])
            if not any(character.isalpha() for character in content):
                continue
            level = named_level(content) if kind == "paragraph" and len(content) < 120 else None
            if level is not None:
                self._path.enter(content, _TEXT_LEVEL + level)
                continue
            if kind != "table_row":
                self._clause(content)
            yield self._block(first, last, kind)

    def _without_running(self, start: int, end: int) -> Iterator[Span]:
        at = first = start
        for line in self._text[start:end].split("\n"):
            if line.strip() in self._running:
                if first < at:
                    yield first, at
                first = at + len(line) + 1
            at += len(line) + 1
        if first < end:
            yield first, end

    def _clause(self, content: str) -> None:
        """Enters the numbered paragraph of an article: "1. The …" of Article 7 is Article 7(1)."""
        article = next((found for title in self._path.titles if (found := _ARTICLE.match(title))), None)
        if article and (number := _CLAUSE.match(content)):
            self._path.enter(f"{article.group()}({number.group(1)})", 2 * _TEXT_LEVEL)

    def _html(self, start: int, end: int) -> Iterator[Block]:
        """A run of HTML: its table rows, and its other lines as paragraphs."""
        at, header = start, ""
        for match in _ROW.finditer(self._hidden, start, end):
            yield from self._plain(at, match.start())
            at = match.end()
            cells = [(cell.group(1).lower(), clean(cell.group(2))) for cell in _CELL.finditer(match.group())]
            if cells and all(kind == "h" for kind, _ in cells):
                header = " | ".join(cell for _, cell in cells)[:LONGEST_HEADER]
            elif any(character.isalpha() for _, cell in cells for character in cell):
                kind: BlockKind = "table_row" if sum(bool(cell) for _, cell in cells) > 1 else "paragraph"
                yield replace(self._block(match.start(), match.end(), kind), table_header=header)
        yield from self._plain(at, end)

    def _plain(self, start: int, end: int) -> Iterator[Block]:
        at = start
        for line in self._text[start:end].split("\n"):
            if line.strip():
                yield from self._stretch(at, at + len(line), "list_item" if _BULLET.match(line) else "paragraph")
            at += len(line) + 1

    def _block(self, start: int, end: int, kind: BlockKind) -> Block:
        header = self._header if kind == "table_row" else ""
        return Block(page=1, start=start, end=end, kind=kind, headings=self._path.titles, table_header=header)


def _without_captions(blocks: list[Block], text: str) -> Iterator[Block]:
    """A caption just before a table becomes part of the table's header."""
    caption = ""
    for block, following in pairwise([*blocks, None]):
        assert block is not None  # only the last pair's second member is None
        content = clean(text[block.start : block.end])
        if following is not None and following.kind == "table_row" != block.kind and CAPTION.match(content):
            caption = content
        elif block.kind == "table_row" and caption:
            yield replace(block, table_header=": ".join((caption, block.table_header)).strip(": ")[:LONGEST_HEADER])
        else:
            caption = ""
            yield block
