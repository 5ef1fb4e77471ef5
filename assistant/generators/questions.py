"""What a question asks for: its words, and the kind of thing that would answer it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from guards.grounding.quantities import Quantity, quantities
from guards.grounding.words import content, stem

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
_MEASURES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("time", "month"),
        r"\bhow (?:long|soon|often|old|late|quickly|frequently)\b|\b(?:notice|deadline|duration|period|interval|age|"
        r"time-?out|time|term|half-life)\b|\b(?:how many|of|in|within|after) (?:\w+ )?"
        r"(?:second|minute|hour|day|week|month|year)s?\b",
    ),
    (
        ("percent",),
        r"\b(?:share|percent|percentage|proportion|fraction|incidence|(?:what|which) (?:part|rate|portion))\b",
    ),
    (
        ("eur", "usd", "gbp"),
        r"\b(?:price|cost|costs|fee|fees|charge|charges|fine|fines|pay|pays|paid|royalt\w+|compensation|premium|penalt\w+|"
        r"insured|sum|euros?|dollars?|pounds?|how much (?:money|does))\b",
    ),
    (("mass", "volume", "units", "iu"), r"\b(?:dose|doses|dosage|dosing|dosed)\b"),
    (("mass",), r"\bhow heavy\b|\b(?:weigh|weighs|weight|mass|milligrams?|grams?|kilograms?|mg|kg)\b"),
    (("volume",), r"\b(?:volume|how much (?:water|liquid|fluid)|millilit\w+|lit(?:er|re)s?|ml)\b"),
    (("length",), r"\bhow (?:far|deep|wide|tall|thick|high)\b|\b(?:distance|height|depth|width|diameter|thickness)\b"),
    (("celsius", "fahrenheit"), r"\b(?:temperature|how (?:hot|cold|warm))\b"),
    (("voltage",), r"\bvolt(?:age|s)?\b"),
    (("pressure",), r"\bpressure\b"),
)
_UNITS = tuple((kinds, re.compile(pattern, re.IGNORECASE)) for kinds, pattern in _MEASURES)
_COUNTED = re.compile(r"\bhow many (?:of )?(?:the |these |those )?((?:[\w-]+ ){0,2}?[\w-]+s)\b", re.IGNORECASE)
_AFTER = 40
"""Characters after a number in which what it counts must stand."""
OTHER = 0.4
"""What a quantity is worth that is of another kind than asked for, or of none that can be told."""
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
    measures: frozenset[str]
    """Kinds of quantity (see `guards.grounding.quantities`) that would answer; empty when the question does not say."""
    counted: str
    """Stem of what is counted: of "how many pages", page; empty when nothing is."""


def read_question(text: str) -> Asked:
    """What is asked for. Linear in the text's length."""
    wanted: Wanted = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), "other")
    numbers = frozenset(text[slice(*each.span)].lower() for each in quantities(text))
    counted = _COUNTED.search(text)
    noun = counted[1].split()[-1] if counted else ""
    kinds = quantities(f"1 {noun}")[0].kind if noun else ""  # "how many milligrams" asks for a mass, not for a count
    found = () if counted else next((kinds for kinds, pattern in _UNITS if pattern.search(text)), ())
    return Asked(
        terms=tuple(dict.fromkeys(content(text))),
        wanted=wanted,
        numbers=numbers,
        measures=frozenset((kinds,) if kinds else found),
        counted="" if kinds else stem(noun.lower()),
    )


def gives(asked: Asked, sentence: str) -> float:
    """How far the sentence holds the kind of thing that is asked for, 0 to 1; 1 where the kind leaves no trace."""
    match asked.wanted:
        case "quantity":
            new = [each for each in quantities(sentence) if sentence[slice(*each.span)].lower() not in asked.numbers]
            return max((_fits(asked, each, sentence) for each in new), default=0.0)
        case "date":
            return float(bool(_DATE.search(sentence)))
        case "name":
            return float(bool(_NAME.search(sentence)))
        case "reason":
            return float(bool(_CAUSE.search(sentence)))
        case "definition":
            return float(bool(_DEFINES.search(sentence)))
        case _:
            return 1.0


def _fits(asked: Asked, given: Quantity, sentence: str) -> float:
    if asked.counted:
        return 1.0 if asked.counted in content(sentence[given.span[1] : given.span[1] + _AFTER]) else OTHER
    return 1.0 if not asked.measures or given.kind in asked.measures else OTHER
