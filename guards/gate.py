"""The gate: nothing is let through unless every check has looked at it and said so. It fails closed.

Every check that faces an answer runs as its registered Guardrails validator (`guards.validators`), all of them through
one `Guard`, in every process: its first answer pays the second that Guardrails takes to import, a server does so when
it starts. (To import it in a thread during the search was measured, and saved nothing.) A check that raises, takes
longer than its limit, answers with nonsense, or does not answer, blocks; so does a Guardrails that cannot be imported.
Each such failure is logged without any of the words that were checked, and counted.

The checks of an answer run in one thread of a bounded pool while the caller watches the clock: no thread is made for an
answer, and when all are taken by checks that hang, the gate blocks. What a limit cannot do: a check inside one call of
native code that keeps the interpreter's lock (one regular expression, say) holds up the watching too. That is why the
checks must be linear.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from guards.errors import NoVerdict
from guards.metrics import Metrics, Outcome
from guards.policies import Assessment, assess
from guards.types import Check, Draft, Finding
from guards.workers import Workers

if TYPE_CHECKING:
    from guards.validators.adapter import Chain

logger = logging.getLogger(__name__)

T = TypeVar("T")

LIMIT_S = 2.0
"""Seconds that one check may take. The slowest takes some milliseconds; the rest is for a busy machine."""

LOOK_S = 0.05
"""Seconds after which the watcher looks again which check is running; each has its own limit."""

LOADING_S = 60.0
"""Seconds that it may take to import Guardrails, once a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the gate says of a draft."""

    findings: tuple[Finding, ...]
    """Everything that is wrong with it; empty when it may be read as it is."""

    @property
    def blocked(self) -> bool:
        """Whether nothing of it may be read."""
        return any(each.action != "drop" for each in self.findings)

    def drops(self, start: int, end: int) -> bool:
        """Whether the sentence that stands there must not be read."""
        return any(each.action == "drop" and each.start < end and start < each.end for each in self.findings)


@dataclass(slots=True)
class Run:
    """One run of the chain: where it is, and what the checks have said. Written by its thread, read by the watcher."""

    draft: Draft
    metrics: Metrics
    current: tuple[str, float] = ("", 0.0)
    """The check that is running and when it began; an empty name between checks."""
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    """What each check that has come to an end found."""
    failed: NoVerdict | None = None
    abandoned: bool = False
    """Nobody waits for it any more: its thread ends it as soon as the check that hung comes back."""
    done: threading.Event = field(default_factory=threading.Event)

    def call(self, name: str, check: Check) -> tuple[Finding, ...]:
        """Run one check. Raises NoVerdict when it raises, or answers with anything but findings."""
        started = time.monotonic()
        self.current = (name, started)
        found: object = None
        kind = ""
        try:
            found = check(self.draft)
        except BaseException as error:  # noqa: BLE001 - whatever a check raises, it has given no verdict
            kind = type(error).__name__
        else:
            if not (isinstance(found, tuple) and all(isinstance(each, Finding) for each in found)):
                kind = f"nonsense ({type(found).__name__})"
        self.current = ("", time.monotonic())
        if self.abandoned:  # counted when it was given up
            raise NoVerdict(name, "timeout")
        outcome: Outcome = "error" if kind else "found" if found else "passed"
        self.metrics.add(name, outcome, time.monotonic() - started)
        if kind:
            logger.error("check %s gave no verdict and blocks: %s", name, kind)
            raise NoVerdict(name, "error")
        self.findings[name] = found  # type: ignore[assignment]  # checked above
        return self.findings[name]


class Gate:
    """Lets answers through, or not. Safe to share between threads; make one a process.

    `checks` are those of `guards.checks` unless others are given, by name; `limits` are seconds by name.
    """

    def __init__(
        self,
        checks: Mapping[str, Check] | None = None,
        *,
        limits: Mapping[str, float] | None = None,
        limit: float = LIMIT_S,
        workers: Workers | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._checks, self._limits, self._limit = checks, dict(limits or {}), limit
        self._workers = workers or Workers()
        self.metrics = metrics or Metrics()
        self._chain: Chain | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Import Guardrails now rather than with the first answer. Raises whatever that raises."""
        self._loaded()

    def judge(self, draft: Draft) -> Ruling:
        """What all checks say of the draft. Never raises: a check without a verdict is a finding that blocks."""
        try:
            return Ruling(findings=self._judge(draft))
        except NoVerdict as failed:
            reason = "A draft was set aside: a check could not be completed, and nothing is shown unchecked."
            return Ruling(findings=(Finding(stage="answer", check=failed.check, action="block", reason=reason),))

    def assess(self, question: str) -> Assessment | None:
        """What the policies say of a question; None when they could not say, in which case no answer may go out."""
        outcome: list[Assessment] = []
        run = Run(Draft(text="", statements=(), sources=()), self.metrics)

        def check(_: Draft) -> tuple[Finding, ...]:
            outcome.append(assess(question))
            return ()

        try:
            self._watch(run, lambda: run.call("question", check))
        except NoVerdict:
            return None
        return outcome[0]

    def _judge(self, draft: Draft) -> tuple[Finding, ...]:
        run = Run(draft, self.metrics)
        names: list[str] = []

        def work() -> None:
            run.current = ("guardrails", time.monotonic())
            chain = self._loaded()
            names.extend(chain.names)
            chain.validate(run)

        self._watch(run, work)
        # Every check has to have spoken: one that Guardrails left out has not passed.
        if silent := [name for name in names if name not in run.findings] or ([] if names else ["guardrails"]):
            self._no_verdict(silent[0], "error", 0.0)
        return tuple(finding for name in names for finding in run.findings[name])

    def _watch(self, run: Run, work: Callable[[], object]) -> None:
        """Have a thread do the work, watching each check's limit. Raises NoVerdict."""

        def guarded() -> None:
            try:
                work()
            except NoVerdict as failed:
                run.failed = failed
            except BaseException as error:  # noqa: BLE001 - a guard that fails blocks, whatever it was
                logger.error("the gate failed and blocks: %s", type(error).__name__)
                run.failed = NoVerdict(run.current[0] or "guardrails", "error")
                self.metrics.add(run.failed.check, "error", 0.0)
            finally:
                run.done.set()

        if not self._workers.submit(guarded, wait=self._limit):
            self._no_verdict("gate", "busy", self._limit)
        since = time.monotonic()
        while True:
            name, began = run.current
            left = max(began, since) + self._limit_of(name) - time.monotonic()
            if run.done.wait(min(max(0.0, left), LOOK_S)):
                break
            if run.current == (name, began) and left <= 0:
                run.abandoned = True
                self._no_verdict(name or "gate", "timeout", self._limit_of(name))
        if run.failed:
            raise run.failed

    def _limit_of(self, name: str) -> float:
        """Seconds for a check; for what lies between checks, and the making of a `Guard`, a limit of its own."""
        if name in ("", "guardrails"):
            return LOADING_S if self._chain is None else LIMIT_S
        return self._limits.get(name, self._limit)

    def _no_verdict(self, name: str, kind: Outcome, seconds: float) -> None:
        logger.error("check %s gave no verdict and blocks: %s", name, kind)
        self.metrics.add(name, kind, seconds)
        raise NoVerdict(name, kind)

    def _loaded(self) -> Chain:
        with self._lock:
            if self._chain is None:
                from guards.checks import CHECKS

                with warnings.catch_warnings():  # what its libraries are to mend must not keep answers back
                    warnings.simplefilter("ignore")
                    from guards.validators.adapter import Chain

                self._chain = Chain(self._checks if self._checks is not None else CHECKS)
            return self._chain
