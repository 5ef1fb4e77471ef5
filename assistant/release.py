"""release: the first ranked candidate that passes the gate becomes the answer; if there is none, an honest abstention.

Nothing is read before the gate has let it through. A sentence that fails is dropped when the others stand without it;
else the next candidate has its turn. A question whose stakes the policies call too high gets no answer: it is held.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.evidence import context
from assistant.notices import notices
from assistant.prompts import RULES
from assistant.types import (
    Admitted,
    Answer,
    AnswerSentence,
    Citation,
    Ranked,
    Released,
    Retrieved,
    VerifiedCandidate,
    VerifiedSentence,
)
from corpus.types import Hit
from guards.gate import Gate
from guards.types import Draft, Finding, Source, Statement

ANSWER_FROM = 0.4
"""Smallest probability of being a good answer at which a candidate is shown. Chosen on the development questions:
lower, and what is added is wrong more often than right."""

NEAREST = 3
"""How many documents an abstention names."""

UNCHECKED = "A check could not be completed, so nothing is shown. Please ask again, or read the documents themselves."

_LEANS = re.compile(
    r"\W*(?:it|its|this|that|these|those|they|them|their|he|she|such|both|however|therefore|thus|hence|otherwise|also|"
    r"instead|then|but|and|or|so|yet|moreover|furthermore|additionally|similarly|conversely|in (?:that|this|such|"
    r"addition|contrast|which)|if (?:so|not)|for example|as a result|the (?:latter|former|same|other))\b",
    re.IGNORECASE,
)
"""How a sentence begins that cannot be read without the one before it."""


def refuse(admitted: Admitted) -> Answer:
    """The answer to a question that cannot be taken."""
    urgent = admitted.assessment.urgent if admitted.assessment else ()
    return Answer(
        id=admitted.question.id or uuid.uuid4().hex,
        question=admitted.question,
        status="refused",
        text=admitted.refusal,
        reason=admitted.refusal,
        notices=urgent,
        urgent=urgent,
        findings=admitted.findings,
        trace_id=uuid.uuid4().hex,
    )


def release(ranked: Ranked, gate: Gate) -> Released:
    """Walk the ranking; answer with the first candidate that is good enough and passes, else abstain; or hold."""
    if ranked.retrieved.admitted.assessment is None:
        return Released(answer=_abstain(ranked, (), reason=UNCHECKED))
    set_aside: list[Finding] = []
    for candidate, probability in ranked.candidates:
        if not candidate.kept or probability < ANSWER_FROM:
            continue
        passed, findings = _pass(ranked, candidate, gate)
        if passed:
            answer = _answer(ranked, replace(candidate, kept=passed), probability)
            answer = replace(answer, findings=answer.findings + _plain([*set_aside, *findings]))
            return _held(answer, ranked)
        set_aside += findings
    return _held(_abstain(ranked, set_aside), ranked)


def _pass(
    ranked: Ranked, candidate: VerifiedCandidate, gate: Gate
) -> tuple[tuple[VerifiedSentence, ...], list[Finding]]:
    """The sentences of a candidate that may be read, none when it fails as a whole; and what was found."""
    draft = _draft(ranked.retrieved, candidate)
    ruling = gate.judge(draft)
    findings = [*_unsupported(candidate), *ruling.findings]
    if ruling.blocked:
        return (), findings
    failed = [ruling.drops(each.start, each.end) for each in draft.statements]
    kept: list[VerifiedSentence] = []
    gap = False
    for sentence, gone in _in_order(candidate, failed):
        if sentence is None or gone:
            gap = True
            continue
        if gap and _LEANS.match(sentence.sentence.text):
            reason = "A draft was set aside: what was left of it could not be read without a sentence that was dropped."
            return (), [*findings, Finding(stage="answer", check="standing", action="block", reason=reason)]
        gap = False
        kept.append(sentence)
    return tuple(kept), findings


def _in_order(candidate: VerifiedCandidate, failed: Sequence[bool]) -> Iterator[tuple[VerifiedSentence | None, bool]]:
    """The candidate's sentences in their order, each with whether the gate dropped it; None: the verifier had."""
    left = list(zip(candidate.kept, failed, strict=True))
    for sentence in candidate.candidate.sentences:
        if left and left[0][0].sentence.text == sentence.text:
            yield left.pop(0)
        else:
            yield None, True
    yield from left


