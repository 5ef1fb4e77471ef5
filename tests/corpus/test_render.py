from __future__ import annotations

import io
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import render
from corpus.errors import UnreadableFile
from corpus.render import draw_page, find_quote, letters, locate


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


def test_places_agree_with_the_picture(pdf: Path) -> None:
    for number in (1, 2, 3, 4):
        places = find_quote(pdf, number, quote="Take it\nat night.", before="The dose is 5 mg.\n")
        picture = draw_page(pdf, number, quote="Take it\nat night.", before="The dose is 5 mg.\n")
        assert (places.width, places.height) == (picture.width, picture.height)
        marked = yellow(picture.png)
        assert len(places.boxes) == 1
        left, top, right, bottom = places.boxes[0]
        assert abs(min(x for x, _ in marked) / picture.width - left) < 0.01
        assert abs(max(y for _, y in marked) / picture.height - bottom) < 0.01
        assert left < right
        assert top < bottom
    assert find_quote(pdf, 1).boxes == ()


def test_a_cropped_page_is_marked_where_its_words_are(tmp_path: Path) -> None:
    from fpdf import FPDF
    from pypdf import PdfWriter
    from pypdf.generic import RectangleObject

    made = FPDF(unit="pt", format=(600, 800))
    made.set_font("Helvetica", size=20)
    made.add_page()
    made.text(300, 400, "Marked words")
    made.output(str(tmp_path / "whole.pdf"))
    writer = PdfWriter(clone_from=str(tmp_path / "whole.pdf"))
    writer.pages[0].cropbox = RectangleObject((250, 300, 550, 500))
    writer.write(str(tmp_path / "cropped.pdf"))
    left, top, _, bottom = find_quote(tmp_path / "cropped.pdf", 1, quote="Marked words").boxes[0]
    assert left == pytest.approx(50 / 300, abs=0.02)
    assert top < 0.5 < bottom + 0.1


def test_a_strip_of_a_page_is_no_giant_picture(tmp_path: Path) -> None:
    from fpdf import FPDF

    made = FPDF(unit="pt", format=(20, 14_000))
    made.add_page()
    made.output(str(tmp_path / "strip.pdf"))
    picture = draw_page(tmp_path / "strip.pdf", 1)
    assert picture.width * picture.height < 1.1 * render.MOST_PIXELS


def test_old_pictures_make_room(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_pictures", render._Pictures())
    one = draw_page(pdf, 1)
    assert draw_page(pdf, 1) is one
    monkeypatch.setattr(render, "CACHED_BYTES", len(one.png) + 10)
    draw_page(pdf, 2)
    assert draw_page(pdf, 1) is not one


def test_letters_know_where_they_come_from() -> None:
    assert letters("The e\ufb03cacy, É1!") == ("theefficacye1", [0, 1, 2, 4, 5, 5, 5, 6, 7, 8, 9, 12, 13])


def test_found_in_pieces_when_something_stands_between() -> None:
    page = "x" * 50 + "abcdefghijkl" + "DIFFERENT" + "mnopqrstuvwx" + "y" * 50
    assert locate("abcdefghijklmnopqrstuvwx", page, 0) == [(50, 62), (71, 83)]
    assert locate("abcdefghijkl12mnopqrstuvwx", page.replace("DIFFERENT", "34"), 0) == [(50, 76)]
    assert locate("abcdefghijkl" + "q" * 24, page, 0) == []
    assert locate("", page, 0) == []
    assert locate("zz", page, 0) == []


@given(st.text("ab", min_size=1, max_size=8), st.text("ab", max_size=30), st.text("ab", max_size=30))
def test_what_is_there_is_found(needle: str, before: str, after: str) -> None:
    page = before + needle + after
    assert locate(needle, page, len(before)) == [(len(before), len(before) + len(needle))]


@given(st.text("abc", max_size=40), st.text("abc", max_size=60), st.integers(0, 60))
def test_what_is_found_lies_on_the_page_in_order(needle: str, page: str, expected: int) -> None:
    found = locate(needle, page, expected)
    assert all(0 <= start < end <= len(page) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


@pytest.mark.data
@pytest.mark.slow
def test_quotes_of_real_documents_are_found(shared_data: Path) -> None:
    """Sentences as the reader gives them, looked for with the other library: 97 in a hundred and better."""
    from corpus.passages import split
    from corpus.readers import read

    documents = shared_data / "documents"
    files = sorted((documents / "medical/fda_labels").glob("*.pdf"), key=lambda path: path.stat().st_size)[:2]
    files += sorted((documents / "legal/contracts").rglob("*.pdf"), key=lambda path: path.stat().st_size)[3:7]
    chance, found = random.Random(1), []
    for file in files:
        parsed = read(file.read_bytes(), file.name)
        pages = {page.number: page.text for page in parsed.pages}
        all_of_them = [
            (passage.page, passage.start + start, passage.start + end)
            for passage in split(parsed, document_id="x", sha256="0" * 64)
            for start, end in passage.sentences
        ]
        for number, start, end in chance.sample(all_of_them, min(40, len(all_of_them))):
            text = pages[number]
            if any(character.isalnum() for character in text[start:end]):
                found.append(bool(find_quote(file, number, quote=text[start:end], before=text[:start]).boxes))
    assert len(found) >= 150
    assert sum(found) >= 0.97 * len(found)
