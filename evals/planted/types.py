"""The nouns of planted claims. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.types import Span

Label = Literal["supported", "contradicted", "unsupported"]

TRUE_KINDS = ("verbatim", "reworded", "shortened", "converted", "joined")
"""How a true claim differs from the sentence it repeats."""

FALSE_KINDS = (
    "number",
    "unit",
    "dose",
    "date",
    "entity",
    "negation",
    "modality",
    "comparator",
    "condition",
    "neighbour",
    "superseded",
)
"""What was made wrong: a value, who or what is spoken of, yes or no, how binding it is, which side of a limit, a
condition that was dropped, a fact of another section, or a value of another edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One claim with the passage it is to be checked against."""

    claim: str
    evidence: str
    """The passage, as it stands in the document."""
    kind: str
    """One of TRUE_KINDS or FALSE_KINDS."""
    label: Label
    wrong: tuple[Span, ...] = ()
    """Stretches of the claim that are wrong, in order; none for a true claim. For a dropped condition, the words that
    became too general."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A changed text and where it was changed."""

    text: str
    wrong: tuple[Span, ...]
