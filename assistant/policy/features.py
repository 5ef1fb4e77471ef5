"""Numbers about the candidates for a question, scaled so that 0 is usual and 1 is a lot.

What is not known (no evidence, no prior rank, no embedder, no other candidate) is 0 after scaling, and a flag says so.
Scales are fixed by hand: the same candidate has the same features in every training.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.policy.types import Choice
from corpus.sentences import split_sentences
from guards.grounding.words import content
from guards.types import Claim

if TYPE_CHECKING:
    from assistant.policy.types import Floats
    from corpus.embedding import Embedder
    from guards.grounding.verifier import Verifier

VERSION = "features-1"

READ = 800
"""Characters of an answer that are embedded; more costs time and says little new about what it answers."""
SEEN = 2000
"""Characters of an answer whose sentences and words are looked at."""
LEAD = 160
"""Characters of an answer's beginning that count as what it is about, unless a colon or a sentence ends it before."""
CHECKED = 12
"""Sentences of an answer that are verified against its evidence."""

SCALES: Mapping[str, tuple[float, float]] = {
    # grounding
    "evidence": (0.5, 0.5),
    "support_mean": (0.7, 0.25),
    "support_least": (0.5, 0.3),
    "coverage": (0.7, 0.3),
    "contradicted": (0.0, 0.25),
    # does it answer the question: vectors
    "vectors": (1.0, 1.0),
    "similarity": (0.5, 0.2),
    "best_sentence": (0.6, 0.15),
    "mean_sentence": (0.35, 0.15),
    "first_sentence": (0.4, 0.2),
    "similarity_place": (0.5, 0.3),
    "best_similarity": (0.65, 0.15),
    # … and words
    "words_found": (0.6, 0.25),
    "words_in_lead": (0.4, 0.3),
    "lead_from_question": (0.5, 0.3),
    "focus_in_lead": (0.6, 0.45),
    "words_place": (0.5, 0.3),
    # agreement
    "alone": (0.0, 1.0),
    "agreement_mean": (0.45, 0.15),
    "agreement_most": (0.7, 0.15),
    # form
    "length": (5.0, 1.0),
    "sentences": (2.0, 0.8),
    "lists": (0.0, 0.2),
    "questions": (0.0, 0.1),
    "pointers": (0.0, 0.3),
    "question_length": (2.5, 0.9),
    "candidates": (2.0, 0.6),
    # where it came from
    "ranked": (0.5, 0.5),
    "rank_reciprocal": (0.3, 0.25),
    "rank_log": (1.5, 0.7),
}
"""Feature → what is usual, and how much more is a lot."""

FEATURES = tuple(SCALES)

_ITEM = re.compile(r"^[ \t]*(?:[-*•·▪◦–—]|\(?\d{1,2}[.)])[ \t]|[ ;:]- (?=[A-Z])", re.MULTILINE)
_POINTER = re.compile(
    r"\b(?:see (?:our|the|your|also|below)|click|visit|contact|website|web site|https?://|www\.|for more information|"
    r"learn more|resources?|ask your|talk to your|does(?:n't| not) have a)\b",
    re.IGNORECASE,
)


def features(
    question: str, choices: Sequence[Choice], *, embedder: Embedder | None = None, verifier: Verifier | None = None
) -> Floats:
    """Scaled features of the candidates for one question, shape (candidates, FEATURES), in the order given.

    Without an embedder the features of meaning are unknown; without a verifier one that compares words is used.
    """
    import numpy as np

    if not choices:
        return np.zeros((0, len(FEATURES)))
    spans = [_sentences(each.text[:SEEN]) for each in choices]
    raw: list[dict[str, float]] = [{} for _ in choices]
    for row, each, sentences in zip(raw, choices, spans, strict=True):
        row.update(_grounding(question, each, sentences, verifier))
        row.update(_form(each.text[:SEEN], len(each.text.split()), len(sentences)))
        row.update(_origin(each))
        row["question_length"] = math.log1p(len(question.split()))
        row["candidates"] = math.log1p(len(choices))
        row["alone"] = float(len(choices) == 1)
    _words(question, choices, raw)
    _meaning(question, choices, spans, embedder, raw)
    scaled = [
        [(row[name] - usual) / much if name in row else 0.0 for name, (usual, much) in SCALES.items()] for row in raw
    ]
    result: Floats = np.clip(np.array(scaled), -4.0, 4.0)
    return result


def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return split_sentences(text) or ((0, len(text)),)


