"""The assistant as a LangChain Runnable: a step of anybody's chain, sync, async, batched or traced like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableLambda

from assistant.types import Answer, Question, Turn

if TYPE_CHECKING:
    from assistant.ask import Assistant


def as_runnable(assistant: Assistant) -> Runnable[str | Mapping[str, Any] | Question, Answer]:
    """Takes a question as text, as a mapping (`question`, and any of `history`, `domain`, `include_unvalidated`) or as
    a Question; gives the Answer. Raises KeyError or ValueError for a mapping that holds no question.
    """

    def ask(question: str | Mapping[str, Any] | Question) -> Answer:
        return assistant.ask(_question(question))

    return RunnableLambda(ask, name="plumbline")


def _question(given: str | Mapping[str, Any] | Question) -> Question:
    match given:
        case Question():
            return given
        case str():
            return Question(text=given)
        case _:
            return Question(
                text=given["question"],
                history=tuple(_turn(each) for each in given.get("history", ())),
                domain=given.get("domain"),
                include_unvalidated=bool(given.get("include_unvalidated", False)),
            )


def _turn(given: Any) -> Turn:
    """A turn from a Turn, a LangChain message or a mapping with `role` and `content`."""
    if isinstance(given, Turn):
        return given
    if isinstance(given, Mapping):
        role, text = given["role"], given["content"]
    else:
        role, text = given.type, given.text
    roles = {"human": "user", "user": "user", "ai": "assistant", "assistant": "assistant"}
    if role not in roles:
        raise ValueError(f"a turn of the history is by the user or the assistant, not by {role!r}")
    return Turn(role="user" if roles[role] == "user" else "assistant", text=str(text))
