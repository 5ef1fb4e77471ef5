"""Errors of the assistant.

AssistantError
├── PolicyError             in assistant.policy.types: a version or a training of the head (exit code 2)
├── SettingsError           a setting that is wrong or contradicts another               (exit code 2)
└── GeneratorError          a language model brought nothing; costs its candidate only
├── GeneratorTimeout
├── GeneratorUnreachable
└── GeneratorNonsense   it answered, but not with text that can be read
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of every error that the assistant raises on purpose."""


class SettingsError(AssistantError):
    """A setting that is wrong or contradicts another."""


class UnknownConversation(AssistantError):
    """No conversation has that id."""

    def __init__(self, conversation: str) -> None:
        super().__init__(f"no conversation with id {conversation!r}")


class GeneratorError(AssistantError):
    """A language model brought no candidate."""


class GeneratorTimeout(GeneratorError):
    """It did not answer in time."""


class GeneratorUnreachable(GeneratorError):
    """Its server or file cannot be reached or loaded."""


class GeneratorNonsense(GeneratorError):
    """It answered with something that is not usable text."""
