"""Questions from the chat page, answered to their end even when the page that asked has gone.

A reload, a closed tab or another conversation only stops the watching: the answer is still written where it belongs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from assistant import ask
from assistant.ask import Assistant
from assistant.conversations import Conversations
from assistant.errors import UnknownConversation
from assistant.serialise import answer_to_json
from assistant.types import Answer, Question
from corpus.types import Domain

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Questions that are answered at the same time; later ones wait."""

Step = ask.Step | BaseException | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that is being answered."""

    conversation: str
    """Id of the conversation that it stands in."""
    steps: Iterator[ask.Step]
    """The answer as it is made, its last item the whole. Raises what the flow raised."""


class Asking:
    """Answers questions in threads of its own and keeps what comes of them."""

    def __init__(self, assistant: Assistant, conversations: Conversations) -> None:
        self._assistant = assistant
        self._conversations = conversations
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="plumbline-ask")
        self._running: set[int] = set()

    def close(self) -> None:
        """Begin no further question; those that have begun are finished."""
        self._pool.shutdown(cancel_futures=True)

    def running(self, exchange: int) -> bool:
        """Whether this process is still answering it."""
        return exchange in self._running

    def ask(self, text: str, *, domain: Domain | None, conversation: str) -> Asked:
        """Begin to answer. An id that is empty, or of a conversation deleted meanwhile, begins a conversation.

        Raises StorageError when the question cannot be kept.
        """
        history = self._conversations.history(conversation) if conversation else ()
        try:
            conversation, exchange = self._conversations.begin(conversation, text)
        except UnknownConversation:
            conversation, exchange = self._conversations.begin("", text)
        steps: SimpleQueue[Step] = SimpleQueue()
        self._running.add(exchange)
        question = Question(text=text, history=history, domain=domain)
        self._pool.submit(self._answer, question, exchange, steps)
        return Asked(conversation=conversation, steps=_until_the_end(steps))

    def _answer(self, question: Question, exchange: int, steps: SimpleQueue[Step]) -> None:
        try:
            for step in self._assistant.stream(question):
                if isinstance(step, Answer):
                    self._conversations.finish(exchange, answer_to_json(step))
                steps.put(step)
            steps.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is watched
            logger.warning("a question could not be answered: %s", type(error).__name__)
            try:
                self._conversations.drop(exchange)
            finally:
                steps.put(error)
        finally:
            self._running.discard(exchange)


def _until_the_end(steps: SimpleQueue[Step]) -> Iterator[ask.Step]:
    while (step := steps.get()) is not None:
        if isinstance(step, BaseException):
            raise step
        yield step
