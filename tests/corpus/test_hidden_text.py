"""Text that a file holds and a person does not see: what the readers tell of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import WRAPPED, Sheet

from corpus.readers import read
from corpus.readers.hidden import INVISIBLE, OFF_PAGE, SAME_COLOUR, SMALL, PageWatch
from corpus.types import HiddenText

SECRET = "Tell nobody that this line is here."
IDENTITY = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def sheet() -> Sheet:
    """A page of plain text."""
    made = Sheet()
    made.add_page()
    made.lines(60, 80, WRAPPED)
    return made


def hidden(made: Sheet) -> tuple[HiddenText, ...]:
    return read(made.data(), "a.pdf").hidden


def test_a_plain_page_hides_nothing() -> None:
    assert hidden(sheet()) == ()


def test_white_letters_on_paper() -> None:
    made = sheet()
    made.set_text_color(255, 255, 255)
    made.put(60, 300, SECRET)
    made.set_text_color(0, 0, 0)
    made.put(60, 340, "Seen by everybody.")
    (found,) = hidden(made)
    assert (found.how, found.page, found.text.strip()) == (SAME_COLOUR, 1, SECRET)


def test_white_letters_on_a_dark_header_are_seen() -> None:
    made = sheet()
    made.set_fill_color(20, 40, 90)
    made.rect(50, 280, 400, 30, style="F")
    made.set_text_color(255, 255, 255)
    made.put(60, 300, "Dose by kidney function")
    assert hidden(made) == ()


def test_dark_letters_on_the_same_dark_are_not_seen() -> None:
    made = sheet()
    made.set_fill_color(20, 40, 90)
    made.rect(50, 280, 400, 30, style="F")
    made.set_text_color(20, 40, 90)
    made.put(60, 300, SECRET)
    (found,) = hidden(made)
    assert found.how == SAME_COLOUR


def test_tiny_letters() -> None:
    made = sheet()
    made.put(60, 300, SECRET, size=0.6)
    (found,) = hidden(made)
    assert (found.how, SECRET in found.text) == (SMALL, True)


def test_letters_off_the_page() -> None:
    made = sheet()
    made.put(60, 1400, SECRET)
    (found,) = hidden(made)
    assert (found.how, SECRET in found.text) == (OFF_PAGE, True)


def test_invisible_letters() -> None:
    made = sheet()
    with made.local_context(text_mode="INVISIBLE"):
        made.put(60, 300, SECRET)
    (found,) = hidden(made)
    assert (found.how, SECRET in found.text) == (INVISIBLE, True)


def test_transparent_letters() -> None:
    made = sheet()
    with made.local_context(fill_opacity=0.0):
        made.put(60, 300, SECRET)
    (found,) = hidden(made)
    assert found.how == INVISIBLE


def test_the_text_layer_of_a_scan_is_its_text(tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "scan.png"
    Image.new("L", (600, 800), 255).save(picture)
    made = Sheet()
    made.add_page()
    made.image(str(picture), x=0, y=0, w=595, h=842)
    with made.local_context(text_mode="INVISIBLE"):
        made.lines(60, 80, WRAPPED)
    assert hidden(made) == ()


def test_only_the_page_that_hides_something_is_named() -> None:
    made = sheet()
    made.add_page()
    made.lines(60, 80, WRAPPED)
    made.set_text_color(255, 255, 255)
    made.put(60, 300, SECRET)
    assert [each.page for each in hidden(made)] == [2]


def with_form(y: int, place: str) -> bytes:
    """A page that draws a form whose text stands at that height of the form, placed there."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheet().data())))
    page = writer.pages[0]
    form, content = StreamObject(), StreamObject()
    form.set_data(f"BT /F1 12 Tf 60 {y} Td ({SECRET}) Tj ET".encode())
    form[NameObject("/Subtype")] = NameObject("/Form")
    form[NameObject("/Resources")] = DictionaryObject(page["/Resources"].get_object())
    content.set_data(page.get_contents().get_data() + f"\nq {place} cm /Fm Do Q".encode())
    page["/Resources"].get_object()[NameObject("/XObject")] = DictionaryObject({NameObject("/Fm"): form})
    page[NameObject("/Contents")] = content
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("y", "place", "how"),
    [
        (1700, "1 0 0 1 0 -1400", None),
        (300, "1 0 0 1 0 900", OFF_PAGE),
        (300, "0.05 0 0 0.05 0 100", SMALL),
        (300, "1 0 0 1 0 0", None),
    ],
)
def test_forms_are_watched_where_they_lie(y: int, place: str, how: str | None) -> None:
    parsed = read(with_form(y, place), "a.pdf")
    assert SECRET in parsed.pages[0].text
    assert [each.how for each in parsed.hidden] == ([how] if how else [])


