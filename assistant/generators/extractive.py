"""The extractive generator: an answer made of sentences lifted from the passages, each with its place.

It needs no language model, so there is always a candidate. Two steps: the passage that answers is chosen by what the
search knows of it and by whether it gives the kind of thing that is asked for (`WEIGHTS`); of its sentences the one
that meets the question best is taken with its neighbours, as many as an answer holds, so that what is lifted reads as
it was written. A second passage that is nearly as likely adds a little. What speaks for the whole becomes one
probability that this answers the question (`ANSWER_WEIGHTS`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.evidence import evidence_text
from assistant.generators.questions import Asked, gives, read_question
from assistant.types import Candidate, Retrieved, Sentence
from corpus.passages import clean
from corpus.types import Hit

LONGEST = 60
"""Words of the part that comes from one passage, unless its best sentence alone is longer."""
ADDED = 30
"""Words of the part that a second passage adds."""
NEAR = 0.15
"""How much worse than the best sentence its neighbours may fit."""
NEAR_ROW = 0.05
"""How much worse than the best row of a table other rows may fit; rows don't need their neighbours to be understood."""
NEARLY = 0.5
"""A second passage adds something when its chance is at least this share of the best one's."""
GIVES = 0.1
"""What giving the kind of thing that is asked for counts among the sentences of one passage."""
LEAST = 0.35
"""A passage with no sentence nearer to the question than this cosine is about something else."""
FEW_WORDS = 12
"""A passage with fewer is more often a heading or a stray line than an answer."""

WEIGHTS: Mapping[str, float] = {
    "score": 2.501,
    "cosine": 1.323,
    "met": -2.868,
    "sentence_met": 18.563,
    "gives": 3.122,
    "reads": 1.752,
    "words": -0.405,
    "few_words": 0.996,
    "table": 2.977,
}
"""Of a passage's features, in the exponent of its chance among the passages found; `python -m
evals.training.answering` makes them from the development questions."""

ANSWER_WEIGHTS: Mapping[str, float] = {
    "bias": -3.988,
    "cosine": 0.307,
    "chance": 0.834,
    "document": 2.239,
    "ahead": 1.327,
    "gives": 1.199,
    "reads": 0.157,
}
"""Logistic weights of the features of a whole answer, made by the same command."""

MOST = 6.0
"""Log-odds beyond which reading says no more."""

