"""admit: may this question go on, and what does it ask for when read together with what was said before?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.types import Admitted, Question, Turn

LONGEST = 20_000
"""Characters of the longest question taken; longer ones are pasted documents, not questions."""

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
    """The question as the later stages see it, or why it cannot be taken."""
    text = _INVISIBLE.sub(" ", question.text).strip()
    if refusal := _refusal(text):
        return Admitted(question=question, text=text, refusal=refusal)
    return Admitted(question=question, text=_in_context(text, question.history))


def _refusal(text: str) -> str:
    if not any(character.isalnum() for character in text):
        return "There is no question here. Please write what you would like to know."
    if len(text) > LONGEST:
        return (
            f"This is {len(text):,} characters long; questions may have up to {LONGEST:,}. "
            "Please ask in a few sentences, and add long texts as documents."
        )
    if not _english(text):
        return "Questions are understood in English only so far. Please ask in English."
    return ""


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
