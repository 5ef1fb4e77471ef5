"""The head: cumulative logit with proportional odds (McCullagh 1980), drawn towards a prior that puts grounding first.

A share of the loss may be pairwise (Bradley and Terry 1952): within a group of candidates the better rated one should
stand higher. Both parts are concave in the weights, so Newton's method finds the one best answer in a few steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.policy.features import FEATURES, VERSION
from assistant.policy.types import GOOD, LEVELS, Choice, Head, Model, Scored

if TYPE_CHECKING:
    from assistant.policy.types import Floats

PRIOR_WEIGHTS = {
    "coverage": 0.8,
    "support_mean": 0.5,
    "support_least": 0.3,
    "contradicted": -0.8,
    "similarity": 0.2,
    "best_sentence": 0.2,
    "first_sentence": 0.2,
    "words_found": 0.1,
    "words_in_lead": 0.1,
    "lead_from_question": 0.2,
    "agreement_mean": 0.1,
    "rank_reciprocal": 0.15,
    "rank_log": -0.1,
    "pointers": -0.1,
}
"""What counts before anybody has rated: grounding first, then whether it speaks of what was asked."""

PRIOR_THRESHOLDS = (-1.4, -0.4, 0.5, 1.6)

PAIRS = 4
"""Pairs of a rating with others of its group that the pairwise part looks at."""
STEPS = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is fitted; cross-validation chooses."""

    penalty: float = 10.0
    """How strongly each weight is drawn to the prior's; so many ratings weigh about as much as the prior."""
    pairwise: float = 0.0
    """Weight of the pairwise part against the ordinal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Rated candidates as arrays, one row a rating."""

    x: Floats
    """Scaled features."""
    ratings: Floats
    """1 to 5, corrected for the raters' leniency; need not be whole."""
    weights: Floats
    """How much each rating counts."""
    groups: Any
    """Number of the question, integers."""

    def __len__(self) -> int:
        return len(self.ratings)

    def take(self, chosen: Any) -> Examples:
        """Those rows that a mask or an array of places names."""
        return Examples(
            x=self.x[chosen], ratings=self.ratings[chosen], weights=self.weights[chosen], groups=self.groups[chosen]
        )


def prior() -> Head:
    """The head that serves before there are ratings."""
    return Head(
        model=Model(
            weights=tuple(PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES),
            thresholds=PRIOR_THRESHOLDS,
        ),
        features=VERSION,
    )


def score(head: Head, choices: Sequence[Choice], x: Floats) -> tuple[Scored, ...]:
    """What the head says of each candidate, in the order given; `x` holds their features, one row each."""
    levels = probabilities(head.model, x)
    good = calibrated(head, x)
    return tuple(
        Scored(id=each.id, rating=float(row @ range(1, LEVELS + 1)), good=float(chance))
        for each, row, chance in zip(choices, levels, good, strict=True)
    )


def order(scored: Sequence[Scored]) -> tuple[Scored, ...]:
    """Best first; equal ones keep their order."""
    return tuple(sorted(scored, key=lambda each: -each.rating))


def logits(model: Model, x: Floats) -> Floats:
    """Where each row stands on the model's scale; higher is better."""
    import numpy as np

    result: Floats = x @ np.array(model.weights)
    return result


def probabilities(model: Model, x: Floats) -> Floats:
    """Probability of each rating, shape (rows, LEVELS)."""
    import numpy as np

    upto = _logistic(np.array(model.thresholds) - logits(model, x)[:, None])
    edges = np.hstack([np.zeros((len(x), 1)), upto, np.ones((len(x), 1))])
    return np.diff(edges, axis=1)


def expected(model: Model, x: Floats) -> Floats:
    """The rating that is expected of each row."""
    import numpy as np

    result: Floats = probabilities(model, x) @ np.arange(1.0, LEVELS + 1)
    return result


def calibrated(head: Head, x: Floats) -> Floats:
    """Calibrated probability of a good answer, for each row."""
    first, second = head.calibration
    result: Floats = _logistic(first + second * (logits(head.model, x) - head.model.thresholds[GOOD - 2]))
    return result


def fit(examples: Examples, settings: Settings, *, towards: Model | None = None) -> Model:
    """The model that explains the ratings best without leaving the prior, or `towards`, further than they warrant."""
    import numpy as np

    start = towards or prior().model
    centre = np.array([*start.weights, *start.thresholds])
    if not len(examples):
        return start
    width = examples.x.shape[1]
    # thresholds may move freely where there are ratings, and stay where there are none (nobody ever gave a 5)
    pull = np.array([settings.penalty] * width + [0.1] * (LEVELS - 1))
    pairs = _pairs(examples) if settings.pairwise else None
    at = centre.copy()
    value, slope, curve = _loss(at, centre, pull, examples, pairs, settings.pairwise)
    for _ in range(STEPS):
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(at)), slope)
        size = 1.0
        while size > 1e-6:
            tried = at - size * step
            if (np.diff(tried[width:]) > 0).all():
                new = _loss(tried, centre, pull, examples, pairs, settings.pairwise)
                if new[0] <= value:
                    break
            size /= 2
        else:
            break
        gained = value - new[0]
        at, (value, slope, curve) = tried, new
        if gained < 1e-7 * (1.0 + abs(value)):
            break
    return Model(weights=tuple(at[:width].tolist()), thresholds=tuple(at[width:].tolist()))