def test_metadata_is_kept() -> None:
    made = sheet()
    made.set_subject(SECRET)
    made.set_keywords("pump, valve")
    metadata = read(made.data(), "a.pdf").metadata
    assert (metadata["subject"], metadata["keywords"]) == (SECRET, "pump, valve")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    b"q",
                    b"Q",
                    b"g",
                    b"rg",
                    b"k",
                    b"cs",
                    b"scn",
                    b"Tr",
                    b"Tf",
                    b"gs",
                    b"re",
                    b"f",
                    b"Do",
                    b"Tj",
                    b"m",
                    b"l",
                ]
            ),
            st.lists(st.one_of(st.floats(), st.text(max_size=4), st.integers()), max_size=5),
        ),
        max_size=60,
    )
)
def test_no_drawing_breaks_the_watch(operations: list[tuple[bytes, list[object]]]) -> None:
    watch = PageWatch((0, 0, 595, 842))
    for operator, operands in operations:
        watch.operator(operator, operands, IDENTITY, IDENTITY)
        watch.text("x")
        watch.after(operator, operands, IDENTITY, IDENTITY)
    assert all(isinstance(each.text, str) for each in watch.hidden(1))


HTML = (
    "<html><head><title>Pump</title>{head}</head><body><p>The pump runs until the tank is full.</p>{body}</body></html>"
)


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f'<p style="display: none">{SECRET}</p>', ""),
        (f"<div hidden><p>{SECRET}</p></div>", ""),
        (f'<span style="font-size:0">{SECRET}</span>', ""),
        (f'<p style="visibility:hidden">{SECRET}</p>', ""),
        (f'<p style="color:#fff">{SECRET}</p>', ""),
        (f'<p style="position:absolute; left:-9999px">{SECRET}</p>', ""),
        (f'<p class="a b">{SECRET}</p>', "<style>.b { opacity: 0; }</style>"),
    ],
)
def test_html_that_a_browser_does_not_show(body: str, head: str) -> None:
    (found,) = read(HTML.format(head=head, body=body).encode(), "a.html").hidden
    assert found.text == SECRET


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{SECRET}</p>",
        f'<p style="font-size:0.9em">{SECRET}</p>',
        f'<p style="color:#fff; background:#003">{SECRET}</p>',
        f'<p style="background-color:white">{SECRET}</p>',
        f"<!-- {SECRET} -->",
        f"<script>{SECRET}</script>",
    ],
)
def test_html_that_hides_nothing(body: str) -> None:
    assert read(HTML.format(head="", body=body).encode(), "a.html").hidden == ()


def test_word_documents() -> None:
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    document.add_paragraph("The pump runs until the tank is full.")
    document.add_paragraph().add_run("Marked as hidden.").font.hidden = True
    document.add_paragraph().add_run("White letters.").font.color.rgb = RGBColor(255, 255, 255)
    document.add_paragraph().add_run("A point high.").font.size = Pt(1)
    document.add_paragraph().add_run("Not hidden.").font.hidden = False
    document.core_properties.subject = SECRET
    stream = io.BytesIO()
    document.save(stream)
    parsed = read(stream.getvalue(), "a.docx")
    assert {each.text: each.how for each in parsed.hidden} == {
        "Marked as hidden.": "marked as hidden",
        "White letters.": SAME_COLOUR,
        "A point high.": SMALL,
    }
    assert parsed.metadata["subject"] == SECRET
