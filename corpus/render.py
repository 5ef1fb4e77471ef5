"""Pictures of PDF pages, and where on them a quote stands.

pdfium draws the page and knows the place of each character. The quote comes from another reader, whose spacing,
hyphens, ligatures and order may differ; so both are compared by letters and digits alone, and what is not there in one
piece is looked for in several.
"""

from __future__ import annotations

import io
import math
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile

_PDFIUM = threading.Lock()  # pdfium is not made for several threads

MARK = (255, 204, 0, 90)
"""Colour of the marks: red, green, blue, opacity."""

MOST_PIXELS = 6_000_000
"""Of one picture; a page that is a strip or a poster is drawn smaller."""

CACHED_BYTES = 48_000_000
"""Of pictures kept in memory."""

PIECE = 6
"""Letters of the shortest piece that is looked for when the quote is not there as a whole."""

ENOUGH = 0.7
"""Share of the quote's letters that must be found for it to count as found."""

CLOSE = 0.025
"""Widest room between two characters of one line, as a share of the page."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; shares of the page's width and height as it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a quote stands on a page."""

    boxes: tuple[Box, ...]
    """One a line, in reading order; none when the quote was not found."""
    width: int
    """Of the page's picture in pixels, as `draw_page` draws it by default."""
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as an image."""

    png: bytes
    width: int
    height: int
    marked: bool
    """Whether the quote was found and marked."""


class _Pictures:
    """The pictures that were made last. For use under the lock."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, Picture] = OrderedDict()
        self._bytes = 0

    def get(self, key: Any) -> Picture | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def put(self, key: Any, picture: Picture) -> None:
        self._kept[key] = picture
        self._bytes += len(picture.png)
        while self._bytes > CACHED_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1].png)


_pictures = _Pictures()


def draw_page(file: Path, number: int, *, quote: str = "", before: str = "", width: int = 1000) -> Picture:
    """Page `number` (from 1) as a PNG about `width` pixels wide, with `quote` marked.

    `before` is the page's text up to the quote: of several places with the same words the right one is marked.
    Raises UnreadableFile when the page cannot be drawn.
    """
    with _PDFIUM:
        key = (file, _changed(file), number, quote, len(before), width)
        if (kept := _pictures.get(key)) is not None:
            return kept
        with _opened(file, number) as page:
            boxes = _boxes(page, quote, before)
            image = _mark(page.render(scale=_scale(page, width)).to_pil(), boxes)
        out = io.BytesIO()
        image.convert("RGB").save(out, "PNG", compress_level=3)
        picture = Picture(png=out.getvalue(), width=image.width, height=image.height, marked=bool(boxes))
        _pictures.put(key, picture)
        return picture


def find_quote(file: Path, number: int, *, quote: str = "", before: str = "", width: int = 1000) -> Places:
    """Where `draw_page` would put its marks, and how large its picture is. Raises UnreadableFile."""
    with _PDFIUM, _opened(file, number) as page:
        scale = _scale(page, width)
        return Places(
            boxes=tuple(_boxes(page, quote, before)),
            width=math.ceil(page.get_width() * scale),
            height=math.ceil(page.get_height() * scale),
        )


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        raise UnreadableFile(f"the page cannot be drawn: {error.strerror}") from error


@contextmanager
def _opened(file: Path, number: int) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise UnreadableFile(f"the page cannot be drawn: {error}") from error
    try:
        if not 1 <= number <= len(document):
            raise UnreadableFile(f"there is no page {number}")
        yield document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"the page cannot be drawn: {error}") from error
    finally:
        document.close()


def _scale(page: Any, width: int) -> float:
    wide, high = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    return float(min(width / wide, math.sqrt(MOST_PIXELS / (wide * high))))


def _boxes(page: Any, quote: str, before: str) -> list[Box]:
    """Boxes around the quote's lines on the picture."""
    if not quote.strip():
        return []
    text = page.get_textpage()
    haystack, at = letters(text.get_text_range())
    found = locate(letters(quote)[0], haystack, len(letters(before)[0]))
    lines: list[Box] = []
    last: Box | None = None
    for index in dict.fromkeys(index for start, end in found for index in at[start:end]):
        box = _on_picture(page, text.get_charbox(index, loose=True))
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        if last is not None and _side_by_side(last, box):
            line = lines[-1]
            lines[-1] = (min(line[0], box[0]), min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3]))
        else:
            lines.append(box)
        last = box
    return lines


