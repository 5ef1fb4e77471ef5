"""audit: every answer on record, and what a reviewer needs of those that are held.

One JSON object a line, appended to `audit/<day>.jsonl` in the home folder, readable by its owner alone. A line is
written with one call before the answer is shown, so it outlives a `kill -9`; a day's file may be moved or deleted when
its day is over. By default no word of a question or an answer stands in it, only ids, versions, figures and reasons of
our own wording. `audit_text` adds the texts. A held answer always brings its question and its draft, which somebody has
to review; `Audit.held` reads these back.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.serialise import answer_to_json
from assistant.types import Answer, Released
from guards import policies
from guards.errors import PolicyError

logger = logging.getLogger(__name__)

FOLDER = "audit"
"""Below the home folder."""


class Audit:
    """The records of one home. Safe to share between threads and processes."""

    def __init__(self, home: Path, *, text: bool = False) -> None:
        """`text`: questions and answers go on record too."""
        self._folder = home / FOLDER
        self._text = text
        self._lock = threading.Lock()
        self._warned = False

    def record(self, released: Released) -> bool:
        """Put an answer on record; False, and one warning a process, where that is not possible. Never raises."""
        line = json.dumps(entry(released, text=self._text), ensure_ascii=False, default=str).encode("utf-8", "replace")
        try:
            with self._lock:
                self._append(line)
        except OSError as error:
            if not self._warned:
                logger.warning("answers are not put on record: %s", error.strerror or type(error).__name__)
            self._warned = True
            return False
        return True

    def entries(self) -> Iterator[dict[str, Any]]:
        """All records, oldest first. What is not a whole record (a disk was full, say) is left out."""
        for file in sorted(self._folder.glob("*.jsonl")):
            with file.open("rb") as lines:
                for line in lines:
                    try:
                        read = json.loads(line)
                    except ValueError:
                        continue
                    if isinstance(read, dict):
                        yield read

    def held(self) -> Iterator[dict[str, Any]]:
        """The records of held answers, with `question`, `history` and `draft`."""
        return (each for each in self.entries() if each.get("status") == "held")

    def _append(self, line: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{datetime.now(tz=UTC):%Y-%m-%d}.jsonl"
        # Appended in one call: processes and threads do not cut into each other's lines.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            data = line + b"\n"
            if os.write(descriptor, data) < len(data):  # the disk is full; close the line, so that the next is whole
                os.write(descriptor, b"\n")
        finally:
            os.close(descriptor)


def entry(released: Released, *, text: bool) -> dict[str, Any]:
    """The record of an answer; without `text` it has no word of the person's, nor of the answer."""
    answer = released.answer
    kept: dict[str, Any] = {
        "time": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
        "trace_id": answer.trace_id,
        "status": answer.status,
        "domain": answer.domain,
        "generator": answer.generator,
        "ranking": answer.policy_version,
        "policy": _policy(),
        "confidence": round(answer.confidence, 4),
        "sentences": len(answer.sentences),
        "findings": [
            {"stage": each.stage, "check": each.check, "action": each.action, "reason": each.reason}
            for each in answer.findings
        ],
        "urgent": len(answer.urgent),
        "documents": _documents(answer),
        "timings_ms": {stage: round(value, 2) for stage, value in answer.timings_ms.items()},
    }
    if answer.status == "held":
        kept["reason"] = answer.reason
    if text or answer.status == "held":
        kept["question"] = answer.question.text
        kept["history"] = [{"role": turn.role, "content": turn.text} for turn in answer.question.history]
    if released.withheld is not None:
        kept["draft"] = answer_to_json(released.withheld)
    elif text:
        kept["text"] = answer.text
    return kept


def _policy() -> str:
    """The policies' versions; a record is made even where they cannot be read."""
    try:
        return policies.version()
    except PolicyError:
        return "unreadable"


def _documents(answer: Answer) -> list[dict[str, Any]]:
    """Ids and versions of what is cited: its edition, and the hash of its bytes."""
    cited = {citation.document.id: citation.document for citation in answer.citations}
    return [
        {"id": each.id, "edition": each.provenance.edition, "sha256": each.sha256, "status": each.status}
        for each in cited.values()
    ]
