"""The model verifier: with scripted opinions for its rules, and with the weights that ship for what they can."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.errors import VerifierUnavailable
from guards.grounding.encoder import WEIGHTS, Encoder, Opinion
from guards.grounding.model import CALIBRATION, AnswerReader, Calibration, ModelVerifier
from guards.grounding.verifier import Verifier
from guards.types import Claim

RULE = {
    "version": "scripted-1",
    "weights": {"bias": 0.0, "supported": 1.0},
    "thresholds": {"": 0.5, "medical": 0.9},
    "contradicted": 1.0,
    "marked": 0.0,
    "part": 0.5,
    "answers": [1.0, -1.0],
}

LABEL = "Metformin is contraindicated below 30 mL/min. The usual dose is 850 mg twice daily with meals."


class Scripted:
    """Says of a claim what the script has for the words in it."""

    def __init__(self, script: Mapping[str, tuple[float, float]], *, marks: str = "") -> None:
        self.script, self.marks, self.asked = script, marks, 0

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        self.asked += len(pairs)
        return [self._opinion(text) for text, _ in pairs]

    def _opinion(self, text: str) -> Opinion:
        yes, no = next((odds for word, odds in self.script.items() if word in text), (-3.0, -3.0))
        at = text.find(self.marks) if self.marks else -1
        words = (((at, at + len(self.marks)), 2.0),) if at >= 0 else ()
        return Opinion(supported=yes, contradicted=no, answers=yes, words=words)


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(RULE), encoding="utf-8")
    return path


def claim(text: str, *evidence: str) -> Claim:
    return Claim(text=text, evidence=evidence or (LABEL,))


def test_it_keeps_the_protocol(rule: Path) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({}))
    assert isinstance(verifier, Verifier)
    assert verifier.name == "scripted-1"
    assert verifier.verify([]) == ()


def test_the_model_decides_and_the_domain_sets_the_bar(rule: Path) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({"kidneys": (1.5, -2.0)}))
    weak = claim("People with weak kidneys must not have the tablets.")
    assert verifier.verify([weak])[0].label == "supported"
    (strict,) = verifier.verify([weak], domain="medical")
    assert strict.label == "unsupported"
    assert strict.score == pytest.approx(0.818, abs=1e-3)
    assert "82%" in strict.reasons[0]


def test_what_stands_there_to_the_letter_needs_no_model(rule: Path) -> None:
    reader = Scripted({})
    (verdict,) = ModelVerifier(calibration=rule, encoder=reader).verify([claim("The usual dose is 850 mg twice daily")])
    assert verdict.label == "supported"
    assert verdict.support is not None
    assert LABEL[slice(*verdict.support)] == "The usual dose is 850 mg twice daily"
    assert reader.asked == 0


def test_a_number_that_is_not_given_is_vetoed_whatever_the_model_says(rule: Path) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({"dose": (9.0, -9.0)}))
    (verdict,) = verifier.verify([claim("A dose of 500 mg is usual.")])
    assert verdict.label == "unsupported"
    assert verdict.score < 0.05
    assert [("A dose of 500 mg is usual."[slice(*span)]) for span in verdict.unsupported] == ["500"]
    assert "500" in verdict.reasons[0]
    assert verifier.verify([claim("A dose of 0.85 g is usual.")])[0].label == "supported"


def test_a_turned_sentence_is_vetoed(rule: Path) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({"usual": (9.0, -9.0)}))
    (verdict,) = verifier.verify([claim("The usual dose is not 850 mg twice daily with meals.")])
    assert verdict.label == "contradicted"


def test_the_model_tells_contradicted_from_not_given(rule: Path) -> None:
    script = {"safe": (-4.0, 3.0), "cheap": (-4.0, -4.0)}
    verifier = ModelVerifier(calibration=rule, encoder=Scripted(script, marks="safe"))
    refuted, silent = verifier.verify([claim("Renal failure makes it safe."), claim("Pharmacies sell it cheap.")])
    assert (refuted.label, silent.label) == ("contradicted", "unsupported")
    assert refuted.unsupported == ((23, 27),)
    assert silent.unsupported == ()


def test_a_claim_of_which_one_part_holds_is_partial(rule: Path) -> None:
    script = {"tablets are taken with food, and": (-4.0, -4.0), "tablets are taken with food": (4.0, -4.0)}
    verifier = ModelVerifier(calibration=rule, encoder=Scripted(script))
    (verdict,) = verifier.verify([claim("The tablets are taken with food, and pharmacies sell them cheap.")])
    assert verdict.label == "partial"


@pytest.mark.parametrize("evidence", [(), ("",), (" \n",)])
def test_without_evidence_nothing_is_supported(rule: Path, evidence: tuple[str, ...]) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({"dose": (9.0, -9.0)}))
    (verdict,) = verifier.verify([Claim(text="The dose is high.", evidence=evidence)])
    assert (verdict.label, verdict.score) == ("unsupported", 0.0)


def test_the_passage_and_the_sentence_that_carry_it_are_named(rule: Path) -> None:
    verifier = ModelVerifier(calibration=rule, encoder=Scripted({"thinner": (5.0, -5.0)}))
    texts = ("Store below 25 °C.", "Keep dry. Warfarin is a blood thinner used for years. Ask first.")
    (verdict,) = verifier.verify([claim("For years warfarin has been a thinner of blood.", *texts)])
    assert verdict.evidence == 1
    assert verdict.support is not None
    assert texts[1][slice(*verdict.support)] == "Warfarin is a blood thinner used for years."


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}', '{"answers": 3}'])
def test_a_broken_calibration_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VerifierUnavailable, match="calibration"):
        Calibration.load(path)


def test_answers_are_calibrated(rule: Path) -> None:
    reader = AnswerReader(encoder=Scripted({"dose": (2.0, 0.0)}), calibration=rule)
    assert reader.odds("What is the dose?", ["5 mg", "Blue"]) == [1.0, 1.0]
    assert reader.odds("What is the dose?", []) == []


@given(st.lists(st.text(max_size=80), max_size=4), st.text(max_size=120))
def test_any_text_gets_a_verdict_whose_spans_lie_within(evidence: list[str], text: str) -> None:
    verifier = ModelVerifier(encoder=Scripted({"a": (1.0, -1.0)}, marks="e"))
    (verdict,) = verifier.verify([Claim(text=text, evidence=tuple(evidence))])
    assert 0.0 <= verdict.score <= 1.0
    assert all(0 <= start < end <= len(text) for start, end in verdict.unsupported)
    if verdict.support is not None and verdict.evidence is not None:
        start, end = verdict.support
        assert 0 <= start < end <= len(evidence[verdict.evidence])


@pytest.fixture(scope="module")
def shipped() -> ModelVerifier:
    assert WEIGHTS.is_file()
    assert CALIBRATION.is_file()
    return ModelVerifier()


def test_the_weights_that_ship_are_small() -> None:
    assert WEIGHTS.stat().st_size < 30_000_000


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("The usual dosage is 850 mg two times a day, taken with food.", True),
        ("Patients whose clearance is under 30 mL/min must not take metformin.", True),
        ("The usual dose is 850 mg once daily with meals.", False),
        ("Metformin is recommended below 30 mL/min.", False),
        ("Metformin may cause hair loss in children.", False),
    ],
)
def test_what_ships_tells_true_from_false(shipped: ModelVerifier, text: str, supported: bool) -> None:
    (verdict,) = shipped.verify([claim(text)])
    assert (verdict.label == "supported") is supported, verdict


def test_same_claim_same_verdict_whatever_else_is_asked(shipped: ModelVerifier) -> None:
    one, other = claim("Metformin is recommended below 30 mL/min."), claim("It is blue. " * 20)
    assert shipped.verify([one, other])[0].label == shipped.verify([one])[0].label


def test_no_pairs_no_opinions_and_long_texts_are_cut() -> None:
    encoder = Encoder()
    assert encoder.read([]) == []
    (opinion,) = encoder.read([("word " * 5000, "other " * 5000)])
    assert len(opinion.words) < 256
