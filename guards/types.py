"""The nouns of the guards. All frozen."""

from __future__ import annotations

from collections.abc import Callable
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A passage that an answer may cite."""

    text: str
    """Its exact text."""
    context: str = ""
    """What it stands under: title, headings, the header of its table; a line each."""
    title: str = ""
    """The document's."""
    status: str = ""
    """The document's: validated, superseded…; empty when unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer that has not been let through yet."""

    text: str
    """Without citation marks."""
    start: int
    """Where it stands in the draft's text."""
    end: int
    citations: tuple[int, ...]
    """Numbers of sources, from 1; may be empty or wrong."""
    quotes: tuple[tuple[int, int], ...] = ()
    """For each citation the span of the source's text that carries it; empty when unknown."""
    verdict: Verdict | None = None
    """What a verifier said of it; None: nobody has looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer before it is let through, with all that the checks may look at."""

    text: str
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    """Source number n is `sources[n - 1]`."""
    question: str = ""
    said: tuple[str, ...] = ()
    """Earlier turns of the same conversation: what they say may be repeated."""
    rules: tuple[str, ...] = ()
    """What the language model was told; must not be repeated."""
    private: tuple[str, ...] = ()
    """Texts of other people, such as their conversations; must not be repeated."""
    domain: str = ""
    """Whose policy applies; empty: none but what holds everywhere."""

    def cited(self, statement: Statement) -> tuple[Source, ...]:
        """The sources that a statement cites; numbers that name none are left out."""
        return tuple(self.sources[n - 1] for n in statement.citations if 1 <= n <= len(self.sources))


Check = Callable[[Draft], tuple[Finding, ...]]
"""Looks at a draft and says what is wrong with it: nothing found, nothing wrong. A finding with action `drop` is about
the sentence that stands at its span; one with `block` is about the whole draft."""
