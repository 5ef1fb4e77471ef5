"""The record of each answer: complete, durable, and without anybody's words unless they are asked for."""

from __future__ import annotations

import json
import logging
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.ask import Assistant
from assistant.audit import Audit, entry
from assistant.build import build, make_audit
from assistant.settings import load
from assistant.types import Answer, Question, Released, Turn
from guards.errors import PolicyError
from guards.types import Finding

SECRET = "the words of Ms Roe"
ANSWER = Answer(
    id="1",
    question=Question(text=SECRET, history=(Turn(role="user", text=f"{SECRET}, earlier"),)),
    status="abstained",
    text=f"{SECRET}, answered",
    findings=(Finding(stage="answer", check="exact", action="drop", reason="A number."),),
    timings_ms={"total": 1.234},
    trace_id="t1",
)


def test_every_answer_is_on_record(small: Assistant, tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    question = "What is the maximum dose of Examplin?"
    answer = replace(small, audit=audit).ask(Question(text=question))
    (kept,) = audit.entries()
    assert kept["trace_id"] == answer.trace_id
    assert (kept["status"], kept["domain"], kept["generator"]) == ("answered", "medical", "extractive")
    assert kept["documents"][0]["id"] == answer.citations[0].document.id
    assert len(kept["documents"][0]["sha256"]) == 64
    assert kept["policy"] == "medical-1 legal-1 engineering-1"
    assert kept["ranking"] == answer.policy_version
    assert kept["timings_ms"]["total"] > 0
    assert kept["time"].endswith("+00:00")
    assert "question" not in kept
    assert question not in json.dumps(kept)
    assert not any(sentence.text in json.dumps(kept, ensure_ascii=False) for sentence in answer.sentences)


def test_refusals_are_on_record_too(small: Assistant, tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    replace(small, audit=audit).ask(Question(text=" "))
    assert [each["status"] for each in audit.entries()] == ["refused"]


def test_words_are_kept_only_where_they_are_asked_for() -> None:
    released = Released(answer=ANSWER)
    assert SECRET not in json.dumps(entry(released, text=False))
    full = entry(released, text=True)
    assert (full["question"], full["text"]) == (SECRET, f"{SECRET}, answered")
    assert full["history"] == [{"role": "user", "content": f"{SECRET}, earlier"}]


def test_a_held_answer_brings_what_its_reviewer_needs(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    held = replace(ANSWER, status="held", reason="It is grave.", text="Held.")
    assert audit.record(Released(answer=held, withheld=replace(ANSWER, text="the draft")))
    assert audit.record(Released(answer=ANSWER))
    (kept,) = audit.held()
    assert (kept["question"], kept["reason"], kept["draft"]["text"]) == (SECRET, "It is grave.", "the draft")


def test_policies_that_cannot_be_read_cost_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise PolicyError("policy medical: broken")

    monkeypatch.setattr("guards.policies.version", broken)
    assert entry(Released(answer=ANSWER), text=False)["policy"] == "unreadable"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    Audit(tmp_path).record(Released(answer=ANSWER))
    (file,) = (tmp_path / "audit").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_many_at_once_write_whole_lines(tmp_path: Path) -> None:
    def work(number: int) -> None:
        audit = Audit(tmp_path)
        for turn in range(50):
            audit.record(Released(answer=replace(ANSWER, trace_id=f"{number}-{turn}")))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each["trace_id"] for each in Audit(tmp_path).entries()}) == 300


def test_what_is_written_survives_a_kill(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from assistant.audit import Audit
from assistant.types import Answer, Question, Released
audit = Audit(Path({str(tmp_path)!r}))
for number in range(10**6):
    answer = Answer(id="", question=Question(text=""), status="abstained", text="", trace_id=str(number))
    assert audit.record(Released(answer=answer))
    print(number, flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout
        last = -1
        for _ in range(40):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in process.stdout if line.endswith("\n"))])
    kept = [int(each["trace_id"]) for each in Audit(tmp_path).entries()]
    assert kept[: last + 1] == list(range(last + 1))


def test_a_torn_line_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = Audit(tmp_path)
    audit.record(Released(answer=ANSWER))
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:20]))
        audit.record(Released(answer=ANSWER))
    audit.record(Released(answer=ANSWER))
    (file,) = (tmp_path / "audit").iterdir()
    with file.open("ab") as lines:
        lines.write(b"7\n\xff\n")
    assert len(list(audit.entries())) == 2


def test_a_home_that_cannot_be_written_warns_once_and_answers(
    small: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "audit").write_text("a file where the folder should be")
    assistant = replace(small, audit=Audit(tmp_path))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert assistant.ask(Question(text="What is the maximum dose of Examplin?")).status == "answered"
    assert len([each for each in caplog.records if "on record" in each.message]) == 1


@pytest.fixture
def written(home: Path) -> Iterator[Path]:
    build(load(home)).library.close()
    yield home
    home.chmod(0o700)


def test_settings_say_whether_and_what(written: Path) -> None:
    assert make_audit(load(written, audit=False)) is None
    audit = make_audit(load(written, audit_text=True))
    assert audit is not None
    audit.record(Released(answer=ANSWER))
    assert next(audit.entries())["question"] == SECRET
