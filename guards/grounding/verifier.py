"""The verifier protocol: every way of checking claims against evidence looks like this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from guards.types import Claim, Verdict


@runtime_checkable
class Verifier(Protocol):
    """Says of each claim whether its evidence supports it.

    Implementations are pure: same claims, same verdicts, whatever else is in the batch; they are safe to call from
    several threads; they never raise on any text. A claim without evidence is unsupported.
    """

    @property
    def name(self) -> str:
        """Short and stable; recorded with every answer."""
        ...

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        """One verdict a claim, in order. `question` is context for claims that lean on it ("Yes, it does."); `domain`
        says how dear a wrong sentence is.
        """
        ...
