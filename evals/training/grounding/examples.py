"""What the grounding model learns from."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from guards.grounding.windows import windows

Target = Literal["supported", "contradicted", "unsupported", "answers", "silent"]
"""Of a claim: what the evidence says of it. Of a question: whether the evidence answers it."""

LONGEST = 1300
"""Characters of a claim or window beyond which an example is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A claim or question with what the model reads as its evidence."""

    text: str
    evidence: str
    target: Target
    source: str
    """Name of the data set, as INDEX.md and the model card have it."""
    group: str
    """Claim, contract or article: examples of one group are on one side of every split."""
    wrong: tuple[tuple[int, int], ...] | None = None
    """Spans of the claim that the evidence does not give; None: unknown."""
    weight: float = 1.0


def fold(group: str, folds: int) -> int:
    """Which of so many parts a group is in; always the same."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % folds


def views(
    text: str, evidence: Sequence[str], target: Target, rng: random.Random, *, most: int = 2
) -> Iterable[tuple[str, Target]]:
    """The windows of long evidence that may be learnt from, with what each says.

    A claim that the whole supports or refutes is learnt from the likeliest window alone: the rest may be silent.
    """
    found = [window.text for window in windows(text, evidence)]
    if not found:
        return
    yield found[0], target
    if target in ("unsupported", "silent"):
        for other in rng.sample(found[1:], min(most - 1, len(found) - 1)):
            yield other, target


def usable(examples: Iterable[Example]) -> list[Example]:
    """Those of fit length, each text and evidence once."""
    once: dict[tuple[str, str], Example] = {}
    for each in examples:
        if each.text.strip() and each.evidence.strip() and len(each.text) + len(each.evidence) <= LONGEST:
            once.setdefault((_plain(each.text), _plain(each.evidence)), each)
    return list(once.values())


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
