"""Renders the starter corpus' PDF and DOCX files from the Markdown under `<domain>/src/`.

    python -m corpus.starter.make_documents

The same source gives the same bytes on every machine: dates are fixed, nothing is compressed by a library whose
output differs between versions, and only the PDF core fonts (latin-1) are used. The Markdown understood here is
small: `#` title, `##` and `###` headings, paragraphs, `- ` items, and tables with a `Table n. …` line before them.
A first line `<!-- format: pdf, columns: 2 -->` (or `docx`) chooses the form. Needs the development tools (fpdf2).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from fpdf import FPDF

HERE = Path(__file__).parent
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
"""Creation date written into every file."""

_DIRECTIVE = re.compile(r"<!-- format: (pdf|docx)(?:, columns: ([12]))? -->")
_FOOTER = "Plumbline demonstration corpus. A demonstration, not advice."

Kind = Literal["title", "heading", "subheading", "paragraph", "item", "caption", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One block of a source file."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    """For a table: its rows, the header first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source file as read."""

    format: Literal["pdf", "docx"]
    columns: int
    elements: tuple[Element, ...]

    @property
    def title(self) -> str:
        """Text of the `#` line."""
        return next(e.text for e in self.elements if e.kind == "title")


def sources() -> Iterator[Path]:
    """Every source file of the starter corpus, sorted."""
    yield from sorted(HERE.glob("*/src/*.md"))


def target(source: Path) -> Path:
    """Where the rendering of `source` belongs."""
    return source.parent.parent / "documents" / f"{source.stem}.{parse(source.read_text('utf-8')).format}"


def render(source: Path) -> bytes:
    """The bytes of the PDF or DOCX that `source` describes."""
    parsed = parse(source.read_text("utf-8"))
    return _pdf(parsed) if parsed.format == "pdf" else _docx(parsed)


def parse(text: str) -> Source:
    """Reads the small Markdown described above. Raises ValueError when the first line names no format."""
    directive = _DIRECTIVE.match(text)
    if directive is None:
        raise ValueError("the first line must be <!-- format: … -->")
    body = text[directive.end() :].strip()
    elements = tuple(e for chunk in re.split(r"\n\s*\n", body) for e in _elements(chunk.splitlines()))
    return Source(
        format="docx" if directive[1] == "docx" else "pdf",
        columns=int(directive[2] or 1),
        elements=elements,
    )


def _elements(lines: Sequence[str]) -> Iterator[Element]:
    first = lines[0]
    if first.startswith("|"):
        rows = [tuple(c.strip() for c in line.strip().strip("|").split("|")) for line in lines]
        yield Element(kind="table", rows=tuple(r for r in rows if not set("".join(r)) <= {"-", ":"}))
    elif first.startswith("#"):
        marks, _, title = first.partition(" ")
        kinds: dict[int, Kind] = {1: "title", 2: "heading", 3: "subheading"}
        yield Element(kind=kinds[len(marks)], text=title)
    elif first.startswith("- "):
        yield from (Element(kind="item", text=line[2:]) for line in lines)
    else:
        yield Element(kind="caption" if first.startswith("Table ") else "paragraph", text=" ".join(lines))


# PDF -----------------------------------------------------------------------------------------------------------------

_MARGIN, _TOP, _BOTTOM, _GAP = 20.0, 26.0, 274.0, 8.0
"""Millimetres on A4: side margins, where the text area begins and ends, and the gap between columns."""

_STYLES: dict[Kind, tuple[str, float, float, float]] = {
    "title": ("B", 15.0, 7.0, 1.0),
    "heading": ("B", 11.5, 6.0, 3.0),
    "subheading": ("BI", 10.0, 5.0, 1.5),
    "paragraph": ("", 9.5, 4.6, 1.0),
    "item": ("", 9.5, 4.6, 0.3),
    "caption": ("I", 9.0, 4.6, 2.0),
    "table": ("", 8.5, 4.2, 0.0),
}
"""Kind to font style, font size in points, line height and space above, both in millimetres."""


class _Layout:
    """Places lines on pages of one or two columns; breaks are decided here, so that every run breaks alike."""

    def __init__(self, pdf: FPDF, columns: int) -> None:
        self.pdf = pdf
        self.columns = columns
        self.width = (pdf.w - 2 * _MARGIN - (columns - 1) * _GAP) / columns
        self.column, self.top, self.y = 0, _TOP, _TOP

    @property
    def x(self) -> float:
        return _MARGIN + self.column * (self.width + _GAP)

    def room(self, height: float) -> bool:
        """True when `height` fits here; else moves on to the next column or page."""
        if self.y + height <= _BOTTOM:
            return True
        if self.column + 1 < self.columns:
            self.column += 1
        else:
            self.pdf.add_page()
            self.column, self.top = 0, _TOP
        self.y = self.top
        return False

    def wrap(self, text: str, width: float) -> list[str]:
        """The lines that `text` takes in the current font."""
        lines = self.pdf.multi_cell(width, 4, text, align="L", dry_run=True, output="LINES")
        return cast("list[str]", lines) or [""]

    def write(self, element: Element, *, full_width: bool = False) -> None:
        """Places a block of running text."""
        style, size, line, above = _STYLES[element.kind]
        self.pdf.set_font("Helvetica", style, size)
        indent = 4.0 if element.kind == "item" else 0.0
        width = self.pdf.w - 2 * _MARGIN if full_width else self.width
        lines = self.wrap(element.text, width - indent)
        self.y += above if self.y > self.top else 0
        keep = 4 if element.kind in ("heading", "subheading", "caption") else 1
        self.room(line * min(len(lines) + keep - 1, 6))
        for number, part in enumerate(lines):
            self.room(line)
            if element.kind == "item" and number == 0:
                self._put(self.x, "-", line)
            self._put(self.x + indent, part, line)
            self.y += line

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Places a ruled table; its header is repeated where it goes on in another column or on another page."""
        header, *body = rows
        widths = self._widths(rows)
        self._row(header, widths, bold=True)
        for row in body:
            if not self.room(self._height(row, widths)):
                self._row(header, widths, bold=True)
            self._row(row, widths, bold=False)
        self.y += 2

    def _widths(self, rows: Sequence[Sequence[str]]) -> list[float]:
        """Every column gets its longest word, and a share of what is left by the length of its longest cell."""
        self.pdf.set_font("Helvetica", "B", _STYLES["table"][1])
        columns = list(zip(*rows, strict=True))
        words = [
            max(self.pdf.get_string_width(word) for cell in c for word in cell.split() or [""]) + 4 for c in columns
        ]
        weights = [max(6, *map(len, c)) ** 0.8 for c in columns]
        spare = self.width - sum(words)
        return [word + spare * weight / sum(weights) for word, weight in zip(words, weights, strict=True)]

    def _height(self, row: Sequence[str], widths: Sequence[float]) -> float:
        line = _STYLES["table"][2]
        return max(len(self.wrap(c, w - 2)) for c, w in zip(row, widths, strict=True)) * line + 1.4

    def _row(self, row: Sequence[str], widths: Sequence[float], *, bold: bool) -> None:
        _, size, line, _ = _STYLES["table"]
        self.pdf.set_font("Helvetica", "B" if bold else "", size)
        height = self._height(row, widths)
        self.room(height)
        x = self.x
        for cell, width in zip(row, widths, strict=True):
            if bold:
                self.pdf.set_fill_color(230, 234, 238)
            self.pdf.rect(x, self.y, width, height, style="DF" if bold else "D")
            for number, part in enumerate(self.wrap(cell, width - 2)):
                self._put(x + 1, part, line, self.y + 0.7 + number * line)
            x += width
        self.y += height

    def _put(self, x: float, text: str, line: float, y: float | None = None) -> None:
        self.pdf.set_xy(x, self.y if y is None else y)
        self.pdf.cell(self.pdf.get_string_width(text) + 2, line, text)


