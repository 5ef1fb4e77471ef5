"""The whole flow on one screen: how a question becomes an answer.

Every stage is a plain function from one frozen value to the next; refusing, abstaining and holding are answers too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.admit import admit
from assistant.generate import Generator, generate
from assistant.rank import rank
from assistant.release import refuse, release
from assistant.retrieve import retrieve
from assistant.screen import Verdicts, screen
from assistant.types import Answer, AnswerSentence, Question
from assistant.verify import verify

if TYPE_CHECKING:
    from corpus.library import Library
    from guards.grounding.verifier import Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A stage has begun; for people who wait."""

    stage: str
    """guard_in, retrieve, generate, verify, rank or guard_out: the keys of `Answer.timings_ms`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything an answer needs, put together by `assistant.build.build`. Safe to share between threads."""

    library: Library
    verifier: Verifier
    generators: tuple[Generator, ...]
    """In order of preference on equal rank; the extractive one is always among them."""
    passages: int = 8
    """How many passages are put before the generators."""
    verdicts: Verdicts = field(default_factory=Verdicts)
    """What the guard over documents said of passages that were retrieved before."""

    def ask(self, question: Question) -> Answer:
        """Answer a question. Never raises for anything that the question or a language model does."""
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Progress | AnswerSentence | Answer]:
        """The same, step by step: progress, then each sentence once it may be read, then the whole Answer, last."""
        clock = _Clock()

        yield Progress(stage="guard_in")
        with clock.stage("guard_in"):
            admitted = admit(question)
        if admitted.refusal:
            yield clock.stamp(refuse(admitted))
            return

        yield Progress(stage="retrieve")
        with clock.stage("retrieve"):
            retrieved = retrieve(admitted, self.library, passages=self.passages)
            retrieved = screen(retrieved, self.verdicts)

        yield Progress(stage="generate")
        with clock.stage("generate"):
            candidates = generate(retrieved, self.generators)

        yield Progress(stage="verify")
        with clock.stage("verify"):
            verified = verify(candidates, self.verifier)

        yield Progress(stage="rank")
        with clock.stage("rank"):
            ranked = rank(verified)

        yield Progress(stage="guard_out")
        with clock.stage("guard_out"):
            answer = release(ranked)
        yield from answer.sentences
        yield clock.stamp(answer)


@dataclass(slots=True)
class _Clock:
    """Wall time of each stage in milliseconds."""

    started: float = field(default_factory=time.perf_counter)
    times: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.times[name] = 1000 * (time.perf_counter() - start)

    def stamp(self, answer: Answer) -> Answer:
        total = 1000 * (time.perf_counter() - self.started)
        return replace(answer, timings_ms={**self.times, "total": total})
