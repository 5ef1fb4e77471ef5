"""admit: may this question go on, and what does it ask for when read together with what was said before?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.types import Admitted, Question, Turn
from guards.integrity.question import the_question
from guards.integrity.service import inspect_conversation
from guards.types import Inspection, Message

LONGEST = 20_000
"""Characters of the longest question taken; longer ones are pasted documents, not questions. Counted without what the
Prompt Integrity Service takes out."""

INSPECTED = 4_000_000
"""Characters of question and history together that are inspected; what is longer is turned away unread."""

_WORD = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_LEANS = frozenset(
    [
        "it",
        "its",
        "they",
        "them",
        "their",
        "that",
        "this",
        "these",
        "those",
        "he",
        "she",
        "him",
        "her",
        "there",
        "one",
        "ones",
        "former",
        "latter",
        "same",
    ]
)
_OPENERS = ("what about", "how about", "and ", "but ", "so ", "why", "why?", "what if", "or ")
_ENGLISH = frozenset(
    """
    the of and to in is are was were be been for with on by at from as an a it its this that these those what
    which who whom whose when where why how do does did can could may might must shall should will would have
    has had not no if or than there i we you they my our your their any all
    """.split()
)
_FOREIGN = frozenset(
    """
    der die das und ist sind ein eine nicht wie wann für mit auf bei welche welcher le la les des est sont une
    du pour avec dans quelle quel quels combien comment el los las es son una por para con cuál cuáles qué cómo
    il gli che della per come quale quali è de het een voor van wat hoe o os um uma qual quais são
    """.split()
)


def admit(question: Question) -> Admitted:
    """The question as the later stages see it, or why it cannot be taken.

    Question and history are inspected together; what steers the answer is left out, and the findings say so.
    """
    length = len(question.text) + sum(len(turn.text) for turn in question.history)
    if length > INSPECTED:
        return Admitted(question=question, text="", refusal=_too_long(length, INSPECTED))
    inspection = inspect_conversation(
        [
            *(Message(role=turn.role, text=turn.text) for turn in question.history),
            Message(role="user", text=question.text),
        ]
    )
    findings = inspection.findings
    *before, last = inspection.texts
    text = _INVISIBLE.sub(" ", last if last == question.text else the_question(last)).strip()
    if refusal := _blocked(inspection) or _refusal(text, redacted=last != question.text):
        return Admitted(question=question, text=text, findings=findings, refusal=refusal)
    history = [
        replace(turn, text=the_question(kept) if kept != turn.text else kept)
        for turn, kept in zip(question.history, before, strict=True)
    ]
    return Admitted(question=question, text=_in_context(text, history), findings=findings)


def _blocked(inspection: Inspection) -> str:
    reasons = [finding.reason for finding in inspection.findings if finding.action == "block"]
    return reasons[0] if reasons else ""


def _refusal(text: str, *, redacted: bool) -> str:
    if not any(character.isalnum() for character in text):
        if redacted:
            return (
                "Without the examples and instructions that were taken out there is no question here. "
                "Please write it alone."
            )
        return "There is no question here. Please write what you would like to know."
    if len(text) > LONGEST:
        return _too_long(len(text), LONGEST)
    if not _english(text):
        return "Questions are understood in English only so far. Please ask in English."
    return ""


def _too_long(length: int, longest: int) -> str:
    return (
        f"This is {length:,} characters long; questions may have up to {longest:,}. "
        "Please ask in a few sentences, and add long texts as documents."
    )


def _english(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    if sum(character.isascii() for character in letters) < len(letters) / 2:
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    foreign = sum(word in _FOREIGN for word in words)
    return foreign < 2 or foreign <= sum(word in _ENGLISH for word in words)


def _in_context(text: str, history: Sequence[Turn]) -> str:
    """A follow-up that leans on what was asked before carries that question with it."""
    before = next((turn.text for turn in reversed(history) if turn.role == "user"), "")
    words = [word.lower() for word in _WORD.findall(text)]
    leans = len(words) < 4 or any(word in _LEANS for word in words) or text.lower().startswith(_OPENERS)
    return f"{before.strip()} {text}" if before.strip() and leans else text
