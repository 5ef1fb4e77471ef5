"""The extractive generator: an answer made of sentences lifted from the passages, each with its place.

It needs no language model, so there is always a candidate. Sentences are judged in two steps: cheap signals (the
question's vector against sentence vectors stored at ingestion, its words, the kind of thing it asks for) choose a
few; a small cross-encoder that was trained to tell answers from neighbours reads those together with the question.
What both say becomes one probability that the sentence answers the question (`weights`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.generators.questions import Asked, gives, read_question
from assistant.types import Candidate, Retrieved, Sentence
from corpus.passages import clean
from corpus.reading import Reader
from corpus.types import Hit, SearchResult
from guards.grounding.words import content

SHORTLIST = 8
"""Sentences that the cross-encoder reads."""
LONGEST = 75
"""Words of the longest answer."""
MOST = 3
"""Sentences of the longest answer, list items aside."""
KEEP_NEAR = 0.3
"""A further sentence is added when its probability is at least this share of the best one's."""

WEIGHTS: Mapping[str, float] = {
    "bias": -3.97,
    "cosine": 0.895,
    "passage": -0.44,
    "covered": 0.739,
    "in_context": -0.118,
    "gives": 1.227,
    "read": 0.236,
    "fragment": 1.148,
}
"""Logistic weights of the features; `python -m evals.training.answering` makes them from the development questions."""

ANSWER_WEIGHTS: Mapping[str, float] = {
    "bias": -1.751,
    "first": 2.453,
    "second": 1.09,
    "read": 0.032,
    "cosine": 1.037,
    "in_context": 0.556,
}
"""Logistic weights of the features of a whole answer, made by the same command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence of one passage, as a possible answer."""

    number: int
    """Evidence number of its passage, from 1."""
    hit: Hit
    index: int
    """Which of the passage's sentences."""
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the passage's text."""
        return self.hit.passage.sentences[self.index]

    @property
    def text(self) -> str:
        """The sentence as a person reads it."""
        start, end = self.span
        return clean(self.hit.passage.text[start:end])

    @property
    def reading(self) -> str:
        """The sentence with its place in the document, as the cross-encoder gets to see it."""
        passage = self.hit.passage
        title = " ".join(self.hit.document.provenance.title.split()[:10])
        place = " > ".join(part for part in (title, *passage.headings[-1:]) if part)
        header = " ".join(passage.table_header.split()[:20])
        header = f"{header}: " if header else ""
        return f"{place}: {header}{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractive:
    """Lifts the sentences that answer the question."""

    reader: Reader | None = None
    """The cross-encoder; without one the cheap signals decide alone."""
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """Of a sentence's features."""
    answer_weights: Mapping[str, float] = field(default_factory=lambda: ANSWER_WEIGHTS)
    """Of the answer's features."""
    name: str = "extractive"

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        """One candidate: the best sentence and what belongs to it. None when there is no passage."""
        question = retrieved.admitted.text
        units = self.judged(question, retrieved.result)
        if not units:
            return ()
        chosen = compose(units[0], units, self.weights)
        features = answer_features(units, self.weights)
        return (
            Candidate(
                generator=self.name,
                sentences=tuple(_sentence(unit) for unit in chosen),
                score=probability(features, self.answer_weights),
                features=features,
            ),
        )

    def judged(self, question: str, result: SearchResult) -> list[Unit]:
        """The shortlist of sentences with their features, best first."""
        asked = read_question(question)
        rarity = _rarity(asked, result.word_weights)
        units = [unit for number, hit in enumerate(result.hits, start=1) for unit in _units(number, hit, asked, rarity)]
        units.sort(key=lambda unit: -probability(unit.features, self.weights))
        units = units[:SHORTLIST]
        if self.reader is not None and units:
            logits = self.reader.read(question, [unit.reading for unit in units])
            units = [
                Unit(
                    number=unit.number, hit=unit.hit, index=unit.index, features={**unit.features, "read": float(logit)}
                )
                for unit, logit in zip(units, logits, strict=True)
            ]
            units.sort(key=lambda unit: -probability(unit.features, self.weights))
        return units


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Logistic combination; features without a weight, and weights without a feature, count nothing."""
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def answer_features(units: Sequence[Unit], weights: Mapping[str, float]) -> dict[str, float]:
    """What speaks for an answer made of the best of these sentences."""
    chances = [probability(unit.features, weights) for unit in units]
    best = units[0].features
    return {
        "first": chances[0],
        "second": chances[1] if len(chances) > 1 else 0.0,
        "read": max(unit.features.get("read", 0.0) for unit in units),
        "cosine": max(unit.features["cosine"] for unit in units),
        "in_context": best["in_context"],
    }


def _rarity(asked: Asked, weights: Mapping[str, float]) -> Mapping[str, float]:
    """How much each of the question's stems says; those that the index does not weigh count as the average does."""
    known = {root: weight for word, weight in weights.items() for root in content(word)}
    usual = sum(known.values()) / len(known) if known else 1.0
    return {term: known.get(term, usual) for term in asked.terms}


