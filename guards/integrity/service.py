"""The Prompt Integrity Service: a whole context in, what may go on of it out, with a finding for everything noticed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from guards.integrity.demonstrations import Steering, find_demonstrations
from guards.integrity.normal import View, normalise
from guards.integrity.redaction import Cut, redact
from guards.types import Finding, Inspection, Message, Stage

_MARKUP = re.compile(
    r"</?(?:div|p|b|br|td|tr|th|li|ul|ol|dl|dt|dd|span|strong|em|i|u|section|article|h[1-6]|details|summary|blockquote)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
"""HTML that says how a text looks, not what it is."""

Source = Literal["user", "document", "answer"]


def inspect_text(text: str, source: Source) -> Inspection:
    """One text: what a person wrote, a document, or an answer. Linear in its length; never raises for what it holds."""
    stage: Stage = "question" if source == "user" else source
    view = normalise(text)
    findings, cuts = _demonstrations(view, find_demonstrations(view.text, source), stage, None)
    if not cuts and len(tags := list(_MARKUP.finditer(view.text))) >= 8:
        bare = view.without((tag.start(), tag.end(), "\n") for tag in tags)
        findings, cuts = _demonstrations(bare, find_demonstrations(bare.text, source), stage, None)
    return Inspection(action="redact" if cuts else "allow", findings=tuple(findings), texts=(redact(text, cuts),))


def inspect_conversation(messages: Sequence[Message]) -> Inspection:
    """A conversation: the last message of the user holds the question, those before it are history."""
    inspections = [inspect_text(message.text, "user") for message in messages]
    findings = tuple(finding for each in inspections for finding in each.findings)
    return Inspection(
        action="redact" if findings else "allow",
        findings=findings,
        texts=tuple(text for each in inspections for text in each.texts),
    )


def _demonstrations(
    view: View, steering: Steering | None, stage: Stage, message: int | None
) -> tuple[list[Finding], list[Cut]]:
    if steering is None:
        return [], []
    findings, cuts = [], []
    for start, end, number in steering.spans:
        start, end = view.place(start, end)
        cuts.append(Cut(start=start, end=end, what=f"{number} examples"))
        findings.append(
            Finding(
                stage=stage,
                check="demonstrations",
                action="redact",
                reason=f"{number} question-and-answer examples were taken out: they steer the answer and are not "
                "needed to look up sources.",
                score=steering.certainty,
                start=start,
                end=end,
                message=message,
            )
        )
    return findings, cuts
