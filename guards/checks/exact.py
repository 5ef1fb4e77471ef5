"""Numbers, doses, units, dates, articles and requirements, exactly as the source writes them.

Stricter than the verifier, which lets 0.5 g stand for 500 mg: what a person copies into a prescription, a contract or a
drawing must be what the source says, not what follows from it. Spelling alone is free: "two" is 2, 1,000 is 1000.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.passages import clean
from guards.checks.citations import evidence
from guards.checks.found import drop
from guards.grounding.quantities import Quantity, quantities, units
from guards.types import Draft, Finding

_MONTHS = {
    name: number
    for number, names in enumerate(
        """jan january; feb february; mar march; apr april; may; jun june; jul july; aug august; sep sept september;
        oct october; nov november; dec december""".split(";"),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\.?,? (?P<year>\d{{4}})\b"
    rf"|\b(?P<month_us>{_MONTH})\.? (?P<day_us>\d{{1,2}})(?:st|nd|rd|th)?, (?P<year_us>\d{{4}})\b"
    rf"|\b(?P<month_only>{_MONTH})\.? (?P<year_only>\d{{4}})\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.])[A-Za-z][A-Za-z\-_./]{0,30}\d[\w.\-/:]{0,40}|\b\d{1,8}(?:[/:]\d{1,8}){1,4}\b")
_LABEL = re.compile(
    r"(?:\b(?:articles?|art\.|sections?|sec\.|clauses?|annex|appendix|rules?|regulations?|requirements?|paragraphs?|"
    r"parts?|chapters?|schedules?|tables?|figures?|steps?)|§{1,2})\s?"
    r"(?P<base>[A-Z]{0,3}\d[\d.\-]{0,20}[a-z]?|[IVXLC]{1,7}(?![\w]))(?P<parts>(?:\([0-9a-zA-Z]{1,5}\)){0,5})",
    re.IGNORECASE,
)
_PART = re.compile(r"\(([0-9a-zA-Z]{1,5})\)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_TOKEN = re.compile(r"\w+(?:[.\-/:]\w+)*")

Date = tuple[int, int, int]
"""Year, month, day; day 0 where none is given."""


def exact(draft: Draft) -> tuple[Finding, ...]:
    """Every number, unit, date and reference of a sentence stands so in one of the sources that it cites."""
    found = []
    readings: dict[int, _Reading] = {}
    for each in draft.statements:
        for number in each.citations:
            if number not in readings and 1 <= number <= len(draft.sources):
                readings[number] = _read(evidence(draft.sources[number - 1]))
        sources = [readings[number] for number in each.citations if number in readings]
        if sources and (wrong := _wrong(each.text, sources)):
            found.append(drop("exact", each, f"A sentence gave {wrong} that its source does not give exactly so."))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a source gives."""

    numbers: frozenset[float]
    """Without regard to units."""
    measured: frozenset[tuple[float, str, float]]
    """Numbers with kind and size of their unit."""
    bare: frozenset[float]
    """Numbers without a unit, such as those in a table whose header has it."""
    identifiers: frozenset[str]
    units: frozenset[tuple[str, float]]
    dates: frozenset[Date]
    folded: str
    """The text in lower case, dashes alike, spaces single."""
    tokens: frozenset[str]


def _read(raw: str) -> _Reading:
    """Both as it stands and with its words made whole, which is how a sentence is lifted."""
    stands, whole = " ".join(raw.split()), clean(raw)
    text = whole if whole == stands else f"{stands}\n{whole}"
    given, folded = quantities(text), _fold(text)
    return _Reading(
        numbers=frozenset(each.number for each in given if not each.identifier),
        measured=frozenset((each.number, each.kind, _size(each)) for each in given if each.kind),
        bare=frozenset(each.number for each in given if not each.kind and not each.identifier),
        identifiers=frozenset(each.identifier for each in given if each.identifier),
        units=units(text),
        dates=frozenset(dates(text)),
        folded=folded,
        tokens=frozenset(_TOKEN.findall(folded)),
    )


def _wrong(text: str, sources: list[_Reading]) -> str:
    """What kind of thing the sentence gives that no cited source does; empty when there is none."""
    if not all(any(_gives(each, source) for source in sources) for each in quantities(text)):
        return "a number or a unit"
    if not all(any(_dated(each, source.dates) for source in sources) for each in dates(text)):
        return "a date"
    if not all(any(code in source.folded for source in sources) for code in _codes(text)):
        return "an identifier"
    if not all(any(_refers(match, source) for source in sources) for match in _LABEL.finditer(text)):
        return "an article, section or requirement number"
    return ""


def _gives(claimed: Quantity, source: _Reading) -> bool:
    if claimed.identifier:
        return claimed.identifier in source.identifiers or claimed.identifier in source.tokens
    if not claimed.kind:
        return claimed.number in source.numbers
    if (claimed.number, claimed.kind, _size(claimed)) in source.measured:
        return True
    return claimed.number in source.bare and (claimed.kind, _size(claimed)) in source.units


def _size(quantity: Quantity) -> float:
    """The size of the unit, to eight digits: 500 mg and 500 µg differ, 12 months and 1 year too."""
    return float(f"{quantity.value / quantity.number:.8g}") if quantity.number else 0.0


def dates(text: str) -> Iterator[Date]:
    """The dates of a text: 2026-01-31, 31 January 2026, January 31, 2026, January 2026."""
    for match in _DATE.finditer(text):
        if match["iso"]:
            year, month, day = (int(part) for part in match["iso"].split("-"))
            yield year, month, day
        elif match["month_only"]:
            yield int(match["year_only"]), _MONTHS[match["month_only"].lower()], 0
        else:
            name, day_, year_ = (match[f"{each}"] or match[f"{each}_us"] for each in ("month", "day", "year"))
            yield int(year_), _MONTHS[name.lower()], int(day_)


def _dated(date: Date, given: frozenset[Date]) -> bool:
    return date in given or (not date[2] and any(each[:2] == date[:2] for each in given))


def _codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        yield _fold(match.group()).rstrip(".:-/")


def _refers(match: re.Match[str], source: _Reading) -> bool:
    base = _fold(match["base"]).rstrip(".-")
    if base not in source.tokens and f"{base}." not in source.folded:
        return False
    return all(
        f"({part})" in source.folded or part in source.tokens
        for part in (each.lower() for each in _PART.findall(match["parts"]))
    )


def _fold(text: str) -> str:
    return " ".join(text.translate(_DASHES).lower().split())