def _units(number: int, hit: Hit, asked: Asked, rarity: Mapping[str, float]) -> Iterable[Unit]:
    passage = hit.passage
    context = set(content(" ".join((hit.document.provenance.title, *passage.headings, passage.table_header))))
    for index in range(len(passage.sentences)):
        unit = Unit(number=number, hit=hit, index=index)
        text = unit.text
        words = set(content(text))
        if not words:
            continue
        yield Unit(
            number=number,
            hit=hit,
            index=index,
            features={
                "cosine": hit.sentence_scores[index] if index < len(hit.sentence_scores) else hit.dense,
                "passage": hit.dense,
                "covered": _share(rarity, words),
                "in_context": _share(rarity, words | context),
                "gives": float(gives(asked, text)),
                "fragment": float(_is_fragment(text)),
            },
        )


def _share(rarity: Mapping[str, float], words: set[str]) -> float:
    """The share of the question's words, weighed by rarity, that are among these."""
    total = sum(rarity.values())
    return sum(weight for term, weight in rarity.items() if term in words) / total if total else 0.0


def _is_fragment(text: str) -> bool:
    """A cut-off sentence, a heading or a bare list lead cannot stand alone."""
    return (
        len(text.split()) < 4 or text[0].islower() or not text.rstrip("\"'”’)").endswith((".", "!", "?", ":", ";", "|"))
    )


def compose(best: Unit, units: Sequence[Unit], weights: Mapping[str, float]) -> list[Unit]:
    """The best sentence, the list that it announces, and others that are nearly as good and say something new."""
    chosen = [best]
    if best.text.endswith((":", "following", "following.")):
        chosen += _followers(best)
    floor = KEEP_NEAR * probability(best.features, weights)
    for unit in units[1:]:
        size = sum(len(each.text.split()) for each in chosen) + len(unit.text.split())
        if len(chosen) >= MOST or size > LONGEST or probability(unit.features, weights) < floor:
            break
        if all(_new(unit.text, each.text) for each in chosen):
            chosen.append(unit)
    return sorted(chosen, key=lambda unit: (unit.number != best.number, unit.number, unit.index))


def _followers(lead: Unit) -> list[Unit]:
    """The sentences after a lead-in, as many as an answer may hold."""
    followers: list[Unit] = []
    size = len(lead.text.split())
    for index in range(lead.index + 1, len(lead.hit.passage.sentences)):
        unit = Unit(number=lead.number, hit=lead.hit, index=index)
        size += len(unit.text.split())
        if size > LONGEST:
            break
        followers.append(unit)
    return followers


def _new(text: str, other: str) -> bool:
    """Whether the text says something that the other one does not."""
    words, known = set(content(text)), set(content(other))
    return len(words - known) > len(words) / 2


def _sentence(unit: Unit) -> Sentence:
    text = unit.text
    if unit.hit.passage.table_header and text:
        text = f"{unit.hit.passage.table_header}: {text}"
    return Sentence(text=text, citations=(unit.number,), quotes=(unit.span,))
