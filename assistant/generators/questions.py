"""What a question asks for: its words, and the kind of thing that would answer it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from guards.grounding.quantities import quantities
from guards.grounding.words import content

Wanted = Literal["quantity", "date", "name", "yes_no", "list", "definition", "reason", "manner", "other"]

_FORMS: tuple[tuple[Wanted, str], ...] = (
    (
        "date",
        r"\bwhen (?:was|were|did|does|do|is|will|must)\b"
        r"|\b(?:what|which|effective|expir\w+) (?:date|year|day)\b",
    ),
    (
        "quantity",
        r"\bhow (?:many|much|long|often|far|old|high|low|large|big|fast|soon|late|quickly|frequently|deep|wide)\b"
        r"|\b(?:what|which) (?:\w+ ){0,4}(?:dose|dosage|amount|number|limit|rate|percentage|proportion|frequency|"
        r"temperature|size|length|duration|period|time|deadline|interval|value|level|factor|threshold|age|weight|cost|"
        r"price|fee|fine|penalty|voltage|current|pressure|strength|concentration|half-life|maximum|minimum)\b"
        r"|\b(?:maximum|minimum|max|min|starting|initial|usual|daily) (?:\w+ ){0,3}(?:dose|dosage|amount)\b",
    ),
    (
        "name",
        r"^\W*(?:in|under|for|of|to|by)?\s*who(?:m|se)?\b|\bwhich (?:party|company|state|court|country|body|law)\b",
    ),
    ("definition", r"^\W*(?:what (?:is|are) (?:an? |the )?[\w\s-]{2,40}\?*$|define\b|what does .{2,60} mean)"),
    ("reason", r"^\W*why\b|\bwhat (?:causes?|is the (?:cause|reason))\b"),
    ("manner", r"^\W*how\b"),
    ("yes_no", r"^\W*(?:is|are|was|were|can|could|may|must|should|shall|do|does|did|has|have|will|would)\b"),
    ("list", r"\bwhat are\b|\bwhich (?!\w+ (?:is|was|has|does)\b)\w+s\b|\blist\b|\bname (?:the|all|some)\b"),
)
_PATTERNS = tuple((wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in _FORMS)
_DATE = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|"
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b \d",
)
_CAUSE = re.compile(
    r"\bbecause\b|\bdue to\b|\bcaus\w+|\bresult\w*\b|\bsince\b|\bin order to\b|\bso that\b", re.IGNORECASE
)
_DEFINES = re.compile(r"\b(?:is|are|means?|refers? to|defined as|consists? of|describes?)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, read."""

    terms: tuple[str, ...]
    """Stems of its content words, without repeats."""
    wanted: Wanted
    numbers: frozenset[str]
    """Numbers that the question itself brings; finding them again answers nothing."""


def read_question(text: str) -> Asked:
    """What is asked for. Linear in the text's length."""
    wanted: Wanted = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "other")
    numbers = frozenset(text[slice(*each.span)].lower() for each in quantities(text))
    return Asked(terms=tuple(dict.fromkeys(content(text))), wanted=wanted, numbers=numbers)


def gives(asked: Asked, sentence: str) -> bool:
    """Whether the sentence holds the kind of thing that is asked for; True where the kind leaves no trace."""
    match asked.wanted:
        case "quantity":
            return any(sentence[slice(*each.span)].lower() not in asked.numbers for each in quantities(sentence))
        case "date":
            return bool(_DATE.search(sentence))
        case "name":
            return bool(_NAME.search(sentence))
        case "reason":
            return bool(_CAUSE.search(sentence))
        case "definition":
            return bool(_DEFINES.search(sentence))
        case _:
            return True
