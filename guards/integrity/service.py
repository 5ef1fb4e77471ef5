"""The Prompt Integrity Service: a whole context in, what may go on of it out, with a finding for everything noticed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from guards.integrity.demonstrations import Steering, find_demonstrations
from guards.integrity.encodings import written_out
from guards.integrity.harm import find_harm
from guards.integrity.history import planted_turns, scattered_pairs
from guards.integrity.injection import find_injections, find_priorities
from guards.integrity.normal import View, normalise
from guards.integrity.persona import find_persona
from guards.integrity.redaction import Cut, merge, redact
from guards.types import Finding, Inspection, Message, Stage

Source = Literal["user", "document", "answer"]

_MARKUP = re.compile(
    r"</?(?:div|p|b|br|td|tr|th|li|ul|ol|dl|dt|dd|span|strong|em|i|u|section|article|h[1-6]|details|summary"
    r"|blockquote)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
"""HTML that says how a text looks, not what it is."""

_WRAPPING = re.compile(r"<!--|-->|</?span(?:\s[^<>]{0,200})?>", re.IGNORECASE)
"""What a document puts around words that nobody is to see."""

AGAIN = 3
"""Times that what is left after a redaction is looked at again."""

_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")

_REASONS = {
    "instruction": "An instruction to override the rules of the answer was taken out.",
    "role": "An instruction to answer in another role was taken out.",
    "prompt_request": "A request for the assistant's own instructions was taken out; they are not given away.",
    "chat_template": "Tokens that imitate the inside of a conversation with a language model were taken out.",
    "demonstrations": "An instruction to answer like the examples was taken out together with them.",
}
"""Check → why its finding was taken out, in words for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noticed:
    """A finding, and what the mark says that takes its place."""

    finding: Finding
    mark: str


def inspect_text(text: str, source: Source) -> Inspection:
    """One text: what a person wrote, a document, or an answer. Linear in its length; never raises for what it holds."""
    stage: Stage = "question" if source == "user" else source
    return _inspection([text], [_look(text, source, stage)])


def inspect_conversation(messages: Sequence[Message]) -> Inspection:
    """A conversation: the last message of the user holds the question, those around it are history.

    Besides each message, the turns are read together: a row of unrelated questions, each with an answer already
    written, is a demonstration too, and so are single examples that are spread over several messages.
    """
    asked = max((at for at, message in enumerate(messages) if message.role == "user"), default=-1)
    stages: list[Stage] = ["question" if at == asked else "history" for at in range(len(messages))]
    noticed = [
        _look(each.text, "answer" if each.role == "assistant" else "user", stages[at], message=at)
        for at, each in enumerate(messages)
    ]
    for at, number in planted_turns(messages, asked):
        side = "answer" if messages[at].role == "assistant" else "question"
        reason = (
            f"An earlier {side} was taken out: it belongs to {number} unrelated questions with ready answers, which "
            "steer the answer and are not needed to look up sources."
        )
        whole = (0, len(messages[at].text))
        noticed[at] = [
            _noticed("demonstrations", reason, f"an earlier {side}", stages[at], whole, message=at, score=0.9)
        ]
    turns = [each.text if each.role == "user" else "" for each in messages]
    for at, start, end in scattered_pairs(turns, asked):
        reason = _examples(1)
        noticed[at].append(
            _noticed("demonstrations", reason, "1 example", stages[at], (start, end), message=at, score=0.9)
        )
    noticed = [_apart(some) for some in noticed]
    return _inspection([each.text for each in messages], noticed)


def _inspection(texts: Sequence[str], noticed: Sequence[Sequence[_Noticed]]) -> Inspection:
    findings = tuple(each.finding for some in noticed for each in some)
    redacted = tuple(
        redact(
            text,
            [Cut(start=each.finding.start, end=each.finding.end, what=each.mark) for each in _cut(some)],
        )
        for text, some in zip(texts, noticed, strict=True)
    )
    action: Literal["allow", "redact", "block"] = "allow"
    if any(finding.action == "block" for finding in findings):
        action = "block"
    elif findings:
        action = "redact"
    return Inspection(action=action, findings=findings, texts=redacted)


def _look(text: str, source: Source, stage: Stage, *, message: int | None = None) -> list[_Noticed]:
    """Everything to be noticed in one text by itself, also what shows only once the rest is out."""
    noticed = _once(text, source, stage, message)
    for _ in range(AGAIN if noticed else 0):
        cuts = merge(Cut(start=each.finding.start, end=each.finding.end, what=each.mark) for each in _cut(noticed))
        left = View(text).without((cut.start, cut.end, f"[removed: {cut.what}]") for cut in cuts)
        more = _once(left.text, source, stage, message)
        if not (more := [each for each in more if each.finding.action == "redact"]):
            break
        noticed += [_moved(each, *left.place(each.finding.start, each.finding.end)) for each in more]
    return _apart([_trimmed(text, each) for each in noticed])


