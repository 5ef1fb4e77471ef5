"""Answers with marks become drafts."""

from __future__ import annotations

import time

import pytest
from drafting import draft
from hypothesis import given
from hypothesis import strategies as st

from guards.drafts import read, statements
from guards.types import Source


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("One thing [1]. Another thing [2].", [("One thing.", (1,)), ("Another thing.", (2,))]),
        ("One thing. [1] Another thing. [2, 3]", [("One thing.", (1,)), ("Another thing.", (2, 3))]),
        ("One thing [1][2]. Nothing.", [("One thing.", (1, 2)), ("Nothing.", ())]),
        ("One thing. [1][2]", [("One thing.", (1, 2))]),
        ("[1] One thing.", [("One thing.", (1,))]),
        ("Both [1] parts [2] and [1].", [("Both parts and.", (1, 2))]),
        ("See [a] and [12345].", [("See [a] and [12345].", ())]),
        ("", []),
    ],
)
def test_sentences_and_their_marks(answer: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(each.text, each.citations) for each in statements(answer)] == expected


@given(st.text(alphabet="aB1 [],;.\n", max_size=120))
def test_statements_stand_in_order_within_the_answer(answer: str) -> None:
    last = 0
    for each in statements(answer):
        assert last <= each.start <= each.end <= len(answer)
        last = each.end


@pytest.mark.parametrize("unit", ["[1]\n\n", "[1] ", "A. [1]\n", "[1, 2, ", "[" * 5, "a. ", "] "])
def test_cost_is_linear(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.thread_time()
        statements(text)
        return time.thread_time() - start

    small, large = min(cost(5_000), cost(5_000)), min(cost(40_000), cost(40_000))
    assert large < 24 * small + 0.02, f"8 times the text took {large / small:.0f} times as long"


def test_metadata_in_all_shapes() -> None:
    made = read(
        "A [1].",
        {
            "sources": ["a", {"text": "b", "title": "B", "status": None}, Source(text="c")],
            "history": [{"role": "user", "content": "hello"}, "again"],
            "rules": "one rule",
            "domain": None,
        },
    )
    assert [each.text for each in made.sources] == ["a", "b", "c"]
    assert made.sources[1].title == "B"
    assert (made.said, made.rules, made.domain) == (("hello", "again"), ("one rule",), "")


@pytest.mark.parametrize("metadata", [{"sources": [3]}, {"sources": [{}]}, {"sources": [], "rules": 4}])
def test_metadata_that_cannot_be_read(metadata: dict[str, object]) -> None:
    with pytest.raises((TypeError, KeyError)):
        read("A.", metadata)


def test_numbers_that_name_no_source_cite_nothing() -> None:
    made = draft("A thing [0][9].")
    assert made.cited(made.statements[0]) == ()
