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
from corpus.passages import clean
from corpus.readers.columns import in_columns
from corpus.readers.hidden import PageWatch
from corpus.readers.layout import structure
from corpus.readers.lines import Fragment, Line, lines_of
from corpus.types import HiddenText, Page, Parsed

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST_CONTENT = 50_000_000
"""Bytes of one page's drawing instructions; more is not text but a bomb or a map."""

logging.getLogger("pypdf").setLevel(
    logging.CRITICAL
)  # its warnings are about bytes, and people can do nothing about them


STAMP = 15
"""Words a page; a page with fewer that is covered by a picture is a scan."""

SCAN = 300_000
"""Pixels of the smallest picture of a page: a fax of low quality."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NO_TITLE = re.compile(
    r"\.(?:docx?|pdf|indd|xlsx?|wpd|rtf)$|[a-z]{3}\. [A-Z]|^(?:These highlights|untitled)|^[\W\d]+$|_\w+_",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:exhibit|ex-?)\s*[\d.()a-z]*$|table of contents|execution (?:version|copy)|.*confidential|\[?\*+", re.IGNORECASE
)
_BOLD = ("bold", "black", "heavy", "demi")


def read_pdf(data: bytes) -> Parsed:
    """Pages and blocks of a PDF. Raises UnreadableFile with the reason in words."""
    reader = _opened(data)
    pages: list[Page] = []
    lines: list[list[Line]] = []
    hidden: list[HiddenText] = []
    broken = 0
    for number in range(1, len(reader.pages) + 1):
        try:
            text, fragments, watch = _page(reader.pages[number - 1])
            found = lines_of(number, text, fragments)
            hidden += watch.hidden(number)
        except (UnreadableFile, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - pypdf raises nearly anything on a damaged page; the others may be well
            text, found, broken = "", [], broken + 1
        text, found = in_columns(text, found) or (text, found)
        pages.append(Page(number=number, text=text))
        lines.append(found)
    if broken == len(pages):
        raise UnreadableFile("malformed PDF: none of its pages can be read")
    _check_text(reader, pages)
    title = _title(reader, lines)
    return Parsed(
        pages=tuple(pages),
        blocks=structure(lines, title),
        title=title,
        metadata=_metadata(reader),
        hidden=tuple(hidden),
    )


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("encrypted: needs a password")
        if not len(reader.pages):
            raise UnreadableFile("malformed PDF: it has no pages")
    except (UnreadableFile, ImportError, MemoryError):
        raise
    except DependencyError as error:
        raise UnreadableFile("encrypted: reading it needs the Python package cryptography") from error
    except PyPdfError as error:
        raise UnreadableFile(f"malformed PDF: {error}") from error
    except Exception as error:
        raise UnreadableFile(f"malformed PDF ({type(error).__name__})") from error
    return reader


def _page(page: PageObject) -> tuple[str, list[Fragment], PageWatch]:
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > LARGEST_CONTENT:
        raise UnreadableFile(f"a page expands to more than {LARGEST_CONTENT // 10**6} MB (zip bomb?)")
    fragments: list[Fragment] = []
    fonts: dict[int, tuple[bool, float]] = {}
    watch = _watch(page)
    at = 0

    def visit(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        nonlocal at
        start, at = at, at + len(text)
        watch.text(text)
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

    text = page.extract_text(
        visitor_operand_before=watch.operator, visitor_operand_after=watch.after, visitor_text=visit
    )
    # Surrogates and NUL cannot be stored; one for one, so that positions hold.
    return _UNSTORABLE.sub(" ", text), fragments, watch


def _watch(page: PageObject) -> PageWatch:
    try:
        box = page.cropbox
        edges = (float(box.left), float(box.bottom), float(box.right), float(box.top))
        resources: Any = page["/Resources"].get_object()
    except Exception:  # noqa: BLE001 - a damaged page is watched as far as it goes
        edges, resources = (-math.inf, -math.inf, math.inf, math.inf), {}
    return PageWatch(edges, resources)


def _look(font: Any) -> tuple[bool, float]:
    """Whether a font is bold, and how wide it runs compared with Helvetica."""
    name = str((font or {}).get("/BaseFont", "")).lower()
    try:
        width = _mean_width(font)
    except Exception:  # noqa: BLE001 - a damaged font is taken for a usual one
        width = 0.0
    if not 0.6 < width < 1.45:
        width = 1.2 if "courier" in name else 0.92 if "times" in name else 1.0
    return any(word in name for word in _BOLD), width


def _mean_width(font: Any) -> float:
    """Mean width of its small letters, or of all the letters that it holds, in terms of Helvetica's; 0 when unknown."""
    if (widths := font.get("/Widths")) is not None:
        first, widths = int(font["/FirstChar"]), widths.get_object()
        some = [float(widths[at]) for at in range(97 - first, 123 - first) if 0 <= at < len(widths) and widths[at]]
        return sum(some) / len(some) / 489 if len(some) > 6 else 0.0
    if (descendants := font.get("/DescendantFonts")) is None:
        return 0.0
    lists = descendants.get_object()[0].get_object()["/W"].get_object()
    some = [float(width) for each in lists if isinstance(each, list) for width in each]
    return sum(some) / len(some) / 500 if len(some) > 6 else 0.0


