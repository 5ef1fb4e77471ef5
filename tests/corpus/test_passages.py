"""Passages: contiguous, of one section, and with every sentence where it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import readers
from corpus.passages import FEW_WORDS, MOST_ROWS, MOST_WORDS, clean, embeddable, split
from corpus.readers.jsonl import Row
from corpus.readers.text import read_text
from corpus.types import Block, Page, Parsed, Passage

SHA = "0123456789abcdef" * 4


def check(parsed: Parsed, passages: tuple[Passage, ...]) -> None:
    """Everything that holds of any document's passages."""
    pages = {page.number: page.text for page in parsed.pages}
    covered: dict[int, set[int]] = {number: set() for number in pages}
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert passage.id == f"{passage.document_id}#{ordinal}@{SHA[:8]}"
        assert passage.text == pages[passage.page][passage.start : passage.end]
        assert len(passage.text.split()) <= MOST_WORDS
        assert passage.sentences
        assert all(0 <= a < b <= len(passage.text) for a, b in passage.sentences)
        assert all(a[1] <= b[0] for a, b in zip(passage.sentences, passage.sentences[1:], strict=False))
        for start, end in passage.sentences:
            covered[passage.page].update(range(passage.start + start, passage.start + end))
        text, spans = embeddable(passage, "Some title")
        assert len(spans) == len(passage.sentences)
        for (start, end), (a, b) in zip(passage.sentences, spans, strict=True):
            assert text[a:b] == clean(passage.text[start:end])
    for block in parsed.blocks:
        text = pages[block.page]
        if any(character.isalpha() for character in text[block.start : block.end]):
            missing = {
                at for at in range(block.start, block.end) if text[at].isalpha() and at not in covered[block.page]
            }
            assert not missing


def cut(parsed: Parsed) -> tuple[Passage, ...]:
    passages = split(parsed, document_id="d", sha256=SHA)
    check(parsed, passages)
    return passages


def document(*blocks: tuple[str, dict[str, object]], page: int = 1) -> Parsed:
    """A page whose lines are those blocks."""
    text, made = "", []
    for content, more in blocks:
        made.append(replace(Block(page=page, start=len(text), end=len(text) + len(content)), **more))  # type: ignore[arg-type]
        text += content + "\n"
    return Parsed(pages=(Page(number=page, text=text),), blocks=tuple(made))


WORDS = st.text(alphabet=st.sampled_from("abC1.,-•* \n"), min_size=1, max_size=120)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            WORDS,
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["paragraph", "list_item", "table_row", "code"]),
                    "headings": st.sampled_from([(), ("1 One",), ("1 One", "1.1"), ("1 One", "1.2")]),
                    "table_header": st.sampled_from(["", "A | B"]),
                }
            ),
        ),
        max_size=30,
    )
)
def test_any_blocks_make_passages_that_hold(blocks: list[tuple[str, dict[str, object]]]) -> None:
    cut(document(*blocks))


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.sampled_from("abC1. \n\t-*|_`#é\u00ad"), max_size=400))
def test_any_text_makes_passages_that_hold(text: str) -> None:
    parsed = Parsed(pages=(Page(number=1, text=text),), blocks=(Block(page=1, start=0, end=len(text)),))
    cut(parsed)


def sentence(words: int, number: int = 0) -> str:
    return " ".join([f"Word{number}"] + ["word"] * (words - 1)) + "."


def test_small_neighbours_of_a_section_go_together_and_sections_do_not() -> None:
    first, second = {"headings": ("1 One",)}, {"headings": ("2 Two",)}
    passages = cut(document((sentence(20), first), (sentence(30), first), (sentence(20), second)))
    assert [(passage.headings, len(passage.sentences)) for passage in passages] == [(("1 One",), 2), (("2 Two",), 1)]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(sentence(40, number) for number in range(7))
    passages = cut(document((text, {})))
    assert [len(passage.sentences) for passage in passages] == [3, 3, 1]


def test_a_paragraph_that_fits_is_not_parted() -> None:
    passages = cut(document((sentence(90), {}), (f"{sentence(50, 1)} {sentence(50, 2)}", {})))
    assert [len(passage.sentences) for passage in passages] == [1, 2]


def test_a_sentence_longer_than_any_passage_is_cut_between_words() -> None:
    passages = cut(document((sentence(2 * MOST_WORDS + 5), {})))
    assert [len(passage.text.split()) for passage in passages] == [MOST_WORDS, MOST_WORDS, 5]


