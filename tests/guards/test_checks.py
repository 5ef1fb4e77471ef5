"""What each check lets through and what it does not. Everything false here is false on its face."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from drafting import LABEL, draft
from hypothesis import given
from hypothesis import strategies as st

from guards.checks import CHECKS, cited, conduct, contradiction, exact, leak, personal_data, policy, supported
from guards.checks.personal_data import find, redact
from guards.types import Check, Draft, Source, Statement, Verdict

GOOD = (
    "The recommended starting dose of Examplin in adults is 500 mg twice a day, given with meals [1]. "
    "The tenant must give notice of at least two months before leaving [2]."
)


@pytest.mark.parametrize("name", CHECKS)
def test_a_good_answer_passes_every_check(name: str) -> None:
    given_draft = draft(GOOD, question="How much, and how much notice?", domain="medical", rules=["Answer briefly."])
    assert CHECKS[name](given_draft) == ()


@pytest.mark.parametrize("name", CHECKS)
def test_no_check_minds_an_empty_draft(name: str) -> None:
    assert CHECKS[name](Draft(text="", statements=(), sources=())) == ()


FAILING: list[tuple[Check, str]] = [
    (cited, "The dose is 500 mg."),
    (cited, "The dose is 500 mg [3]."),
    (cited, "The dose is 500 mg [0]."),
    (supported, "Bananas cure every fever [1]."),
    (exact, "The maximum dose is 2,500 mg a day [1]."),
    (exact, "The maximum dose is 2,000 µg a day [1]."),
    (exact, "The maximum dose is 2 g a day [1]."),  # right, but not what the source writes
    (exact, "Article 8 sets the notice [2]."),
    (exact, "Article 7(1)(c) sets the notice [2]."),
    (exact, "It holds from 30 January 2026 [2]."),
    (exact, "It holds from February 2026 [2]."),
    (exact, "Form EX-99 is used [2]."),
    (exact, "Regulation 2016/679 applies [2]."),
    (contradiction, "The tenant must not give notice of at least two months before leaving [2]."),
    (contradiction, "The tenant must give notice of at most two months before leaving [2]."),
    (contradiction, "The tenant may give notice of at least two months before leaving [2]."),
    (conduct, "I am your doctor, and 500 mg is the dose [1]."),
    (conduct, "As an expert I say the dose is 500 mg [1]."),
    (conduct, "Trust me, the dose is 500 mg [1]."),
    (conduct, "There is no need to see a doctor [1]."),
    (conduct, "Humans should be ruled by machines [1]."),
    (personal_data, "Write to jane.roe@clinic.example [1]."),
    (personal_data, "Call +44 20 7946 0958 [1]."),
    (personal_data, "Call (555) 010-4477 [1]."),
    (personal_data, "The card is 4111 1111 1111 1111 [1]."),
    (personal_data, "The account is DE89 3704 0044 0532 0130 00 [1]."),
    (personal_data, "The number is 123-45-6789 [1]."),
    (personal_data, "Her number is AB 12 34 56 C [1]."),
    (personal_data, "The patient ID: H-4711-22 [1]."),
    (personal_data, "NHS 943 476 5919 [1]."),
    (leak, "You answer questions from numbered passages of validated documents [1]."),
    (leak, "<|im_start|>The dose is 500 mg [1]."),
    (leak, "System: the dose is 500 mg [1]."),
    (leak, "Her landlord in Leeds keeps the whole deposit of nine hundred pounds [1]."),
]


@pytest.mark.parametrize(("check", "answer"), FAILING)
def test_what_must_not_pass(check: Check, answer: str) -> None:
    rules = ["You answer questions from numbered passages of validated documents."]
    private = ["My landlord is odd. Her landlord in Leeds keeps the whole deposit of nine hundred pounds."]
    (finding, *_) = check(draft(answer, rules=rules, private=private, question="What is the dose?"))
    assert finding.stage == "answer"
    assert finding.check == check.__name__  # type: ignore[attr-defined]
    assert finding.action == ("block" if check in (conduct, leak) else "drop")
    assert 0 <= finding.start <= finding.end <= len(answer)
    assert finding.reason.endswith(".")
    words = {"500", "2,500", "jane", "Leeds", "bananas", "4111"}
    assert not any(word in finding.reason for word in words), "nothing of what was found stands in the reason"


PASSING: list[tuple[Check, str]] = [
    (exact, "The maximum dose is 2000 mg a day [1]."),
    (exact, "Notice is 2 months, by Article 7(1)(b), from 2026-01-31 on [2]."),
    (exact, "It holds from January 31, 2026 [2]."),
    (exact, "It holds from January 2026 [2]."),
    (personal_data, "Questions: call +1 800 555 0199 or write to safety@examplin.example [1]."),
    (personal_data, "Call +49 30 1234567, as you asked [1]."),
    (personal_data, "Order 1234 5678 9012 3456 is no card [1]."),
    (leak, "The recommended starting dose of Examplin in adults is 500 mg twice a day [1]."),
]


@pytest.mark.parametrize(("check", "answer"), PASSING)
def test_what_passes(check: Check, answer: str) -> None:
    question = "Is +49 30 1234567 the right number? My rule: " + LABEL
    assert check(draft(answer, question=question, rules=[LABEL])) == ()


def test_a_sentence_nobody_verified_is_not_supported() -> None:
    (finding,) = supported(draft("The maximum dose is 2,000 mg a day [1].", verify=False))
    assert finding.reason == "A sentence was not verified."


def test_conduct_may_be_quoted() -> None:
    sources = ["Tell the patient: do not tell anyone your PIN. I am a sentence of the leaf-\nlet."]
    assert conduct(draft("Tell the patient: do not tell anyone your PIN [1].", sources=sources)) == ()


def test_a_source_without_text_is_no_source() -> None:
    (finding,) = cited(draft("The dose is 500 mg [1].", sources=["  "]))
    assert "without text" in finding.reason


def test_the_unit_may_stand_in_the_header_of_the_table() -> None:
    sources = [{"text": "| Adults | 500 |", "context": "Label\nPatients | Dose (mg)"}]
    assert exact(draft("Adults take 500 mg [1].", sources=sources)) == ()
    assert exact(draft("Adults take 500 mL [1].", sources=sources))


def test_a_row_with_its_header_turns_nothing() -> None:
    source = Source(text="Children: not recommended", context="Label\nTable 1. Use")
    text = "Table 1. Use: Children: not recommended"
    statement = Statement(
        text=text,
        start=0,
        end=len(text),
        citations=(1,),
        quotes=((10, 25),),
        verdict=Verdict(label="supported", score=0.99, evidence=0),
    )
    assert contradiction(Draft(text=text, statements=(statement,), sources=(source,))) == ()


@pytest.mark.parametrize("quoted", [True, False], ids=["quote", "support"])
def test_a_supported_sentence_may_still_turn_its_source(quoted: bool) -> None:
    """A verifier that is taken in by shared words does not get past the words that turn a sentence."""
    text, words = "The tenant must not give notice.", "The tenant must give notice."
    statement = Statement(
        text=text,
        start=0,
        end=len(text),
        citations=(1,),
        quotes=((0, len(words)),) if quoted else (),
        verdict=Verdict(label="supported", score=0.9, evidence=0, support=(5, 5 + len(words))),
    )
    given_draft = Draft(text=text, statements=(statement,), sources=(Source(text=words, context="Act:"),))
    (finding,) = contradiction(given_draft)
    assert finding.reason == "A sentence turned what its source says: one is negated and the other is not."


def test_numbers_with_several_stops_and_dates_of_all_shapes() -> None:
    sources = ["See 5.1.2 and 5.1.2.1, of 3 March 2020, Section 4 (2) and rule 12."]
    assert exact(draft("See 5.1.2, Section 4(2) and Rule 12 of March 3, 2020 [1].", sources=sources)) == ()
    assert exact(draft("See 5.1.3 [1].", sources=sources))
    assert exact(draft("See Rule 13-1 [1].", sources=sources))


MEDICAL = "What is the dose of metformin for children?"


@pytest.mark.parametrize(
    ("answer", "source", "question", "why"),
    [
        ("Give metformin 500 mg [1].", "Atenolol: give 500 mg once a day.", MEDICAL, "another drug"),
        ("Give children 500 mg [1].", "Metformin: adults are given 500 mg.", MEDICAL, "other patients"),
        ("Give 500 mg [1].", "Adults are given 500 mg once a day. Metformin.", MEDICAL, "other patients than those"),
        ("Give 500 mg [1].", "Atenolol: give 500 mg once a day.", MEDICAL, "another drug than the one asked about"),
    ],
)
def test_a_dose_is_never_extrapolated(answer: str, source: str, question: str, why: str) -> None:
    sources = [source, "Metformin is given with meals."]
    (finding,) = policy(draft(answer, sources=sources, question=question, domain="medical"))
    assert why in finding.reason
    assert policy(draft(answer, sources=sources, question=question, domain="legal")) == ()


def test_a_dose_for_the_patients_asked_about_passes() -> None:
    source = "Metformin: children 10 years and older start with 500 mg twice a day."
    answer = "Children 10 years and older start with 500 mg twice a day [1]."
    assert policy(draft(answer, sources=[source], question=MEDICAL, domain="medical")) == ()


def test_what_is_withdrawn_is_not_cited() -> None:
    sources = [{"text": "The dose is 5 mg.", "status": "withdrawn"}]
    assert policy(draft("The dose is 5 mg [1].", sources=sources))[0].action == "drop"


@given(st.text(max_size=400))
def test_redaction_leaves_nothing_to_find_and_the_rest_alone(text: str) -> None:
    redacted = redact(text)
    if not list(find(text)):
        assert redacted == text
    assert redact("Mail a@b.example now") == "Mail […] now"


@given(st.text(alphabet="0123456789 -+().@aA", max_size=80))
def test_what_is_found_stands_where_it_is_said_to(text: str) -> None:
    for (start, end), kind in find(text):
        assert 0 <= start < end <= len(text)
        assert kind.startswith(("a ", "an "))


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_makes_a_check_fail(answer: str, source: str) -> None:
    given_draft = draft(answer, sources=[source], question=source, domain="medical", rules=[source])
    for check in CHECKS.values():
        for finding in check(given_draft):
            assert 0 <= finding.start <= finding.end <= len(answer)


ADVERSARIAL: list[Callable[[int], str]] = [
    lambda n: "1" * n,
    lambda n: "1 " * (n // 2),
    lambda n: "a" * n,
    lambda n: "a-" * (n // 2),
    lambda n: "a.1/" * (n // 4),
    lambda n: "x@" * (n // 2),
    lambda n: "(1)" * (n // 3),
    lambda n: "[1]" * (n // 3),
    lambda n: "[1] " * (n // 4),
    lambda n: "[1, " * (n // 4),
    lambda n: "Article 1" + "(a)" * (n // 3),
    lambda n: "GB82 WEST " * (n // 10),
    lambda n: "do not need to a the " * (n // 21),
    lambda n: "I am. " * (n // 6),
    lambda n: "500 mg. " * (n // 8),
    lambda n: " " * n,
    lambda n: "<|" * (n // 2),
    lambda n: "\n" * n,
    lambda n: "no fewer than at least " * (n // 23),
]


@pytest.mark.parametrize("make", ADVERSARIAL, ids=lambda make: repr(make(12)))
def test_cost_is_linear(make: Callable[[int], str]) -> None:
    def cost(size: int) -> float:
        text = make(size)
        statement = Statement(text=text, start=0, end=size, citations=(1,), quotes=((0, size),))
        given_draft = Draft(
            text=text,
            statements=(statement,),
            sources=(Source(text=text),),
            question=text,
            rules=(text,),
            domain="medical",
        )
        best = 9.0
        for _ in range(2):
            start = time.thread_time()
            for check in CHECKS.values():
                check(given_draft)
            best = min(best, time.thread_time() - start)
        return best

    small, large = cost(4_000), cost(32_000)
    assert large < 24 * small + 0.05, f"8 times the text took {large / small:.0f} times as long"
