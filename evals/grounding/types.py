"""The nouns of the grounding benchmark. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.types import Span
from evals.statistics import Interval
from guards.types import Claim, Verdict

Unit = Literal["share", "number", "ms", "times"]

Tables = Literal["judged", "planted", "words", "calibration", "speed"]
TABLES: tuple[Tables, ...] = ("judged", "planted", "words", "calibration", "speed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A claim with what is known of it."""

    claim: Claim
    supported: bool
    """Wholly, by all of its evidence together."""
    set: str
    """wice, healthver or contractnli; planted; experts."""
    group: str
    """What rows have in common that are not independent: claim, topic, contract or document."""
    kind: str = ""
    """How a planted claim was made."""
    contradicted: bool = False
    """Whether its evidence refutes it; of claims that are not supported, where that is known."""
    wrong: tuple[Span, ...] = ()
    """Parts of the claim that its evidence does not give, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case with what a verifier said of it."""

    case: Case
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """Whether the verifier would let a person read it."""
        return self.verdict.label == "supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What is asked of a figure."""

    limit: float
    least: bool
    """Whether the figure is to be at least the limit; else at most."""

    def met(self, value: float) -> bool:
        """Whether the value is good enough."""
        return value >= self.limit if self.least else value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one verifier."""

    table: Tables
    name: str
    value: float
    interval: Interval | None
    """95%, or where seeds are taken together the least and the greatest; None where there is none."""
    total: int
    """Claims, or repeats of a measurement."""
    unit: Unit = "share"
    bar: Bar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Claims of like probability."""

    score: float
    """Mean probability that the verifier gave."""
    supported: float
    """Share that is supported."""
    count: int