def test_rows_go_together_with_their_header_and_a_row_is_one_sentence() -> None:
    row = {"kind": "table_row", "table_header": "Table 1: Age | Dose"}
    passages = cut(document(*[(f"{n} years. Old | {n} mg. Daily", row) for n in range(12)], ("After the table.", {})))
    assert [len(passage.sentences) for passage in passages] == [MOST_ROWS, 12 - MOST_ROWS, 1]
    assert passages[0].table_header == "Table 1: Age | Dose"
    text, spans = embeddable(passages[0], "Label")
    assert text.startswith("Label > Table 1: Age | Dose\n")
    assert text[slice(*spans[1])] == "1 years. Old | 1 mg. Daily"


def test_short_numbered_clauses_go_together_under_what_they_share() -> None:
    passages = cut(
        document(
            ("1.1 “A” means a.", {"headings": ("ARTICLE 1", "1.1")}),
            ("1.2 “B” means b.", {"headings": ("ARTICLE 1", "1.2")}),
            (f"2.1 {sentence(FEW_WORDS + 5)}", {"headings": ("ARTICLE 2", "2.1")}),
            (f"2.2 {sentence(FEW_WORDS + 5)}", {"headings": ("ARTICLE 2", "2.2")}),
        )
    )
    assert [passage.headings for passage in passages] == [("ARTICLE 1",), ("ARTICLE 2", "2.1"), ("ARTICLE 2", "2.2")]


def test_line_ends_and_blank_lines_inside_a_block_part_no_sentence() -> None:
    passages = cut(document(("The load \n \nderived from the \nStandard is applied.", {})))
    assert passages[0].sentences == ((0, len(passages[0].text)),)


def test_noise_is_no_passage() -> None:
    assert cut(document(("12 | 3.4", {"headings": ("A",)}), ("— * —", {"headings": ("B",)}))) == ()


def test_a_row_of_json_lines_that_fits_stays_whole() -> None:
    rows = list(readers.jsonl_rows(b'{"id": 1, "text": "1. TITLE\\n\\nOne thing. Another.\\n- item\\n\\nMore of it."}'))
    assert isinstance(rows[0], Row)
    assert len(cut(rows[0].parsed)) == 1


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("medi-\ncine for long-\nterm use", "medicine for long-term use"),
        ("a  b\n\tc\u00a0d", "a b c d"),
        ("co\u00adoperate\u200b ﬁne ﬂow oﬃce", "cooperate fine flow office"),
        ("\uf0b7 first ■ second", "• first • second"),
        ("**Bold** and _soft_ and `code`", "Bold and soft and code"),
        ("[TFSR 5] see [Table 2](#t2) and [[RFC 20]](#r20)", "[TFSR 5] see Table 2 and [RFC 20]"),
        ('<a id="x"></a>Text<br/>more<td>cell</td><td>cell</td>', "Text more cell cell"),
        ('A **cell**{: data-type="term"} is', "A cell is"),
        ("0..* of CYP2C9 *1/*3, [***] and 2 * 3 * 4", "0..* of CYP2C9 *1/*3, [***] and 2 * 3 * 4"),
        ("snake_case_name __init__ \\_ \\[x\\]", "snake_case_name init _ [x]"),
        ("see ( 5.1 , 5.2 ) .", "see (5.1, 5.2) ."),
        ("x < 5 and y > 3", "x < 5 and y > 3"),
        ("* item", "• item"),
        ('![A picture of a heart.](heart.png "The heart")', "A picture of a heart."),
        ("", ""),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(st.text(max_size=200))
def test_clean_is_one_line_and_stays_clean(raw: str) -> None:
    once = clean(raw)
    assert "\n" not in once
    assert once == once.strip()


def test_the_same_document_is_cut_the_same() -> None:
    parsed = read_text("INTRODUCTION\n\nOne. Two.\n\n- a\n- b\n")
    assert cut(parsed) == cut(parsed)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "medical/fda_labels/fda_metformin_extended_release_2025.pdf",
        "engineering/ocpp/v16/ocpp-j-1.6-errata-sheet.pdf",
        "engineering/nasa_papers/1999_honnen_reocr.pdf",
        "engineering/nist_sp800_63_3/sp800-63b/sec5_authenticators.md",
        "legal/GDPR_en.html",
        "medical/medquad/4_MPlus_Health_Topics_QA/0000001.xml",
    ],
)
def test_real_documents_hold(shared_data: Path, name: str) -> None:
    file = shared_data / "documents" / name
    passages = cut(readers.read(file.read_bytes(), file.name))
    words = sorted(len(passage.text.split()) for passage in passages)
    assert words[len(words) // 2] > 25
