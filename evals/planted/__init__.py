"""Synthetic errors on real passages: what a grounding verifier learns from, and what it is measured by.

`plant` makes false claims of a sentence, `rewrite` true ones, `collect` both for many passages. All are repeatable
under a seed, and nothing leaves the text of the passages but words of our own.
"""

from evals.planted.plant import collect, plant
from evals.planted.rewrites import rewrite
from evals.planted.types import FALSE_KINDS, TRUE_KINDS, Planted

__all__ = ["FALSE_KINDS", "TRUE_KINDS", "Planted", "collect", "plant", "rewrite"]
