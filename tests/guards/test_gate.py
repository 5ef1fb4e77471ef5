"""The gate fails closed: whatever a check does instead of giving a verdict, nothing passes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from drafting import draft

from guards.checks import CHECKS
from guards.gate import Gate, Ruling
from guards.metrics import OUTCOMES, Metrics
from guards.policies import Assessment
from guards.types import Draft, Finding
from guards.workers import Workers

SECRET = "the words of a person"
GOOD = draft("The maximum dose is 2,000 mg a day [1].", question=SECRET)


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """What hanging checks wait for; released at the end, so that no thread outlives the test."""
    event = threading.Event()
    yield event
    event.set()


def passes(_: Draft) -> tuple[Finding, ...]:
    return ()


def test_a_good_draft_passes_all_checks() -> None:
    gate = Gate()
    assert gate.judge(GOOD) == Ruling(findings=())
    counts = gate.metrics.snapshot()
    assert set(counts) == set(CHECKS)
    assert all(count.passed == count.runs == 1 and count.seconds >= 0 for count in counts.values())


def test_findings_come_with_the_sentences_they_are_about() -> None:
    given = draft("The maximum dose is 2,000 mg a day [1]. The maximum dose is 9,000 mg a day [1].")
    ruling = Gate().judge(given)
    assert not ruling.blocked
    assert [ruling.drops(each.start, each.end) for each in given.statements] == [False, True]
    assert {each.check for each in ruling.findings} >= {"supported", "exact"}


def test_a_draft_that_spoils_itself_is_blocked() -> None:
    assert Gate().judge(draft("I am a doctor: 2,000 mg a day [1].")).blocked


def raises(_: Draft) -> Any:
    raise ValueError(SECRET)


def leaves(_: Draft) -> Any:
    raise SystemExit(SECRET)


NONSENSE: list[Any] = [None, True, "passed", 1, [], (1,), {"passed": True}, (None,), b"passed"]


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_nonsense_blocks(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate({"first": passes, "odd": lambda _: value})
    ruling = gate.judge(GOOD)
    assert ruling.blocked
    assert ruling.findings[0].check == "odd"
    assert gate.metrics.snapshot()["odd"].error == 1
    assert "odd" in caplog.text


@pytest.mark.parametrize("check", [raises, leaves])
def test_raising_blocks_is_logged_without_words_and_counted(check: Any, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate({"first": passes, "bad": check, "last": passes})
    with caplog.at_level(logging.DEBUG):
        ruling = gate.judge(GOOD)
    assert ruling.blocked
    assert ruling.findings[0].check == "bad"
    assert gate.metrics.snapshot()["bad"].error >= 1
    assert "bad" in caplog.text
    assert SECRET not in caplog.text


def test_hanging_blocks_after_its_own_limit(stuck: threading.Event) -> None:
    gate = Gate({"first": passes, "slow": lambda _: (stuck.wait(), ())[1]}, limits={"slow": 0.2}, limit=30)
    started = time.monotonic()
    assert gate.judge(GOOD).findings[0].check == "slow"
    assert time.monotonic() - started < 40, "also while Guardrails is being loaded, which has a longer limit"
    started = time.monotonic()
    assert gate.judge(GOOD).findings[0].check == "slow"
    assert 0.15 < time.monotonic() - started < 5
    assert gate.metrics.snapshot()["slow"].timeout == 2


def test_hanging_checks_hold_a_bounded_number_of_threads(stuck: threading.Event) -> None:
    before = threading.active_count()
    gate = Gate({"slow": lambda _: (stuck.wait(), ())[1]}, limit=0.05, workers=Workers(3, name="test-bounded"))
    for _ in range(12):
        assert gate.judge(GOOD).blocked
    assert threading.active_count() - before <= 3
    counts = gate.metrics.snapshot()
    assert counts["slow"].timeout == 3
    assert counts["gate"].busy == 9
    stuck.set()
    deadline = time.monotonic() + 10
    while gate.judge(GOOD).blocked:
        assert time.monotonic() < deadline, "threads that came back are used again"


def test_a_check_that_is_left_out_has_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    from guards.validators.adapter import Chain

    monkeypatch.setattr(Chain, "validate", lambda self, run: run.call("first", passes))
    gate = Gate({"first": passes, "second": passes})
    assert gate.judge(GOOD).findings[0].check == "second"


def test_guardrails_that_cannot_be_loaded_blocks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Gate) -> Any:
        raise ImportError(SECRET)

    monkeypatch.setattr(Gate, "_loaded", broken)
    gate = Gate()
    with pytest.raises(ImportError):
        gate.load()
    assert gate.judge(GOOD).findings[0].check == "guardrails"
    assert gate.judge(GOOD).blocked
    assert SECRET not in caplog.text


def test_policies_that_cannot_say_anything_say_none(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    assert gate.assess("What is the dose?") == Assessment()
    monkeypatch.setattr("guards.gate.assess", raises)
    assert gate.assess("What is the dose?") is None
    assert gate.metrics.snapshot()["question"].error == 1


def test_a_gate_without_checks_lets_nothing_through() -> None:
    assert Gate({}).judge(GOOD).blocked


def test_many_callers_at_once_get_their_own_verdicts() -> None:
    def echo(given: Draft) -> tuple[Finding, ...]:
        return (Finding(stage="answer", check="echo", action="drop", reason=given.question),)

    gate = Gate({"echo": echo, "last": passes})
    wrong: list[str] = []

    def work(person: int) -> None:
        for turn in range(40):
            said = f"{person}/{turn}"
            (finding,) = gate.judge(draft("x", question=said, verify=False)).findings
            if finding.reason != said:
                wrong.append(said)

    threads = [threading.Thread(target=work, args=(person,)) for person in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_metrics_as_prometheus_reads_them() -> None:
    metrics = Metrics()
    metrics.add("exact", "found", 0.25)
    metrics.add("exact", "timeout", 2.0)
    text = metrics.as_prometheus()
    assert 'plumbline_guard_checks_total{check="exact",outcome="found"} 1\n' in text
    assert 'plumbline_guard_check_seconds_sum{check="exact"} 2.250000\n' in text
    assert 'plumbline_guard_check_seconds_count{check="exact"} 2\n' in text
    assert all(f'outcome="{each}"' in text for each in OUTCOMES)
    assert metrics.snapshot()["exact"].runs == 2
