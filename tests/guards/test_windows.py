"""Windows: what of long evidence is read with a claim."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.grounding.windows import WHOLE, WINDOW, heading, windows

FILLER = "The committee met again and nothing of note was decided on that day. " * 30


def test_short_evidence_is_read_whole() -> None:
    (window,) = windows("The dose is 5 mg.", ["Take it with food. The dose is 5 mg daily."])
    assert window.text == "Take it with food. The dose is 5 mg daily."
    assert [(place.start, place.end) for place in window.places] == [(0, 18), (19, 42)]


def test_of_long_evidence_the_window_that_shares_most_comes_first() -> None:
    evidence = FILLER + "Metformin is stopped when the filtration rate falls below 30. " + FILLER
    found = windows("Metformin is stopped below a filtration rate of 30.", [evidence])
    assert "Metformin is stopped" in found[0].text
    assert all(len(window.text.split()) <= WHOLE for window in found)


def test_what_two_passages_prove_together_is_read_together() -> None:
    one = FILLER + "Alpha Corp was founded in 1990 in Lyon. " + FILLER
    other = FILLER + "In 2004 Alpha Corp was bought by Beta Ltd. " + FILLER
    gathered = windows("Alpha Corp, founded in Lyon, was bought by Beta Ltd.", [one, other])[0]
    assert "Lyon" in gathered.text
    assert "Beta Ltd" in gathered.text
    assert {place.evidence for place in gathered.places} == {0, 1}


def test_a_passage_keeps_its_heading_before_every_window() -> None:
    text = "Warfarin label > 7 Interactions\n" + FILLER + "Aspirin raises the risk of bleeding. " + FILLER
    first = windows("Aspirin raises bleeding.", [text])[0]
    assert first.text.startswith("Warfarin label > 7 Interactions\n")


@pytest.mark.parametrize("text", ["One line alone", "It ends.\nMore", "a" * 300 + "\nMore", "Title\n  ", ""])
def test_what_is_no_heading(text: str) -> None:
    assert heading(text) == ""


def test_no_evidence_no_windows() -> None:
    assert windows("Anything", []) == ()
    assert windows("Anything", ["", "  \n "]) == ()


@given(st.text(max_size=60), st.lists(st.text(alphabet="ab .\n;X1", max_size=400), max_size=4))
def test_places_are_of_the_evidence_and_the_same_each_time(claim: str, evidence: list[str]) -> None:
    found = windows(claim, evidence)
    assert found == windows(claim, evidence)
    for window in found:
        assert window.places
        for place in window.places:
            text = evidence[place.evidence]
            assert 0 <= place.start < place.end <= len(text)
            assert " ".join(text[place.start : place.end].split()) in " ".join(window.text.split())


def test_a_flat_table_without_sentences_is_cut() -> None:
    found = windows("row seven", ["cell " * 1000])
    assert all(len(window.text.split()) <= WINDOW for window in found)


def test_time_is_linear() -> None:
    def seconds(times: int) -> float:
        start = time.perf_counter()
        windows("Metformin is stopped below thirty.", [FILLER * times])
        return time.perf_counter() - start

    seconds(1)
    assert min(seconds(16) for _ in range(3)) < 12 * min(seconds(4) for _ in range(3)) + 0.01
