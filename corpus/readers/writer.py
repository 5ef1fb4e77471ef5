"""Puts the readable text of a file together, a block a line: what HTML, XML and DOCX have in common."""

from __future__ import annotations

import re

from corpus.errors import UnreadableFile
from corpus.passages import clean
from corpus.readers.headings import CAPTION, ITEM, LABEL, LONGEST_TITLE, Path, named_level
from corpus.types import Block, BlockKind, Page, Parsed

LONGEST_HEADER = 300
"""Characters that are kept of a table's caption and header row."""

CLAUSE = 12.0
"""Level of a numbered paragraph within an article."""

_CLAUSE = re.compile(r"(\d{1,2})\.\s")
_ARTICLE = re.compile(r"(Article \d+[a-z]?)\b")


class Writer:
    """Collects lines and remembers what each of them is."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._blocks: list[Block] = []
        self._at = 0
        self._path = Path()
        self._label = ""
        self._bare = False
        self._caption: tuple[int, str] | None = None

    def heading(self, text: str, level: float) -> None:
        """A heading: part of the path of what follows."""
        self._flush()
        if text := clean(text):
            self._path.enter(text, level)
            self._line(text)
            self._bare = False

    def paragraph(self, text: str, kind: BlockKind = "paragraph") -> None:
        """A paragraph, which may turn out to be a heading ("Article 7"), its subtitle, or the mark of an item."""
        if not (text := clean(text)):
            return
        level = named_level(text) if len(text) < LONGEST_TITLE else None
        if level is not None:
            self.heading(text, level)
            self._bare = len(text.split()) == 2
        elif self._bare and len(text.split()) < 25 and not text.endswith((".", ";", ":", ",")) and not ITEM.match(text):
            self._path.extend(text)
            self._line(text)
            self._bare = False
        elif LABEL.fullmatch(text):
            self._flush()
            self._label = text
        else:
            self._clause(text)
            self.block(text, "list_item" if kind == "paragraph" and (self._label or ITEM.match(text)) else kind)

    def block(self, text: str, kind: BlockKind = "paragraph", table_header: str = "") -> None:
        """A paragraph, list item or table row, on a line of its own."""
        text = clean(f"{self._label} {text}")
        self._label, self._bare = "", False
        if not text:
            return
        start = self._line(text)
        self._caption = (len(self._blocks), text) if CAPTION.match(text) and kind == "paragraph" else None
        self._blocks.append(
            Block(
                page=1,
                start=start,
                end=start + len(text),
                kind=kind,
                headings=self._path.titles,
                table_header=table_header[:LONGEST_HEADER],
            )
        )

    def table(self, rows: list[list[str]], caption: str = "") -> None:
        """A table, whose first row is the header that every other one carries."""
        self._flush()
        rows = [[clean(cell) for cell in row] for row in rows]
        rows = [row for row in rows if any(row)]
        if not rows:
            return
        caption = clean(caption) or self._captioned()
        header = " | ".join(rows[0])
        title = ": ".join(part for part in (caption, header) if part)
        if len(rows) == 1:
            self.block(header, "table_row", caption)
        for row in rows[1:]:
            self.block(" | ".join(cell for cell in row if cell), "table_row", title)

    def parsed(self, title: str = "", metadata: dict[str, str] | None = None) -> Parsed:
        """All of it as one page. Raises UnreadableFile when there is nothing."""
        self._flush()
        if not self._blocks:
            raise UnreadableFile("it holds no text")
        page = Page(number=1, text="\n".join(self._lines))
        return Parsed(pages=(page,), blocks=tuple(self._blocks), title=clean(title)[:200], metadata=metadata or {})

    def _clause(self, text: str) -> None:
        """Enters the numbered paragraph of an article: "1. The …" of Article 7 is Article 7(1)."""
        article = next((found for title in self._path.titles if (found := _ARTICLE.match(title))), None)
        number = _CLAUSE.match(text)
        if article and number:
            self._path.enter(f"{article.group(1)}({number.group(1)})", CLAUSE)

    def _captioned(self) -> str:
        """The caption that was just written as a paragraph, taken back: it belongs to the table that follows."""
        if self._caption is None or self._caption[0] != len(self._blocks) - 1:
            return ""
        self._blocks.pop()
        return self._caption[1]

    def _flush(self) -> None:
        if self._label:
            label, self._label = self._label, ""
            self._line(label)

    def _line(self, text: str) -> int:
        start = self._at
        self._lines.append(text)
        self._at += len(text) + 1
        return start
