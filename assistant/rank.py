"""rank: the candidates in order, each with the probability that it is a good answer.

Until ratings teach otherwise the order is a fixed prior, grounding first: a candidate's own score, weighed by how
much of it the verifier let stand.
"""

from __future__ import annotations

from assistant.types import Ranked, Verified, VerifiedCandidate

PRIOR = "prior-1"
"""Version of the fixed ordering."""


def rank(verified: Verified) -> Ranked:
    """All candidates, best first; equal ones keep the generators' order."""
    chance = max((each.candidate.score for each in verified.candidates), default=0.0)
    scored = [(candidate, _prior(candidate, chance)) for candidate in verified.candidates]
    scored.sort(key=lambda pair: -pair[1])
    return Ranked(
        retrieved=verified.retrieved,
        candidates=tuple(scored),
        policy_version=PRIOR,
        failures=verified.failures,
    )


def _prior(candidate: VerifiedCandidate, chance: float) -> float:
    """A candidate without a score of its own has the chance that the evidence gives the question."""
    total = len(candidate.kept) + len(candidate.dropped)
    if not candidate.kept or not total:
        return 0.0
    support = min(each.verdict.score for each in candidate.kept)
    return (candidate.candidate.score or chance) * support * len(candidate.kept) / total