Reads = Callable[[str, Sequence[str]], Sequence[float]]
"""Question and texts to the log-odds that each text answers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A passage as a possible source of the answer."""

    number: int
    """Its evidence number, from 1."""
    hit: Hit
    sentences: tuple[float, ...]
    """How well each of its sentences fits the question; comparable within the passage."""
    features: Mapping[str, float]
    chance: float
    """That it is the one that answers, if one of those found does; these add up to 1."""

    def text(self, index: int) -> str:
        """One of its sentences as a person reads it."""
        start, end = self.hit.passage.sentences[index]
        return clean(self.hit.passage.text[start:end])

    def lengths(self) -> list[int]:
        """Words of each of its sentences."""
        return [len(self.text(index).split()) for index in range(len(self.sentences))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractive:
    """Lifts the sentences that answer the question."""

    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """Of a passage's features."""
    answer_weights: Mapping[str, float] = field(default_factory=lambda: ANSWER_WEIGHTS)
    """Of the answer's features."""
    reads: Reads | None = None
    """Reads the passages together with the question; without it nothing is known of whether they answer."""
    name: str = "extractive"

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        """One candidate. None when there is no passage, or none on the question's matter."""
        question, hits = retrieved.admitted.text, retrieved.hits
        judged = judge(question, hits, self.weights, read(question, hits, self.reads))
        if not judged or judged[0].features["cosine"] < LEAST:
            return ()
        features = answer_features(judged)
        return (
            Candidate(
                generator=self.name,
                sentences=compose(judged),
                score=probability(features, self.answer_weights),
                features=features,
            ),
        )


def read(question: str, hits: Sequence[Hit], reads: Reads | None) -> tuple[float, ...]:
    """How likely each passage answers, as log-odds within `MOST`; nothing when nobody reads."""
    if reads is None:
        return ()
    return tuple(max(-MOST, min(MOST, odds)) for odds in reads(question, [evidence_text(hit) for hit in hits]))


def judge(question: str, hits: Sequence[Hit], weights: Mapping[str, float], odds: Sequence[float] = ()) -> list[Judged]:
    """The passages with their chances, best first; those without a word are left out.

    `odds`: what reading them together with the question gave, for each; none when nobody has read them.
    """
    asked = read_question(question)
    found = [
        (number, hit, *_features(hit, asked, odds[number - 1] if odds else 0.0))
        for number, hit in enumerate(hits, start=1)
        if hit.passage.sentences and any(character.isalnum() for character in hit.passage.text)
    ]
    if not found:
        return []
    sums = [sum(weights.get(name, 0.0) * value for name, value in features.items()) for *_, features in found]
    shares = [math.exp(each - max(sums)) for each in sums]
    judged = [
        Judged(number=number, hit=hit, sentences=sentences, features=features, chance=share / sum(shares))
        for (number, hit, sentences, features), share in zip(found, shares, strict=True)
    ]
    return sorted(judged, key=lambda each: (-each.chance, each.number))


def _features(hit: Hit, asked: Asked, odds: float) -> tuple[tuple[float, ...], dict[str, float]]:
    """How each sentence fits, and what speaks for the passage as a whole."""
    passage = hit.passage
    texts = [clean(passage.text[start:end]) for start, end in passage.sentences]
    given = [gives(asked, text) for text in texts]
    cosines = hit.sentence_scores or (hit.dense,) * len(texts)
    met = hit.sentences_met or cosines
    words = len(passage.text.split())
    return tuple(each + GIVES * good for each, good in zip(met, given, strict=True)), {
        "score": hit.score,
        "cosine": max(cosines),
        "met": hit.met,
        "sentence_met": max(met),
        "gives": max(given),
        "reads": odds,
        "words": words / 100,
        "few_words": float(words < FEW_WORDS),
        "table": float(bool(passage.table_header)),
    }


def answer_features(judged: Sequence[Judged]) -> dict[str, float]:
    """What speaks for an answer made of the best of these passages."""
    best = judged[0]
    rest = max((each.features["score"] for each in judged[1:]), default=0.0)
    document = sum(each.chance for each in judged if each.hit.document.id == best.hit.document.id)
    return {**best.features, "chance": best.chance, "document": document, "ahead": best.features["score"] - rest}


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Logistic combination; features without a weight, and weights without a feature, count nothing."""
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def compose(judged: Sequence[Judged]) -> tuple[Sentence, ...]:
    """The best passage's part, and of the second one what it adds."""
    sentences = _lift(judged[0], LONGEST)
    if len(judged) > 1 and judged[1].chance >= NEARLY * judged[0].chance:
        said = {sentence.text for sentence in sentences}
        sentences += [each for each in _lift(judged[1], ADDED) if each.text not in said]
    return tuple(sentences)


def _lift(judged: Judged, longest: int) -> list[Sentence]:
    """The best sentence and its neighbours, or the best rows of a table, as many as fit."""
    chosen = _rows(judged, longest) if judged.hit.passage.table_header else _run(judged, longest)
    return [_sentence(judged, index, leads=index == chosen[0]) for index in chosen if judged.text(index)]


def _run(judged: Judged, longest: int) -> list[int]:
    """Grows from the best sentence, always by the better of the two next to what it has."""
    scores, lengths = judged.sentences, judged.lengths()
    first = last = max(range(len(scores)), key=lambda index: scores[index])
    floor, room = scores[first] - NEAR, longest - lengths[first]
    while near := [
        index
        for index in (first - 1, last + 1)
        if 0 <= index < len(scores) and lengths[index] <= room and scores[index] >= floor
    ]:
        chosen = max(near, key=lambda index: scores[index])
        first, last, room = min(first, chosen), max(last, chosen), room - lengths[chosen]
    return list(range(first, last + 1))


def _rows(judged: Judged, longest: int) -> list[int]:
    scores, lengths = judged.sentences, judged.lengths()
    best, *others = sorted(range(len(scores)), key=lambda index: -scores[index])
    chosen, room = [best], longest - lengths[best]
    for index in others:
        if scores[index] >= scores[best] - NEAR_ROW and lengths[index] <= room:
            chosen.append(index)
            room -= lengths[index]
    return sorted(chosen)


def _sentence(judged: Judged, index: int, *, leads: bool) -> Sentence:
    """A table's caption and header stand once, before the first of its rows."""
    passage, text = judged.hit.passage, judged.text(index)
    if leads and passage.table_header:
        text = f"{passage.table_header}: {text}"
    return Sentence(text=text, citations=(judged.number,), quotes=(passage.sentences[index],))
