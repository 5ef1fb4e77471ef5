"""How each rater rates: who is lenient, who careless, who hostile.

Rating = quality + the rater's leniency + noise of the rater's own size. In turn the qualities are estimated from
everybody's corrected ratings and the features, and the raters from how they follow the qualities (in the manner of
Dawid and Skene 1979, for ratings on a scale). Who follows them against the grain, or not at all, loses the weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.policy.types import LEVELS, RaterStanding

if TYPE_CHECKING:
    from assistant.policy.types import Floats

ROUNDS = 6
RIDGE = 20.0
"""Pull of the regression of quality on features."""
LENIENCY_PRIOR = 0.5
"""Ratings that speak for a leniency of nothing."""
NOISE_PRIOR = 5.0
"""Ratings that speak for the usual noise."""
SLOPE_SPREAD = 0.5
"""Standard deviation of how closely raters follow quality, around 1, before anything is known."""
MOST = 2.0
"""Largest weight of a rater against the usual one."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Ratings without the raters' leniency, and how much each counts."""

    ratings: Floats
    weights: Floats
    standings: dict[str, RaterStanding]


def correct(ratings: Floats, raters: Sequence[str], items: Sequence[str], x: Floats, guess: Floats) -> Corrected:
    """Who rates how. `items` says which answer each rating is of, `x` its features, `guess` the prior's rating."""
    import numpy as np

    names, who = np.unique(np.array(raters, dtype=object).astype(str), return_inverse=True)
    _, item = np.unique(np.array(items, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(who, minlength=len(names))
    if len(names) < 2:
        standings = {str(name): RaterStanding(ratings=int(counts[0]), leniency=0.0, reliability=1.0) for name in names}
        return Corrected(ratings, np.ones(len(ratings)), standings)
    leniency = _means(ratings, who, len(names)) - ratings.mean()
    reliability = np.ones(len(names))
    centred = guess - guess.mean()
    for _ in range(ROUNDS):
        weights = reliability[who]
        corrected = ratings - leniency[who]
        predicted = _regress(x, centred, corrected, weights)
        others = _others(corrected, predicted, weights, item)
        leniency = _leniency(ratings, others, who, counts, reliability)
        slope, noise = _following(ratings - leniency[who], others, who, counts)
        usual = float(np.median(np.repeat(noise, counts)))
        reliability = np.clip(np.clip(slope, 0.0, 1.0) ** 2 * usual / noise, 0.0, MOST)
    standings = {
        str(name): RaterStanding(ratings=int(count), leniency=float(lenient), reliability=float(weight))
        for name, count, lenient, weight in zip(names, counts, leniency, reliability, strict=True)
    }
    corrected = np.clip(ratings - leniency[who], 1.0, float(LEVELS))
    return Corrected(corrected, reliability[who], standings)


def _means(values: Floats, who: Any, count: int) -> Floats:
    import numpy as np

    result: Floats = np.bincount(who, weights=values, minlength=count) / np.maximum(
        np.bincount(who, minlength=count), 1
    )
    return result


def _regress(x: Floats, guess: Floats, ratings: Floats, weights: Floats) -> Floats:
    """Quality of each row by ridge regression on the features and the prior's guess, with a level of its own."""
    import numpy as np

    design = np.column_stack([np.ones(len(x)), guess, x])
    pull = np.diag([1e-6, 1.0, *[RIDGE] * x.shape[1]])
    heavy = design * weights[:, None]
    # the guess is drawn to a slope of one half: better than nothing, and no more than that
    towards = np.zeros(design.shape[1])
    towards[1] = 0.5
    result: Floats = design @ np.linalg.solve(heavy.T @ design + pull, heavy.T @ ratings + pull @ towards)
    return result


def _others(ratings: Floats, predicted: Floats, weights: Floats, item: Any) -> Floats:
    """Quality of each row's answer by its features and by what the others gave it, the row's own rating left out."""
    import numpy as np

    residual = weights * (ratings - predicted)
    total, mass = np.bincount(item, weights=residual), np.bincount(item, weights=weights)
    result: Floats = predicted + (total[item] - residual) / (mass[item] - weights + 1.0)
    return result


def _leniency(ratings: Floats, others: Floats, who: Any, counts: Any, reliability: Floats) -> Floats:
    """What each rater gives above the quality; of all together nothing, so that the scale stays where it is."""
    import numpy as np

    above = np.bincount(who, weights=ratings - others, minlength=len(counts)) / (counts + LENIENCY_PRIOR)
    mass = counts * np.maximum(reliability, 1e-3)
    result: Floats = above - float(above @ mass) / float(mass.sum())
    return result


def _following(ratings: Floats, others: Floats, who: Any, counts: Any) -> tuple[Floats, Floats]:
    """Of each rater how closely the ratings follow the quality (1 is fully, below 0 against), and their noise."""
    import numpy as np

    size = len(counts)
    mean_rating, mean_other = _means(ratings, who, size), _means(others, who, size)
    y, q = ratings - mean_rating[who], others - mean_other[who]
    spread = float(np.var(y - q)) or 1e-3
    trust = spread / SLOPE_SPREAD**2
    slope = (np.bincount(who, weights=y * q, minlength=size) + trust) / (
        np.bincount(who, weights=q * q, minlength=size) + trust
    )
    off = np.bincount(who, weights=(y - q) ** 2, minlength=size)
    noise = (off + NOISE_PRIOR * spread) / (counts + NOISE_PRIOR)
    return slope, np.maximum(noise, 1e-3)
