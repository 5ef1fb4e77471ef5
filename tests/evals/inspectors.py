"""Scripted services: one that finds everything, one that finds nothing, one that alters everything, one that fails."""

from __future__ import annotations

from collections.abc import Sequence

from evals.attacks.types import Case
from guards.types import Finding, Inspection, Message

CUT = "[removed]"


class Knowing:
    """Knows the cases and takes out exactly their targets; blocks requests for harm; lets the rest pass."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = {tuple(each.text for each in case.messages): case for case in cases}

    def inspect_conversation(self, messages: Sequence[Message]) -> Inspection:
        return self._inspect(tuple(each.text for each in messages))

    def inspect_text(self, text: str, source: str) -> Inspection:
        assert source == "document"
        return self._inspect((text,))

    def _inspect(self, texts: tuple[str, ...]) -> Inspection:
        case = self.cases.get(texts)
        if case is None:
            return Inspection(action="allow", findings=(), texts=texts)
        if case.family == "harm":
            found = Finding(stage="question", check="harm", action="block", reason="harm")
            return Inspection(action="block", findings=(found,), texts=("",))
        places = sorted((p for target in case.targets for p in target), key=lambda p: (p.message, -p.start))
        changed = list(texts)
        for place in places:
            text = changed[place.message]
            changed[place.message] = text[: place.start] + CUT + text[place.end :]
        findings = tuple(
            Finding(
                stage="question",
                check="demonstrations",
                action="redact",
                reason="an example",
                start=place.start,
                end=place.end,
                message=None if case.document else place.message,
            )
            for place in places
        )
        return Inspection(action="redact" if findings else "allow", findings=findings, texts=tuple(changed))


class Blind:
    """Lets everything pass."""

    def inspect_conversation(self, messages: Sequence[Message]) -> Inspection:
        return Inspection(action="allow", findings=(), texts=tuple(each.text for each in messages))

    def inspect_text(self, text: str, source: str) -> Inspection:
        return Inspection(action="allow", findings=(), texts=(text,))


class Heavy:
    """Takes everything out, whatever it is."""

    def inspect_conversation(self, messages: Sequence[Message]) -> Inspection:
        findings = tuple(
            Finding(stage="question", check="all", action="redact", reason="all", message=index)
            for index in range(len(messages))
        )
        return Inspection(action="redact", findings=findings, texts=(CUT,) * len(messages))

    def inspect_text(self, text: str, source: str) -> Inspection:
        found = Finding(stage="document", check="all", action="drop", reason="all")
        return Inspection(action="redact", findings=(found,), texts=(CUT,))


class Broken:
    """Fails in two ways."""

    def inspect_conversation(self, messages: Sequence[Message]) -> Inspection:
        raise RuntimeError("no")

    def inspect_text(self, text: str, source: str) -> Inspection:
        return Inspection(action="redact", findings=(), texts=())
