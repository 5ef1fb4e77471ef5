"""Errors of the guards.

GuardError
└── VerifierUnavailable    a verifier that the settings name cannot be loaded or reached
"""

from __future__ import annotations


class GuardError(Exception):
    """Base of every error that the guards raise on purpose."""


class VerifierUnavailable(GuardError):
    """A verifier that the settings name cannot be loaded or reached."""
