from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.render import draw_page, locate


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    from fpdf import FPDF

    made = FPDF()
    made.set_font("Helvetica", size=14)
    for _ in range(4):
        made.add_page()
        made.multi_cell(0, 8, "The dose is 5 mg.\nTake it at night.\nThe dose is 5 mg.")
        made.pages[made.page].dict = {}
    path = tmp_path / "a.pdf"
    made.output(str(path))
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=str(path))
    for page, rotation in zip(writer.pages, (0, 90, 180, 270), strict=True):
        page.rotate(rotation)
    writer.write(str(path))
    return path


def yellow(png: bytes) -> list[tuple[int, int]]:
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    pixels = image.load()
    assert pixels is not None
    return [
        (x, y)
        for x in range(0, image.width, 4)
        for y in range(0, image.height, 2)
        if pixels[x, y][0] > 220 and pixels[x, y][2] < 190  # type: ignore[index]
    ]


@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_marks_the_words_however_the_page_is_turned(pdf: Path, page: int) -> None:
    picture = draw_page(pdf, page, quote="Take it\nat night.", before="The dose is 5 mg.\n")
    assert picture.marked
    assert picture.width == 1000
    assert len(yellow(picture.png)) > 50
    assert yellow(draw_page(pdf, page).png) == []


def test_of_two_places_the_right_one(pdf: Path) -> None:
    first = draw_page(pdf, 1, quote="The dose is 5 mg.")
    second = draw_page(pdf, 1, quote="The dose is 5 mg.", before="The dose is 5 mg.\nTake it at night.\n")
    assert max(y for _, y in yellow(first.png)) < min(y for _, y in yellow(second.png))


def test_a_page_size_that_is_inherited_is_known(tmp_path: Path) -> None:
    """fpdf2 writes the size once for all pages; the mark must lie on the words at the top of the A4 page."""
    from fpdf import FPDF

    made = FPDF(format="A4")
    made.set_font("Helvetica", size=14)
    made.add_page()
    made.multi_cell(0, 8, "The dose is 5 mg.")
    made.output(str(tmp_path / "a4.pdf"))
    heights = [y for _, y in yellow(draw_page(tmp_path / "a4.pdf", 1, quote="The dose is 5 mg.").png)]
    # 10 mm margin and 8 mm line on a page drawn 1,000 pixels wide: about pixels 48 to 86
    assert 40 < min(heights) < max(heights) < 95


def test_words_that_are_not_there_mark_nothing(pdf: Path) -> None:
    assert not draw_page(pdf, 1, quote="Bananas are yellow and long").marked


def test_what_cannot_be_drawn_is_said(pdf: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no page 9"):
        draw_page(pdf, 9)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nonsense")
    with pytest.raises(UnreadableFile, match="cannot be drawn"):
        draw_page(tmp_path / "b.pdf", 1)


def test_found_by_its_ends_when_the_middle_differs() -> None:
    page = "x" * 50 + "a" * 24 + "DIFFERENT" + "b" * 24 + "y" * 50
    assert locate("a" * 24 + "other" + "b" * 24, page, 0) == (50, 107)
    assert locate("a" * 24 + "q" * 40, page, 0) == (50, 114)
    assert locate("q" * 40 + "b" * 24, page, 0) == (43, 107)
    assert locate("", page, 0) is None
    assert locate("zz", page, 0) is None


@given(st.text("ab", min_size=1, max_size=8), st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_what_is_there_is_found(needle: str, before: str, after: str) -> None:
    page = before + needle + after
    found = locate(needle, page, len(before))
    assert found is not None
    assert page[slice(*found)] == needle
    assert found[0] == len(before)
