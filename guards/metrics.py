"""How often each check passed, found something, failed or hung, and how long it took. Counts only, no words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Outcome = Literal["passed", "found", "error", "timeout", "busy"]
"""`found`: it found something wrong. The last three gave no verdict, and blocked: the check raised or answered with
nonsense; it took too long; no thread was free to run it."""

OUTCOMES: tuple[Outcome, ...] = ("passed", "found", "error", "timeout", "busy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What became of one check so far."""

    passed: int = 0
    found: int = 0
    error: int = 0
    timeout: int = 0
    busy: int = 0
    seconds: float = 0.0
    """All its runs together."""

    @property
    def runs(self) -> int:
        """How often it was asked for."""
        return sum(getattr(self, each) for each in OUTCOMES)


class Metrics:
    """Counters by check. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Count] = {}

    def add(self, check: str, outcome: Outcome, seconds: float) -> None:
        """One more run of a check."""
        with self._lock:
            count = self._counts.get(check, Count())
            more = {outcome: getattr(count, outcome) + 1}
            self._counts[check] = replace(count, seconds=count.seconds + seconds, **more)

    def snapshot(self) -> dict[str, Count]:
        """The counts by check, as they are now."""
        with self._lock:
            return dict(self._counts)

    def as_prometheus(self) -> str:
        """The counts in Prometheus' text format, version 0.0.4."""
        return "\n".join(_lines(self.snapshot())) + "\n"


def _lines(counts: dict[str, Count]) -> Iterator[str]:
    yield "# HELP plumbline_guard_checks_total Runs of each check by what became of them."
    yield "# TYPE plumbline_guard_checks_total counter"
    for name, count in sorted(counts.items()):
        for outcome in OUTCOMES:
            yield f'plumbline_guard_checks_total{{check="{name}",outcome="{outcome}"}} {getattr(count, outcome)}'
    yield "# HELP plumbline_guard_check_seconds Time that the checks took."
    yield "# TYPE plumbline_guard_check_seconds summary"
    for name, count in sorted(counts.items()):
        yield f'plumbline_guard_check_seconds_sum{{check="{name}"}} {count.seconds:.6f}'
        yield f'plumbline_guard_check_seconds_count{{check="{name}"}} {count.runs}'