def _grounding(
    question: str, choice: Choice, sentences: Sequence[tuple[int, int]], verifier: Verifier | None
) -> dict[str, float]:
    if not choice.evidence:
        return {"evidence": 0.0}
    if verifier is None:
        from guards.grounding.overlap import OverlapVerifier

        verifier = OverlapVerifier()
    claims = [Claim(text=choice.text[start:end], evidence=choice.evidence) for start, end in sentences[:CHECKED]]
    verdicts = verifier.verify(claims, question=question)
    scores = [each.score for each in verdicts]
    return {
        "evidence": 1.0,
        "support_mean": sum(scores) / len(scores),
        "support_least": min(scores),
        "coverage": sum(each.label == "supported" for each in verdicts) / len(verdicts),
        "contradicted": sum(each.label == "contradicted" for each in verdicts) / len(verdicts),
    }


def _form(text: str, words: int, sentences: int) -> dict[str, float]:
    return {
        "length": math.log1p(words),
        "sentences": math.log1p(sentences),
        "lists": min(1.0, len(_ITEM.findall(text)) / sentences),
        "questions": min(1.0, text.count("?") / sentences),
        "pointers": min(1.0, len(_POINTER.findall(text)) / sentences),
    }


def _origin(choice: Choice) -> dict[str, float]:
    if choice.prior_rank is None:
        return {"ranked": 0.0}
    rank = max(1, choice.prior_rank)
    return {"ranked": 1.0, "rank_reciprocal": 1.0 / rank, "rank_log": math.log(rank)}


def lead(text: str) -> str:
    """What an answer says first that it is about: its title, or its first sentence."""
    begun = text[:LEAD]
    end = min((at for at in (begun.find(": "), begun.find("\n"), begun.find(". ")) if at > 0), default=len(begun))
    return begun[:end]


def _words(question: str, choices: Sequence[Choice], raw: Sequence[dict[str, float]]) -> None:
    """Words of the question in each candidate; rare ones among the candidates weigh more (IDF)."""
    asked = set(content(question))
    if not asked:
        return
    found = [set(content(each.text[:SEEN])) & asked for each in choices]
    counts = Counter(word for each in found for word in each)
    weight = {word: math.log((len(choices) + 2) / (counts[word] + 1)) + 0.2 for word in asked if counts[word]}
    total = sum(weight.values())
    # what is asked about stands in most of the candidates that a search brought
    focus = {word for word in weight if 2 * counts[word] > len(choices)}
    for row, each, words in zip(raw, choices, found, strict=True):
        head = set(content(lead(each.text)))
        row["words_found"] = sum(weight[word] for word in words) / total if total else 0.0
        row["words_in_lead"] = sum(weight[word] for word in head & asked if word in weight) / total if total else 0.0
        if head:
            row["lead_from_question"] = len(head & asked) / len(head)
        if focus:
            row["focus_in_lead"] = len(head & focus) / len(focus)
    _places(raw, "words_found", "words_place")


def _meaning(
    question: str,
    choices: Sequence[Choice],
    spans: Sequence[Sequence[tuple[int, int]]],
    embedder: Embedder | None,
    raw: Sequence[dict[str, float]],
) -> None:
    """Cosines of the question's vector with each candidate's and its sentences', and of all candidates."""
    import numpy as np

    for row in raw:
        row["vectors"] = float(embedder is not None)
    if embedder is None:
        return
    asked = np.asarray(embedder.query(question))
    items = [(each.text[:READ], _within(sentences)) for each, sentences in zip(choices, spans, strict=True)]
    embedded = embedder.passages(items)
    whole: Any = np.stack([vector for vector, _ in embedded])
    similar = whole @ asked
    among = whole @ whole.T
    for index, (row, (_, sentences)) in enumerate(zip(raw, embedded, strict=True)):
        cosines = sentences @ asked if len(sentences) else similar[index : index + 1]
        row["similarity"] = float(similar[index])
        row["best_sentence"] = float(cosines.max())
        row["mean_sentence"] = float(cosines.mean())
        row["first_sentence"] = float(cosines[0])
        row["best_similarity"] = float(similar.max())
        if len(choices) > 1:
            others = np.delete(among[index], index)
            row["agreement_mean"], row["agreement_most"] = float(others.mean()), float(others.max())
    _places(raw, "similarity", "similarity_place")


def _within(sentences: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The sentences' spans in the part that is embedded."""
    return tuple((start, min(end, READ)) for start, end in sentences if start < READ)


def _places(raw: Sequence[dict[str, float]], name: str, place: str) -> None:
    """Share of the other candidates that have less of a feature; ties count half."""
    values = sorted(row[name] for row in raw)
    if len(values) < 2:
        return
    for row in raw:
        below, upto = bisect_left(values, row[name]), bisect_right(values, row[name])
        row[place] = (below + (upto - below - 1) / 2) / (len(values) - 1)
