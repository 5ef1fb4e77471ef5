from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.grounding.overlap import OverlapVerifier
from guards.grounding.polarity import differences
from guards.grounding.quantities import missing, quantities
from guards.grounding.verbatim import verbatim
from guards.grounding.verifier import Verifier
from guards.grounding.words import content, stem
from guards.types import Claim

LABEL = (
    "Metformin tablets\n"
    "The usual starting dose is 500 mg twice a day with meals. The dose may be raised by 500 mg each week, "
    "up to 2,000 mg a day.\n"
    "Do not start treatment when the eGFR is below 45 mL/min. Initiation is contraindicated below 30 mL/min."
)


def judge(claim: str, *evidence: str) -> str:
    (verdict,) = OverlapVerifier().verify([Claim(text=claim, evidence=evidence)])
    return verdict.label


def test_follows_the_protocol() -> None:
    assert isinstance(OverlapVerifier(), Verifier)
    assert OverlapVerifier().verify([]) == ()


@pytest.mark.parametrize(
    "claim",
    [
        "The usual starting dose is 500 mg twice a day with meals.",
        "The usual starting dose is 0.5 g two times a day with meals.",
        "The starting dose usual is 500 mg with meals twice a day.",
        "Treatment should not be started when the eGFR is below 45 mL/min.",
    ],
)
def test_supported(claim: str) -> None:
    assert judge(claim, "Something else entirely.", LABEL) == "supported"


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("The usual starting dose is 850 mg twice a day with meals.", "contradicted"),
        ("The usual starting dose is 500 g twice a day with meals.", "contradicted"),
        ("Start treatment when the eGFR is below 45 mL/min.", "contradicted"),
        ("Bananas are rich in potassium.", "unsupported"),
        ("It was approved in 1995.", "unsupported"),
        ("…", "unsupported"),
    ],
)
def test_not_supported(claim: str, label: str) -> None:
    assert judge(claim, LABEL) == label


def test_without_evidence_nothing_is_supported() -> None:
    assert judge("The usual starting dose is 500 mg.") == "unsupported"
    assert judge("The usual starting dose is 500 mg.", "") == "unsupported"


def test_verdict_points_at_the_words() -> None:
    claim = Claim(text="Initiation is contraindicated below 30 mL/min.", evidence=("Nothing here.", LABEL))
    (verdict,) = OverlapVerifier().verify([claim])
    assert verdict.evidence == 1
    assert verdict.support is not None
    assert LABEL[slice(*verdict.support)] == "Initiation is contraindicated below 30 mL/min"
    (verdict,) = OverlapVerifier().verify([Claim(text="The usual dose is 850 mg.", evidence=(LABEL,))])
    assert [verdict.unsupported and "The usual dose is 850 mg."[slice(*verdict.unsupported[0])]] == ["850"]
    assert "850" in verdict.reasons[0]


def test_vectors_make_up_for_other_words() -> None:
    import numpy as np

    claim = Claim(text="Patients usually begin on 500 mg twice daily with food.", evidence=(LABEL,))
    same = OverlapVerifier(embed=lambda texts: np.ones((len(texts), 1), dtype=np.float32))
    assert OverlapVerifier().verify([claim])[0].label != "supported"
    assert same.verify([claim])[0].label == "supported"


def test_verbatim_ignores_spacing_and_hyphens_but_not_numbers() -> None:
    assert verbatim("treatment of hypertension", "the treat-\nment  of hyper-\ntension.") == (4, 34)
    assert verbatim("5.5 mg", "55 mg") is None
    assert verbatim("< 5 mg", "> 5 mg") is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_never_raises_and_scores_are_probabilities(claim: str, evidence: str) -> None:
    (verdict,) = OverlapVerifier().verify([Claim(text=claim, evidence=(evidence,))])
    assert 0.0 <= verdict.score <= 1.0
    if verdict.support is not None:
        start, end = verdict.support
        assert 0 <= start < end <= len(evidence)


@given(st.text(alphabet="abc de 12.,-\n", max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_what_stands_in_the_evidence_is_found_there(claim: str, before: str, after: str) -> None:
    if any(character.isalnum() for character in claim):
        assert verbatim(claim, f"{before} {claim} {after}") is not None


@pytest.mark.parametrize(
    ("claim", "given", "absent"),
    [
        ("500 mg", "0.5 g", []),
        ("two tablets", "2 tablets", []),
        ("€20 million", "20,000,000 EUR", []),
        ("2 hours", "120 minutes", []),
        ("5 mg", "5 mL", ["5"]),
        ("12 mg", "a dose of 12", []),
        ("section 5.1.2", "section 5.1.3", ["5.1.2"]),
        ("1,000 units", "1000 units", []),
        ("no numbers", "12", []),
        ("two a day", "2 mg", []),
    ],
)
def test_quantities_compare_by_value(claim: str, given: str, absent: list[str]) -> None:
    assert [claim[slice(*each.span)] for each in missing(claim, quantities(given))] == absent


@given(st.text(max_size=300))
def test_a_text_gives_all_its_own_numbers(text: str) -> None:
    assert missing(text, quantities(text)) == ()


@pytest.mark.parametrize(
    ("claim", "support", "turned"),
    [
        ("It shall be logged.", "It should be logged.", True),
        ("It should be logged.", "It shall be logged.", True),
        ("At least 8 characters.", "At most 8 characters.", True),
        ("It increases exposure.", "It decreases exposure.", True),
        ("Take it before meals.", "Take it after meals.", True),
        ("It is safe.", "It is not safe.", True),
        ("It is safe.", "It is safe in adults.", False),
    ],
)
def test_polarity(claim: str, support: str, turned: bool) -> None:
    assert bool(differences(claim, support)) is turned


def test_words_meet_by_stem() -> None:
    assert stem("dosing") == stem("dose") == stem("doses")
    assert content("The PD-L1 status of 5.1 patients") == ("pd", "l1", "statu", "5.1", "patient")


def test_time_is_linear() -> None:
    def seconds(size: int) -> float:
        text = "The dose is 5 mg, no more than 10 mg; see 1.2.3. " * size
        start = time.perf_counter()
        OverlapVerifier().verify([Claim(text="The dose of it is 7 mg.", evidence=(text,))])
        return time.perf_counter() - start

    seconds(20)
    assert seconds(800) < 40 * max(seconds(80), 0.002)
