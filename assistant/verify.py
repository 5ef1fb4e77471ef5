"""verify: each sentence against the evidence that it cites; what does not hold is tied anew or dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from assistant.evidence import evidence_text
from assistant.types import (
    Candidate,
    Candidates,
    Sentence,
    Verified,
    VerifiedCandidate,
    VerifiedSentence,
)
from corpus.passages import clean
from corpus.types import Hit
from guards.grounding.verbatim import VERBATIM
from guards.grounding.verifier import Verifier
from guards.types import Claim, Verdict

VerifyClaims = Callable[[Sequence[Claim]], tuple[Verdict, ...]]


def verify(candidates: Candidates, verifier: Verifier) -> Verified:
    """All candidates with their sentences checked."""
    retrieved = candidates.retrieved
    verify_claims = partial(verifier.verify, question=retrieved.admitted.text, domain=retrieved.result.domain or "")
    checked = tuple(_check(each, retrieved.hits, verify_claims) for each in candidates.candidates)
    return Verified(retrieved=retrieved, candidates=checked, failures=candidates.failures)


def _check(candidate: Candidate, hits: Sequence[Hit], verify_claims: VerifyClaims) -> VerifiedCandidate:
    texts = tuple(evidence_text(hit) for hit in hits)
    everything = tuple(range(1, len(hits) + 1))
    cited = [tuple(n for n in sentence.citations if 1 <= n <= len(hits)) for sentence in candidate.sentences]
    verdicts = list(_verdicts(candidate.sentences, cited, texts, verify_claims))
    for i, sentence in enumerate(candidate.sentences):
        if _lifted(sentence, hits):
            verdicts[i] = Verdict(label="supported", score=VERBATIM, evidence=0)

    # A right sentence with a wrong or missing citation is worth keeping: try it against all the evidence.
    failed = [i for i, verdict in enumerate(verdicts) if verdict.label != "supported"]
    again = _verdicts([candidate.sentences[i] for i in failed], [everything] * len(failed), texts, verify_claims)
    for i, verdict in zip(failed, again, strict=True):
        if verdict.label == "supported":
            verdicts[i], cited[i] = verdict, everything

    checked = [
        VerifiedSentence(sentence=_tie(sentence, numbers, verdict, hits, texts), verdict=verdict)
        for sentence, numbers, verdict in zip(candidate.sentences, cited, verdicts, strict=True)
    ]
    return VerifiedCandidate(
        candidate=candidate,
        kept=tuple(each for each in checked if each.verdict.label == "supported"),
        dropped=tuple(each for each in checked if each.verdict.label != "supported"),
    )


def _lifted(sentence: Sentence, hits: Sequence[Hit]) -> bool:
    """Whether it is one whole sentence (or row) of the passage that it cites, word for word, and nothing else.

    Before a row may stand what its table says of all its rows: caption and header.
    """
    if len(sentence.quotes) != 1 or len(sentence.citations) != 1 or not 1 <= sentence.citations[0] <= len(hits):
        return False
    passage, (quote,) = hits[sentence.citations[0] - 1].passage, sentence.quotes
    words = clean(passage.text[slice(*quote)])
    return quote in passage.sentences and sentence.text in (words, f"{passage.table_header}: {words}")


def _verdicts(
    sentences: Sequence[Sentence],
    cited: Sequence[tuple[int, ...]],
    texts: Sequence[str],
    verify_claims: VerifyClaims,
) -> tuple[Verdict, ...]:
    claims = [
        Claim(text=sentence.text, evidence=tuple(texts[n - 1] for n in numbers))
        for sentence, numbers in zip(sentences, cited, strict=True)
    ]
    return verify_claims(claims) if claims else ()


def _tie(
    sentence: Sentence, numbers: Sequence[int], verdict: Verdict, hits: Sequence[Hit], texts: Sequence[str]
) -> Sentence:
    """The sentence with the one passage that carries it, and the words there."""
    if sentence.quotes and tuple(numbers) == sentence.citations:
        return sentence
    if verdict.evidence is None or not numbers:
        return replace(sentence, citations=(), quotes=())
    number = numbers[verdict.evidence]
    length = len(hits[number - 1].passage.text)
    before = len(texts[number - 1]) - length
    start, end = verdict.support or (before, before + length)
    start, end = max(0, start - before), max(0, end - before)
    return replace(sentence, citations=(number,), quotes=((start, end) if end > start else (0, length),))
