"""Ratings to a version: features, raters, cross-validation, the final model, held-out figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assistant.policy import figures, raters
from assistant.policy.features import VERSION, features
from assistant.policy.head import Examples, Settings, calibrate, expected, fit, goodness, logits, prior
from assistant.policy.types import GOOD, Choice, Head, Model, PolicyError, RaterStanding, Version
from assistant.ratings.types import Rating

if TYPE_CHECKING:
    from assistant.policy.types import Floats
    from corpus.embedding import Embedder
    from guards.grounding.verifier import Verifier

FOLDS = 5
SEARCH = 8_000
"""Ratings that the settings are chosen on, at most."""
CHOICES = tuple(
    Settings(penalty=penalty, pairwise=pairwise) for pairwise in (0.0, 0.5, 2.0) for penalty in (3.0, 10.0, 30.0, 100.0)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Ratings as the head learns from them."""

    examples: Examples
    folds: Any
    """The fold of each row; a question's fold is the same in every training."""
    standings: Mapping[str, RaterStanding]
    data: Mapping[str, Any]


def fold_of(question: str) -> int:
    """The fold of a question, by its text alone."""
    return int.from_bytes(hashlib.sha256(_plain(question).encode()).digest()[:4], "big") % FOLDS


def _plain(question: str) -> str:
    return " ".join(question.lower().split())


def prepare(
    ratings: Sequence[Rating], *, embedder: Embedder | None = None, verifier: Verifier | None = None
) -> Prepared:
    """Features and corrected ratings. Candidates are those that were rated under one question and group.

    Raises PolicyError without ratings.
    """
    import numpy as np

    if not ratings:
        raise PolicyError("there are no ratings to learn from")
    groups: dict[tuple[str, str], list[int]] = {}
    for index, each in enumerate(ratings):
        groups.setdefault((_plain(each.question), each.group), []).append(index)
    x: list[Any] = [None] * len(ratings)
    numbers = np.zeros(len(ratings), dtype=int)
    for number, rows in enumerate(groups.values()):
        places = list({ratings[row].answer: row for row in reversed(rows)}.items())[::-1]
        found = features(
            ratings[rows[0]].question,
            [_choice(ratings[row]) for _, row in places],
            embedder=embedder,
            verifier=verifier,
        )
        by_text = {text: vector for (text, _), vector in zip(places, found, strict=True)}
        for row in rows:
            x[row], numbers[row] = by_text[ratings[row].answer], number
    matrix = np.stack(x)
    values = np.array([each.rating for each in ratings], dtype=float)
    items = [f"{number}\n{each.answer}" for number, each in zip(numbers, ratings, strict=True)]
    corrected = raters.correct(values, [each.rater for each in ratings], items, matrix, expected(prior().model, matrix))
    return Prepared(
        examples=Examples(x=matrix, ratings=corrected.ratings, weights=corrected.weights, groups=numbers),
        folds=np.array([fold_of(each.question) for each in ratings]),
        standings=corrected.standings,
        data=_described(ratings, len(groups)),
    )


def _choice(rating: Rating) -> Choice:
    return Choice(text=rating.answer, evidence=tuple(rating.evidence), prior_rank=rating.prior_rank)


def _described(ratings: Sequence[Rating], groups: int) -> dict[str, Any]:
    lines = sorted(
        "\x1f".join((_plain(r.question), r.answer, f"{r.rating:g}", r.rater, str(r.prior_rank), *r.evidence))
        for r in ratings
    )
    return {
        "fingerprint": hashlib.sha256("\x1e".join(lines).encode("utf-8", "replace")).hexdigest(),
        "ratings": len(ratings),
        "questions": groups,
        "raters": len({each.rater for each in ratings}),
        "newest": max((str(each.at) for each in ratings if each.at), default=""),
    }


