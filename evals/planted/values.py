"""Numbers, units, doses and dates: found in a text, made wrong, or said another way."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from evals.planted.text import swap
from evals.planted.types import Draft
from evals.planted.words import DOSE_UNITS, MONTHS, MORE_NUMBERS, NUMBERS, OTHER_UNITS, UNIT_SWAPS, UNITS

_UNIT = "|".join(sorted((re.escape(unit) for unit in (*UNITS, *OTHER_UNITS)), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"(?<![\w.,/:^#§\[(−–‘“\"-])(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})(?:\.\d{{1,4}})?|(?:{'|'.join(NUMBERS)})\b)"
    rf"(?:(?P<gap>[ -]?)(?P<unit>{_UNIT})(?![\w]))?(?![\w^\]]|[.,:/–−-]\d|/|:\d|-[a-z]{{2,}}ths?\b)",
    re.IGNORECASE,
)
_ANY = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|\b(?:{'|'.join((*NUMBERS, *MORE_NUMBERS))})\b", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:\b(?:section|sections|refs?\.?|article|articles|table|tables|figure|figures|fig\.?|chapter|annex|paragraph|paragraphs|"
    r"part|parts|rule|clause|appendix|version|type|types|phase|level|levels|grade|class|step|stage|no\.|number|page|"
    r"exhibit|schedule|item|item no|form|title|group|point|points|points|question|vitamin|days?|year|category|"
    r"regulation|"
    r"directive|recital|subparagraph|edition|release|ii?|and|or|to|through|between|eq\.?|equation|of|the|nos?\.?|"
    r"chromosome|chromosomes|trisomy|week|connector|route|case|use case)|"
    r"(?-i:\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*)|(?-i:[A-Z]\w+ [A-Z][A-Za-z]+)|\$)\s?$",
    re.IGNORECASE,
)
_STRICTLY_NAMED = re.compile(r"\b[A-Z]{2,}[\w.-]*\s$")
_RANGE = re.compile(
    r"\s?(?:to|and|or|through|-|–|×|x|by)\s?(?:\d|two|three|four|five|six|ten)|\s?(?:°|×|\+|hundred|thousand|million|billion)"
)
_ROUGH = re.compile(r"\b(?:about|approximately|around|roughly|nearly|almost|some|estimated)\s$", re.IGNORECASE)
_DOUBLE = re.compile(
    rf"\b(?:{'|'.join((*NUMBERS, *MORE_NUMBERS))})(?:[ -](?:{'|'.join((*NUMBERS, 'one'))}))?( percent)? \((\d+%?)\)",
    re.IGNORECASE,
)
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<m1>{_MONTH}) (?P<d1>\d{{1,2}}),? (?P<y1>\d{{4}})|(?P<d2>\d{{1,2}}) (?P<m2>{_MONTH}),? (?P<y2>\d{{4}})|"
    rf"(?P<m3>{_MONTH}),? (?P<y3>\d{{4}})|(?P<d4>\d{{1,2}}) (?P<m4>{_MONTH})\b(?! \d)|"
    r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bfrom )|(?<=\buntil )|(?<=\bby )|(?<=\bof )|(?<=\bduring ))"
    r"(?P<y5>(?:1[89]|20)\d\d))(?![\w/-])"
)
_TIMES = re.compile(
    r"\b(once|twice|two times|three times|four times)(?= (?:daily|a day|per day|each day|a week|weekly|per week|every))"
)
_CARE = re.compile(
    r"\b(?:doses?|dosage|dosing|patients?|tablets?|capsules?|orally|intravenous\w*|mg|infusion)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number of a text, with its unit where one follows."""

    start: int
    end: int
    """Of number and unit together."""
    number: str
    value: float
    gap: str
    unit: str
    """Empty for a bare number."""


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers that count or measure; no dates, and nothing that is part of a name or of a range's beginning."""
    dates = [match.span() for match in _DATE.finditer(text)]
    for match in _QUANTITY.finditer(text):
        number, unit = match["number"], match["unit"] or ""
        if any(start <= match.start() < end for start, end in dates) or (unit and unit not in (*UNITS, *OTHER_UNITS)):
            continue
        if not unit and re.fullmatch(r"(?:1[6-9]|20)\d\d", number):
            continue
        yield Quantity(
            start=match.start(),
            end=match.end(),
            number=number,
            value=_value(number),
            gap=match["gap"] or "",
            unit=unit,
        )


