"""Pictures of PDF pages with words marked on them.

pdfium draws the page and knows where each character stands. The quote comes from pypdf, whose spacing and hyphens may
differ, so both are compared by letters and digits alone.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile

_PDFIUM = threading.Lock()  # pdfium is not made for several threads

MARK = (255, 214, 0, 96)
"""Colour of the marks: red, green, blue, opacity."""

NEEDLE = 24
"""Letters from the quote's beginning and end by which it is found when its middle differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as an image."""

    png: bytes
    width: int
    height: int
    marked: bool
    """Whether the quote was found and marked."""


def draw_page(file: Path, number: int, *, quote: str = "", before: str = "", width: int = 1000) -> Picture:
    """Page `number` (from 1) as a PNG `width` pixels wide, with `quote` marked.

    `before` is the page's text up to the quote: of several places with the same words the right one is marked.
    Raises UnreadableFile when the page cannot be drawn.
    """
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(f"the page cannot be drawn: {error}") from error
        try:
            if not 1 <= number <= len(document):
                raise UnreadableFile(f"there is no page {number}")
            page = document[number - 1]
            scale = width / max(page.get_width(), 1.0)
            image = page.render(scale=scale).to_pil().convert("RGBA")
            boxes = _boxes(page, quote, before) if quote.strip() else []
            marked = _mark(image, [_on_image(page, box, scale) for box in boxes])
            out = io.BytesIO()
            marked.convert("RGB").save(out, "PNG", optimize=False, compress_level=3)
            return Picture(png=out.getvalue(), width=image.width, height=image.height, marked=bool(boxes))
        except pypdfium2.PdfiumError as error:
            raise UnreadableFile(f"the page cannot be drawn: {error}") from error
        finally:
            document.close()


def _boxes(page: Any, quote: str, before: str) -> list[tuple[float, float, float, float]]:
    """Boxes around the quote's lines, in page units: left, bottom, right, top."""
    text = page.get_textpage()
    characters = text.get_text_range()
    at = [index for index, c in enumerate(characters) if c.isalnum()]
    haystack = "".join(characters[index].lower()[:1] for index in at)
    found = locate(_letters(quote), haystack, len(_letters(before)))
    if found is None:
        return []
    lines: list[tuple[float, float, float, float]] = []
    for index in at[found[0] : found[1]]:
        left, bottom, right, top = text.get_charbox(index, loose=True)
        if right <= left or top <= bottom:
            continue
        if (
            lines
            and abs(lines[-1][1] - bottom) < 0.5 * (top - bottom)
            and -1 < left - lines[-1][2] < 4 * (top - bottom)
        ):
            last = lines[-1]
            lines[-1] = (last[0], min(last[1], bottom), max(last[2], right), max(last[3], top))
        else:
            lines.append((left, bottom, right, top))
    return lines


def locate(needle: str, haystack: str, expected: int) -> tuple[int, int] | None:
    """Where the needle stands, nearest to `expected`; by its beginning and end when the whole is not there."""
    if not needle:
        return None
    whole = _nearest(needle, haystack, expected)
    if whole is not None:
        return whole, whole + len(needle)
    head, tail = needle[:NEEDLE], needle[-NEEDLE:]
    start, end = _nearest(head, haystack, expected), _nearest(tail, haystack, expected + len(needle))
    if start is not None and end is not None and start <= end < start + 2 * len(needle) + NEEDLE:
        return start, end + len(tail)
    if start is not None:
        return start, min(len(haystack), start + len(needle))
    return (max(0, end + len(tail) - len(needle)), end + len(tail)) if end is not None else None


def _nearest(needle: str, haystack: str, expected: int) -> int | None:
    best: int | None = None
    at = haystack.find(needle)
    while at >= 0:
        if best is None or abs(at - expected) < abs(best - expected):
            best = at
        at = haystack.find(needle, at + 1)
    return best


def _letters(text: str) -> str:
    return "".join(c.lower()[:1] for c in text if c.isalnum())


def _on_image(page: Any, box: tuple[float, float, float, float], scale: float) -> tuple[float, float, float, float]:
    """Page units to pixels. pdfium itself converts: it knows of rotation, cropping and inherited page sizes."""
    import ctypes

    from pypdfium2 import raw

    left, bottom, right, top = box
    size = round(page.get_width() * scale), round(page.get_height() * scale)
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for corner in ((left, top), (right, bottom)):
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, *corner, x, y)
        corners.append((x.value, y.value))
    xs, ys = sorted(each[0] for each in corners), sorted(each[1] for each in corners)
    return xs[0] - 1, ys[0] - 1, xs[1] + 1, ys[1] + 1


def _mark(image: Any, boxes: list[tuple[float, float, float, float]]) -> Any:
    from PIL import Image, ImageDraw

    if not boxes:
        return image
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for box in boxes:
        pen.rectangle(box, fill=MARK)
    return Image.alpha_composite(image, layer)