def train(prepared: Prepared, *, current: Version | None = None) -> Version:
    """A version from ratings: settings by cross-validation, held-out figures against `current` and the prior.

    It is not promoted yet; `why` says whether it should be, and `promoted` too.
    """
    import numpy as np

    examples, folds = prepared.examples, prepared.folds
    settings = choose(examples, folds)
    models = fitted(examples, folds, settings)
    logit = held_out(models, folds, examples.x)
    model = fit(examples, settings)
    calibration = calibrate(logit, goodness(examples.ratings), examples.weights)
    head = Head(model=model, calibration=calibration, features=VERSION)
    ours = _rated(models, folds, examples.x)
    comparable = current is not None and current.head.features == VERSION and len(current.folds) == FOLDS
    against = {"prior": expected(prior().model, examples.x)}
    if comparable and current is not None:
        against["current"] = _rated(current.folds, folds, examples.x)
    found = figures.compare(examples, ours, cross_calibrated(logit, examples, folds), against)
    promoted, why = decide(found, current, comparable)
    now = datetime.now(UTC)
    return Version(
        id=f"{now:%Y%m%dT%H%M%S%f}-{prepared.data['fingerprint'][:8]}",
        at=now.isoformat(timespec="seconds"),
        head=head,
        folds=tuple(models),
        data=prepared.data,
        settings={**asdict(settings), "features": VERSION, "folds": FOLDS, "good": GOOD},
        figures={**found, "folds_with_ratings": len(np.unique(folds))},
        raters=prepared.standings,
        promoted=promoted,
        why=why,
    )


def decide(found: Mapping[str, Any], current: Version | None, comparable: bool) -> tuple[bool, str]:
    """Whether the version may serve, and the sentence that says why."""
    beside = "current" if comparable else "prior"
    gain = found["gains"][beside]
    text = f"{gain['measure']} {gain['value']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}] against the {beside}"
    if gain["low"] > 0:
        return True, f"better on held-out ratings: {text}"
    if current is None and gain["value"] >= 0:
        return True, f"the first, and no worse than the prior on held-out ratings: {text}"
    return False, f"not shown to be better on held-out ratings: {text}"


def choose(examples: Examples, folds: Any) -> Settings:
    """The settings that order and explain held-out ratings best."""
    import numpy as np

    if len(np.unique(folds)) < 2:
        return Settings(penalty=100.0)
    if len(examples) > SEARCH:
        kept = np.unique(examples.groups)
        share = max(1, round(len(kept) * SEARCH / len(examples)))
        chosen = np.isin(examples.groups, np.random.default_rng(0).choice(kept, share, replace=False))
        examples, folds = examples.take(chosen), folds[chosen]

    def merit(settings: Settings) -> float:
        rated = _rated(fitted(examples, folds, settings), folds, examples.x)
        wide = float(np.average((examples.ratings - rated) ** 2, weights=examples.weights + 1e-9))
        return figures.mean_concordance(examples, rated) - 0.15 * wide

    return max(CHOICES, key=merit)


def fitted(examples: Examples, folds: Any, settings: Settings) -> list[Model]:
    """One model a fold, each from the ratings of all other folds."""
    return [fit(examples.take(folds != fold), settings) for fold in range(FOLDS)]


def held_out(models: Sequence[Model], folds: Any, x: Floats) -> Floats:
    """Logit of a good answer for each row, by the model that has not seen its question."""
    import numpy as np

    result = np.zeros(len(x))
    for fold, model in enumerate(models):
        rows = folds == fold
        result[rows] = logits(model, x[rows]) - model.thresholds[GOOD - 2]
    return result


def cross_calibrated(logit: Floats, examples: Examples, folds: Any) -> Floats:
    """Calibrated probabilities, each fold's calibration learnt on the others."""
    import numpy as np

    result = np.zeros(len(logit))
    for fold in range(FOLDS):
        rows = folds == fold
        first, second = calibrate(logit[~rows], goodness(examples.ratings[~rows]), examples.weights[~rows])
        result[rows] = 1.0 / (1.0 + np.exp(-np.clip(first + second * logit[rows], -30, 30)))
    return result


def _rated(models: Iterable[Model], folds: Any, x: Floats) -> Floats:
    import numpy as np

    result = np.zeros(len(x))
    for fold, model in enumerate(models):
        rows = folds == fold
        result[rows] = expected(model, x[rows])
    return result