@lru_cache(maxsize=64)
def values(text: str) -> frozenset[float]:
    """Every number of a text by its value, whatever its role."""
    return frozenset(_value(match.group()) for match in _ANY.finditer(text))


@lru_cache(maxsize=64)
def _measures(text: str) -> frozenset[tuple[str, float]]:
    """Every quantity with a unit, in the unit of its dimension; also of "a week" and "one day"."""
    found = {
        (UNITS[each.unit][0], round(each.value * UNITS[each.unit][1], 9))
        for each in quantities(text)
        if each.unit in UNITS
    }
    for match in re.finditer(r"\b(?:an?|one|per|1) (second|minute|hour|day|week|month|year)\b", text):
        found.add(UNITS[match[1]])
    return frozenset(found)


def undoubled(text: str) -> str:
    """Turn "thirty (30) days" into "30 days": one number to change, not two."""
    return _DOUBLE.sub(
        lambda match: match.group(2) + (match.group(1) if match.group(1) and "%" not in match.group(2) else ""), text
    )


def change_number(text: str, evidence: str, rng: random.Random) -> Draft | None:
    """Another number where one counts or measures; not a dose."""
    text = undoubled(text)
    care = bool(_CARE.search(evidence))
    found = [each for each in quantities(text) if not (care and each.unit in DOSE_UNITS)]
    return _changed(text, found, evidence, rng)


def change_dose(text: str, evidence: str, rng: random.Random) -> Draft | None:
    """Another amount or frequency of what is taken."""
    text = undoubled(text)
    times = list(_TIMES.finditer(text))
    if times and rng.random() < 0.5 and _CARE.search(evidence):
        match = rng.choice(times)
        new = [each for each in ("once", "twice", "three times", "four times") if each not in evidence.lower()]
        return swap(text, *match.span(), rng.choice(new)) if new and match[1] != "two times" else None
    if not _CARE.search(evidence):
        return None
    return _changed(text, [each for each in quantities(text) if each.unit in DOSE_UNITS], evidence, rng)


def change_unit(text: str, evidence: str, rng: random.Random) -> Draft | None:
    """Another unit behind the same number."""
    text = undoubled(text)
    found = [each for each in quantities(text) if each.unit in UNIT_SWAPS and not _RANGE.match(text, each.end)]
    rng.shuffle(found)
    for each in found:
        news = [
            new
            for new in UNIT_SWAPS[each.unit]
            if not _stands(evidence, each.value, new) and not _RANGE.match(text, each.end)
        ]
        if news and text[each.end : each.end + 4] != " old":
            unit_start = each.end - len(each.unit)
            new = rng.choice(news)
            changed = text[:unit_start] + new + text[each.end :]
            return Draft(text=changed, wrong=((unit_start, unit_start + len(new)),))
    return None


def change_date(text: str, evidence: str, rng: random.Random) -> Draft | None:
    """Another day, month or year."""
    found = list(_DATE.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    parts = [name for name, value in match.groupdict().items() if value]
    part = rng.choice(parts)
    have = values(evidence)
    if part.startswith("m"):
        new = [month for month in MONTHS if month not in evidence and month not in text]
    elif part.startswith("d"):
        new = [str(day) for day in range(1, 29) if day not in have]
    else:
        year = int(match[part])
        new = [str(year + step) for step in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 10) if year + step not in have]
    return swap(text, *match.span(part), rng.choice(new)) if new else None


