"""What may go out: the walk down the ranking, sentences that are dropped, holds, and emergencies first."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant import release as module
from assistant.api import create_app
from assistant.ask import KEPT, NOT_KEPT, Assistant, Notice, Progress
from assistant.conversations import Conversations
from assistant.notices import notices
from assistant.pages import markup
from assistant.pages.asking import Asking
from assistant.serialise import answer_to_json
from assistant.terminal import show_answer
from assistant.types import Answer, AnswerSentence, Candidate, Question, Retrieved, Sentence
from guards.checks import CHECKS
from guards.gate import Gate
from guards.grounding.overlap import OverlapVerifier
from guards.types import Draft, Finding

DOSE = "The maximum dose of Examplin is 2,000 mg a day."
START = "The recommended starting dose of Examplin is 500 mg twice a day, given with meals."
QUESTION = Question(text="What is the maximum dose of Examplin?", domain="medical")
HELD = Question(
    text="I am bleeding heavily and my head hurts. Should I stop my warfarin, or what is the maximum dose of Examplin?"
)


class Says:
    """A generator that says what it is told to."""

    def __init__(self, *sentences: str, score: float = 0.95, name: str = "says") -> None:
        self.sentences, self.score, self.name = sentences, score, name

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        everything = tuple(range(1, len(retrieved.hits) + 1))
        said = tuple(Sentence(text=text, citations=everything) for text in self.sentences)
        return (Candidate(generator=self.name, sentences=said, score=self.score),)


def with_gate(small: Assistant, *generators: Any, **checks: Any) -> Assistant:
    gate = Gate({**CHECKS, **checks}, limit=5) if checks else small.gate
    return replace(small, generators=generators or small.generators, gate=gate, audit=None)


def drops(words: str) -> Any:
    def check(draft: Draft) -> tuple[Finding, ...]:
        return tuple(
            Finding(stage="answer", check="test", action="drop", reason="Dropped.", start=each.start, end=each.end)
            for each in draft.statements
            if words in each.text
        )

    return check


def test_a_sentence_that_fails_is_dropped_when_the_rest_stands(small: Assistant) -> None:
    answer = with_gate(small, Says(DOSE, START), test=drops("maximum")).ask(QUESTION)
    assert answer.status == "answered"
    assert answer.text == START
    assert [(each.check, each.action, each.reason) for each in answer.findings] == [("test", "drop", "Dropped.")]
    assert all(each.stage == "answer" and each.start == each.end == 0 for each in answer.findings)


def test_what_leans_on_a_dropped_sentence_makes_the_next_candidate_answer(small: Assistant) -> None:
    leaning = Says(START, "Examplin is contraindicated in patients with an eGFR below 30 mL/min.", name="leaning")
    leaning.sentences = (START, "It is 2,000 mg a day, the maximum dose of Examplin.")
    words = replace(small, verifier=OverlapVerifier())  # lets both sentences through to the gate
    answer = with_gate(words, leaning, Says(DOSE, score=0.9, name="second"), test=drops("starting")).ask(QUESTION)
    assert (answer.status, answer.generator, answer.text) == ("answered", "second", DOSE)
    assert "standing" in {each.check for each in answer.findings}


def test_a_blocked_candidate_makes_room_for_the_next(small: Assistant) -> None:
    def blocks(draft: Draft) -> tuple[Finding, ...]:
        if "starting" in draft.text:
            return (Finding(stage="answer", check="test", action="block", reason="Set aside."),)
        return ()

    answer = with_gate(small, Says(START, name="first"), Says(DOSE, score=0.9, name="second"), test=blocks).ask(
        QUESTION
    )
    assert (answer.generator, answer.text) == ("second", DOSE)
    assert "Set aside." in {each.reason for each in answer.findings}


def broken(_: Draft) -> Any:
    raise ValueError("out of order")


@pytest.mark.parametrize("check", [broken, lambda _: None, lambda _: "passed"])
def test_a_check_without_a_verdict_lets_nothing_out(small: Assistant, check: Any) -> None:
    steps = list(with_gate(small, test=check).stream(QUESTION))
    answer = steps[-1]
    assert isinstance(answer, Answer)
    assert answer.status == "abstained"
    assert not [step for step in steps if isinstance(step, AnswerSentence)]
    assert answer.findings[0].reason.startswith("A draft was set aside: a check could not be completed")


def test_policies_that_cannot_say_anything_let_nothing_out(small: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guards.gate.assess", broken)
    answer = with_gate(small).ask(QUESTION)
    assert answer.status == "abstained"
    assert answer.reason == module.UNCHECKED


def test_inventions_are_explained_without_being_repeated(small: Assistant) -> None:
    answer = with_gate(small, Says(DOSE, "The maximum dose of Examplin is 9,000 mg a day.", score=1.0)).ask(QUESTION)
    assert answer.text == DOSE
    (finding,) = answer.findings
    assert finding.check == "contradiction"
    assert "9,000" not in finding.reason


# Holding


def test_a_grave_question_is_held_and_its_draft_kept_back(small: Assistant) -> None:
    ranked_answers: list[Any] = []

    class Keeps:
        def record(self, released: Any) -> bool:
            ranked_answers.append(released)
            return True

    steps = list(replace(small, audit=Keeps()).stream(HELD))  # type: ignore[arg-type]
    answer = steps[-1]
    assert isinstance(answer, Answer)
    assert answer.status == "held"
    assert answer.reason
    assert not answer.sentences
    assert not answer.citations
    assert not answer.nearest
    assert not [step for step in steps if isinstance(step, AnswerSentence)]
    assert "hold" in {each.action for each in answer.findings}
    assert KEPT in answer.text
    (released,) = ranked_answers
    assert released.withheld is not None
    assert released.withheld.status in ("answered", "abstained")
    assert "2,000" not in json.dumps(answer_to_json(answer))


def test_a_held_answer_on_the_page_and_the_terminal(small: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    answer = replace(small, audit=None).ask(HELD)
    assert NOT_KEPT in answer.text
    assert NOT_KEPT in (answer.reason or "")
    page = markup.answer(answer_to_json(answer))
    assert "Held for a human." in page
    assert "clinician" in page
    show_answer(answer)
    assert "held for a human" in capsys.readouterr().out


# Emergencies

URGENT = Question(text="My son swallowed a whole bottle of Examplin. What is the maximum dose of Examplin?")


def test_what_to_do_now_comes_before_everything_else(small: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    steps = [step for step in small.stream(URGENT) if not isinstance(step, Progress)]
    assert isinstance(steps[0], Notice)
    assert "poison control" in steps[0].text
    answer = steps[-1]
    assert isinstance(answer, Answer)
    assert answer.urgent == answer.notices[:1] == (steps[0].text,)
    page = markup.answer(answer_to_json(answer))
    assert page.index("poison control") < page.index('class="sentence"' if answer.sentences else "verdict")
    assert 'role="alert"' in page
    assert page.count("poison control") == 1
    show_answer(answer)
    shown = capsys.readouterr().out
    assert shown.startswith("NOW: ")
    assert shown.count("poison control") == 1


@pytest.mark.parametrize(
    "text", ["I want to kill myself " + "x" * 30_000, "Ich will sterben und nicht leben. i want to die"]
)
def test_also_when_the_question_is_refused(small: Assistant, text: str) -> None:
    answer = small.ask(Question(text=text))
    assert answer.status in ("refused", "held")
    assert "emergency number" in answer.urgent[0]


# Streaming without a bypass


@pytest.fixture
def slow_gate(small: Assistant) -> Iterator[tuple[Assistant, threading.Event, threading.Event]]:
    """An assistant whose gate waits until it is told to go on; and whether it is waiting."""
    waiting, go = threading.Event(), threading.Event()

    def check(_: Draft) -> tuple[Finding, ...]:
        waiting.set()
        go.wait(30)
        return ()

    yield replace(with_gate(small, Says(DOSE), test=check), gate=Gate({**CHECKS, "test": check}, limit=40)), waiting, go
    go.set()


def test_no_sentence_leaves_before_its_verdict(slow_gate: tuple[Assistant, threading.Event, threading.Event]) -> None:
    assistant, waiting, go = slow_gate
    seen: list[Any] = []
    reader = threading.Thread(target=lambda: seen.extend(_noting(assistant.stream(QUESTION), seen)))
    reader.start()
    assert waiting.wait(30)
    assert {type(step) for step in seen} == {Progress}
    assert "2,000" not in repr(seen)
    go.set()
    reader.join(30)
    assert DOSE in repr(seen)


def _noting(steps: Iterator[Any], seen: list[Any]) -> list[Any]:
    for step in steps:
        seen.append(step)
    return []


def test_no_event_of_the_server_leaves_before_the_verdict(
    slow_gate: tuple[Assistant, threading.Event, threading.Event], tmp_path: Any
) -> None:
    from assistant.api import _events

    assistant, waiting, go = slow_gate
    seen: list[str] = []
    reader = threading.Thread(target=lambda: _noting(_events(assistant, QUESTION), seen))
    reader.start()
    assert waiting.wait(30)
    assert all(event.startswith("event: progress") for event in seen)
    go.set()
    reader.join(30)
    kinds = [event.split("\n")[0] for event in seen]
    assert kinds[-2:] == ["event: sentence", "event: answer"]


def test_no_text_of_the_page_appears_before_the_verdict(
    slow_gate: tuple[Assistant, threading.Event, threading.Event], tmp_path: Any
) -> None:
    assistant, waiting, go = slow_gate
    conversations = Conversations(tmp_path)
    asking = Asking(assistant, conversations)
    asked = asking.ask(QUESTION.text, domain="medical", conversation="")
    assert waiting.wait(30)
    assert "2,000" not in json.dumps([dict(each.answer) for each in conversations.exchanges(asked.conversation)])
    go.set()
    steps = list(asked.steps)
    first = next(i for i, step in enumerate(steps) if isinstance(step, AnswerSentence))
    assert [step.stage for step in steps[:first]][-1] == "guard_out"  # type: ignore[union-attr]
    asking.close()
    conversations.close()


def test_no_output_of_the_command_line_appears_before_the_verdict(
    slow_gate: tuple[Assistant, threading.Event, threading.Event], capsys: pytest.CaptureFixture[str]
) -> None:
    from assistant.commands import Row, answers
    from assistant.terminal import show_each

    assistant, waiting, go = slow_gate
    rows = [Row(line=0, id="", fields={"question": QUESTION.text})]
    reader = threading.Thread(
        target=lambda: show_each(answers(assistant, rows, domain=None, include_unvalidated=False), json=False)
    )
    reader.start()
    assert waiting.wait(30)
    assert capsys.readouterr().out == ""
    go.set()
    reader.join(30)
    assert "2,000 mg" in capsys.readouterr().out


def test_two_people_s_streams_interleaved_stay_apart(small: Assistant) -> None:
    ann = small.stream(Question(text="What is the maximum dose of Examplin?", id="ann"))
    bob = small.stream(Question(text="How much notice must a tenant give before leaving?", id="bob"))
    seen: dict[str, list[Any]] = {"ann": [], "bob": []}
    open_streams = {"ann": ann, "bob": bob}
    while open_streams:
        for name, stream in list(open_streams.items()):
            step = next(stream, None)
            if step is None:
                del open_streams[name]
            else:
                seen[name].append(step)
    assert "two months" not in repr([s for s in seen["ann"] if isinstance(s, AnswerSentence)])
    assert "mg" not in repr([s for s in seen["bob"] if isinstance(s, AnswerSentence)])
    assert seen["ann"][-1].id == "ann"
    assert seen["bob"][-1].id == "bob"


# Shown and served


def test_metrics_and_notices_over_http(small: Assistant, tmp_path: Any) -> None:
    assistant = with_gate(small)
    conversations = Conversations(tmp_path)
    client = TestClient(create_app(assistant, conversations, pages=False), base_url="http://127.0.0.1")
    with client.stream("POST", "/api/ask?stream=true", json={"question": URGENT.text}) as response:
        events = [line.removeprefix("event: ") for line in response.iter_lines() if line.startswith("event: ")]
    assert events.index("notice") == 1
    metrics = client.get("/api/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'plumbline_guard_checks_total{check="question",outcome="passed"}' in metrics.text
    assert "Examplin" not in metrics.text
    conversations.close()


def test_findings_on_the_page_are_plain_and_escaped() -> None:
    given = {
        "status": "abstained",
        "text": "",
        "reason": "<b>",
        "confidence": 0,
        "generator": "",
        "urgent": ["<script>{x}"],
        "notices": ["<script>{x}", "<i>"],
        "findings": [
            {"stage": "answer", "check": "exact", "action": "drop", "reason": "<img src=x>"},
            {"stage": "question", "check": "policy", "action": "hold", "reason": "kept apart"},
        ],
    }
    page = markup.answer(given)
    assert "What was set aside and why" in page
    assert "<b>The answer:</b> &lt;img src=x&gt;" in page
    assert "<script" not in page
    assert "<i>" not in page
    assert "kept apart" not in page
    assert "{x}" not in page
    working = markup.working("guard_in", urgent=["<script>"])
    assert "<script" not in working
    assert "Do this now." in working


def test_scope_and_edition_are_named_in_law_and_engineering(small: Assistant) -> None:
    (found,) = {
        each.document.id: each.document
        for each in small.ask(Question(text="How much notice must a tenant give before leaving?")).citations
    }.values()
    (line,) = notices([found], [found])
    assert "states neither edition nor where it applies" in line
    known = replace(found, provenance=replace(found.provenance, edition="2020", scope="England and Wales."))
    assert list(notices([known], [known])) == [
        f"“{known.provenance.title}”, edition 2020, applies to: England and Wales."
    ]
    only_scope = replace(found, provenance=replace(found.provenance, scope="England"))
    assert "edition not stated, applies to: England." in next(notices([only_scope], []))
    only_edition = replace(found, provenance=replace(found.provenance, edition="2020"))
    assert "does not state where it applies" in next(notices([only_edition], []))
    assert not list(notices([replace(found, domain="medical")], []))
