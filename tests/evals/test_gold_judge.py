"""How an answer to a golden question is judged, and how the judgements are added up."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from judged import answer, case

from evals.gold.judge import Outcome, judge
from evals.gold.report import as_html, as_json, as_text, by_domain, failures, medians, shares


def test_every_fact_must_be_there_in_one_of_its_forms() -> None:
    wanted = case(("30 days", "thirty days"), ("in writing",))
    assert judge(wanted, answer("Thirty\ndays' notice,  IN   WRITING.")).right
    half = judge(wanted, answer("30 days' notice."))
    assert (half.right, half.answered, half.missing) == (False, True, ("in writing",))
    assert half.verdict == "wrong: something is missing"


def test_naming_the_other_value_is_wrong_even_beside_the_right_one() -> None:
    outcome = judge(case(("30 days",), wrong=("60 days",)), answer("30 days; 60 days for others."))
    assert not outcome.right
    assert outcome.verdict == "wrong: names something that is not so"


def test_abstaining_is_wrong_where_there_is_an_answer_and_right_where_there_is_none() -> None:
    silence = answer("The documents don't say.", status="abstained")
    asked, unasked = judge(case(("30",)), silence), judge(case(kind="unanswerable"), silence)
    assert (asked.right, asked.answered, asked.verdict) == (False, False, "not answered")
    assert (unasked.right, unasked.answered, unasked.verdict) == (True, False, "right")


def test_an_answer_without_ground_is_wrong_unless_it_corrects_the_premise() -> None:
    premise = case(kind="false_premise", corrects=("shall not",), wrong=("90 days",))
    corrected = judge(premise, answer("Verifiers SHALL NOT require a change.", ("a.pdf", 1)))
    taken = judge(premise, answer("Because of the risk."))
    both = judge(premise, answer("They shall not; every 90 days."))
    assert (corrected.right, corrected.answered, corrected.verdict) == (True, False, "premise corrected")
    assert (taken.right, taken.answered) == (False, True)
    assert (both.right, both.answered) == (False, True)


def test_a_citation_is_right_when_file_and_page_are_among_the_sources() -> None:
    places = [("a.pdf", 1), ("a.pdf", 3), ("b.pdf", 1), ("a.pdf", 2)]
    outcome = judge(case(("30",)), answer("30", *places))
    assert (outcome.citations, outcome.citations_right) == (4, 2)
    assert outcome.right  # the page is counted apart from the fact
    assert failures([outcome]) == [outcome]


TEXTS = st.text(st.sampled_from("30 60 days shall not\n"), max_size=30)


@given(TEXTS, st.sampled_from(["answered", "abstained", "refused", "held"]))
def test_judgements_are_consistent(text: str, status: str) -> None:
    given_answer = answer(text, ("a.pdf", 1), status=status)  # type: ignore[arg-type]  # sampled from its values
    asked = judge(case(("30",), ("days",), wrong=("60",)), given_answer)
    premise = judge(case(kind="false_premise", corrects=("not",)), given_answer)
    assert asked.answered == (status == "answered")
    assert asked.right == (asked.answered and "30" in text and "days" in text and "60" not in text)
    assert premise.right != premise.answered
    assert 0 <= asked.citations_right <= asked.citations
    assert premise.citations == 0


def outcomes() -> list[Outcome]:
    return [
        judge(case(("30",)), answer("It is 30 days.", ("a.pdf", 1), ("a.pdf", 9))),
        judge(case(("30",)), answer("It is <b>40</b> days now.", ("a.pdf", 2))),
        judge(case(("30",)), answer("No idea.", status="abstained")),
        judge(case(kind="unanswerable"), answer("5", ("a.pdf", 1))),
        judge(case(kind="unanswerable"), answer("No idea.", status="abstained")),
    ]


def test_the_headline_figures_are_what_they_say() -> None:
    found = {name: (share.count, share.total) for name, share in shares(outcomes()).items()}
    assert found == {
        "answerable, right": (1, 3),
        "answerable, answered": (2, 3),
        "right, of those answered": (1, 2),
        "citations on the right page": (2, 3),
        "unanswerable, answered": (1, 2),
    }
    assert medians(outcomes()) == {
        "words, median": 4.0,
        "milliseconds, median": 5.0,
        "milliseconds, 95th percentile": 5.0,
    }


def test_nothing_asked_adds_up_to_nothing() -> None:
    assert {share.total for share in shares([]).values()} == {0}
    assert set(medians([]).values()) == {0.0}
    assert as_json([])["outcomes"] == []
    assert "none" in as_text([])
    assert by_domain([]) == {"all": []}


def test_the_terminal_sees_figures_goals_and_domains() -> None:
    text = as_text(outcomes())
    assert "1/3 = 33.3%" in text
    assert "at least 85%" in text
    assert "legal" in text.splitlines()[0]


def test_programs_see_everything() -> None:
    report = json.loads(json.dumps(as_json(outcomes())))
    assert report["figures"]["legal"]["answerable, right"]["count"] == 1
    assert report["kinds"]["unanswerable"]["unanswerable, answered"]["total"] == 2
    row = report["outcomes"][1]
    assert (row["right"], row["missing"], row["citations"][0]["page"]) == (False, ["30"], 2)


def test_the_page_shows_every_failure_in_full_and_escapes_it() -> None:
    html = as_html(outcomes())
    assert "Failures: 4 of 5" in html
    assert "It is &lt;b&gt;40&lt;/b&gt; days now." in html
    assert "How &lt;much&gt;?" in html
    assert "<b>" not in html
    assert "missing: 30" in html
    assert "should be cited: a.pdf, page 1, 2" in html
    assert html.count("<svg") == 6
    assert "Answers by: extractive 3." in html
