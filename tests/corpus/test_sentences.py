"""Where sentences end."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Take one tablet.", "Do not chew it!", "Why?", "“Because.”", "It is bitter."],
        ["Give 2.5 mg (i.e. half a tablet) to Dr. Smith, e.g. at noon.", "Then wait."],
        ["See No. 3 and Fig. 2 of Sec. 5.1.", "Pursuant to 15 U.S.C. § 78dd it is void."],
        ["Acme Inc. and J. Doe agree.", "They sign."],
        ["The limit is 0.75.", "Values of approx. 0.8 are rejected."],
        ["Is pH 7.4 normal?", "Yes, it is."],
        [
            "Cain v. State, 859 S.W.2d 715, 717 (Mo. App. E.D. 1993).",
            "It follows 5 F.3d 1 (9th Cir. 1999).",
            "Use the app.",
        ],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_list_items_and_paragraphs_are_sentences_and_wrapped_lines_are_not() -> None:
    text = "Check before use:\n- the valve\n- the hose, which must\n  be dry\n(a) the seal\n\nThen start."
    assert sentences(text) == [
        "Check before use:",
        "- the valve",
        "- the hose, which must\n  be dry",
        "(a) the seal",
        "Then start.",
    ]


def test_a_number_that_opens_a_line_belongs_to_what_follows() -> None:
    assert sentences("1. Take the tablet.\n2. Wait.") == ["1. Take the tablet.", "2. Wait."]


@given(st.text(alphabet=st.sampled_from('aB1. \n-(•)!?"…é。'), max_size=200))
def test_spans_are_sorted_apart_and_lose_no_word(text: str) -> None:
    spans = split_sentences(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert split_sentences(text) == spans


@pytest.mark.parametrize("unit", ["a. ", "....", "\n- ", "((((", "A ", ". \n"])
def test_time_grows_with_length_alone(unit: str) -> None:
    started = time.perf_counter()
    split_sentences(unit * (200_000 // len(unit)))
    assert time.perf_counter() - started < 5
