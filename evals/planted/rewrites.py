"""True claims: what a sentence says, said another way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from corpus.sentences import split_sentences
from evals.planted.meaning import leading_condition
from evals.planted.text import capital, has_verb, lowered, swap, tidy, usable
from evals.planted.types import Planted
from evals.planted.values import Quantity, quantities, undoubled, values
from evals.planted.words import CONVERSIONS, MONTHS, NUMBERS, OPENERS, SYNONYMS

_OPENER = re.compile(rf"^(?:{'|'.join(OPENERS)}), (?=\w)")
_PARENTHESIS = re.compile(
    r" \((?!if\b|unless|except|only|when|not\b|exclud|other than|but|without|e?s\))[^()]{2,80}\)", re.IGNORECASE
)
_WHICH = re.compile(r", (?:which|such as|including|for example,) [^.;:()]{1,400}\.$")
_LIST = re.compile(
    r"\b(?:such as|including|includes?|for example,) ([^,.;:()]{1,80}), ([^,.;:()]{1,80}),"
    r"(?: [^,.;:()]{1,80},){0,6} (?:and|or) ([^,.;:()]{1,80})\.$"
)
_SYNONYMS = tuple(
    (
        re.compile(
            rf"(?<![\w-]){re.escape(old)}(?![\w-])" if old[-1].isalnum() else rf"(?<!\w){re.escape(old)}", re.IGNORECASE
        ),
        new,
    )
    for old, new in SYNONYMS
)
_SHORT = re.compile(r"\b((?:[\w’-]+ ){1,5}[\w’-]+) \(([A-Z]{2,6})\)")
_ACTIVE = re.compile(
    r"^((?:The|A|An|This) (?:[\w-]+ ){1,3}?)(causes|produces|secretes|contains|stimulates|protects|controls|"
    r"regulates|surrounds|covers|supports|activates)"
    r" ((?:the|a|an) [\w -]{3,50})\.$"
)
_PASSIVE = {
    "causes": "caused",
    "produces": "produced",
    "secretes": "secreted",
    "contains": "contained",
    "stimulates": "stimulated",
}
_DATE = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}}), (\d{{4}})\b|\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
_TIME = frozenset({"seconds", "minutes", "hours", "days", "months", "milliseconds"})
_PERCENT = re.compile(r"(?<=\d)( ?%| percent\b)")

_VERB_BEFORE = re.compile(r"\b(?:to|shall|may|will|must|can|should) $")
_BEFORE = {
    **dict.fromkeys(("purchase", "assist", "obtain", "commence"), _VERB_BEFORE),
    "because": re.compile(r"(?<!is)(?<!are)(?<!not)(?<!only)(?<!simply)(?<!was)(?<!were)(?<!just)(?<!,) $"),
    "due to": re.compile(
        r"(?<!payment)(?<!amounts)(?<!amount)(?<!fees)(?<!sums)(?<!payments)(?<!then)(?<!is)(?<!are) $"
    ),
    "more than": re.compile(r"(?<!no)(?<!not)(?<!any) $"),
    "regarding": re.compile(r"[a-z](?<!this) $"),
    "frequently": re.compile(r"(?<!more)(?<!most)(?<!less)(?<!least)(?<!as)(?<!so)(?<!how) $"),
    "commonly": re.compile(r"(?<!more)(?<!most)(?<!less)(?<!least)(?<!as)(?<!so)(?<!how) $"),
    "for example": re.compile(r"(?:^|, )$"),
    "for instance": re.compile(r"(?:^|, )$"),
    "entire": re.compile(r"\bthe $"),
    "in addition to": re.compile(r"^$"),
}
"""What must stand before a word for its synonym to fit."""
_AFTER = {
    "shall": re.compile(r" (?!mean\b|have the (?:same )?meaning|be deemed|refer\b)"),
    "immediately": re.compile(r" (?:notify|inform|stop|cease|discontinue|report|return|and|if|when|suspend)\b|[.,]"),
    "more than": re.compile(r" \d"),
    "approximately": re.compile(r" \d"),
    "at least": re.compile(r" (?:\d|two|three|four|five|six|ten)"),
    "because": re.compile(r" (?!of\b)"),
    "due to": re.compile(r" (?!the fact)"),
    "annually": re.compile(r"[.,]"),
}
"""What must follow."""


def rewrite(sentence: str, evidence: str, rng: random.Random) -> list[Planted]:
    """True claims of a sentence of the evidence, at most one of each of TRUE_KINDS, in that order."""
    plain = tidy(sentence)
    makers: tuple[tuple[str, Callable[[str, str, random.Random], str]], ...] = (
        ("verbatim", lambda text, _evidence, _rng: text),
        ("reworded", _reworded),
        ("shortened", _shortened),
        ("converted", _converted),
        ("joined", _joined),
    )
    found = []
    for kind, maker in makers:
        claim = maker(plain, evidence, rng)
        if not claim or (kind != "verbatim" and claim == plain):
            continue
        if kind in ("shortened", "joined") and rng.random() < 0.5:
            claim = _reworded(claim, evidence, rng)
        found.append(Planted(claim=claim, evidence=evidence, kind=kind, label="supported"))
    return found


def _reworded(text: str, evidence: str, rng: random.Random) -> str:
    """Other words and another order, as many changes as fit, each by chance."""
    text = capital(_OPENER.sub("", text))
    if text.isupper():
        text = text[:1] + text[1:].lower()
    made: set[str] = set()
    for pattern, new in _SYNONYMS:
        match = pattern.search(text)
        if match and match.group().lower() not in made and rng.random() < 0.8 and _fits(text, match):
            text = swap(text, *match.span(), new).text
            made.add(new)
    text = _abbreviated(text, evidence)
    begin = leading_condition(text)
    if begin is not None and text.startswith(("If ", "When ", "Unless ")) and rng.random() < 0.7 and ";" not in text:
        condition = re.sub(r",(?: then)? $", "", text[:begin])
        if condition.split()[1] not in {"it", "they", "this", "these", "such"}:
            text = f"{capital(text[begin:]).rstrip('.')} {condition[:1].lower()}{condition[1:]}."
    match = _ACTIVE.match(text)
    if match and not re.search(r"\b(?:and|or|that|which|by|to|of|in|from|as|while)\b", match[3]):
        are = "are" if re.search(r"[^s]s$", match[3].strip()) else "is"
        verb = _PASSIVE.get(match[2], match[2][:-1] + "d" if match[2].endswith("es") else match[2][:-1] + "ed")
        text = f"{capital(match[3])} {are} {verb} by {lowered(match[1].strip())}."
    return text


def _fits(text: str, match: re.Match[str]) -> bool:
    """Whether a synonym fits where it is to stand."""
    old = match.group().lower()
    before, after = _BEFORE.get(old), _AFTER.get(old)
    return bool(
        (before is None or before.search(text[: match.start()])) and (after is None or after.match(text, match.end()))
    )


def _abbreviated(text: str, evidence: str) -> str:
    """A term by its abbreviation, or the other way, where the evidence explains it."""
    for match in _SHORT.finditer(evidence):
        short, tail = match[2], match[1].split()
        long = tail[-len(short) :]
        if len(long) != len(short) or "".join(word[0] for word in long).upper() != short:
            continue
        name = " ".join(long)
        if f"{name} ({short})" in text:
            return text.replace(f"{name} ({short})", short if not text.startswith(name) else name, 1)
        if name in text and not text.startswith(name):
            return text.replace(name, short)
        if re.search(rf"\b{short}\b", text) and not text.startswith(short):
            plain = name[:1].lower() + name[1:] if name.split()[1].islower() else name
            return re.sub(rf"\b{short}\b", plain, text, count=1)
    return text


def _shortened(text: str, evidence: str, rng: random.Random) -> str:
    """Less of the same: no parentheses, no clause that only adds, a shorter list of examples."""
    short = capital(_OPENER.sub("", text))
    short = _PARENTHESIS.sub("", short)
    listed = _LIST.search(short)
    if listed and rng.random() < 0.5 and not re.search(r"\b(?:and|or|of|in|for|to)\b", listed[1] + listed[2]):
        word = " or " if " or " in listed.group()[listed.start(2) - listed.start() :] else " and "
        short = f"{short[: listed.end(1)]}{word}{listed[2]}."
    else:
        cut = _WHICH.search(short)
        if cut and _droppable(short[: cut.start()], cut.group()):
            short = short[: cut.start()] + "."
    return short if len(short.split()) >= 5 else text


def _droppable(main: str, tail: str) -> bool:
    """Whether a statement is whole without what follows a comma at its end."""
    if len(main.split()) < 5 or "," in main or not has_verb(re.sub(r"\b(?:that|which|who|if|when) .*", "", main)):
        return False
    # "systems, such as these, shall …": the verb may lie behind
    return tail.startswith(", which") or not has_verb(tail[10:])


def _converted(text: str, evidence: str, rng: random.Random) -> str:
    """The same values in other units, in digits or in words."""
    plain = undoubled(text)
    date = _DATE.search(plain)
    if date:
        new = f"{date[2]} {date[1]} {date[3]}" if date[1] else f"{date[5]} {date[4]}, {date[6]}"
        plain = plain[: date.start()] + new + plain[date.end() :]
    for each in reversed(list(quantities(plain))):
        new = _same(each, plain, rng)
        if new:
            plain = swap(plain, each.start, each.end, new).text
    percent = _PERCENT.search(plain)
    if percent and rng.random() < 0.7:
        new = " percent" if "%" in percent[1] else "%"
        plain = _PERCENT.sub(new, plain) if not re.search(r"%\w", plain) else plain
    return plain if values(plain) or plain != text else text


def _same(each: Quantity, text: str, rng: random.Random) -> str:
    """Another way to write a quantity; nothing where there is none."""
    names = {number: name for name, number in NUMBERS.items()}
    after = text[each.end : each.end + 12]
    if re.match(r"\s?(?:to|and|or|-|–|/|°|old|per)\b|[-/(]", after) or re.search(
        r"(?:\b(?:to|and|or|between|through|[A-Z]\w*)|[-–]) $", text[max(0, each.start - 40) : each.start]
    ):
        return ""
    if each.unit in CONVERSIONS and each.gap == " " and rng.random() < 0.8:
        unit, factor = CONVERSIONS[each.unit]
        value = each.value * factor
        # nobody says 43,200 hours
        if value == int(value) and value <= 1000 and (unit not in _TIME or each.value <= (12 if unit == "days" else 4)):
            return f"{int(value)} {unit}"
    tail = f"{each.gap}{each.unit}"
    if (
        each.number.isdigit()
        and int(each.number) in names
        and each.unit not in {"%", "mg", "g", "mL", "kg", "mm", "cm", "L"}
    ):
        before = text[max(0, each.start - 20) : each.start]
        return (
            names[int(each.number)] + tail
            if re.search(r"\b(?:within|least|than|for|of|after|every|the|with|these|has|have|are) $", before)
            and (each.unit or re.match(r" [a-z]+s\b", after))
            else ""
        )
    return f"{int(each.value)}{tail}" if each.number.isalpha() and each.start else ""


def _joined(text: str, evidence: str, rng: random.Random) -> str:
    """The sentence and the next one of the evidence as one."""
    spans = split_sentences(evidence)
    plain = [tidy(evidence[start:end]) for start, end in spans]
    if text not in plain or plain.index(text) + 1 >= len(plain):
        return ""
    following = plain[plain.index(text) + 1]
    if not usable(following) or len(text.split()) + len(following.split()) > 45 or ";" in text + following:
        return ""
    following = capital(_OPENER.sub("", following))
    if re.match(r"(?:The|It|This|These|They|A|An|Each|Such|All|Its|Their)\b", following):
        return f"{text[:-1]}, and {lowered(following)}"
    return ""
