"""HTML, Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableFile
from corpus.passages import clean
from corpus.types import Block, BlockKind, Page, Parsed

if TYPE_CHECKING:
    from bs4 import Tag
    from markdown_it.token import Token

_SKIPPED = {"script", "style", "nav", "footer", "noscript", "template", "head", "svg", "iframe", "form", "button"}
_BLOCKS = frozenset(
    """
    p div li td th tr table section article blockquote pre dd dt h1 h2 h3 h4 h5 h6 ul ol dl body main header footer
    figcaption caption tbody thead
    """.split()
)
_NAMED = re.compile(
    r"^(?:Article|Section|Chapter|CHAPTER|Part|Annex|ANNEX|Schedule|SECTION|TITLE)\s+[\dIVXLC]+[A-Z]?\b.{0,80}$"
)
_ITEM = re.compile(r"^\s*(?:[•·▪–*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CAPTION = re.compile(r"^(?:Table|Figure)\s+[\w.]+[.:]?\s")
_UNDERLINE = re.compile(r"^(={3,}|-{3,})\s*$")
_COLUMNS = re.compile(r"\S {2,}\S|\t\S")
_NUMBERED = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+[A-Z][^.;]{2,80}$")


class Writer:
    """Puts readable lines together and remembers what each of them is."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.blocks: list[Block] = []
        self._at = 0
        self._path: list[tuple[int, str]] = []
        self._caption: tuple[int, str] | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The headings open at this point, outermost first."""
        return tuple(title for _, title in self._path[-4:])

    def heading(self, text: str, level: int) -> None:
        """A heading: part of the path of what follows."""
        if text := clean(text):
            self._path = [each for each in self._path if each[0] < level]
            self._path.append((level, text[:160]))
            self._line(text)

    def block(self, text: str, kind: BlockKind = "paragraph", table_header: str = "") -> None:
        """A paragraph, list item or table row, on a line of its own."""
        if text := clean(text):
            start = self._line(text)
            self._caption = (len(self.blocks), text) if CAPTION.match(text) else None
            self.blocks.append(
                Block(
                    page=1,
                    start=start,
                    end=start + len(text),
                    kind=kind,
                    headings=self.path,
                    table_header=table_header[:200],
                )
            )

    def caption(self) -> str:
        """The caption that was just written as a paragraph, taken back: it belongs to the table that follows."""
        if self._caption is None or self._caption[0] != len(self.blocks) - 1:
            return ""
        self.blocks.pop()
        return self._caption[1]

    def parsed(self, title: str = "", metadata: dict[str, str] | None = None) -> Parsed:
        """All of it as one page. Raises UnreadableFile when there is nothing."""
        if not self.blocks:
            raise UnreadableFile("it holds no text")
        page = Page(number=1, text="\n".join(self.lines))
        return Parsed(pages=(page,), blocks=tuple(self.blocks), title=clean(title)[:200], metadata=metadata or {})

    def _line(self, text: str) -> int:
        start = self._at
        self.lines.append(text)
        self._at += len(text) + 1
        return start


def read_html(text: str) -> Parsed:
    """The readable text of a page, a block a line."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    title = soup.title.get_text(" ") if soup.title else ""
    writer = Writer()
    for found in soup.find_all(_SKIPPED - {"head"}):
        found.decompose()
    _html(soup.body or soup, writer)
    if not title or title.endswith((".xml", ".html")):
        heading = soup.find(["h1", "h2"]) or soup.find(class_=re.compile("title|doc-ti"))
        title = heading.get_text(" ") if heading else title
    return writer.parsed(title)


