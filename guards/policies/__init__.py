"""policies: what each domain demands, as data.

One TOML file a domain lies beside this one. Of a question it says what is an emergency (then what to do now comes
first), and what is too grave to be answered without a human (then the answer is held); of an answer, whether doses must
not be extrapolated, and whether the scope and edition of what is cited must be named. Emergencies and grave questions
of every domain are looked for in every question: whoever asks does not know our domains.

A rule is met when each of its expressions matches within `within` characters of the same text. All expressions are free
of nested repetition, so the cost is linear.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.types import DOMAINS
from guards.errors import PolicyError

WITHIN = 240
"""Characters within which a rule's expressions must match, unless it says otherwise: two sentences or so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that a question may show."""

    name: str
    """Short and stable; stands in findings and records."""
    every: tuple[re.Pattern[str], ...]
    """Expressions of which every one must match."""
    unless: tuple[re.Pattern[str], ...]
    """Expressions of which none may match within the same stretch."""
    within: int
    say: str
    """What the person is told, in words of ours."""

    def met(self, text: str) -> bool:
        """Whether the text shows it. Linear in its length."""
        places = [[match.span() for match in pattern.finditer(text)] for pattern in self.every]
        if not all(places):
            return False
        anchors, *others = sorted(places, key=len)
        for start, end in anchors:
            first, last = max(0, start - self.within), end + self.within
            if all(_any_within(spans, first, last) for spans in others) and not any(
                pattern.search(text, first, min(len(text), last)) for pattern in self.unless
            ):
                return True
        return False


def _any_within(spans: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Whether one of the sorted spans lies within; by bisection, so that many matches cost little."""
    from bisect import bisect_left

    at = bisect_left(spans, (first, first))
    return at < len(spans) and spans[at][1] <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What one domain demands."""

    domain: str
    version: str
    emergencies: tuple[Rule, ...]
    holds: tuple[Rule, ...]
    doses: bool
    """A dose must stand in its source for the same drug and the same patients."""
    name_scope: bool
    """The scope (jurisdiction, field of application) and edition of what is cited are named."""
    groups: Mapping[str, re.Pattern[str]]
    """Groups of patients, by the words that name them."""

    def patients(self, text: str) -> set[str]:
        """The groups of patients that a text names."""
        return {name for name, pattern in self.groups.items() if pattern.search(text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a question shows before anybody answers it."""

    urgent: tuple[str, ...] = ()
    """What to do now, before anything else is read."""
    holds: tuple[tuple[str, str], ...] = ()
    """Why no answer may go out without a human: name of the rule, and the reason in words for a person."""


def assess(text: str) -> Assessment:
    """What the policies say of a question."""
    rules = load().values()
    return Assessment(
        urgent=tuple(dict.fromkeys(each.say for policy in rules for each in policy.emergencies if each.met(text))),
        holds=tuple((each.name, each.say) for policy in rules for each in policy.holds if each.met(text)),
    )


@cache
def load() -> Mapping[str, Policy]:
    """The policies by domain. Raises PolicyError when a file is wrong, in one line that names the place."""
    return {domain: parse(files(__name__).joinpath(f"{domain}.toml").read_text("utf-8"), domain) for domain in DOMAINS}


def version() -> str:
    """The versions of all policies, as records name them."""
    return " ".join(f"{domain}-{policy.version}" for domain, policy in load().items())


def parse(text: str, domain: str) -> Policy:
    """A policy from the text of its file. Raises PolicyError."""
    try:
        read = tomllib.loads(text)
        unknown = set(read) - {"version", "doses", "name_scope", "patients", "emergency", "hold"}
        if unknown:
            raise PolicyError(f"policy {domain}: unknown {', '.join(sorted(unknown))}")
        return Policy(
            domain=domain,
            version=str(read["version"]),
            emergencies=tuple(_rule(each) for each in read.get("emergency", ())),
            holds=tuple(_rule(each) for each in read.get("hold", ())),
            doses=bool(read.get("doses", False)),
            name_scope=bool(read.get("name_scope", False)),
            groups={name: _pattern(words) for name, words in read.get("patients", {}).items()},
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, re.error) as error:
        raise PolicyError(f"policy {domain}: {type(error).__name__}: {error}") from error


def _rule(read: Mapping[str, Any]) -> Rule:
    if not read["every"] or not read["say"].strip():
        raise KeyError(f"{read.get('name', 'a rule')} says nothing or matches everything")
    return Rule(
        name=str(read["name"]),
        every=tuple(_pattern(each) for each in read["every"]),
        unless=tuple(_pattern(each) for each in read.get("unless", ())),
        within=int(read.get("within", WITHIN)),
        say=" ".join(read["say"].split()),
    )


def _pattern(words: str) -> re.Pattern[str]:
    """An expression of a file, which may be broken over lines anywhere: the breaks alone do not count."""
    return re.compile(rf"\b(?:{words.replace(chr(10), '')})\b", re.IGNORECASE)
