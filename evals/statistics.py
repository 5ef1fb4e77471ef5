"""Figures with their uncertainty."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")

Z95 = 1.959963984540054
"""Standard normal quantile for two-sided 95%."""

ROUNDS = 2000
"""Samples that a bootstrap draws."""

Interval = tuple[float, float]
"""Lower and upper end of a 95% interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A count out of a total, with its 95% interval."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> Interval:
        """Wilson's interval."""
        return wilson(self.count, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count}/{self.total} = {self.value:.1%} [{low:.1%}, {high:.1%}]" if self.total else "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def wilson(count: int, total: int) -> Interval:
    """Wilson's 95% interval for a share; it holds for small totals and for shares near 0 and 1 (Wilson 1927)."""
    if not 0 <= count <= total:
        raise ValueError(f"{count} out of {total} is no share")
    if not total:
        return 0.0, 1.0
    share, square = count / total, Z95 * Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach))


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def bootstrap(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float] = mean,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap 95% interval of a statistic of independent values (Efron 1979). Same seed, same interval."""
    if not values:
        raise ValueError("nothing to take samples from")
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    return _middle([statistic(rng.choices(values, k=len(values))) for _ in range(rounds)])


def grouped_bootstrap(
    groups: Sequence[T], statistic: Callable[[Sequence[T]], float], *, rounds: int = ROUNDS, seed: int = 0
) -> Interval:
    """Percentile bootstrap 95% interval of a statistic of groups of values, where values of one group are alike.

    Whole groups are sampled (the cluster bootstrap; Field and Welsh 2007). Raises ValueError without groups.
    """
    if not groups:
        raise ValueError("nothing to take samples from")
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    return _middle([statistic(rng.choices(groups, k=len(groups))) for _ in range(rounds)])


def paired_difference(
    ours: Sequence[float], theirs: Sequence[float], *, rounds: int = ROUNDS, seed: int = 0
) -> Estimate:
    """Mean of ours less mean of theirs, where both hold one value for each case; whole cases are sampled.

    Raises ValueError when the lengths differ or nothing is there.
    """
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    low, high = bootstrap(differences, mean, rounds=rounds, seed=seed)
    return Estimate(value=mean(differences), low=low, high=high)


def ratio_of_medians(
    ours: Sequence[float], theirs: Sequence[float], *, rounds: int = ROUNDS, seed: int = 0
) -> Estimate:
    """Median of ours over median of theirs; the two were measured in turn, so whole turns are sampled together.

    That way a slow minute of the machine weighs on both sides. Raises ValueError when the lengths differ, nothing is
    there, or something is not above zero.
    """
    turns = list(zip(ours, theirs, strict=True))
    if not turns or min(min(turn) for turn in turns) <= 0:
        raise ValueError("a ratio needs values above zero on both sides")

    def ratio(sample: Sequence[tuple[float, float]]) -> float:
        return median(one for one, _ in sample) / median(other for _, other in sample)

    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    low, high = _middle([ratio(rng.choices(turns, k=len(turns))) for _ in range(rounds)])
    return Estimate(value=ratio(turns), low=low, high=high)


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a positive scores above a negative, ties counting half. Needs one of each."""
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = sorted(score for score, label in zip(scores, labels, strict=True) if not label)
    if not positive or not negative:
        raise ValueError("needs positives and negatives")
    wins = sum((bisect_left(negative, each) + bisect_right(negative, each)) / 2 for each in positive)
    return wins / (len(positive) * len(negative))


def ndcg(ranking: Sequence[str], relevant: set[str], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `k`, with every relevant item worth the same."""
    gain = sum(1 / math.log2(rank + 2) for rank, item in enumerate(ranking[:k]) if item in relevant)
    best = sum(1 / math.log2(rank + 2) for rank in range(min(k, len(relevant))))
    return gain / best if best else 0.0


def _middle(found: Sequence[float]) -> Interval:
    """The middle 95% of what the samples gave."""
    ordered = sorted(found)
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]
