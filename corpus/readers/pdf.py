"""PDF: pypdf's plain text a page, with the position of every fragment, so that structure can be seen.

A page's text is exactly what `PdfReader(file).pages[n - 1].extract_text()` gives, so anybody can check a quote.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableFile
from corpus.readers.layout import Line, structure
from corpus.types import Page, Parsed

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST_CONTENT = 50_000_000
"""Bytes of one page's drawing instructions; more is not text but a bomb or a map."""

logging.getLogger("pypdf").setLevel(
    logging.CRITICAL
)  # its warnings are about bytes, and people can do nothing about them


@dataclass(frozen=True, slots=True)
class _Fragment:
    start: int
    end: int
    x: float
    y: float
    size: float
    bold: bool


def read_pdf(data: bytes) -> Parsed:
    """Pages and blocks of a PDF. Raises UnreadableFile with the reason in words."""
    reader = _opened(data)
    pages: list[Page] = []
    lines: list[list[Line]] = []
    broken = 0
    for number in range(1, _count(reader) + 1):
        try:
            text, fragments = _page(reader.pages[number - 1])
        except Exception:  # noqa: BLE001 - pypdf raises nearly anything on a damaged page; the others may be well
            text, fragments, broken = "", [], broken + 1
        pages.append(Page(number=number, text=text))
        lines.append(_lines(number, text, fragments))
    if broken == len(pages):
        raise UnreadableFile("malformed PDF: none of its pages can be read")
    if not any(character.isalnum() for page in pages for character in page.text):
        raise UnreadableFile(_why_no_text(reader))
    return Parsed(pages=tuple(pages), blocks=structure(lines), title=_title(reader, lines), metadata=_metadata(reader))


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("encrypted: it needs a password")
        if not len(reader.pages):
            raise UnreadableFile("it has no pages")
    except UnreadableFile:
        raise
    except PyPdfError as error:
        raise UnreadableFile(f"malformed PDF: {error}") from error
    except Exception as error:
        raise UnreadableFile(f"malformed PDF ({type(error).__name__})") from error
    return reader


def _count(reader: PdfReader) -> int:
    return len(reader.pages)


def _page(page: PageObject) -> tuple[str, list[_Fragment]]:
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > LARGEST_CONTENT:
        raise UnreadableFile("a page unpacks to more than 50 MB")
    fragments: list[_Fragment] = []
    at = 0

    def visit(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        nonlocal at
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            height = abs(float(size or 0) * (tm[3] or tm[1] or 1) * (cm[3] or cm[1] or 1))
            name = str(font.get("/BaseFont", "")) if font else ""
            bold = any(word in name for word in ("Bold", "bold", "Black", "Heavy", "Semibold"))
            fragments.append(_Fragment(at, at + len(text), float(x), float(y), height, bold))
        at += len(text)

    text = page.extract_text(visitor_text=visit)
    # Surrogates and NUL cannot be stored; one for one, so that positions hold.
    return "".join(c if c != "\x00" and not "\ud800" <= c <= "\udfff" else " " for c in text), fragments


def _lines(number: int, text: str, fragments: list[_Fragment]) -> list[Line]:
    lines = []
    start = index = 0
    for raw in text.split("\n"):
        end = start + len(raw)
        mine = []
        while index < len(fragments) and fragments[index].start < end:
            mine.append(fragments[index])
            if fragments[index].end > end:
                break
            index += 1
        if raw.strip():
            size = max((each.size for each in mine), default=0.0)
            lines.append(
                Line(
                    page=number,
                    start=start,
                    end=end,
                    text=raw,
                    x=mine[0].x if mine else 0.0,
                    y=mine[0].y if mine else 0.0,
                    size=round(size, 1),
                    bold=bool(mine) and all(each.bold for each in mine),
                    cells=_cells(mine),
                )
            )
        start = end + 1
    return lines


def _cells(fragments: list[_Fragment]) -> tuple[float, ...]:
    """Where the line's table cells begin: fragments on one height with a wide gap between them."""
    starts: list[float] = []
    reach = float("-inf")
    for each in fragments:
        if not starts or each.x > reach + 1.2 * max(each.size, 4.0):
            starts.append(round(each.x))
        reach = max(reach, each.x + 0.5 * each.size * (each.end - each.start))
    return tuple(starts)


def _why_no_text(reader: PdfReader) -> str:
    try:
        pictures = any(page.images for page in list(reader.pages)[:3])
    except Exception:  # noqa: BLE001 - the reason is only as good as the file
        pictures = False
    return "no text: its pages are images (a scan); run text recognition first" if pictures else "it holds no text"


def _title(reader: PdfReader, lines: list[list[Line]]) -> str:
    try:
        stated = str((reader.metadata and reader.metadata.title) or "").strip()
    except Exception:  # noqa: BLE001 - damaged metadata is no metadata
        stated = ""
    if len(stated) > 5 and " " in stated and not stated.lower().endswith((".doc", ".docx", ".pdf", ".indd")):
        return stated
    first = [line for line in lines[0] if len(line.text.split()) > 1][:30] if lines else []
    largest = max((line.size for line in first), default=0.0)
    return " ".join(line.text.strip() for line in first if line.size == largest)[:200] if largest else stated


def _metadata(reader: PdfReader) -> dict[str, str]:
    try:
        return {key.lstrip("/").lower(): str(value) for key, value in (reader.metadata or {}).items() if value}
    except Exception:  # noqa: BLE001 - damaged metadata is no metadata
        return {}
