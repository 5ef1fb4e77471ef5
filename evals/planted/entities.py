"""Who and what is spoken of, taken for another: parties, drugs, parts, names."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import lru_cache

from evals.planted.text import says, swap
from evals.planted.types import Draft
from evals.planted.words import COUNTERPARTS

_DRUG = re.compile(
    r"\b[a-z]{3,}(?:mycin|cillin|pril|sartan|statin|olol|conazole|prazole|parin|farin|xaban|gliptin|oxacin|"
    r"cycline|azepam|barbital|profen)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<=[a-z,] )(?:[A-Z][a-z]{2,}|[A-Z]{2,6})(?: (?:[A-Z][a-z]{2,}|[A-Z]{2,6})){0,2}(?![\w’'(@-]| \(| [A-Z]| of\b)"
)
_CONTRACT = re.compile(r"\b(?:Agreement|hereby|Party|Parties|hereunder|herein)\b")
_NOT_NAMES = frozenset(
    """section article table figure annex appendix chapter part january february march april may june july
    august september october november december monday sunday note see english party parties act regulation
    directive eia""".split()
)


def swap_entity(text: str, evidence: str, neighbours: Sequence[str], rng: random.Random) -> Draft | None:
    """One party, drug, part or name replaced by another of its kind that the passage or its neighbours speak of."""
    around = "\n".join((evidence, *neighbours))
    for finder in rng.sample((_counterparts, _drugs), 2):
        draft = _first(text, evidence, finder(text, around), rng)
        if draft:
            return draft
    return None if _CONTRACT.search(text) else _first(text, evidence, _names(text, around), rng)


def _first(text: str, evidence: str, found: list[tuple[int, int, str]], rng: random.Random) -> Draft | None:
    """The first swap, in an order by chance, that the evidence does not say."""
    rng.shuffle(found)
    for start, end, new in found:
        draft = swap(text, start, end, new)
        if not says(evidence, draft.text, 0.6, needed=(new,)):
            return draft
    return None


def _counterparts(text: str, around: str) -> list[tuple[int, int, str]]:
    found = []
    for pair in COUNTERPARTS:
        for old, new in (pair, pair[::-1]):
            if old not in text or re.search(rf"\b{new}s?\b", text, re.IGNORECASE) or not _word(new).search(around):
                continue
            matches = list(_word(old).finditer(text))
            # "left ventricle … left" may speak of two things: only one mention is surely wrong when changed
            if len(matches) == 1:
                found.append((*matches[0].span(), new))
    return found


def _drugs(text: str, around: str) -> list[tuple[int, int, str]]:
    others = sorted(
        {match.lower() for match in _DRUG.findall(around)} - {match.lower() for match in _DRUG.findall(text)}
    )
    return [(*match.span(), other) for match in _DRUG.finditer(text) for other in others]


def _names(text: str, around: str) -> list[tuple[int, int, str]]:
    known = _known(around)
    found = []
    for match in _NAME.finditer(text):
        name = match.group()
        before = text[: match.start()]
        if (
            name not in known
            or text.count(name) > 1
            or re.search(r"[A-Z][\w-]*,? (?:(?:and|of|for|the|&) ){0,2}$", before)
        ):
            continue
        for other in known:
            same = before.endswith("the ") == (f"the {other}" in around)
            if same and _alike(name, other) and other not in text and around.count(other) > 1:
                found.append((*match.span(), other))
    return found


@lru_cache(maxsize=64)
def _known(around: str) -> tuple[str, ...]:
    """Names of the texts: always with a capital, in the order of the alphabet."""
    low = set(re.findall(r"\b[a-z]+\b", around))
    names = {match.group() for match in _NAME.finditer(around)}
    return tuple(
        sorted(
            name
            for name in names
            if not any(word.lower() in low or word.lower() in _NOT_NAMES for word in name.split())
        )
    )


def _alike(name: str, other: str) -> bool:
    """Whether two names have the same shape and share nothing."""
    if name.isupper() != other.isupper() or len(name.split()) != len(other.split()):
        return False
    if name.endswith("s") != other.endswith("s"):
        return False
    ends = ("ian", "ean", "ish", "ese", "ic", "al")
    return (
        not set(name.split()) & set(other.split())
        and name.endswith(ends) == other.endswith(ends)
        and name[:3] != other[:3]
    )


@lru_cache(maxsize=512)
def _word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@-]){re.escape(term)}(?![\w@-])")
