"""release: the first ranked candidate that may be read becomes the answer; if there is none, an honest abstention."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from assistant.types import (
    Admitted,
    Answer,
    AnswerSentence,
    Citation,
    Ranked,
    Retrieved,
    VerifiedCandidate,
)
from corpus.types import Document, Hit

ANSWER_FROM = 0.4
"""Smallest probability of being a good answer at which a candidate is shown. Chosen on the development questions:
lower, and what is added is wrong more often than right."""

NEAREST = 3
"""How many documents an abstention names."""


def refuse(admitted: Admitted) -> Answer:
    """The answer to a question that cannot be taken."""
    return Answer(
        id=admitted.question.id or uuid.uuid4().hex,
        question=admitted.question,
        status="refused",
        text=admitted.refusal,
        reason=admitted.refusal,
        findings=admitted.findings,
        trace_id=uuid.uuid4().hex,
    )


def release(ranked: Ranked) -> Answer:
    """Walk the ranking; answer with the first candidate that is good enough, else abstain."""
    for candidate, probability in ranked.candidates:
        if candidate.kept and probability >= ANSWER_FROM:
            return _answer(ranked, candidate, probability)
    return _abstain(ranked)


def _answer(ranked: Ranked, candidate: VerifiedCandidate, probability: float) -> Answer:
    retrieved = ranked.retrieved
    citations: dict[tuple[str, int, int], Citation] = {}
    sentences = []
    for each in candidate.kept:
        numbers = []
        for number, quote in zip(each.sentence.citations, each.sentence.quotes, strict=True):
            key, citation = _cite(retrieved.hits[number - 1], quote, len(citations) + 1)
            numbers.append(citations.setdefault(key, citation).number)
        sentences.append(
            AnswerSentence(text=each.sentence.text, citations=tuple(dict.fromkeys(numbers)), support=each.verdict.score)
        )
    return Answer(
        id=retrieved.admitted.question.id or uuid.uuid4().hex,
        question=retrieved.admitted.question,
        status="answered",
        text=" ".join(sentence.text for sentence in sentences),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        confidence=probability,
        notices=tuple(_notices(retrieved, [citation.document for citation in citations.values()])),
        findings=retrieved.admitted.findings,
        generator=candidate.candidate.generator,
        policy_version=ranked.policy_version,
        domain=retrieved.result.domain,
        trace_id=uuid.uuid4().hex,
    )


def _cite(hit: Hit, quote: tuple[int, int], number: int) -> tuple[tuple[str, int, int], Citation]:
    start, end = quote
    passage = hit.passage
    citation = Citation(
        number=number,
        document=hit.document,
        page=passage.page,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
    )
    return (passage.id, start, end), citation


def _notices(retrieved: Retrieved, cited: Iterable[Document]) -> Iterable[str]:
    current = [hit.document for hit in retrieved.hits]
    for document in {each.id: each for each in cited}.values():
        name = document.provenance.title
        if document.status == "superseded":
            yield f"“{name}” is an older edition; it has been superseded by {document.superseded_by}."
        elif document.status == "expired":
            yield f"“{name}” was valid until {document.provenance.valid_until} and has expired."
        elif document.status != "validated":
            yield f"“{name}” is {document.status}: nobody stands behind it."
        elif newer := _newer_edition(document, current):
            yield f"This rests on {_edition(document)}; there is a later one, {_edition(newer)}."


def _newer_edition(document: Document, others: Iterable[Document]) -> Document | None:
    own = document.provenance
    if not own.series or own.published is None:
        return None
    later = [
        other
        for other in others
        if other.provenance.series == own.series
        and other.provenance.published is not None
        and other.provenance.published > own.published
    ]
    return max(later, key=lambda other: str(other.provenance.published), default=None)


def _edition(document: Document) -> str:
    provenance = document.provenance
    return f"“{provenance.title}”" + (f" ({provenance.edition})" if provenance.edition else "")


def _abstain(ranked: Ranked) -> Answer:
    retrieved = ranked.retrieved
    nearest = tuple({hit.document.id: hit.document for hit in retrieved.hits}.values())[:NEAREST]
    reason = (
        "Nothing in the validated documents answers this question with enough support."
        if nearest
        else "There is no validated document that comes near this question."
    )
    names = "; ".join(f"“{document.provenance.title}” ({document.file})" for document in nearest)
    return Answer(
        id=retrieved.admitted.question.id or uuid.uuid4().hex,
        question=retrieved.admitted.question,
        status="abstained",
        text="The documents don't say." + (f" The nearest are {names}." if names else ""),
        confidence=0.0,
        reason=reason,
        nearest=nearest,
        findings=retrieved.admitted.findings,
        policy_version=ranked.policy_version,
        domain=retrieved.result.domain,
        trace_id=uuid.uuid4().hex,
    )
