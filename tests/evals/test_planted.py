"""Planted errors: wrong where they say so, true where they say so, and the same again under the same seed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.sentences import split_sentences
from evals.planted import FALSE_KINDS, TRUE_KINDS, Planted, collect, plant, rewrite
from evals.planted.rewrites import _converted
from evals.planted.text import tidy, usable
from evals.planted.values import quantities, values

PASSAGES = [
    (
        "label",
        "The recommended dose is 500 mg twice daily for patients with diabetes. If renal function declines, the dose "
        "should be reduced by at least 50 percent within 2 weeks. In addition, warfarin (see Section 7) increases the "
        "risk of bleeding, which may be severe. Lisinopril is not recommended in pregnancy unless no other drug helps.",
    ),
    (
        "label",
        "Heparin and insulin are given by injection in hospitals. The recommended dose is 750 mg twice daily for "
        "patients with diabetes. Storage below 25 degrees protects the reconstituted suspension from light.",
    ),
    (
        "licence",
        "The Licensee shall pay the Licensor a royalty of 5% within thirty (30) days after May 3, 2016. Licensor may "
        "terminate this Agreement upon written notice. The Licensee must not assign this Agreement, except with the "
        "prior written consent of Licensor. Reports shall include figures such as sales, returns, and discounts.",
    ),
]


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 2**32)


def of(kind: str, sentence: str, neighbours: tuple[str, ...] = (), evidence: str = "") -> list[Planted]:
    """What is planted of one kind under many seeds."""
    found = (plant(sentence, evidence or sentence, neighbours, random.Random(seed)) for seed in range(30))
    return [each for claims in found for each in claims if each.kind == kind]


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        ("number", "The heart of the patient has four chambers in all.", {"five", "three", "six", "seven", "eight"}),
        ("unit", "Reports are kept for 14 days in the archive.", {"weeks", "months", "hours"}),
        ("dose", "The patient takes 40 mg of the drug each morning.", {"30", "50", "60", "70", "80", "20", "120"}),
        ("dose", "The patient should take the drug once daily.", {"twice", "three times", "four times"}),
        ("date", "The Agreement was signed by both on May 3, 2016.", {"2017", "2015", "2014", "June", "July"}),
        ("entity", "The Licensee shall pay the costs of shipping.", {"Licensor"}),
        ("negation", "The vaccine is recommended for travellers to Asia.", {"is not"}),
        ("negation", "The supplier does not carry the risk of loss.", {"carries"}),
        ("negation", "Reports of the vendor cannot be changed later.", {"can be"}),
        ("negation", "The drug increases the pressure of the blood.", {"decreases"}),
        ("modality", "The verifier SHALL check the token at login.", {"SHOULD", "MAY"}),
        ("comparator", "Passwords are stored for at least 10 years.", {"at most", "no more than"}),
        ("comparator", "The report is due no later than the first day.", {"no earlier than"}),
        ("condition", "If the pump fails, the operator must stop the line.", {"must stop the line"}),
        (
            "condition",
            "The licensee may terminate the agreement unless it is in breach.",
            {"may terminate the agreement"},
        ),
    ],
)
def test_each_kind_makes_its_error(kind: str, sentence: str, expected: set[str]) -> None:
    neighbours = ("The Licensor keeps the books of the Licensee in order.",)
    claims = of(kind, sentence, neighbours)
    assert claims
    assert expected & {each.claim[start:end] for each in claims for start, end in each.wrong}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("number", "The duty follows from Article 5 of the act, as amended."),
        ("number", "Patients with diabetes type 2 are seen at the clinic."),
        ("negation", "Some of the patients are treated at home by nurses."),
        ("condition", "The nurse must check if the patient has eaten."),
        ("condition", "The rule applies to all members even if they are minors."),
        ("modality", "The drug may cause headache and mild nausea."),
        ("comparator", "At least the costs are known to the members."),
    ],
)
def test_what_is_not_surely_wrong_is_not_planted(kind: str, sentence: str) -> None:
    assert not of(kind, sentence)


def test_another_edition_and_another_section() -> None:
    sentence = "The recommended dose of the drug is 500 mg each day."
    other = "The recommended dose of the drug is 750 mg each day."
    section = "Drug capsules are kept away from moisture, heat and sunlight."
    assert {each.claim[slice(*each.wrong[0])] for each in of("superseded", sentence, (other, section))} == {"750"}
    assert not of("superseded", sentence, (other,), f"{sentence} Others take 750 mg.")
    assert {each.claim for each in of("neighbour", sentence, (section,))} == {section}


def test_a_swap_that_the_evidence_states_is_no_error() -> None:
    sentence = "The Licensee shall pay the costs of shipping."
    assert not of("entity", sentence, (), f"{sentence} The Licensor shall pay the costs of shipping, too.")


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        ("reworded", "In addition, the vendor shall pay prior to delivery.", "The vendor must pay before delivery."),
        ("reworded", "If the pump fails, the nurse stops it.", "The nurse stops it if the pump fails."),
        ("reworded", "The adrenal gland produces a steady flow.", "A steady flow is produced by the adrenal gland."),
        ("reworded", "ALL SALES OF THE GOODS ARE FINAL.", "All sales of the goods are final."),
        ("shortened", "The drug (see Section 7) is taken with food.", "The drug is taken with food."),
        ("shortened", "The valve must close the pipe fully, which ends it.", "The valve must close the pipe fully."),
        ("shortened", "Reports include sales, returns, and discounts.", "Reports include sales and returns."),
        ("converted", "Wait for 2 weeks before the next visit.", "Wait for 14 days before the next visit."),
        ("converted", "The patient takes 0.5 g of the drug.", "The patient takes 500 mg of the drug."),
        ("converted", "He pays within thirty (30) days of notice.", "He pays within thirty days of notice."),
        ("converted", "It was signed by both on May 3, 2016.", "It was signed by both on 3 May 2016."),
        ("converted", "The fee is 5% of all sales.", "The fee is 5 percent of all sales."),
    ],
)  # fmt: skip
def test_true_claims(kind: str, sentence: str, expected: str) -> None:
    found = {
        each.claim
        for seed in range(40)
        for each in rewrite(sentence, sentence, random.Random(seed))
        if each.kind == kind
    }
    assert expected in found


def test_an_abbreviation_explained_by_the_evidence() -> None:
    evidence = "The central nervous system (CNS) has two parts. Parts of the CNS are soft."
    found = {
        each.claim
        for seed in range(20)
        for each in rewrite("Parts of the CNS are soft.", evidence, random.Random(seed))
    }
    assert "Parts of the central nervous system are soft." in found
    sentence = "Cells of the central nervous system are many."
    assert any("the CNS are" in each.claim for each in rewrite(sentence, f"{evidence} {sentence}", random.Random(1)))


@given(seeds())
@settings(max_examples=60, deadline=None)
def test_every_claim_is_what_it_says(seed: int) -> None:
    claims = collect(PASSAGES, random.Random(seed), per_passage=12)
    assert claims == collect(PASSAGES, random.Random(seed), per_passage=12)
    for each in claims:
        said = {tidy(each.evidence[start:end]) for start, end in split_sentences(each.evidence)}
        if each.kind in TRUE_KINDS:
            assert each.label == "supported"
            assert not each.wrong
            assert (each.claim in said) == (each.kind == "verbatim")
            continue
        assert each.kind in FALSE_KINDS
        assert each.label != "supported"
        assert each.claim not in said
        assert each.wrong
        assert all(0 <= start < end <= len(each.claim) for start, end in each.wrong)
        assert all(each.claim[start:end].strip() for start, end in each.wrong)
        if each.kind in ("number", "superseded"):
            planted = {value for start, end in each.wrong for value in values(each.claim[start:end])}
            assert planted
            assert not planted & values(each.evidence)


@given(st.integers(2, 90), st.sampled_from(["mg", "kg", "days", "weeks", "hours", "cm", "feet"]), seeds())
@settings(deadline=None)
def test_conversion_keeps_the_value(number: int, unit: str, seed: int) -> None:
    from evals.planted.words import UNITS

    text = f"The limit is set to a total of {number} {unit} in each case."
    (found,) = quantities(_converted(text, text, random.Random(seed)))
    assert UNITS[found.unit][0] == UNITS[unit][0]
    assert found.value * UNITS[found.unit][1] == pytest.approx(number * UNITS[unit][1])


@given(st.text(max_size=200), seeds())
@settings(deadline=None)
def test_any_text_is_taken(text: str, seed: int) -> None:
    rng = random.Random(seed)
    for each in [*plant(text, text, [text], rng), *rewrite(text, text, rng)]:
        assert all(0 <= start < end <= len(each.claim) for start, end in each.wrong)
    assert isinstance(usable(tidy(text)), bool)


@pytest.mark.parametrize(
    "piece", ["(", "a (", "If a, ", "1,000,", " and", "[[", "**", "The cat is not ", "if x ", "5 mg ", ", which is x"]
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    def took(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.perf_counter()
        plant(text, text, [], random.Random(1))
        return time.perf_counter() - start

    took(500)
    assert took(16_000) < max(0.05, 10 * took(4_000))


def test_nothing_to_say_of_nothing(tmp_path: Path) -> None:
    assert collect([], random.Random(1)) == []
    assert collect([("a", "")], random.Random(1)) == []
    assert tidy('**Pain**{: data-type="term"} is ([\\[link\\]](#fig-1)) bad.') == "Pain is bad."