def _cut(noticed: Sequence[_Noticed]) -> list[_Noticed]:
    return [each for each in noticed if each.finding.action == "redact"]


def _trimmed(text: str, noticed: _Noticed) -> _Noticed:
    """What parts a place from the text after it stays, so that the question does not stick to the mark."""
    start, end = noticed.finding.start, noticed.finding.end
    held = len(text[start:end].rstrip())
    return _moved(noticed, start, start + held if held else end)


def _moved(noticed: _Noticed, start: int, end: int) -> _Noticed:
    return replace(noticed, finding=replace(noticed.finding, start=start, end=end))


def _once(text: str, source: Source, stage: Stage, message: int | None) -> list[_Noticed]:
    view = normalise(text)
    views = [view]
    if (out := written_out(view)) is not view:
        views.append(out)
    noticed = [each for one in views for each in _in_view(one, source, stage, message)]
    if source == "document":
        noticed += _in_document(text, views, stage, message)
    if source == "user" and stage == "question" and (harm := find_harm(view.text)):
        noticed.append(_noticed("harm", harm, "", stage, (0, len(text)), message=message, action="block"))
    return noticed


def _in_view(view: View, source: Source, stage: Stage, message: int | None) -> list[_Noticed]:
    asks = stage == "question"
    noticed = _demonstrations(view, find_demonstrations(view.text, source, question=asks), stage, message)
    if not noticed and len(tags := list(_MARKUP.finditer(view.text))) >= 8:
        plain = view.without((tag.start(), tag.end(), "\n") for tag in tags)
        noticed = _demonstrations(plain, find_demonstrations(plain.text, source, question=asks), stage, message)
    for attempt in find_injections(view.text):
        place = view.place(attempt.start, attempt.end)
        noticed.append(_noticed(attempt.check, _REASONS[attempt.check], attempt.what, stage, place, message=message))
    if source == "answer":
        for start, end in find_persona(view.text):
            reason = (
                "Words in which the assistant claims a reckless, deceptive or authoritarian character were taken out."
            )
            place = view.place(start, end)
            noticed.append(_noticed("persona", reason, "a claimed character", stage, place, message=message, score=0.9))
    return noticed


def _demonstrations(view: View, steering: Steering | None, stage: Stage, message: int | None) -> list[_Noticed]:
    if steering is None:
        return []
    noticed = []
    done = 0
    for start, end, number in (*steering.spans, (len(view.text), len(view.text), 0)):
        for attempt in find_priorities(view.text, done, start):
            place = view.place(attempt.start, attempt.end)
            noticed.append(
                _noticed(attempt.check, _REASONS[attempt.check], attempt.what, stage, place, message=message)
            )
        done = end
        if number:
            mark = f"{number} example{'s' if number > 1 else ''}"
            place, sure = view.place(start, end), steering.certainty
            noticed.append(
                _noticed("demonstrations", _examples(number), mark, stage, place, message=message, score=sure)
            )
    return noticed


def _in_document(text: str, views: Sequence[View], stage: Stage, message: int | None) -> list[_Noticed]:
    """Instructions hidden in a document, as the finder sees them in the text, in what it hides, and unwrapped."""
    from guards.integrity.instructions import find_instructions

    read = [View(text)]
    read += [each for each in views if each.text.casefold() != text.casefold()]
    if wrapped := list(_WRAPPING.finditer(text)):
        read.append(read[0].without((tag.start(), tag.end(), "\n") for tag in wrapped))
    noticed = []
    for view in read:
        for found in find_instructions(view.text):
            start, end = view.place(found.start, found.end)
            finding = replace(found, stage=stage, message=message, start=start, end=end)
            noticed.append(_Noticed(finding=finding, mark="an instruction"))
    return noticed


def _apart(noticed: list[_Noticed]) -> list[_Noticed]:
    """In order of place; what lies wholly within another place, or was seen there in two views, is said once."""
    kept: list[_Noticed] = []
    for each in sorted(noticed, key=lambda one: (one.finding.start, -one.finding.end)):
        covered = kept and each.finding.end <= kept[-1].finding.end and each.finding.action == kept[-1].finding.action
        if not covered:
            kept.append(each)
    return kept


def _examples(number: int) -> str:
    if number == 1:
        return "A question-and-answer example was taken out: it steers the answer and is not needed to look up sources."
    count = _COUNTS[number] if number < len(_COUNTS) else str(number)
    return (
        f"{count} question-and-answer examples were taken out: they steer the answer and are not needed to look up "
        "sources."
    )


def _noticed(
    check: str,
    reason: str,
    mark: str,
    stage: Stage,
    place: tuple[int, int],
    *,
    message: int | None,
    score: float = 0.95,
    action: Literal["redact", "block"] = "redact",
) -> _Noticed:
    start, end = place
    finding = Finding(
        stage=stage,
        check=check,
        action=action,
        reason=reason,
        score=score,
        start=start,
        end=end,
        message=message,
    )
    return _Noticed(finding=finding, mark=mark)
