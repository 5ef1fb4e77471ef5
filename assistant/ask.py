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
from assistant.types import Admitted, Answer, AnswerSentence, Question, Released
from assistant.verify import verify
from assistant.weigh import weigh
from guards.gate import Gate

if TYPE_CHECKING:
    from assistant.audit import Audit
    from corpus.library import Library
    from guards.grounding.verifier import Verifier


KEPT = "The question and a draft of an answer are kept for whoever reviews it, and for nobody else."
NOT_KEPT = "It could not be put on record here: please ask a qualified person yourself."
"""What becomes of a question that is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A stage has begun; for people who wait."""

    stage: str
    """guard_in, retrieve, generate, verify, rank or guard_out: the keys of `Answer.timings_ms`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What to do now, in an emergency. Words of ours alone, so they need not wait for the answer."""

    text: str


Step = Progress | Notice | AnswerSentence | Answer
"""What a person may see while an answer is made; the Answer comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything an answer needs, put together by `assistant.build.build`. Safe to share between threads."""

    library: Library
    verifier: Verifier
    generators: tuple[Generator, ...]
    """In order of preference on equal rank; the extractive one is always among them."""
    passages: int = 8
    """How many passages are put before the generators."""
    gate: Gate = field(default_factory=Gate)
    """Lets answers through, or not."""
    audit: Audit | None = None
    """Where each answer is put on record; None: nowhere."""
    verdicts: Verdicts = field(default_factory=Verdicts)
    """What the guard over documents said of passages that were retrieved before."""

    def ask(self, question: Question) -> Answer:
        """Answer a question. Never raises for anything that the question or a language model does."""
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Step]:
        """The same, step by step: progress, what to do now in an emergency, then each sentence once it may be read,
        then the whole Answer, last.
        """
        clock = _Clock()

        yield Progress(stage="guard_in")
        with clock.stage("guard_in"):
            admitted = weigh(admit(question), self.gate)
        yield from _urgent(admitted)
        if admitted.refusal:
            yield self._recorded(Released(answer=clock.stamp(refuse(admitted))))
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
            released = release(ranked, self.gate)
        answer = self._recorded(replace(released, answer=clock.stamp(released.answer)))
        yield from answer.sentences
        yield answer

    def _recorded(self, released: Released) -> Answer:
        """The answer, once it is on record: what a person has seen never lacks its record."""
        answer = released.answer
        kept = self.audit is not None and self.audit.record(released)
        if answer.status == "held":
            told = KEPT if kept else NOT_KEPT
            return replace(answer, text=f"{answer.text} {told}", reason=f"{answer.reason} {told}")
        return answer


def _urgent(admitted: Admitted) -> Iterator[Notice]:
    return (Notice(text=each) for each in (admitted.assessment.urgent if admitted.assessment else ()))


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
