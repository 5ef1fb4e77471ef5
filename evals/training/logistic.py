"""Logistic regression by Newton's method: small, without a library, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def fit_logistic(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    names: Sequence[str],
    *,
    penalty: float = 3.0,
    counts: Sequence[float] = (),
) -> dict[str, float]:
    """Weights of the named features and "bias", with an L2 penalty on the scaled features.

    `counts` says how much each row counts; 1 each when empty.
    """
    import numpy as np

    raw = np.array([[row[name] for name in names] for row in rows])
    weight = np.array(counts or [1.0] * len(rows))
    mean, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    x = np.column_stack([np.ones(len(raw)), (raw - mean) / scale])
    y = np.array(right, dtype=float)
    ridge = penalty * np.diag([0.0, *[1.0] * len(names)])
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        hessian = (x * (weight * p * (1 - p) + 1e-9)[:, None]).T @ x + ridge
        w -= np.linalg.solve(hessian, x.T @ (weight * (p - y)) + ridge @ w)
    bias = float(w[0] - (w[1:] * mean / scale).sum())
    weights = zip(names, w[1:] / scale, strict=True)
    return {"bias": round(bias, 3), **{name: round(float(value), 3) for name, value in weights}}