def _side_by_side(one: Box, other: Box) -> bool:
    """Whether two characters stand on one line, whichever way it runs: level, and little room between them."""
    return (_level(one, other, 1) and _gap(one, other, 0) < CLOSE) or (
        _level(one, other, 0) and _gap(one, other, 1) < CLOSE
    )


def _level(one: Box, other: Box, axis: int) -> bool:
    shared = min(one[axis + 2], other[axis + 2]) - max(one[axis], other[axis])
    return shared > 0.5 * min(one[axis + 2] - one[axis], other[axis + 2] - other[axis])


def _gap(one: Box, other: Box, axis: int) -> float:
    return max(one[axis], other[axis]) - min(one[axis + 2], other[axis + 2])


def _on_picture(page: Any, box: tuple[float, float, float, float]) -> Box:
    """Page units, origin at the bottom left and before cropping and turning, to shares of the picture."""
    from ctypes import byref, c_int

    import pypdfium2.raw

    size, points = 1_000_000, []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = c_int(), c_int()
        pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, byref(across), byref(down))
        points.append((min(max(across.value / size, 0.0), 1.0), min(max(down.value / size, 0.0), 1.0)))
    (left, right), (top, bottom) = sorted(x for x, _ in points), sorted(y for _, y in points)
    return left, top, right, bottom


def _mark(image: Any, boxes: Sequence[Box]) -> Any:
    from PIL import Image, ImageDraw

    image = image.convert("RGBA")
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    wide, high = image.size
    for left, top, right, bottom in boxes:
        pen.rectangle((left * wide - 1, top * high - 1, right * wide + 1, bottom * high + 1), fill=MARK)
    return Image.alpha_composite(image, layer)


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits alone, without case, accents or ligatures, and for each the index it comes from."""
    out, at = [], []
    for index, character in enumerate(text):
        plain = character if character.isascii() else unicodedata.normalize("NFKD", character)
        for each in plain.casefold():
            if each.isalnum():
                out.append(each)
                at.append(index)
    return "".join(out), at


def locate(needle: str, haystack: str, expected: int) -> list[tuple[int, int]]:
    """Where the needle stands, nearest to `expected`: one span, or several when it is there in pieces; else none."""
    if not needle:
        return []
    whole = _nearest(needle, haystack, expected)
    if whole is not None:
        return [(whole, whole + len(needle))]
    pieces = _pieces(needle, haystack, expected)
    if sum(end - start for start, end in pieces) < ENOUGH * len(needle):
        return []
    return _closed(sorted(pieces))


def _pieces(needle: str, haystack: str, expected: int) -> list[tuple[int, int]]:
    """The needle cut into the longest pieces that the haystack has, taken from the front."""
    found: list[tuple[int, int]] = []
    at = 0
    while at <= len(needle) - PIECE:
        start = _nearest(needle[at : at + PIECE], haystack, expected)
        if start is None:
            at += 1
            continue
        length = _common(needle, at, haystack, start)
        for other in _all(needle[at : at + PIECE], haystack):
            better = _common(needle, at, haystack, other)
            if better > 2 * length:  # a longer piece farther off tells more than a short one close by
                start, length = other, better
        found.append((start, start + length))
        at, expected = at + length, start + length
    return found


def _common(needle: str, at: int, haystack: str, start: int) -> int:
    """How many letters agree from there on."""
    length = 0
    for one, other in zip(needle[at:], haystack[start : start + len(needle) - at], strict=False):
        if one != other:
            break
        length += 1
    return length


def _closed(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans, with those joined between which only a few letters are missing."""
    joined = spans[:1]
    for start, end in spans[1:]:
        if start - joined[-1][1] <= PIECE:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _nearest(needle: str, haystack: str, expected: int) -> int | None:
    return min(_all(needle, haystack), key=lambda at: abs(at - expected), default=None)


def _all(needle: str, haystack: str) -> list[int]:
    found, at = [], haystack.find(needle)
    while at >= 0:
        found.append(at)
        at = haystack.find(needle, at + 1)
    return found