def _draft(retrieved: Retrieved, candidate: VerifiedCandidate) -> Draft:
    """The candidate as the checks see it."""
    statements, at = [], 0
    for each in candidate.kept:
        text = each.sentence.text
        statements.append(
            Statement(
                text=text,
                start=at,
                end=at + len(text),
                citations=each.sentence.citations,
                quotes=each.sentence.quotes,
                verdict=each.verdict,
            )
        )
        at += len(text) + 1
    question = retrieved.admitted.question
    return Draft(
        text=" ".join(each.text for each in statements),
        statements=tuple(statements),
        sources=tuple(_source(hit) for hit in retrieved.hits),
        question=retrieved.admitted.text,
        said=tuple(turn.text for turn in question.history),
        rules=RULES,
        domain=retrieved.result.domain or "",
    )


def _source(hit: Hit) -> Source:
    return Source(
        text=hit.passage.text, context=context(hit), title=hit.document.provenance.title, status=hit.document.status
    )


def _unsupported(candidate: VerifiedCandidate) -> Iterator[Finding]:
    """What the verifier dropped, in words for a person."""
    for each in candidate.dropped:
        if each.verdict.label == "contradicted":
            yield _finding("contradiction", "A sentence was left out: it contradicted its source.")
        else:
            yield _finding("supported", "A sentence was left out: no source in the documents supports it.")


def _finding(check: str, reason: str) -> Finding:
    return Finding(stage="answer", check=check, action="drop", reason=reason)


def _plain(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each kind of finding once, without its place: the draft in which that lay is not shown."""
    once = {(each.check, each.action, each.reason): replace(each, start=0, end=0) for each in findings}
    return tuple(once.values())


def _held(answer: Answer, ranked: Ranked) -> Released:
    """The answer, or a hold in its place where the policies ask for a human."""
    assessment = ranked.retrieved.admitted.assessment
    if not assessment or not assessment.holds:
        return Released(answer=answer)
    reasons = " ".join(reason for _, reason in assessment.holds)
    held = Answer(
        id=answer.id,
        question=answer.question,
        status="held",
        text=f"This question is held for a human, and no answer is given here. {reasons}",
        reason=reasons,
        notices=assessment.urgent,
        urgent=assessment.urgent,
        findings=answer.findings
        + tuple(
            Finding(stage="question", check=f"policy:{name}", action="hold", reason=reason)
            for name, reason in assessment.holds
        ),
        policy_version=answer.policy_version,
        domain=answer.domain,
        trace_id=answer.trace_id,
    )
    return Released(answer=held, withheld=answer)


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
    urgent = _urgent(ranked)
    documents = [citation.document for citation in citations.values()]
    return Answer(
        id=retrieved.admitted.question.id or uuid.uuid4().hex,
        question=retrieved.admitted.question,
        status="answered",
        text=" ".join(sentence.text for sentence in sentences),
        sentences=tuple(sentences),
        citations=tuple(citations.values()),
        confidence=probability,
        notices=(*urgent, *notices(documents, [hit.document for hit in retrieved.hits])),
        urgent=urgent,
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


def _urgent(ranked: Ranked) -> tuple[str, ...]:
    assessment = ranked.retrieved.admitted.assessment
    return assessment.urgent if assessment else ()


def _abstain(ranked: Ranked, set_aside: Sequence[Finding], *, reason: str = "") -> Answer:
    retrieved = ranked.retrieved
    nearest = tuple({hit.document.id: hit.document for hit in retrieved.hits}.values())[:NEAREST]
    reason = reason or (
        "Nothing in the validated documents answers this question with enough support."
        if nearest
        else "There is no validated document that comes near this question."
    )
    names = "; ".join(f"“{document.provenance.title}” ({document.file})" for document in nearest)
    urgent = _urgent(ranked)
    return Answer(
        id=retrieved.admitted.question.id or uuid.uuid4().hex,
        question=retrieved.admitted.question,
        status="abstained",
        text="The documents don't say." + (f" The nearest are {names}." if names else ""),
        confidence=0.0,
        reason=reason,
        notices=urgent,
        urgent=urgent,
        nearest=nearest,
        findings=retrieved.admitted.findings + _plain(set_aside),
        policy_version=ranked.policy_version,
        domain=retrieved.result.domain,
        trace_id=uuid.uuid4().hex,
    )