def _html(root: Tag, writer: Writer) -> None:
    """Walks the tree with a stack of its own: nesting has no depth that could break it."""
    from bs4 import Tag
    from bs4.element import NavigableString, PreformattedString

    inline: list[str] = []
    stack: list[Any] = [root]
    flush = object()
    while stack:
        node = stack.pop()
        if node is flush:
            _paragraph(" ".join(inline), writer)
            inline.clear()
        elif isinstance(node, PreformattedString):
            continue
        elif isinstance(node, NavigableString):
            inline.append(str(node))
        elif isinstance(node, Tag) and node.name not in _SKIPPED:
            if node.name in ("h1", "h2", "h3", "h4", "h5", "h6"):
                _paragraph(" ".join(inline), writer)
                inline.clear()
                writer.heading(node.get_text(" "), int(node.name[1]))
            elif node.name == "table" and _is_data(node):
                _paragraph(" ".join(inline), writer)
                inline.clear()
                _html_table(node, writer)
            elif node.name == "li" and not node.find(["p", "ul", "ol", "table"]):
                _paragraph(" ".join(inline), writer)
                inline.clear()
                writer.block(node.get_text(" "), "list_item")
            elif node.name in _BLOCKS or node.name == "br":
                stack += [flush, *reversed(list(node.children)), flush]
            else:
                stack += reversed(list(node.children))
    _paragraph(" ".join(inline), writer)


def _paragraph(text: str, writer: Writer) -> None:
    text = clean(text)
    if _NAMED.match(text):
        writer.heading(text, {"a": 4, "s": 3}.get(text[0].lower(), 2))
    else:
        writer.block(text, "list_item" if _ITEM.match(text) else "paragraph")


def _is_data(table: Tag) -> bool:
    """A table of data rather than of layout: short cells, more than one column in most rows."""
    rows = table.find_all("tr")
    if not rows or table.find("table"):
        return False
    wide = sum(len(row.find_all(["td", "th"])) > 1 for row in rows)
    longest = max((len(cell.get_text()) for cell in table.find_all(["td", "th"])), default=0)
    return wide >= 2 and wide * 2 > len(rows) and longest < 400