def _changed(text: str, found: list[Quantity], evidence: str, rng: random.Random) -> Draft | None:
    """The text with one of the quantities changed to a value that the evidence does not have."""
    fit = [each for each in found if _free(text, each)]
    rng.shuffle(fit)
    for each in fit:
        rough = bool(_ROUGH.search(text[max(0, each.start - 20) : each.start]))
        new = [number for number in _others(each, rough) if not _has(evidence, number, each.unit)]
        if new:
            shown = _shown(rng.choice(new), each.number)
            if shown:
                return swap(text, each.start, each.start + len(each.number), shown)
    return None


def _free(text: str, each: Quantity) -> bool:
    """Whether a quantity stands alone: no part of a name, of a range or of a sum."""
    before = text[max(0, each.start - 24) : each.start]
    if _RANGE.match(text, each.end) or each.value in (0, 1) or not before or each.number[0].isupper():
        return False
    if _STRICTLY_NAMED.search(before) or before.rstrip().endswith(":") or re.match(r" per \w+ to \d", text[each.end :]):
        return False
    named = _NAMED.search(before)
    if not named:
        return True
    # "of 30 days" and "the two parties" are quantities; "Article 5" and "Type 2" are not
    word = named.group().strip().lower()
    if word in {"and", "or"}:
        return bool(each.unit or each.number.isalpha()) and not re.search(
            r"(?:\d[^,;]{0,14}|hundred|thousand) (?:and|or) $", before
        )
    return word == "$" or (word in {"of", "the"} and (bool(each.unit) or each.number.isalpha()))


def part_of_name(before: str) -> bool:
    """Whether what stands before a number makes it the number of a section, a page or an equation."""
    return bool(_NAMED.search(before))


def _others(each: Quantity, rough: bool) -> list[float]:
    """Values that one could mistake this one for, in no way the same; far off where the text is not exact."""
    value = each.value
    decimals = len(each.number.partition(".")[2])
    if decimals:
        step = 10.0**-decimals
        near = [value + 2 * step, value + 3 * step, value - 2 * step, value - step]
    else:
        digits = each.number.replace(",", "")
        step = 10.0 ** (len(digits) - len(digits.rstrip("0"))) if digits.isdigit() else 1.0
        near = [value + step, value - step, value + 2 * step, value + 3 * step]
    far = [value * 2, value * 3, value * 4, float(int(value * 1.5)) if not decimals else value * 5]
    if value >= 10 and value % 2 == 0:
        far.append(value / 2)
    found = far if rough else near + far
    most = 100 if each.unit.lower() in {"%", "percent"} else float("inf")
    return sorted(
        {round(number, 4) for number in found if (number > 1 or decimals) and 0 < number <= most and number != value}
    )


def _has(evidence: str, value: float, unit: str) -> bool:
    return value in values(evidence) or (unit in UNITS and _stands(evidence, value, unit))


def _stands(evidence: str, value: float, unit: str) -> bool:
    """Whether the evidence has this quantity in any unit."""
    dimension, size = UNITS[unit]
    return any(
        kind == dimension and abs(value * size - amount) <= 1e-6 * max(amount, 1e-12)
        for kind, amount in _measures(evidence)
    )


def _shown(value: float, like: str) -> str:
    """A value written as the number it replaces was; nothing where it cannot be."""
    if like.isalpha():
        names = {number: name for name, number in NUMBERS.items()}
        return names.get(int(value), "") if value == int(value) else ""
    decimals = len(like.partition(".")[2])
    if not decimals and value != int(value):
        return ""
    return f"{value:,.{decimals}f}" if "," in like else f"{value:.{decimals}f}"


def _value(number: str) -> float:
    low = number.lower()
    if low in NUMBERS:
        return float(NUMBERS[low])
    return float(MORE_NUMBERS[low]) if low in MORE_NUMBERS else float(number.replace(",", ""))
