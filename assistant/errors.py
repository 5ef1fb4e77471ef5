"""Errors of the assistant.

AssistantError
├── PolicyError             in assistant.policy.types: a version or a training of the head (exit code 2)
├── SettingsError           a setting that is wrong or contradicts another               (exit code 2)
├── UnknownConversation     no conversation has that id
├── GeneratorError          a language model brought nothing; costs its candidate only
│   ├── GeneratorTimeout
│   ├── GeneratorUnreachable
│   └── GeneratorNonsense   it answered, but not with text that can be read
└── RatingsError
    ├── BadRating           it cannot be kept; its text says why, for a person
    ├── DuplicateRating     it is stored already
    ├── RatingsUnusable     the store is read-only, full, damaged, locked or too new     (exit code 2)
    └── RatingsUnreachable  the database server that keeps them does not answer          (exit code 3)
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


class RatingsError(AssistantError):
    """A rating, or the store of ratings, cannot be used."""


class BadRating(RatingsError):
    """It cannot be kept; the message is the reason, in words for a person, without the rating's own text."""


class DuplicateRating(RatingsError):
    """It is stored already, and was not stored again."""

    def __init__(self, rating: str) -> None:
        super().__init__(f"this rating is stored already, as {rating!r}")
        self.id = rating
        """Of the rating that is stored."""


class RatingsUnusable(RatingsError):
    """The store cannot be used; what was stored before is as it was."""


class RatingsUnreachable(RatingsError):
    """The database server that keeps the ratings does not answer."""