def _check_text(reader: PdfReader, pages: list[Page]) -> None:
    """A scan is no text, even if a court or a copier has stamped each page with a line."""
    words = sum(len(page.text.split()) for page in pages)
    if not any(character.isalnum() for page in pages for character in page.text):
        words = 0
    if words >= STAMP * len(pages):
        return
    try:
        pictures = all(map(_has_scan, list(reader.pages)[:3]))
    except Exception:  # noqa: BLE001 - the reason is only as good as the file
        pictures = False
    if pictures:
        raise UnreadableFile("no text: the pages are images (scanned); run OCR first")
    if not words:
        raise UnreadableFile("no text")


def _has_scan(page: PageObject) -> bool:
    """Whether the pictures on the page are large enough to be one of a page."""
    found: Any = page.get("/Resources", {}).get_object().get("/XObject", {}).get_object()
    pictures = (each.get_object() for each in found.values())
    sizes = (int(each["/Width"]) * int(each["/Height"]) for each in pictures if each.get("/Subtype") == "/Image")
    return sum(sizes) > SCAN


def _title(reader: PdfReader, pages: list[list[Line]]) -> str:
    """The title that the file states, if it reads like one; else the largest, or first bold or capital, words."""
    try:
        stated = clean(str((reader.metadata and reader.metadata.title) or ""))
    except Exception:  # noqa: BLE001 - damaged metadata is no metadata
        stated = ""
    stated = stated.removeprefix("Microsoft Word - ")
    lines = [line for line in next(filter(None, pages), [])[:40] if sum(c.isalpha() for c in line.text) > 3]
    if len(stated.split()) > 1 and len(stated) < 120 and not _NO_TITLE.search(stated):
        return stated
    largest = max((line.size for line in lines), default=0.0)
    usual = sorted(line.size for line in lines)[len(lines) // 2] if lines else 0.0
    large = largest > 1.12 * usual
    striking = [
        line
        for line in lines
        if not _LABEL.match(line.text) and (line.size == largest if large else line.bold or line.text.isupper())
    ]
    title = ""
    for before, line in zip([None, *striking], striking, strict=False):
        if before and (lines.index(line) != lines.index(before) + 1 or len(title) + len(line.text) > 110):
            break
        title = f"{title} {line.text}".strip()
    return clean(title)[:200]


def _metadata(reader: PdfReader) -> dict[str, str]:
    try:
        return {key.lstrip("/").lower(): str(value) for key, value in (reader.metadata or {}).items() if value}
    except Exception:  # noqa: BLE001 - damaged metadata is no metadata
        return {}
