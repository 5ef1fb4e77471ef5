from __future__ import annotations

from collections.abc import Sequence

import pytest
from evidence import retrieved
from hypothesis import given
from hypothesis import strategies as st

from assistant.generators.extractive import LONGEST, WEIGHTS, Extractive, probability
from assistant.generators.questions import gives, read_question


class Prefers:
    """A reader that likes texts with a certain word."""

    name = "prefers"

    def __init__(self, word: str) -> None:
        self.word = word

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        return [8.0 if self.word in text else -8.0 for text in texts]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many tablets may I take?", "quantity"),
        ("What is the maximum daily dose of metformin?", "quantity"),
        ("When does the agreement end?", "date"),
        ("Who owns the trademarks?", "name"),
        ("Why is it stopped before surgery?", "reason"),
        ("What is apraxia?", "definition"),
        ("Can it be used in pregnancy?", "yes_no"),
        ("How is it stored?", "manner"),
        ("Tell me about storage.", "other"),
    ],
)
def test_reads_what_is_asked_for(question: str, wanted: str) -> None:
    assert read_question(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "sentence", "given"),
    [
        ("How many tablets of 5 mg?", "Take 2 tablets.", True),
        ("How many tablets of 5 mg?", "Take the 5 mg tablets.", False),
        ("When does it end?", "It ends on March 3, 2024.", True),
        ("When does it end?", "It ends with a notice.", False),
        ("Who signs?", "The contract is signed by Acme.", True),
        ("Who signs?", "the contract is signed.", False),
        ("Why?", "Because of the risk.", True),
        ("What is apraxia?", "Apraxia is a disorder.", True),
    ],
)
def test_knows_whether_a_sentence_gives_it(question: str, sentence: str, given: bool) -> None:
    assert gives(read_question(question), sentence) is given


def test_lifts_the_sentence_that_answers() -> None:
    evidence = retrieved(
        "What is the torque of the bolts?",
        "The pump is blue. The torque of the bolts is 85 newton metres.",
        "The bolts are made of steel.",
    )
    (candidate,) = Extractive(reader=Prefers("torque")).generate(evidence)
    assert [sentence.text for sentence in candidate.sentences][:1] == ["The torque of the bolts is 85 newton metres."]
    start, end = candidate.sentences[0].quotes[0]
    assert evidence.hits[0].passage.text[start:end] == "The torque of the bolts is 85 newton metres."
    assert candidate.score > 0.5


def test_without_a_reader_the_cheap_signals_decide() -> None:
    evidence = retrieved("What is the torque of the bolts?", "The torque of the bolts is 85 newton metres. It is blue.")
    (candidate,) = Extractive().generate(evidence)
    assert "85" in candidate.sentences[0].text


def test_a_list_comes_with_its_lead() -> None:
    text = "The following tools are needed:\n- a torque wrench\n- a gauge\n- a lamp"
    (candidate,) = Extractive(reader=Prefers("following")).generate(retrieved("Which tools are needed?", text))
    assert [sentence.text for sentence in candidate.sentences] == [
        "The following tools are needed:", "- a torque wrench", "- a gauge", "- a lamp",
    ]  # fmt: skip


def test_no_passage_no_candidate() -> None:
    assert Extractive().generate(retrieved("Anything?")) == ()
    assert Extractive().generate(retrieved("Anything?", "... --- ...")) == ()


@given(st.lists(st.text("abc .\n", min_size=1, max_size=400), max_size=4), st.text("abc ?", max_size=40))
def test_quotes_are_the_text_and_answers_are_short(texts: list[str], question: str) -> None:
    evidence = retrieved(question, *texts)
    for candidate in Extractive(reader=Prefers("a")).generate(evidence):
        assert 0.0 <= candidate.score <= 1.0
        assert candidate.sentences
        for sentence in candidate.sentences:
            ((start, end),) = sentence.quotes
            assert 0 <= start < end <= len(evidence.hits[sentence.citations[0] - 1].passage.text)
        words = [len(sentence.text.split()) for sentence in candidate.sentences]
        assert sum(words) <= LONGEST or len(words) == 1


def test_probability_is_one() -> None:
    assert probability({}, WEIGHTS) < 0.5
    assert probability({"read": 1e9}, WEIGHTS) == pytest.approx(1.0)
    assert probability({"read": -1e9, "unknown": 5.0}, WEIGHTS) == pytest.approx(0.0)
