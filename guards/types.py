"""The nouns of the guards. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Label = Literal["supported", "partial", "unsupported", "contradicted"]

Stage = Literal["question", "history", "document", "answer"]
Action = Literal["allow", "redact", "drop", "hold", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence to be checked, with the evidence that it may rest on."""

    text: str
    evidence: tuple[str, ...]
    """The passages it cites, in order; empty when it cites none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verifier says of one claim."""

    label: Label
    score: float
    """Probability, 0 to 1, that the evidence supports the claim."""
    evidence: int | None = None
    """Index of the passage that supports (or contradicts) it best; None when there is none."""
    support: tuple[int, int] | None = None
    """Where in that passage the supporting words stand."""
    unsupported: tuple[tuple[int, int], ...] = ()
    """Parts of the claim's text that the evidence does not give."""
    reasons: tuple[str, ...] = ()
    """Why, in words for a person: "the source gives 5 mg, not 50 mg"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation that is inspected."""

    role: str
    """user, assistant, system or tool."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a guard noticed and what it did about it."""

    stage: Stage
    check: str
    """Short and stable name of the check that noticed it: "demonstrations", "instruction", "hidden_text"…"""
    action: Action
    reason: str
    """In words for a person, without the text that was found."""
    score: float = 1.0
    """How sure the check is, 0 to 1."""
    start: int = 0
    """First character of the place in the message's or text's original; start == end: the whole of it."""
    end: int = 0
    message: int | None = None
    """Index of the message, from 0; None for a single text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What the Prompt Integrity Service says of a conversation or a text."""

    action: Literal["allow", "redact", "block"]
    """The strongest that any finding asks for."""
    findings: tuple[Finding, ...]
    texts: tuple[str, ...]
    """Each message, or the one text, as it may go on: the original itself where nothing was taken out."""