def calibrate(logit: Floats, good: Floats, weights: Floats, *, penalty: float = 2.0) -> tuple[float, float]:
    """Platt's two numbers (1999) from held-out logits, drawn towards changing nothing.

    `good` is the share of each rating that counts as good, 0 to 1. Returns first and second of `Head.calibration`.
    """
    import numpy as np

    at = np.array([0.0, 1.0])
    design = np.column_stack([np.ones(len(logit)), np.clip(logit, -15, 15)])
    for _ in range(30):
        chance = _logistic(design @ at)
        slope = design.T @ (weights * (chance - good)) + penalty * (at - [0.0, 1.0])
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + penalty * np.eye(2)
        step = np.linalg.solve(curve, slope)
        at = at - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    # a slope of nothing or below would turn the order round
    return float(at[0]), max(0.05, float(at[1]))


def goodness(ratings: Floats) -> Floats:
    """How far each rating counts as good: 1 from 4 up, 0 to 3, between them the part of the way."""
    import numpy as np

    result: Floats = np.clip(ratings - (GOOD - 1), 0.0, 1.0)
    return result


def _logistic(value: Any) -> Any:
    import numpy as np

    return 1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0)))


def _loss(
    at: Floats, centre: Floats, pull: Floats, examples: Examples, pairs: tuple[Floats, Floats] | None, share: float
) -> tuple[float, Floats, Floats]:
    """Penalised negative log-likelihood, its gradient and its Hessian."""
    import numpy as np

    away = at - centre
    value, slope, curve = _ordinal(at, examples)
    value += 0.5 * float(pull @ away**2)
    slope += pull * away
    curve[np.diag_indices_from(curve)] += pull
    _keep_apart(at, slope, curve)
    value -= float(np.log(np.diff(at[-(LEVELS - 1) :])).sum())
    if pairs is not None:
        apart, weight = pairs
        width = apart.shape[1]
        margin = apart @ at[:width]
        chance = _logistic(-margin)
        value += share * float(weight @ np.logaddexp(0.0, -margin))
        slope[:width] -= share * apart.T @ (weight * chance)
        curve[:width, :width] += share * (apart * (weight * chance * (1 - chance))[:, None]).T @ apart
    return value, slope, curve


def _keep_apart(at: Floats, slope: Floats, curve: Floats) -> None:
    """A logarithmic barrier between neighbouring thresholds: a rating that nobody gave keeps a little room."""
    import numpy as np

    first = len(at) - (LEVELS - 1)
    for upper, gap in enumerate(np.diff(at[first:]), start=first + 1):
        both = [upper - 1, upper]
        slope[both] += np.array([1.0, -1.0]) / gap
        curve[np.ix_(both, both)] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / gap**2


def _ordinal(at: Floats, examples: Examples) -> tuple[float, Floats, Floats]:
    """The ordinal part. A rating between two whole ones counts in part as each."""
    import numpy as np

    width = examples.x.shape[1]
    where = examples.x @ at[:width]
    size = len(at)
    value, slope, curve = 0.0, np.zeros(size), np.zeros((size, size))
    lower = np.clip(np.floor(examples.ratings), 1, LEVELS - 1)
    upper_share = np.clip(examples.ratings - lower, 0.0, 1.0)
    first, total = np.zeros(len(where)), np.zeros(len(where))
    for level in range(1, LEVELS + 1):
        weight = examples.weights * np.where(
            lower == level, 1 - upper_share, np.where(lower == level - 1, upper_share, 0)
        )
        rows = np.flatnonzero(weight)
        if not len(rows):
            continue
        weight, x = weight[rows], examples.x[rows]
        above = _logistic(at[width + level - 1] - where[rows]) if level < LEVELS else np.ones(len(rows))
        below = _logistic(at[width + level - 2] - where[rows]) if level > 1 else np.zeros(len(rows))
        chance = np.maximum(above - below, 1e-12)
        value -= float(weight @ np.log(chance))
        dense_above, dense_below = above * (1 - above), below * (1 - below)
        # of the negative log-probability by the place on the scale
        first[rows] += weight * (1 - above - below)
        total[rows] += weight * (dense_above + dense_below)
        for edge, dense, sign in ((level - 1, dense_above, 1.0), (level - 2, dense_below, -1.0)):
            if not 0 <= edge < LEVELS - 1:
                continue
            here = width + edge
            share = sign * dense / chance
            slope[here] -= float(weight @ share)
            steep = share * (1 - 2 * (above if sign > 0 else below)) - share**2
            curve[here, here] -= float(weight @ steep)
            cross = weight * dense
            curve[:width, here] -= x.T @ cross
            curve[here, :width] -= x.T @ cross
        if 1 < level < LEVELS:
            both = float(weight @ (dense_above * dense_below / chance**2))
            curve[width + level - 1, width + level - 2] -= both
            curve[width + level - 2, width + level - 1] -= both
    slope[:width] += examples.x.T @ first
    curve[:width, :width] += (examples.x * total[:, None]).T @ examples.x
    return value, slope, curve


def _pairs(examples: Examples) -> tuple[Floats, Floats]:
    """Differences of features, better less worse, within groups, with weights; up to PAIRS partners a rating."""
    import numpy as np

    by_group = np.argsort(examples.groups, kind="stable")
    groups = examples.groups[by_group]
    apart, weights = [], []
    for distance in range(1, PAIRS + 1):
        one, other = by_group[:-distance], by_group[distance:]
        same = groups[:-distance] == groups[distance:]
        gap = examples.ratings[one] - examples.ratings[other]
        keep = same & (np.abs(gap) > 0.25)
        sign = np.sign(gap[keep])[:, None]
        apart.append(sign * (examples.x[one[keep]] - examples.x[other[keep]]))
        weights.append(np.minimum(examples.weights[one[keep]], examples.weights[other[keep]]) * np.abs(gap[keep]))
    stacked = np.vstack(apart)
    weight = np.concatenate(weights)
    # the pairs together count as much as the ratings do
    return stacked, weight * (examples.weights.sum() / weight.sum() if weight.sum() else 0.0)
