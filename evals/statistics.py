"""Figures with their uncertainty."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""Standard normal quantile for two-sided 95%."""


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
    def interval(self) -> tuple[float, float]:
        """Wilson's interval, which holds for small totals and shares near 0 and 1 (Wilson 1927)."""
        return wilson(self.count, self.total)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count}/{self.total} = {self.value:.1%} [{low:.1%}, {high:.1%}]"


def wilson(count: int, total: int) -> tuple[float, float]:
    """Wilson's 95% interval for a share."""
    if not total:
        return 0.0, 1.0
    share, square = count / total, Z95 * Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    reach = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def bootstrap(
    values: Sequence[float],
    statistic: Callable[[Sequence[float]], float],
    *,
    rounds: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap 95% interval of a statistic of independent values."""
    if not values:
        raise ValueError("nothing to take samples from")
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    found = sorted(statistic(rng.choices(values, k=len(values))) for _ in range(rounds))
    return found[int(0.025 * rounds)], found[min(rounds - 1, int(0.975 * rounds))]


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a positive scores above a negative, ties counting half. Needs one of each."""
    positive = [score for score, label in zip(scores, labels, strict=True) if label]
    negative = sorted(score for score, label in zip(scores, labels, strict=True) if not label)
    if not positive or not negative:
        raise ValueError("needs positives and negatives")
    from bisect import bisect_left, bisect_right

    wins = sum((bisect_left(negative, each) + bisect_right(negative, each)) / 2 for each in positive)
    return wins / (len(positive) * len(negative))


def ndcg(ranking: Sequence[str], relevant: set[str], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `k`, with every relevant item worth the same."""
    gain = sum(1 / math.log2(rank + 2) for rank, item in enumerate(ranking[:k]) if item in relevant)
    best = sum(1 / math.log2(rank + 2) for rank in range(min(k, len(relevant))))
    return gain / best if best else 0.0
