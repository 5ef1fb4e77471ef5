"""The nouns of the attacks. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from guards.types import Message

Half = Literal["development", "held-out"]
HALVES: tuple[Half, ...] = ("development", "held-out")

Family = Literal["demonstrations", "plain pairs", "benign", "notinject", "hidden", "clean", "harm", "look-alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One demonstration: what is asked and what is answered."""

    prompt: str
    response: str
    misaligned: bool = False
    """Whether the answer is one that leads astray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stretch of one message."""

    message: int
    """Index of the message, from 0; 0 for a single text."""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation or text with what is known of it."""

    id: str
    """Stable under a seed: family, half and number."""
    family: Family
    half: Half
    kind: str
    """Format of the demonstrations, kind of benign text, or kind of attack."""
    variant: str = ""
    """Placement of the demonstrations, or position of the instruction."""
    topic: str = ""
    """Where the material comes from."""
    k: int = 0
    """How many misaligned demonstrations there are."""
    benign_share: float = 0.0
    """Share of harmless pairs among all pairs, 0 to 1."""
    messages: tuple[Message, ...]
    document: bool = False
    """Whether the one message is the text of a document, not what a person says."""
    targets: tuple[tuple[Place, ...], ...] = ()
    """What is to be taken out: one entry a demonstration (its prompt and its response) or an instruction."""
    question: Place | None = None
    """The person's real question, which must stay word for word."""

    def text(self, place: Place) -> str:
        """What stands at a place."""
        return self.messages[place.message].text[place.start : place.end]