def _pdf(source: Source) -> bytes:
    from fpdf import FPDF

    class Sheet(FPDF):
        def header(self) -> None:
            self.set_font("Helvetica", "", 8)
            self.set_xy(_MARGIN, 12)
            self.cell(0, 5, source.title)
            self.line(_MARGIN, 18, self.w - _MARGIN, 18)

        def footer(self) -> None:
            self.set_font("Helvetica", "", 8)
            self.set_xy(_MARGIN, 283)
            self.cell(0, 5, _FOOTER)
            self.set_xy(self.w - _MARGIN - 30, 283)
            self.cell(30, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    pdf = Sheet(format="A4")
    pdf.set_compression(False)
    pdf.set_creation_date(STAMP)
    pdf.set_title(source.title)
    pdf.set_producer("Plumbline")
    pdf.set_auto_page_break(False)
    pdf.set_margins(_MARGIN, 10)
    pdf.c_margin = 0
    pdf.set_line_width(0.15)
    pdf.add_page()
    layout = _Layout(pdf, source.columns)
    for element in source.elements:
        if element.kind == "title":
            layout.write(element, full_width=True)
            layout.y += 2
            layout.top = layout.y
        elif element.kind == "table":
            layout.table(element.rows)
        else:
            layout.write(element)
    return bytes(pdf.output())


# DOCX ----------------------------------------------------------------------------------------------------------------


def _docx(source: Source) -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.title = source.title
    document.core_properties.author = "Plumbline demonstration corpus"
    document.core_properties.created = document.core_properties.modified = STAMP.replace(tzinfo=None)
    for element in source.elements:
        if element.kind == "title":
            document.add_heading(element.text, level=0)
        elif element.kind in ("heading", "subheading"):
            document.add_heading(element.text, level=1 if element.kind == "heading" else 2)
        elif element.kind == "item":
            document.add_paragraph(element.text, style="List Bullet")
        elif element.kind == "table":
            table = document.add_table(rows=0, cols=len(element.rows[0]), style="Table Grid")
            for row in element.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(element.text, style="Caption" if element.kind == "caption" else None)
    document.sections[0].footer.paragraphs[0].text = _FOOTER
    made = io.BytesIO()
    document.save(made)
    return _same_zip(made.getvalue())


def _same_zip(data: bytes) -> bytes:
    """The same archive with fixed times and order, so that equal content is equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


def main() -> None:
    """Writes every rendering beside the documents that were written by hand."""
    for source in sources():
        target(source).write_bytes(render(source))


if __name__ == "__main__":
    main()
