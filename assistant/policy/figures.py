"""How well expected ratings and probabilities fit ratings that were held out; differences with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.policy.head import Examples, goodness

if TYPE_CHECKING:
    from assistant.policy.types import Floats

ROUNDS = 2000
FEW = 5
"""Questions with candidates rated differently from which the order is what versions are compared by."""


def compare(examples: Examples, ours: Floats, good: Floats, against: Mapping[str, Floats]) -> dict[str, Any]:
    """Figures of `ours` and of each of `against` (expected ratings), and the gains with paired-bootstrap intervals.

    Whole questions are sampled. With FEW questions or more whose candidates differ it is the order that counts
    ("concordance": share of pairs the right way round), otherwise the distance to the ratings ("closeness").
    """
    import numpy as np

    report: dict[str, Any] = {"ours": {**_figures(examples, ours), "ece": ece(good, goodness(examples.ratings))}}
    gains = {}
    mine = concordance(examples, ours)
    by_order = int(np.isfinite(mine).sum()) >= FEW
    for name, theirs in against.items():
        report[name] = _figures(examples, theirs)
        if by_order:
            each = (mine - concordance(examples, theirs))[np.isfinite(mine)]
        else:
            each = _closeness(examples, ours) - _closeness(examples, theirs)
        low, high = _interval(each)
        gains[name] = {
            "measure": "concordance" if by_order else "closeness",
            "value": float(each.mean()),
            "low": low,
            "high": high,
            "questions": len(each),
        }
    report["gains"] = gains
    return report


def _figures(examples: Examples, rated: Floats) -> dict[str, float]:
    import numpy as np

    weights = examples.weights + 1e-9
    return {
        "concordance": mean_concordance(examples, rated),
        "first_rating": _first(examples, rated),
        "mean_error": float(np.average(np.abs(examples.ratings - rated), weights=weights)),
        "spearman": spearman(examples.ratings, rated),
    }


def concordance(examples: Examples, rated: Floats) -> Floats:
    """For each group the weighted share of its differently rated pairs in the right order, ties half; NaN for none."""
    import numpy as np

    shares = []
    for rows in _groups(examples):
        rating, given, weight = examples.ratings[rows], rated[rows], examples.weights[rows]
        heavy = np.where(rating[:, None] > rating[None, :] + 0.25, np.minimum(weight[:, None], weight[None, :]), 0.0)
        ahead = np.sign(np.round(given[:, None] - given[None, :], 9))
        total = float(heavy.sum())
        shares.append(float((heavy * (ahead + 1) / 2).sum()) / total if total else float("nan"))
    return np.array(shares)


def mean_concordance(examples: Examples, rated: Floats) -> float:
    """The mean over the groups that have such pairs; one half for none."""
    import numpy as np

    shares = concordance(examples, rated)
    known = shares[np.isfinite(shares)]
    return float(known.mean()) if len(known) else 0.5


def _closeness(examples: Examples, rated: Floats) -> Floats:
    """For each group the mean distance to the ratings, below zero."""
    import numpy as np

    off, weights = np.abs(examples.ratings - rated), examples.weights + 1e-9
    return -np.array([np.average(off[rows], weights=weights[rows]) for rows in _groups(examples)])


def _first(examples: Examples, rated: Floats) -> float:
    """Mean rating of what stands first in each group."""
    import numpy as np

    return float(np.mean([examples.ratings[rows[np.argmax(rated[rows])]] for rows in _groups(examples)]))


def _groups(examples: Examples) -> list[Any]:
    import numpy as np

    by_group = np.argsort(examples.groups, kind="stable")
    return np.split(by_group, np.flatnonzero(np.diff(examples.groups[by_group])) + 1)


def _interval(values: Floats) -> tuple[float, float]:
    """Percentile bootstrap 95% interval of the mean (Efron 1979); always the same for the same values."""
    import numpy as np

    rng = np.random.default_rng(0)
    means = [float(values[rng.integers(0, len(values), len(values))].mean()) for _ in range(ROUNDS)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def spearman(one: Floats, other: Floats) -> float:
    """Spearman's correlation; 0 where one side does not vary."""
    import numpy as np

    a, b = _ranks(one), _ranks(other)
    if not a.std() or not b.std():
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: Floats) -> Floats:
    """Ranks, equal values sharing theirs."""
    import numpy as np

    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    result: Floats = (ends - (counts - 1) / 2.0)[place]
    return result


def ece(chances: Floats, good: Floats, *, bins: int = 10) -> float:
    """Expected calibration error, in bins of equally many."""
    import numpy as np

    if not len(chances):
        return 0.0
    parts = np.array_split(np.argsort(chances, kind="stable"), min(bins, len(chances)))
    return float(sum(len(rows) * abs(chances[rows].mean() - good[rows].mean()) for rows in parts) / len(chances))
