"""The first verifier: words and, where an embedder is given, vectors in common; numbers, units and negation as vetoes.

A claim that stands in the evidence to the letter is supported. Any other is compared with every run of one to three
sentences of the evidence; the run that shares most of the claim's words carries it, if it shares enough, gives all its
numbers and does not turn its sense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.sentences import split_sentences
from guards.grounding.polarity import differences
from guards.grounding.quantities import missing, quantities, without_quantities
from guards.grounding.verbatim import plain_verdict
from guards.grounding.words import content
from guards.types import Claim, Verdict

if TYPE_CHECKING:
    from corpus.types import Matrix

SUPPORTED = 0.75
"""Share of the claim's words that must be in the run for "supported"."""
STRICT = 0.9
"""… where no better verifier is there."""
PARTIAL = 0.45
"""… for "partial"."""
CONSIDERED = 0.2
"""… below which vectors are not even asked."""
CLOSE = 0.80
"""Cosine from which vectors make up for missing words."""


@dataclass(frozen=True, slots=True)
class OverlapVerifier:
    """Verifies by words, numbers and negation; with `embed`, by meaning too."""

    embed: Callable[[Sequence[str]], Matrix] | None = None
    """Texts to normalised vectors; None: words alone."""
    strict: bool = False
    """Whether it stands alone where a better verifier should be: then vectors make up for no missing words, and more
    of them must be there."""
    name: str = "overlap-1"

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        """One verdict a claim, in order; see the module's text for the method."""
        return tuple(self._verdict(claim) for claim in claims)

    def _verdict(self, claim: Claim) -> Verdict:
        if verdict := plain_verdict(claim):
            return verdict
        runs = [_Run(index, span, text) for index, text in enumerate(claim.evidence) for span in _windows(text)]
        return self._judge(claim.text, runs)

    def _judge(self, claim: str, runs: Sequence[_Run]) -> Verdict:
        words = content(without_quantities(claim)) or content(claim)
        best = max(runs, key=lambda run: (run.recall(words), run.span[0] - run.span[1]))
        recall = best.recall(words)
        support = best.evidence[best.span[0] : best.span[1]]
        absent = missing(claim, quantities(best.evidence))
        turned = differences(claim, support)
        strange = tuple(_strange(claim, best.stems))

        if absent:
            numbers = ", ".join(claim[each.span[0] : each.span[1]] for each in absent)
            return Verdict(
                label="contradicted" if recall >= SUPPORTED else "unsupported",
                score=0.05,
                evidence=best.index,
                support=best.span,
                unsupported=tuple(each.span for each in absent),
                reasons=(f"the source does not give {numbers}",),
            )
        if turned and recall >= PARTIAL:
            return Verdict(
                label="contradicted",
                score=0.1,
                evidence=best.index,
                support=best.span,
                unsupported=strange,
                reasons=turned,
            )
        score = recall
        if self.embed is not None and not self.strict and CONSIDERED <= recall < 1.0:
            vectors = self.embed([claim, support])
            closeness = float(vectors[0] @ vectors[1])
            score = recall + (1.0 - recall) * max(0.0, closeness - CLOSE) / (1.0 - CLOSE)
        enough = STRICT if self.strict else SUPPORTED
        label = "supported" if score >= enough else "partial" if score >= PARTIAL else "unsupported"
        return Verdict(
            label=label,  # type: ignore[arg-type]  # a conditional of literals is a str to mypy
            score=min(score, 0.97),
            evidence=best.index,
            support=best.span,
            unsupported=strange if label != "supported" else (),
            reasons=() if label == "supported" else (f"{recall:.0%} of its words are in the source",),
        )


class _Run:
    """Up to three neighbouring sentences of one passage."""

    __slots__ = ("evidence", "index", "span", "stems")

    def __init__(self, index: int, span: tuple[int, int], evidence: str) -> None:
        self.index, self.span, self.evidence = index, span, evidence
        self.stems = frozenset(content(evidence[span[0] : span[1]]))

    def recall(self, words: Sequence[str]) -> float:
        return sum(word in self.stems for word in words) / len(words)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    spans = split_sentences(text)
    for size in (1, 2, 3):
        for first in range(len(spans) - size + 1):
            yield spans[first][0], spans[first + size - 1][1]


def _strange(claim: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The claim's words that the support does not have."""
    for match in re.finditer(r"[^\W_]+", claim):
        stems = content(match.group())
        if stems and not known.issuperset(stems):
            yield match.span()
