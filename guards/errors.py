"""Errors of the guards.

GuardError
├── VerifierUnavailable    a verifier that the settings name cannot be loaded or reached
├── PolicyError            a policy's file is wrong
└── NoVerdict              a check gave none: it failed, took too long, or answered with nonsense; blocks
"""

from __future__ import annotations


class GuardError(Exception):
    """Base of every error that the guards raise on purpose."""


class VerifierUnavailable(GuardError):
    """A verifier that the settings name cannot be loaded or reached."""


class PolicyError(GuardError):
    """A policy's file is wrong."""


class NoVerdict(GuardError):
    """A check gave no verdict. `kind` is `error`, `timeout` or `busy`; nothing of what was checked stands in it."""

    def __init__(self, check: str, kind: str) -> None:
        super().__init__(f"the check {check!r} gave no verdict: {kind}")
        self.check, self.kind = check, kind
