"""The nouns of ratings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one expert said of one answer."""

    question: str
    answer: str
    rating: float
    """1 to 5."""
    rater: str
    domain: str = ""
    evidence: tuple[str, ...] = ()
    """The passages that the answer cites."""
    prior_rank: int | None = None
    """The place, from 1, that whatever brought the answer gave it among the candidates; None when it gave none."""
    group: str = ""
    """What the candidates for one question have in common; empty: the question's text."""
    id: str = ""
    at: str = ""
    shown: str = ""
    sentences: tuple[str, ...] = ()
    better: str = ""
