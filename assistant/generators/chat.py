"""A generator over any langchain chat model: prompt, one call with a deadline, the reply read as cited sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant import prompts
from assistant.errors import GeneratorError
from assistant.generators.deadline import Deadline
from assistant.generators.replies import read_reply
from assistant.types import Candidate, Retrieved

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

WINDOW = 3_000
"""Tokens of a prompt where the model does not say how many it reads; eight passages are about two thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatGenerator:
    """Asks a chat model for one candidate."""

    name: str
    model: BaseChatModel
    timeout: float
    """Seconds, after which there is no candidate."""
    window: int = WINDOW
    """Tokens that a prompt may have; passages that don't fit are left out, the last first."""
    deadline: Deadline = field(default_factory=Deadline)
    """Where the calls run."""

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        """One candidate. A model that says that the documents don't say gives one without sentences and with the
        feature `abstains`; without passages the model is not asked. Raises GeneratorError.
        """
        if not retrieved.hits:
            return ()
        try:
            messages = prompts.messages(retrieved.admitted.text, retrieved.hits, window=self.window)
            reply = self.deadline.call(lambda: self.model.invoke(messages), self.timeout)
        except GeneratorError:
            raise
        except Exception as error:  # any model may be behind the interface, and raises what it likes
            raise GeneratorError(f"{type(error).__name__}: {_line(error)}") from error
        sentences = read_reply(reply.text, passages=len(retrieved.hits))
        cited = sum(any(1 <= number <= len(retrieved.hits) for number in each.citations) for each in sentences)
        return (
            Candidate(
                generator=self.name,
                sentences=sentences,
                features={
                    "abstains": float(not sentences),
                    "cites": cited / len(sentences) if sentences else 0.0,
                    "words": float(sum(len(each.text.split()) for each in sentences)),
                },
            ),
        )


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
