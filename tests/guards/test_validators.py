"""The checks as Guardrails validators: in anybody's Guard, and in our chain; silent, forgetful, and without leaks."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from drafting import LABEL, LAW, draft

from guards.checks import CHECKS
from guards.gate import Gate, Run
from guards.metrics import Metrics
from guards.types import Verdict

guardrails = pytest.importorskip("guardrails")

from guardrails.classes.history import Call  # noqa: E402
from guardrails.utils.hub_telemetry_utils import HubTelemetry  # noqa: E402
from guardrails.validator_base import validators_registry  # noqa: E402

from guards import validators  # noqa: E402
from guards.validators.adapter import VALIDATORS, Chain, without  # noqa: E402

GOOD = "The maximum dose is 2,000 mg a day [1]."
METADATA: dict[str, Any] = {
    "sources": [LABEL, LAW],
    "question": "What is the maximum dose of Examplin?",
    "rules": ["You answer questions from numbered passages of validated documents."],
    "domain": "medical",
}
BAD = {
    "cited": "The maximum dose is 2,000 mg a day.",
    "supported": "Bananas cure every fever [1].",
    "exact": "The maximum dose is 9,000 mg a day [1].",
    "contradiction": "The tenant must not give notice of at least two months before leaving [2].",
    "conduct": "Trust me, the maximum dose is 2,000 mg a day [1].",
    "personal_data": "Write to jane.roe@clinic.example [1].",
    "leak": "You answer questions from numbered passages of validated documents [1].",
    "policy": "Children take 2,000 mg a day [1].",
}


def run_guard(name: str, answer: str, on_fail: str = "noop", **metadata: Any) -> Any:
    guard = guardrails.Guard().use(VALIDATORS[name](on_fail=on_fail))
    return guard.validate(answer, metadata={**METADATA, **metadata})


@pytest.mark.parametrize("name", CHECKS)
class TestEveryValidator:
    def test_is_registered_under_its_name(self, name: str) -> None:
        assert validators_registry[f"plumbline/{name}"] is VALIDATORS[name]
        assert VALIDATORS[name].__name__ in validators.__all__
        assert VALIDATORS[name].__doc__

    def test_passes_what_is_good(self, name: str) -> None:
        outcome = run_guard(name, GOOD)
        assert outcome.validation_passed
        assert outcome.validated_output == GOOD
        assert outcome.validation_summaries == []

    def test_fails_what_is_bad_and_says_where(self, name: str) -> None:
        answer = f"{GOOD} {BAD[name]}"
        (summary,) = run_guard(name, answer).validation_summaries
        assert summary.validator_status == "fail"
        assert summary.failure_reason
        for span in summary.error_spans:
            assert 0 <= span.start <= span.end <= len(answer)
            assert span.reason

    def test_fixes_by_leaving_out(self, name: str) -> None:
        fixed = run_guard(name, f"{GOOD} {BAD[name]}", on_fail="fix").validated_output
        assert fixed == ("" if name in ("conduct", "leak") else GOOD)

    def test_raises_where_it_is_told_to(self, name: str) -> None:
        with pytest.raises(Exception, match="Validation failed"):
            run_guard(name, BAD[name], on_fail="exception")

    def test_wants_its_metadata(self, name: str) -> None:
        guard = guardrails.Guard().use(VALIDATORS[name](on_fail="noop"))
        with pytest.raises(ValueError, match="Missing required metadata keys"):
            guard.validate(GOOD, metadata={"nothing": True})
        assert VALIDATORS[name].required_metadata_keys


def test_all_together_in_one_guard() -> None:
    guard = guardrails.Guard().use(*(each(on_fail="noop") for each in VALIDATORS.values()))
    assert guard.validate(GOOD, metadata=METADATA).validation_passed
    failed = guard.validate(f"{GOOD} {BAD['exact']}", metadata=METADATA).validation_summaries
    assert "Exact" in {each.validator_name for each in failed}


def test_another_verifier_may_be_brought() -> None:
    class Believes:
        name = "believes"

        def verify(self, claims: Any, *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
            return tuple(Verdict(label="supported", score=1.0) for _ in claims)

    guard = guardrails.Guard().use(validators.Supported(on_fail="noop", verifier=Believes()))
    assert guard.validate("Bananas cure every fever [1].", metadata=METADATA).validation_passed


def test_a_stream_with_fix_lets_out_what_has_passed() -> None:
    """Guardrails' own streaming: only with `fix` does it wait for the verdict before a piece goes out."""

    def says(*_: Any, messages: Any = None, **__: Any) -> Any:
        yield from ("The maximum dose is ", "2,000 mg a day [1]. ", "The maximum dose is 9,000", " mg a day [1]. ")

    guard = guardrails.Guard().use(validators.Exact(on_fail="fix"))
    messages = [{"role": "user", "content": "dose"}]
    stream = guard(says, stream=True, metadata=METADATA, messages=messages, temperature=0)
    seen = "".join(each.validated_output or "" for each in stream)
    assert "2,000" in seen
    assert "9,000" not in seen


