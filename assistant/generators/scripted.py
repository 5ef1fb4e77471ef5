"""A chat model that says what a script tells it to: for fault drills, demonstrations and tests."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, PrivateAttr


class Scripted(BaseChatModel):
    """Gives its replies in turn, then from the beginning."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    replies: tuple[str | Exception, ...]
    """What it says; an exception is raised."""
    delay: float = 0.0
    """Seconds that each reply takes."""

    _turn: Any = PrivateAttr(default_factory=itertools.count)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> tuple[list[BaseMessage], ...]:
        """The prompts so far, oldest first."""
        return tuple(self._asked)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        with self._lock:
            self._asked.append(messages)
            reply = self.replies[next(self._turn) % len(self.replies)]
        time.sleep(self.delay)
        if isinstance(reply, Exception):
            raise reply
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=reply))])