def _html_table(table: Tag, writer: Writer) -> None:
    caption = clean(table.caption.get_text(" ")) if table.caption else ""
    rows = [[clean(cell.get_text(" ")) for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]
    table_rows([row for row in rows if any(row)], caption, writer)


def table_rows(rows: list[list[str]], caption: str, writer: Writer) -> None:
    """Rows of a table: the first is the header, which every other one carries."""
    if not rows:
        return
    caption = caption or writer.caption()
    header = " | ".join(rows[0])
    title = ": ".join(part for part in (caption, header) if part)
    if len(rows) == 1:
        writer.block(header, "table_row", caption)
    for row in rows[1:]:
        writer.block(" | ".join(cell for cell in row if cell), "table_row", title)


def read_markdown(text: str) -> Parsed:
    """A Markdown file: the page is the file itself, blocks are found by line."""
    from markdown_it import MarkdownIt

    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    hidden = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    tokens = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable("table").parse(hidden)
    blocks = tuple(_without_captions(list(_markdown(tokens, text, starts)), text))
    if not blocks:
        raise UnreadableFile("it holds no text")
    headings = [after.content for before, after in pairwise(tokens) if before.type == "heading_open"]
    return Parsed(pages=(Page(number=1, text=text),), blocks=blocks, title=clean(headings[0])[:200] if headings else "")


def _markdown(tokens: list[Token], text: str, starts: list[int]) -> Iterator[Block]:
    path: list[tuple[int, str]] = []
    header, in_list = "", 0
    for index, token in enumerate(tokens):
        in_list += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "heading_open":
            title, level = clean(tokens[index + 1].content)[:160], int(token.tag[1])
            path = [*(each for each in path if each[0] < level), (level, title)]
            continue
        if token.type == "table_open":
            header = ""
        if token.map is None or token.type not in ("paragraph_open", "tr_open", "fence", "code_block", "html_block"):
            continue
        first, last = token.map
        start, end = starts[first], min(starts[last] - 1, len(text))
        if token.type == "tr_open" and not header:
            header = " | ".join(part for part in (clean(cell) for cell in text[start:end].split("|")) if part)
            continue
        for a, b in _parts(text, start, end) if token.type == "html_block" else ((start, end),):
            content = clean(text[a:b])
            if not any(c.isalnum() for c in content):
                continue
            if _NAMED.match(content):
                path = [*(each for each in path if each[0] < 6), (6, content[:160])]
                continue
            kind: BlockKind = {"tr_open": "table_row", "fence": "code", "code_block": "code"}.get(
                token.type, "paragraph"
            )  # type: ignore[assignment]
            if kind == "paragraph" and in_list:
                kind = "list_item"
            yield Block(
                page=1,
                start=a,
                end=b,
                kind=kind,
                headings=tuple(title for _, title in path[-4:]),
                table_header=header[:200] if kind == "table_row" else "",
            )


def _without_captions(blocks: list[Block], text: str) -> Iterator[Block]:
    """A caption just before a table becomes part of the table's header."""
    caption = ""
    for block, following in pairwise([*blocks, None]):
        assert block is not None  # the last pair's first member is a block
        content = clean(text[block.start : block.end])
        if following is not None and following.kind == "table_row" != block.kind and CAPTION.match(content):
            caption = content
        elif block.kind == "table_row" and caption:
            yield replace(block, table_header=f"{caption}: {block.table_header}"[:240])
        else:
            caption = ""
            yield block


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A run of HTML inside Markdown, cut at its lines."""
    at = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def read_text(text: str) -> Parsed:
    """A plain text file: paragraphs at blank lines, headings where a line alone looks like one."""
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    caption = ""
    for match in re.finditer(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", text):
        lines = match.group().split("\n")
        start = match.start()
        first = lines[0].strip()
        if level := _text_heading(lines):
            path = [*(each for each in path if each[0] < level), (level, clean(first)[:160])]
            skipped = 2 if len(lines) > 1 and _UNDERLINE.match(lines[1].strip()) else 1
            start += sum(len(line) + 1 for line in lines[:skipped])
            if start >= match.end():
                continue
        if rows := _aligned(text, start, match.end()):
            header = ": ".join(part for part in (caption, clean(text[rows[0][0] : rows[0][1]])) if part)[:240]
            blocks += [
                Block(
                    page=1,
                    start=a,
                    end=b,
                    kind="table_row",
                    headings=tuple(t for _, t in path[-4:]),
                    table_header=header,
                )
                for a, b in rows[1:]
            ]
            caption = ""
            continue
        caption = clean(text[start : match.end()]) if CAPTION.match(text[start : match.end()]) else ""
        if caption:
            continue
        kind: BlockKind = "list_item" if _ITEM.match(text[start : match.end()]) else "paragraph"
        blocks.append(
            Block(page=1, start=start, end=match.end(), kind=kind, headings=tuple(title for _, title in path[-4:]))
        )
    if not blocks:
        raise UnreadableFile("it holds no text")
    first = clean(text.strip().split("\n", 1)[0])
    return Parsed(
        pages=(Page(number=1, text=text),),
        blocks=tuple(blocks),
        title=first if 3 < len(first) < 120 and "." not in first[:-1] else "",
    )


def _aligned(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The lines of a paragraph that is a table set with spaces; empty when it is none."""
    lines, at = [], start
    for line in text[start:end].split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    wide = sum(bool(_COLUMNS.search(text[a:b].strip())) for a, b in lines)
    return lines if len(lines) > 2 and wide >= len(lines) - 1 else []


def _text_heading(lines: list[str]) -> int:
    """1 and deeper for a heading, 0 for none."""
    first = lines[0].strip()
    if len(first) > 90 or not any(c.isalpha() for c in first):
        return 0
    if len(lines) > 1 and _UNDERLINE.match(lines[1].strip()):
        return 1 if lines[1].strip()[0] == "=" else 2
    if match := _NUMBERED.match(first):
        return 2 + match.group(1).count(".")
    alone = len(lines) == 1 and len(first.split()) < 12
    return 2 if alone and (first.isupper() or _NAMED.match(first)) else 0