def test_the_text_without_some_spans() -> None:
    assert without("One. Two. Three.", [(5, 9)]) == "One. Three."
    assert without("One. Two. Three.", [(0, 9), (5, 16)]) == ""


# Silence


def test_telemetry_is_off_whatever_the_person_s_file_says(tmp_path: Path) -> None:
    (tmp_path / ".guardrailsrc").write_text("id=x\nenable_metrics=true\nuse_remote_inferencing=true\n")
    program = """
import socket, sys, threading
tried = []
sys.addaudithook(lambda event, args: tried.append(event) if event in ("socket.connect", "socket.getaddrinfo") else None)
import guards.validators as ours
from guardrails import Guard
from guardrails.utils.hub_telemetry_utils import HubTelemetry
from guards.gate import Gate
from guards.drafts import read
guard = Guard().use(ours.Cited(on_fail="noop"))
guard.configure(allow_metrics_collection=True)
assert guard.validate("A [1].", metadata={"sources": ["A"]}).validation_passed
assert Gate().judge(read("A [1].", {"sources": ["A"]})).findings
telemetry = HubTelemetry()
assert telemetry._tracer is None and telemetry._processor is None
threads = [each.name for each in threading.enumerate() if "span" in each.name.lower() or "otel" in each.name.lower()]
assert not threads, threads
assert not tried, tried
"""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OTEL_", "GUARDRAILS_", "COV", "DO_NOT_TRACK"))
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_is_no_exporter() -> None:
    assert HubTelemetry()._tracer is None


# Leaks


@pytest.mark.slow
def test_a_thousand_calls_leave_no_thread_and_no_memory() -> None:
    gate = Gate()
    given = draft(GOOD, question="x")
    for _ in range(20):
        gate.judge(given)
    threads, files = threading.active_count(), open_files()
    gc.collect()
    objects = len(gc.get_objects())
    for _ in range(1000):
        assert not gate.judge(given).findings
    gc.collect()
    assert threading.active_count() <= threads
    assert open_files() <= files
    assert len(gc.get_objects()) - objects < 500


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def test_nothing_said_is_kept() -> None:
    gate = Gate()
    marker = "".join(["zebra", "crossing", "4711"])
    gate.judge(draft(f"The maximum dose of {marker} is 2,000 mg a day [1].", question=f"What of {marker}?"))
    gate.judge(draft(f"I am {marker} and you can trust me [1].", question=f"Who is {marker}?"))
    gate.assess(f"I want to die, {marker}")

    def fails(_: object) -> Any:
        raise ValueError(marker)

    Gate({"fails": fails}).judge(draft(f"{marker} [1].", question=marker))
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, Call) and each.iterations]
    kept = [
        each
        for each in gc.get_objects()
        if isinstance(each, (dict, list, tuple))
        and any(isinstance(value, str) and marker in value and value != marker for value in values(each))
        and not source_code(each)
    ]
    assert kept == []


def values(container: Any) -> list[Any]:
    return list(container.values()) if isinstance(container, dict) else list(container)


def source_code(container: Any) -> bool:
    """This very file's lines, which pytest and tracebacks keep."""
    return isinstance(container, (list, tuple)) and len(container) > 100


# People's answers stay apart


def test_interleaved_answers_never_mix() -> None:
    seen: dict[str, list[str]] = {}
    turn = threading.Barrier(2, timeout=20)

    def notes(given: Any) -> tuple[Any, ...]:
        turn.wait()  # both are in the middle of a chain at once
        seen.setdefault(given.question, []).append(given.text)
        turn.wait()
        return ()

    chain = Chain({"one": notes, "two": notes, "three": notes})

    def person(name: str) -> None:
        for number in range(5):
            given = draft(f"{name} hears {number}.", question=name, verify=False)
            run = Run(given, Metrics())
            chain.validate(run)
            assert set(run.findings) == {"one", "two", "three"}

    threads = [threading.Thread(target=person, args=(name,)) for name in ("ann", "bob")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for name, texts in seen.items():
        assert texts == [f"{name} hears {number}." for number in range(5) for _ in range(3)]


def test_a_guard_serves_one_caller_and_is_used_again() -> None:
    chain = Chain({"none": lambda _: ()})
    (guard,) = chain._kept
    chain.validate(Run(draft(GOOD), Metrics()))
    assert chain._kept == [guard]
    assert list(guard.history) == []


def test_a_failure_that_no_check_found_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain({"none": lambda _: ()})
    (guard,) = chain._kept
    outcome = type("Outcome", (), {"validation_passed": False})()
    monkeypatch.setattr(type(guard), "validate", lambda *_, **__: outcome)
    with pytest.raises(RuntimeError, match="no check found"):
        chain.validate(Run(draft(GOOD), Metrics()))
