"""Numbers with their units, compared by value: 0.5 g is 500 mg, "two" is 2, 1,000 is 1000.

A number that the evidence does not give is the commonest and the most dangerous invention, so it is a veto of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORDS = {
    word: float(value)
    for value, word in enumerate(
        """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty
    """.split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0}
_WORDS |= {"once": 1.0, "twice": 2.0, "half": 0.5}

# Unit → (kind, factor to the kind's base unit). Units of different kinds never compare equal.
_UNITS: dict[str, tuple[str, float]] = {
    "kg": ("mass", 1e3),
    "g": ("mass", 1.0),
    "mg": ("mass", 1e-3),
    "mcg": ("mass", 1e-6),
    "µg": ("mass", 1e-6),
    "μg": ("mass", 1e-6),
    "ug": ("mass", 1e-6),
    "ng": ("mass", 1e-9),
    "gram": ("mass", 1.0),
    "milligram": ("mass", 1e-3),
    "microgram": ("mass", 1e-6),
    "kilogram": ("mass", 1e3),
    "lb": ("mass", 453.59237),
    "pound": ("mass", 453.59237),
    "l": ("volume", 1.0),
    "dl": ("volume", 0.1),
    "ml": ("volume", 1e-3),
    "litre": ("volume", 1.0),
    "liter": ("volume", 1.0),
    "milliliter": ("volume", 1e-3),
    "millilitre": ("volume", 1e-3),
    "cc": ("volume", 1e-3),
    "km": ("length", 1e3),
    "m": ("length", 1.0),
    "cm": ("length", 1e-2),
    "mm": ("length", 1e-3),
    "µm": ("length", 1e-6),
    "nm": ("length", 1e-9),
    "metre": ("length", 1.0),
    "meter": ("length", 1.0),
    "inch": ("length", 0.0254),
    "foot": ("length", 0.3048),
    "feet": ("length", 0.3048),
    "ft": ("length", 0.3048),
    "second": ("time", 1.0),
    "sec": ("time", 1.0),
    "s": ("time", 1.0),
    "ms": ("time", 1e-3),
    "millisecond": ("time", 1e-3),
    "minute": ("time", 60.0),
    "min": ("time", 60.0),
    "hour": ("time", 3600.0),
    "hr": ("time", 3600.0),
    "h": ("time", 3600.0),
    "day": ("time", 86400.0),
    "week": ("time", 604800.0),
    "month": ("month", 1.0),
    "year": ("month", 12.0),
    "yr": ("month", 12.0),
    "%": ("percent", 1.0),
    "percent": ("percent", 1.0),
    "per cent": ("percent", 1.0),
    "kpa": ("pressure", 1e3),
    "pa": ("pressure", 1.0),
    "mpa": ("pressure", 1e6),
    "mmhg": ("pressure", 133.322),
    "v": ("voltage", 1.0),
    "kv": ("voltage", 1e3),
    "mv": ("voltage", 1e-3),
    "a": ("current", 1.0),
    "ma": ("current", 1e-3),
    "w": ("power", 1.0),
    "kw": ("power", 1e3),
    "mw": ("power", 1e6),
    "wh": ("energy", 1.0),
    "kwh": ("energy", 1e3),
    "hz": ("frequency", 1.0),
    "khz": ("frequency", 1e3),
    "mhz": ("frequency", 1e6),
    "ghz": ("frequency", 1e9),
    "n": ("force", 1.0),
    "kn": ("force", 1e3),
    "bit": ("data", 1.0),
    "byte": ("data", 8.0),
    "°c": ("celsius", 1.0),
    "°f": ("fahrenheit", 1.0),
    "mmol": ("amount", 1.0),
    "iu": ("iu", 1.0),
    "unit": ("units", 1.0),
    "€": ("eur", 1.0),
    "eur": ("eur", 1.0),
    "euro": ("eur", 1.0),
    "$": ("usd", 1.0),
    "usd": ("usd", 1.0),
    "dollar": ("usd", 1.0),
    "£": ("gbp", 1.0),
    "gbp": ("gbp", 1.0),
}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "hundred": 1e2}

_NUMBER = re.compile(
    r"(?P<currency>[€$£])?\s?(?<![\w.])"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*|\b(?:" + "|".join(_WORDS) + r")\b)"
    r"(?:\s?(?P<scale>thousand|million|billion|hundred)\b)?"
    r"(?:[\s-]?(?P<unit>per cent|°[CF]|%|[A-Za-zµμ]+))?",
    re.IGNORECASE,
)

_UNIT_WORD = re.compile(r"per cent|°[CF]|[%€$£]|[A-Za-zµμ]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as it stands in a text."""

    value: float
    """In the base unit of its kind."""
    number: float
    """As written, in its own unit."""
    kind: str
    """What it measures; empty for a bare number."""
    identifier: str
    """The digits as written when it is not a plain number ("5.1.2"); else empty."""
    span: tuple[int, int]
    """Where the number stands in the text."""


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number in the text, left to right. Linear in its length."""
    return tuple(_quantity(match) for match in _NUMBER.finditer(text))


def units(text: str) -> frozenset[tuple[str, float]]:
    """The units that a text names, with or without a number: what each measures, and its size in the base unit."""
    found = (_unit(match.group()) for match in _UNIT_WORD.finditer(text))
    return frozenset(each for each in found if each[0])


def without_quantities(text: str) -> str:
    """The text with its numbers and their units blanked out, as long as before."""
    return _NUMBER.sub(lambda match: " " * len(match.group()), text)


def missing(claim: str, evidence: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """The claim's numbers that the evidence does not give, neither in the same unit nor converted."""
    given = tuple(evidence)
    return tuple(each for each in quantities(claim) if not any(_same(each, other) for other in given))


def _quantity(match: re.Match[str]) -> Quantity:
    digits = match["number"].lower()
    kind, factor = _unit(match["unit"] or match["currency"] or "")
    if digits.count(".") > 1:
        return Quantity(value=0.0, number=0.0, kind=kind, identifier=digits, span=match.span("number"))
    value = _WORDS[digits] if digits in _WORDS else float(digits.replace(",", ""))
    value *= _SCALES.get((match["scale"] or "").lower(), 1.0)
    return Quantity(value=value * factor, number=value, kind=kind, identifier="", span=match.span("number"))


def _unit(word: str) -> tuple[str, float]:
    if word == "a":  # "two a day" is no current
        return "", 1.0
    word = word.lower()
    return _UNITS.get(word) or _UNITS.get(word.removesuffix("s")) or ("", 1.0)


def _same(claimed: Quantity, given: Quantity) -> bool:
    if claimed.identifier or given.identifier:
        return claimed.identifier == given.identifier
    # A table gives its unit in the header, so a bare number there may stand for one with a unit in the claim.
    if not claimed.kind or not given.kind:
        return claimed.number == given.number
    near = abs(claimed.value - given.value) <= 1e-6 * max(abs(claimed.value), abs(given.value))
    return claimed.kind == given.kind and near
