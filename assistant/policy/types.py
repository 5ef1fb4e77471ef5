"""The nouns of the policy head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    """A vector or matrix of numbers."""

LEVELS = 5
"""Ratings go from 1 to this."""
GOOD = 4
"""Rating from which an answer is good."""


class PolicyError(AssistantError):
    """A version that is not there, a file of versions that cannot be read, or a training that must not run now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One candidate answer, as the head sees it."""

    text: str
    id: str = ""
    evidence: tuple[str, ...] = ()
    """The passages that it rests on; empty: none is known."""
    prior_rank: int | None = None
    """The place, from 1, that whatever brought it gave it; None when it gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the head says of one candidate."""

    id: str
    rating: float
    """The rating that an expert is expected to give, 1 to 5."""
    good: float
    """Calibrated probability that it would be 4 or 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Cumulative logit with proportional odds: P(rating <= k) = logistic(thresholds[k - 1] - weights . features)."""

    weights: tuple[float, ...]
    """One a feature, in the order of `features.FEATURES`."""
    thresholds: tuple[float, ...]
    """Four, rising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A model with its calibration; what serves."""

    model: Model
    calibration: tuple[float, float] = (0.0, 1.0)
    """Logit of the calibrated probability of a good answer = first + second times the model's logit."""
    features: str = ""
    """Version of the features that it was made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterStanding:
    """How one rater rates."""

    ratings: int
    leniency: float
    """Rating points that the rater gives above the others."""
    reliability: float
    """Weight of the rater's ratings, 0 to 2; 1 is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One training: what came out, from what, and what became of it."""

    id: str
    at: str
    """UTC, ISO 8601."""
    head: Head
    folds: tuple[Model, ...]
    """The models of cross-validation. A question belongs to the same fold in every training, so on any question two
    versions can be compared by models that have not seen it."""
    data: Mapping[str, Any]
    """Fingerprint and counts of the ratings."""
    settings: Mapping[str, Any]
    figures: Mapping[str, Any]
    """Held-out figures of this version, the one then serving, and the prior, and differences with intervals."""
    raters: Mapping[str, RaterStanding] = field(default_factory=dict)
    promoted: bool = False
    """Whether it was promoted when it was trained."""
    why: str = ""
