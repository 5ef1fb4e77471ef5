"""PDF: exact text, order, headings, tables, running heads, and files that are broken, locked, empty or huge."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import WRAPPED, Sheet

from corpus import readers
from corpus.errors import UnreadableFile
from corpus.passages import clean, split
from corpus.types import Parsed

SHA = "0" * 64


def read(sheet: Sheet) -> Parsed:
    return readers.read(sheet.data(), "a.pdf")


def blocks(parsed: Parsed) -> list[str]:
    pages = {page.number: page.text for page in parsed.pages}
    return [clean(pages[block.page][block.start : block.end]) for block in parsed.blocks]


def sheet_with(*pages: list[str]) -> Sheet:
    sheet = Sheet()
    for lines in pages:
        sheet.add_page()
        sheet.lines(50, 100, lines)
    return sheet


def test_a_pages_text_is_what_pypdf_extracts() -> None:
    from pypdf import PdfReader

    sheet = sheet_with(list(WRAPPED), ["Second page."])
    parsed = read(sheet)
    plain = [page.extract_text() for page in PdfReader(io.BytesIO(sheet.data())).pages]
    assert [page.text for page in parsed.pages] == plain
    assert [page.number for page in parsed.pages] == [1, 2]


def test_a_paragraph_is_one_block_and_its_sentences_go_over_line_ends() -> None:
    parsed = read(sheet_with([*WRAPPED]))
    assert blocks(parsed) == [" ".join(WRAPPED)]
    (passage,) = split(parsed, document_id="d", sha256=SHA)
    assert len(passage.sentences) == 3


def test_headings_by_number_size_and_boldness() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 60, "A GUIDE TO PUMPS", size=20)
    sheet.put(50, 100, "5 Operation", size=14, bold=True)
    sheet.put(50, 130, "5.1 Starting", size=12, bold=True)
    y = sheet.lines(50, 150, WRAPPED)
    sheet.put(50, y + 12, "5.2 Stopping", size=12, bold=True)
    y = sheet.lines(50, y + 32, WRAPPED)
    sheet.put(50, y + 12, "In winter", bold=True)
    sheet.lines(50, y + 32, WRAPPED)
    sheet.add_page()
    sheet.lines(50, 60, ["It goes on here, still under the same headings as before."])
    parsed = read(sheet)
    assert parsed.title == "A GUIDE TO PUMPS"
    assert [block.headings for block in parsed.blocks] == [
        ("5 Operation", "5.1 Starting"),
        ("5 Operation", "5.2 Stopping"),
        ("5 Operation", "5.2 Stopping", "In winter"),
        ("5 Operation", "5.2 Stopping", "In winter"),
    ]


def test_numbered_clauses_enter_the_path_with_their_titles() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(250, 60, "ARTICLE 5. TERM AND TERMINATION")
    y = sheet.lines(50, 90, ["5.1 Term. This agreement begins on the day of the last signature below.", ""])
    y = sheet.lines(50, y, ["5.2 Notice. Either party may end it by a letter to the other party.", ""])
    sheet.lines(50, y, ["5.3 What is owed on that day stays owed. It is paid within thirty days.", ""])
    parsed = read(sheet)
    article = "ARTICLE 5. TERM AND TERMINATION"
    assert [block.headings for block in parsed.blocks] == [
        (article, "5.1 Term"),
        (article, "5.2 Notice"),
        (article, "5.3"),
    ]


def test_numbers_in_running_text_are_no_sections() -> None:
    sheet = sheet_with(
        ["The dose is given with food. It is", "2.5 Units a day for adults, and half as much for others."]
    )
    assert {block.headings for block in read(sheet).blocks} == {()}


def test_running_heads_feet_and_page_numbers_are_in_no_block() -> None:
    sheet = Sheet()
    for number in range(1, 6):
        sheet.add_page()
        sheet.put(50, 30, f"Manual of the pump, edition {number}")
        sheet.put(50, 100, f"What page {chr(64 + number)} says is its own.")
        sheet.put(280, 800, f"Page {number} of 5")
    parsed = read(sheet)
    assert blocks(parsed) == [f"What page {letter} says is its own." for letter in "ABCDE"]
    assert "edition 3" in parsed.pages[2].text


def test_a_table_of_contents_is_in_no_block() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 60, "TABLE OF CONTENTS", bold=True)
    sheet.lines(50, 90, ["1 Scope ................................ 2", "2 Terms ................................ 3"])
    sheet.add_page()
    sheet.put(50, 60, "1 Scope", size=14, bold=True)
    sheet.lines(50, 90, ["This manual is about one pump and is to be read before it is used."])
    parsed = read(sheet)
    assert blocks(parsed) == ["This manual is about one pump and is to be read before it is used."]
    assert parsed.blocks[0].headings == ("1 Scope",)


def test_contents_without_leaders_end_where_the_text_begins() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 60, "CONTENTS", bold=True)
    sheet.lines(50, 90, ["1 Scope", "2 Terms", "* Some sections are left out of this list as they are empty."])
    sheet.add_page()
    sheet.put(50, 60, "1 Scope", bold=True)
    sheet.lines(50, 90, ["This manual is about one pump and is to be read before it is used."])
    assert blocks(read(sheet)) == ["This manual is about one pump and is to be read before it is used."]


def table(sheet: Sheet, y: float, rows: list[list[list[str]]], xs: tuple[float, ...] = (50, 150, 300)) -> float:
    """Draws cells one after another, each with its wrapped lines; the first row in bold."""
    for number, row in enumerate(rows):
        for x, cell in zip(xs, row, strict=True):
            for line, text in enumerate(cell):
                sheet.put(x, y + 11 * line, text, bold=number == 0)
        y += 11 * max(map(len, row)) + 9
    return y


ROWS = [
    [["ID"], ["Condition"], ["What is required"]],
    [["B01.FR.01"], ["When the pump is", "new"], ["The pump SHALL be filled", "before it is started."]],
    [["B01.FR.02"], [""], ["The valve SHALL be", "closed."]],
    [["B01.FR.03"], ["B01.FR.02"], ["The level SHALL be read."]],
]


def test_rows_of_a_table_are_blocks_with_caption_and_header() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.lines(50, 80, WRAPPED)
    sheet.put(50, 150, "Table 7. Requirements of the pump")
    y = table(sheet, 175, ROWS)
    sheet.lines(50, y + 30, WRAPPED)
    parsed = read(sheet)
    rows = [block for block in parsed.blocks if block.kind == "table_row"]
    assert {block.table_header for block in rows} == {
        "Table 7. Requirements of the pump: ID Condition What is required"
    }
    text = parsed.pages[0].text
    assert [clean(text[block.start : block.end]) for block in rows] == [
        "B01.FR.01 When the pump is new The pump SHALL be filled before it is started.",
        "B01.FR.02 The valve SHALL be closed.",
        "B01.FR.03 B01.FR.02 The level SHALL be read.",
    ]
    assert sum(content == " ".join(WRAPPED) for content in blocks(parsed)) == 2


def test_a_table_that_goes_on_over_the_page_keeps_its_header() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 680, "Table 7. Requirements of the pump")
    table(sheet, 700, ROWS[:3])
    sheet.add_page()
    table(sheet, 60, [[[""], [""], [""]], *ROWS[2:], *ROWS[1:2]])
    rows = [block for block in read(sheet).blocks if block.page == 2]
    assert [block.kind for block in rows] == ["table_row"] * 3
    assert {block.table_header for block in rows} == {
        "Table 7. Requirements of the pump: ID Condition What is required"
    }


def test_a_table_drawn_line_by_line_is_put_together() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 100, "Sign", bold=True)
    sheet.put(200, 100, "Meaning", bold=True)
    y = 130.0
    for sign in ("red", "amber", "green"):
        sheet.put(50, y, sign)
        sheet.put(200, y, f"what {sign} means goes on for")
        sheet.put(200, y + 11, "a second line")
        y += 30
    rows = [block for block in read(sheet).blocks if block.kind == "table_row"]
    assert len(rows) == 3
    assert {block.table_header for block in rows} == {"Sign Meaning"}


def test_list_items_and_requirements_begin_blocks() -> None:
    sheet = sheet_with(
        [
            "Before the start:",
            "- fill the pump with water up to the mark",
            "- close the valve",
            "[TFSR 5] The preload shall be known.",
            "[TFSR 6] The torque shall be measured.",
        ]
    )
    parsed = read(sheet)
    assert [block.kind for block in parsed.blocks] == ["paragraph", "list_item", "list_item", "paragraph", "paragraph"]


def test_a_species_at_the_start_of_a_line_is_no_list_item() -> None:
    lines = [
        "It is given to adults with an infection of the stomach, as the eradication of",
        "H. pylori makes ulcers rarer.",
    ]
    assert blocks(read(sheet_with(lines))) == [" ".join(lines)]


def test_two_columns_drawn_across_the_page_are_read_one_after_the_other() -> None:
    left = [f"the left column goes on in line {number} of it" for number in range(14)]
    right = [f"and the right column has line {number} as well" for number in range(14)]
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 60, "A title that stands across both of the columns of this page", size=16)
    for number in range(14):
        sheet.put(50, 100 + 12 * number, left[number])
        sheet.put(310, 100 + 12 * number, right[number])
    parsed = read(sheet)
    text = parsed.pages[0].text
    assert text.index(left[13]) < text.index(right[0])
    assert text.startswith("A title")
    assert any(clean(text[block.start : block.end]).startswith(" ".join(left[:3])) for block in parsed.blocks)


def test_a_turned_page_reads_like_an_upright_one() -> None:
    from pypdf import PdfReader, PdfWriter, Transformation

    upright = sheet_with([*WRAPPED])
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(upright.data())))
    writer.pages[0].add_transformation(Transformation().rotate(90).translate(842, 0))
    turned = io.BytesIO()
    writer.write(turned)
    assert blocks(readers.read(turned.getvalue(), "a.pdf")) == blocks(read(upright))


def test_a_page_of_headings_alone_still_says_something() -> None:
    sheet = Sheet()
    sheet.add_page()
    sheet.put(50, 100, "OUR PUMPS", size=30, bold=True)
    assert blocks(read(sheet)) == ["OUR PUMPS"]


def test_the_stated_title_counts_if_it_reads_like_one() -> None:
    for stated, title in [
        ("A manual of pumps", "A manual of pumps"),
        ("Microsoft Word - A manual of pumps", "A manual of pumps"),
        ("manual_v2_final.docx", "HOW TO PUMP"),
        ("", "HOW TO PUMP"),
    ]:
        sheet = Sheet()
        sheet.set_title(stated)
        sheet.add_page()
        sheet.put(50, 60, "HOW TO PUMP", size=20)
        sheet.lines(50, 100, WRAPPED)
        assert read(sheet).title == title


# -- what cannot be read


def locked(user: str, owner: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheet_with([*WRAPPED]).data())))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_password_is_needed_or_not() -> None:
    with pytest.raises(UnreadableFile, match=r"^encrypted: needs a password$"):
        readers.read(locked("secret", "owner"), "a.pdf")
    assert blocks(readers.read(locked("", "owner"), "a.pdf")) == [" ".join(WRAPPED)]


def test_a_scan_is_refused_even_with_a_stamp() -> None:
    import base64

    grey = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    )
    for stamp in ("", "Filed 01/02/2024"):
        sheet = Sheet()
        sheet.add_page()
        sheet.image(io.BytesIO(grey), 0, 0, 595, 842)
        sheet.put(50, 50, stamp)
        data = sheet.data().replace(b"/Width 1\n", b"/Width 1700\n").replace(b"/Height 1\n", b"/Height 2200\n")
        with pytest.raises(UnreadableFile, match=r"no text: the pages are images \(scanned\); run OCR first"):
            readers.read(data, "a.pdf")


def test_no_text_no_pages_no_pdf() -> None:
    blank = Sheet()
    blank.add_page()
    with pytest.raises(UnreadableFile, match=r"^no text$"):
        read(blank)
    with pytest.raises(UnreadableFile, match="malformed PDF"):
        readers.read(b"%PDF-1.7\nnothing of the kind", "a.pdf")
    with pytest.raises(UnreadableFile, match="not a PDF file although its name says so"):
        readers.read(b"Just words.", "a.pdf")


def test_a_pdf_of_another_name_is_read_as_pdf() -> None:
    assert blocks(readers.read(sheet_with([*WRAPPED]).data(), "a.txt")) == [" ".join(WRAPPED)]


def test_a_broken_page_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PageObject

    extract = PageObject.extract_text

    def fail(self: PageObject, **more: object) -> str:
        if self.page_number in broken:
            raise KeyError("/Font")
        return extract(self, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PageObject, "extract_text", fail)
    data = sheet_with(["One is here and well."], ["Two is here and well."], ["Three is here."]).data()
    broken = {1}
    parsed = readers.read(data, "a.pdf")
    assert [page.text for page in parsed.pages] == ["One is here and well.", "", "Three is here."]
    broken = {0, 1, 2}
    with pytest.raises(UnreadableFile, match="none of its pages can be read"):
        readers.read(data, "a.pdf")


def test_a_page_that_unpacks_to_far_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    from corpus.readers import pdf

    monkeypatch.setattr(pdf, "LARGEST_CONTENT", 100)
    with pytest.raises(UnreadableFile, match=r"expands to more than .* \(zip bomb\?\)"):
        read(sheet_with([*WRAPPED]))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_damage_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    with suppress(UnreadableFile):
        split(readers.read(bytes(whole[:cut]), "a.pdf"), document_id="d", sha256=SHA)


_WHOLE = sheet_with([*WRAPPED], ["1 Two", "It is here."]).data()


# -- real files


@pytest.mark.data
@pytest.mark.slow
def test_none_of_the_messy_files_crashes(shared_data: Path) -> None:
    files = sorted((shared_data / "documents" / "messy_pdfs").rglob("*.pdf"))
    outcomes: dict[str, str] = {}
    for file in files:
        if file.stat().st_size < 500_000:
            try:
                parsed = readers.read(file.read_bytes(), file.name)
                split(parsed, document_id="d", sha256=SHA)
            except UnreadableFile as error:
                outcomes[file.name] = str(error)
    assert outcomes.pop("password-example.pdf") == "encrypted: needs a password"
    assert outcomes.pop("empty.pdf") == "empty file"
    assert outcomes.pop("issue-297-example.pdf") == "no text"
    assert set(outcomes.values()) <= {"no text: the pages are images (scanned); run OCR first"}
    assert "image-pdf-2.pdf" in outcomes


@pytest.mark.data
def test_a_drug_label_reads_well(shared_data: Path) -> None:
    file = shared_data / "documents/medical/fda_labels/fda_metformin_extended_release_2025.pdf"
    passages = split(readers.read(file.read_bytes(), file.name), document_id="d", sha256=SHA)
    paths = {" > ".join(passage.headings) for passage in passages}
    assert any("2 DOSAGE AND ADMINISTRATION > 2." in path for path in paths)
    assert not any("CONTENTS" in path for path in paths)


@pytest.mark.data
def test_a_standards_requirements_are_rows_with_their_header(shared_data: Path) -> None:
    file = shared_data / "documents/engineering/ocpp/v16/ocpp-1.6-security-whitepaper-edition-2.pdf"
    passages = split(readers.read(file.read_bytes(), file.name), document_id="d", sha256=SHA)
    rows = {
        clean(passage.text[start:end])[:10]: passage
        for passage in passages
        if passage.table_header
        for start, end in passage.sentences
    }
    assert (
        "Certificate Installation requirements: ID PRECONDITION REQUIREMENT DEFINITION"
        in rows["A00.FR.805"].table_header
    )
    assert rows["A00.FR.805"].page == 20


def test_two_thousand_pages_take_time_in_proportion() -> None:
    def seconds(pages: int) -> float:
        sheet = Sheet()
        for number in range(pages):
            sheet.add_page()
            sheet.put(50, 30, "Running head")
            sheet.lines(50, 100, [f"Page {number} says this and no more than this."])
        data = sheet.data()
        started = time.process_time()
        assert len(readers.read(data, "a.pdf").pages) == pages
        return time.process_time() - started

    assert seconds(400) < 8 * seconds(100) + 1
