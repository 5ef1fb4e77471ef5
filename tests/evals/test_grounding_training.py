"""The recipe of the grounding model: what becomes an example, and what is kept from training."""

from __future__ import annotations

import json
import lzma
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.training.grounding import recipe, written
from evals.training.grounding.examples import Example, usable, views
from evals.training.grounding.sets import yes_no
from evals.training.grounding.statements import statement
from evals.training.grounding.written import Written, examples, key_of, marked


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Is Baloxavir effective for influenza?", "Baloxavir is effective for influenza."),
        ("Are there microbes in human breast milk?", "There are microbes in human breast milk."),
        ("Does aerobic fitness influence vessels?", "Aerobic fitness influences vessels."),
        ("Do steroids affect dyspnea?", "Steroids affect dyspnea."),
        ("Did the ban reduce smoking?", "The ban did reduce smoking."),
        ("Does it carry a risk?", None),
        ("Can gene therapy restore hearing?", "Gene therapy can restore hearing."),
        ("Has ivosidenib been approved?", "Ivosidenib has been approved."),
        ("What is the dose?", None),
        ("Stents: are they useful?", None),
        ("Is it?", None),
    ],
)
def test_a_question_as_a_statement(question: str, said: str | None) -> None:
    assert statement(question) == said


@given(st.text(max_size=80))
def test_any_question_gets_a_statement_or_none(question: str) -> None:
    said = statement(question)
    assert said is None or (said and not said[0].islower())


def test_a_no_turns_every_claim() -> None:
    assert yes_no("Is it blue?", "no")[:2] == [("Is it blue? Yes.", "contradicted"), ("Is it blue? No.", "supported")]
    assert {target for _, target in yes_no("Is the drug safe?", "maybe")} == {"unsupported"}


def test_marks_are_taken_out_and_known() -> None:
    text, spans = marked("The dose is [[50 mg]], [[not]] less.")
    assert text == "The dose is 50 mg, not less."
    assert [text[slice(*span)] for span in spans] == ["50 mg", "not"]


@given(st.lists(st.tuples(st.text(alphabet="ab ", max_size=8), st.booleans()), max_size=6))
def test_marks_go_round(parts: list[tuple[str, bool]]) -> None:
    text, spans = marked("".join(f"[[{part}]]" if wrong else part for part, wrong in parts))
    assert text == "".join(part for part, _ in parts)
    assert "".join(text[slice(*span)] for span in spans) == "".join(part for part, wrong in parts if wrong)


def test_written_examples_meet_their_passages(tmp_path: Path) -> None:
    text = "The pump  runs\nat 50 Hz."
    file = tmp_path / "written.jsonl.xz"
    rows = [
        {
            "key": key_of(text),
            "supported": ["It runs at 50 Hz."],
            "contradicted": ["It runs at [[60]] Hz."],
            "near_miss": ["Noise?"],
        },
        {"key": "0" * 16, "supported": ["Nobody has this passage."]},
    ]
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    (found,) = written.load([("Something else", "", "a"), (text, "Pumps", "b.md")], file)
    assert found.place == "Pumps"
    made = list(examples([found], random.Random(0)))
    by_target = {each.target: each for each in made}
    assert by_target["supported"].wrong == ()
    assert by_target["contradicted"].wrong == ((11, 13),)
    assert by_target["silent"].wrong is None
    assert by_target["silent"].evidence.startswith("Pumps\n")


def test_what_one_passage_supports_its_neighbour_does_not() -> None:
    one = Written(text="The pump is red.", place="", source="s", about={"supported": ["Red pump."]})
    other = Written(text="The valve is green and small.", place="", source="s", about={})
    made = list(examples([one, other], random.Random(0)))
    assert [(each.target, each.evidence) for each in made] == [
        ("supported", "The pump is red."),
        ("unsupported", "The valve is green and small."),
    ]


def test_examples_are_taken_once_and_of_fit_length() -> None:
    def example(text: str, evidence: str) -> Example:
        return Example(text=text, evidence=evidence, target="supported", source="s", group="g")

    found = usable([example("A b.", "c"), example("a B", "C."), example("", "x"), example("x", "y" * 5000)])
    assert [(each.text, each.evidence) for each in found] == [("A b.", "c")]


def test_long_silence_gives_more_views_than_long_support() -> None:
    evidence = ["The sky is grey today. " * 300]
    rng = random.Random(0)
    assert len(list(views("The sky is blue.", evidence, "unsupported", rng))) == 2
    assert len(list(views("The sky is grey.", evidence, "supported", rng))) == 1
    assert list(views("x", [], "supported", rng)) == []


def test_parts_are_stable_and_about_as_large_as_said() -> None:
    parts = [recipe.part(f"group {n}") for n in range(2000)]
    assert parts == [recipe.part(f"group {n}") for n in range(2000)]
    assert 0.17 < parts.count("measured") / 2000 < 0.23
    assert 0.07 < parts.count("calibrated") / 2000 < 0.13


def test_golden_documents_are_never_learnt_from() -> None:
    kept = recipe.unseen()
    assert len(kept) > 20
    passages = [("text", "", name) for name in (*sorted(kept)[:3], "OCPP-2.0.1_part2.pdf", "fine.md")]
    assert [source for *_, source in recipe.learnable(passages)] == ["fine.md"]


def test_our_own_examples_are_whole() -> None:
    with lzma.open(written.FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) > 1000
    kinds = {*written.CLAIMS, *written.QUESTIONS}
    for row in rows:
        assert set(row) - {"key"} <= kinds
        for kind, texts in row.items():
            if kind in ("contradicted", "partial"):
                assert all(text.count("[[") == text.count("]]") for text in texts)
