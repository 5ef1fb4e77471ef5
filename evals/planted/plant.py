"""False claims of a sentence, and claims true and false of many passages."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from corpus.sentences import split_sentences
from evals.planted.entities import swap_entity
from evals.planted.meaning import change_limit, change_modality, drop_condition, flip_negation
from evals.planted.rewrites import rewrite
from evals.planted.text import content, contents, tidy, usable
from evals.planted.types import FALSE_KINDS, Draft, Label, Planted
from evals.planted.values import change_date, change_dose, change_number, change_unit, part_of_name, values
from evals.planted.words import MONTHS, MORE_NUMBERS, NUMBERS, UNITS

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|\w+|[^\w\s]")
_VALUE_WORDS = frozenset(
    (*NUMBERS, *MORE_NUMBERS, *(unit.lower() for unit in UNITS), *(month.lower() for month in MONTHS))
)
_MASKED = re.compile(rf"\d[\d,]*(?:\.\d+)?|\b(?:{'|'.join((*NUMBERS, *MONTHS))})\b", re.IGNORECASE)
_LEANS = re.compile(
    r"^(?:It|This|These|They|He|She|Such|That|Those|Its|Their|However|Therefore|Thus|Also|In addition|"
    r"For example|Here|There|If|Each|"
    r"Both|As|But|And|Another|Other|Then|Similarly|Instead)\b"
)
_SIGNS = ".%$-"
_UNSUPPORTED = frozenset({"condition", "neighbour", "entity"})
_COMMON = {"neighbour": 4.0, "negation": 2.5, "entity": 2.0, "verbatim": 2.0, "joined": 1.5, "modality": 2.0}
"""How much more often than the others a kind applies, roughly."""
_REWRITTEN = 0.9
"""Share of the errors planted in a rewritten sentence where there is one: under half of all sentences have one."""
_REACH = 3
"""How many passages before and after one are its neighbours."""


def plant(sentence: str, evidence: str, neighbours: Sequence[str], rng: random.Random) -> list[Planted]:
    """False claims of a sentence of the evidence: every kind that applies, at most one each, in FALSE_KINDS' order.

    `neighbours` are sentences of other passages, of the same document or of another edition of it. Where a sentence
    can be rewritten, errors are mostly planted in a rewritten one, so that the wording does not tell. Values that the
    evidence has anywhere, swaps that one of its sentences has, and sentences of its own are never planted; whether it
    implies a claim in other words is not checked.
    """
    plain = tidy(sentence)
    others = [each for each in map(tidy, neighbours) if each != plain]
    makers: dict[str, Callable[[str], Draft | None]] = {
        "number": lambda text: change_number(text, evidence, rng),
        "unit": lambda text: change_unit(text, evidence, rng),
        "dose": lambda text: change_dose(text, evidence, rng),
        "date": lambda text: change_date(text, evidence, rng),
        "entity": lambda text: swap_entity(text, evidence, others, rng),
        "negation": lambda text: flip_negation(text, rng),
        "modality": lambda text: change_modality(text, evidence, rng),
        "comparator": lambda text: change_limit(text, rng),
        "condition": lambda text: drop_condition(text, rng),
    }
    bases = [each.claim for each in rewrite(sentence, evidence, rng)[1:]]
    said = {" ".join(tidy(evidence[start:end]).lower().split()) for start, end in split_sentences(evidence)}
    found = []
    for kind in FALSE_KINDS:
        if kind in makers:
            base = rng.choice(bases) if bases and rng.random() < _REWRITTEN else plain
            draft = makers[kind](base) or makers[kind](plain)
        else:
            draft = (
                _neighbour(plain, evidence, others, rng)
                if kind == "neighbour"
                else _superseded(plain, evidence, others)
            )
        if draft is None or draft.text == plain or draft.text.lower() in said:
            continue
        label: Label = "unsupported" if kind in _UNSUPPORTED else "contradicted"
        found.append(Planted(claim=draft.text, evidence=evidence, kind=kind, label=label, wrong=draft.wrong))
    return found


def collect(passages: Sequence[tuple[str, str]], rng: random.Random, *, per_passage: int = 6) -> list[Planted]:
    """Claims of many passages, given as document and text in the order of the document, about half of them true.

    At most `per_passage` of each passage, of sentences with 6 to 45 words; the evidence is the passage's text. The
    neighbours are sentences of the passages around it and sentences anywhere that differ in their values alone.
    """
    sentences = [_sentences(text) for _, text in passages]
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for each in sentences:
        for sentence in each:
            alike[_MASKED.sub("#", sentence)].append(sentence)
    found = []
    for index, (document, text) in enumerate(passages):
        near = [
            sentence
            for other in range(max(0, index - _REACH), min(len(passages), index + _REACH + 1))
            if other != index and passages[other][0] == document
            for sentence in sentences[other]
        ]
        own: list[Planted] = []
        for sentence in rng.sample(sentences[index], min(len(sentences[index]), per_passage)):
            twins = sorted(set(alike[_MASKED.sub("#", sentence)]) - {sentence})[:3]
            false = plant(sentence, text, [*twins, *near], rng)
            true = rewrite(sentence, text, rng)
            own += _rare(false, rng)[:3] + _rare(true, rng)[:2]
        found += _rare(own, rng)[:per_passage]
    return found


def _rare(claims: Sequence[Planted], rng: random.Random) -> list[Planted]:
    """Claims in an order by chance, in which the kinds that nearly every sentence has tend to come late."""
    order = [(rng.random() * _COMMON.get(each.kind, 1.0), index) for index, each in enumerate(claims)]
    return [claims[index] for _, index in sorted(order)]


def _sentences(text: str) -> list[str]:
    """The tidy sentences of a passage that state something."""
    found = (tidy(text[start:end]) for start, end in split_sentences(text))
    return [sentence for sentence in dict.fromkeys(found) if usable(sentence)]


def _neighbour(sentence: str, evidence: str, others: Sequence[str], rng: random.Random) -> Draft | None:
    """A sentence of another section on a matter of this one, of which the evidence says nothing."""
    about, known = content(sentence), frozenset().union(*contents(evidence))
    fit = []
    for other in others:
        has = content(other)
        if usable(other) and not _LEANS.match(other) and has & about and len(has - known) >= max(4, len(has) // 2.5):
            fit.append(other)
    if not fit:
        return None
    claim = rng.choice(fit)
    return Draft(text=claim, wrong=((0, len(claim.rstrip("."))),))


def _superseded(sentence: str, evidence: str, others: Sequence[str]) -> Draft | None:
    """Nearly the same sentence with another value, one that the evidence does not have."""
    own = _TOKEN.findall(sentence)
    for other in others:
        if abs(len(other) - len(sentence)) > 12 or not usable(other) or _LEANS.match(other):
            continue
        theirs = list(_TOKEN.finditer(other))
        matcher = SequenceMatcher(None, own, [token.group() for token in theirs], autojunk=False)
        if matcher.real_quick_ratio() < 0.8 or matcher.quick_ratio() < 0.8:
            continue
        changes = [each for each in matcher.get_opcodes() if each[0] != "equal"]
        wrong = tuple(
            (theirs[start].start(), theirs[end - 1].end()) for tag, _, _, start, end in changes if tag == "replace"
        )
        if wrong and len(wrong) == len(changes) and all(_is_value(other, start, end, evidence) for start, end in wrong):
            return Draft(text=other, wrong=wrong)
    return None


def _is_value(sentence: str, start: int, end: int, evidence: str) -> bool:
    """Whether a stretch is of values only, no part of a name, with a number that the evidence does not have."""
    text = sentence[start:end]
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    if (
        re.search(r"[\w][-./]$|[A-Z]$", sentence[:start])
        or part_of_name(sentence[:start])
        or re.match(r"[-/.]?\w", sentence[end:])
    ):
        return False
    if not all(token[0].isdigit() or token in _VALUE_WORDS or token in _SIGNS for token in tokens):
        return False
    return bool(values(text)) and not values(text) & values(evidence)
