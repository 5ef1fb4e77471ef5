"""PDF: pypdf's plain text a page, with the position of every fragment, so that structure can be seen.

A page's text is exactly what `PdfReader(file).pages[n - 1].extract_text()` gives, so anybody can check a quote.
"""

from __future__ import annotations

import io
import logging
import math
import re
from typing import TYPE_CHECKING, Any

from corpus.errors import UnreadableFile
from corpus.readers.layout import structure
from corpus.readers.lines import Fragment, Line, lines_of
from corpus.types import Page, Parsed

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST_CONTENT = 50_000_000
"""Bytes of one page's drawing instructions; more is not text but a bomb or a map."""

logging.getLogger("pypdf").setLevel(
    logging.CRITICAL
)  # its warnings are about bytes, and people can do nothing about them


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BOLD = ("bold", "black", "heavy", "demi")
_NARROW = ("times", "roman", "serif", "garamond", "minion", "georgia", "cambria", "condensed", "narrow")


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
        lines.append(lines_of(number, text, fragments))
    if broken == len(pages):
        raise UnreadableFile("malformed PDF: none of its pages can be read")
    if not any(character.isalnum() for page in pages for character in page.text):
        raise UnreadableFile(_why_no_text(reader))
    title = _title(reader, lines)
    return Parsed(pages=tuple(pages), blocks=structure(lines, title), title=title, metadata=_metadata(reader))


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


def _page(page: PageObject) -> tuple[str, list[Fragment]]:
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > LARGEST_CONTENT:
        raise UnreadableFile("a page unpacks to more than 50 MB")
    fragments: list[Fragment] = []
    fonts: dict[int, tuple[bool, float]] = {}
    at = 0

    def visit(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        nonlocal at
        start, at = at, at + len(text)
        if not (body := text.strip()):
            return
        start += text.index(body[0])
        # Along and across the text's own direction, so that turned pages read like upright ones.
        a, b = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if b:
            norm = math.hypot(a, b)
            x, y = (x * a + y * b) / norm, (y * a - x * b) / norm
        c, d = tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]
        height = abs(size) * math.hypot(c, d)
        if id(font) not in fonts:
            fonts[id(font)] = _look(font)
        fragments.append(Fragment(start, start + len(body), x, y, height, *fonts[id(font)]))

    text = page.extract_text(visitor_text=visit)
    # Surrogates and NUL cannot be stored; one for one, so that positions hold.
    return _UNSTORABLE.sub(" ", text), fragments


def _look(font: Any) -> tuple[bool, float]:
    """Whether a font is bold, and how wide it runs compared with Helvetica."""
    name = str((font or {}).get("/BaseFont", "")).lower()
    bold = any(word in name for word in _BOLD)
    width = 1.1 if "courier" in name or "mono" in name else 0.9 if any(word in name for word in _NARROW) else 1.0
    return bold, width * (1.05 if bold else 1.0)


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
