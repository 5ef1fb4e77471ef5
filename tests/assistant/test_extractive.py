from __future__ import annotations

from dataclasses import replace

import pytest
from evidence import retrieved
from hypothesis import given
from hypothesis import strategies as st

from assistant.generators.extractive import ADDED, ANSWER_WEIGHTS, LONGEST, Extractive, probability
from assistant.generators.questions import OTHER, gives, read_question
from assistant.types import Retrieved


def read(evidence: Retrieved, likes: str) -> Retrieved:
    """The evidence as a reader leaves it that likes sentences with a certain word."""
    hits = []
    for hit in evidence.hits:
        texts = [hit.passage.text[start:end] for start, end in hit.passage.sentences]
        met = tuple(0.8 if likes in text else 0.2 for text in texts)
        hits.append(replace(hit, met=max(met, default=0.0), sentences_met=met))
    return replace(evidence, result=replace(evidence.result, hits=tuple(hits)))


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
        ("How many tablets of 5 mg?", "Take 2 tablets.", 1.0),
        ("How many tablets of 5 mg?", "Take the 5 mg tablets.", 0.0),
        ("How many tablets a day?", "Wait for 4 hours.", OTHER),
        ("How many milligrams a day?", "Take 500 mg.", 1.0),
        ("How many milligrams a day?", "Take 2 tablets.", OTHER),
        ("How long may it be kept?", "Keep it for 14 days at 5 °C.", 1.0),
        ("How long may it be kept?", "Keep it at 5 °C.", OTHER),
        ("What share drops out?", "In the trial 6 % dropped out.", 1.0),
        ("What is the fee?", "Customer pays $500.", 1.0),
        ("What is the maximum value?", "It is 7.", 1.0),
        ("When does it end?", "It ends on March 3, 2024.", 1.0),
        ("When does it end?", "It ends with a notice.", 0.0),
        ("Who signs?", "The contract is signed by Acme.", 1.0),
        ("Who signs?", "the contract is signed.", 0.0),
        ("Why?", "Because of the risk.", 1.0),
        ("What is apraxia?", "Apraxia is a disorder.", 1.0),
    ],
)
def test_knows_how_far_a_sentence_gives_it(question: str, sentence: str, given: float) -> None:
    assert gives(read_question(question), sentence) == given


def test_lifts_the_sentence_that_answers_with_its_neighbours() -> None:
    evidence = read(
        retrieved(
            "What is the torque of the bolts?",
            "The pump is blue. The torque of the bolts is 85 newton metres. " + "Word after word. " * 30,
            "The bolts are made of steel.",
        ),
        "torque",
    )
    (candidate,) = Extractive().generate(evidence)
    texts = [sentence.text for sentence in candidate.sentences]
    assert "The torque of the bolts is 85 newton metres." in texts
    assert sum(len(text.split()) for text in texts) <= LONGEST
    for sentence in candidate.sentences:
        ((start, end),) = sentence.quotes
        assert evidence.hits[0].passage.text[start:end] == sentence.text
    assert 0.0 < candidate.score < 1.0


def test_without_a_reader_the_cosines_decide() -> None:
    evidence = retrieved("What is the torque of the bolts?", "The torque of the bolts is 85 newton metres. It is blue.")
    (candidate,) = Extractive().generate(evidence)
    assert "85" in candidate.sentences[0].text


def test_a_second_passage_adds_what_is_new() -> None:
    evidence = read(
        retrieved("Which colour is the pump?", "The pump is blue.", "The pump is blue. The pump was red."), "pump"
    )
    equal = {"met": 0.0}
    (candidate,) = Extractive(weights=equal).generate(evidence)
    assert [(each.text, each.citations) for each in candidate.sentences] == [
        ("The pump is blue.", (1,)),
        ("The pump was red.", (2,)),
    ]


def test_a_table_is_introduced_once() -> None:
    evidence = read(retrieved("Which torque?", "M8 20 Nm torque.\nM10 40 Nm torque."), "torque")
    (hit,) = evidence.hits
    rows = replace(hit, passage=replace(hit.passage, table_header="Bolt Torque", sentences=((0, 16), (17, 34))))
    (candidate,) = Extractive().generate(replace(evidence, result=replace(evidence.result, hits=(rows,))))
    assert [each.text for each in candidate.sentences] == ["Bolt Torque: M8 20 Nm torque.", "M10 40 Nm torque."]


def test_no_passage_no_candidate() -> None:
    assert Extractive().generate(retrieved("Anything?")) == ()
    assert Extractive().generate(retrieved("Anything?", "... --- ...")) == ()


@given(st.lists(st.text("abc .\n", min_size=1, max_size=400), max_size=4), st.text("abc ?", max_size=40))
def test_quotes_are_the_text_and_answers_are_short(texts: list[str], question: str) -> None:
    evidence = retrieved(question, *texts)
    for candidate in Extractive().generate(read(evidence, "a")):
        assert 0.0 <= candidate.score <= 1.0
        assert candidate.sentences
        for sentence in candidate.sentences:
            ((start, end),) = sentence.quotes
            assert 0 <= start < end <= len(evidence.hits[sentence.citations[0] - 1].passage.text)
        words = [len(sentence.text.split()) for sentence in candidate.sentences]
        assert sum(words) <= LONGEST + ADDED or any(each > ADDED for each in words)


def test_probability_is_one() -> None:
    assert probability({}, ANSWER_WEIGHTS) < 0.5
    assert probability({"chance": 1e9}, ANSWER_WEIGHTS) == pytest.approx(1.0)
    assert probability({"chance": -1e9, "unknown": 5.0}, ANSWER_WEIGHTS) == pytest.approx(0.0)
