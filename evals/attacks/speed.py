"""What an inspection costs: in milliseconds, against splitting the same text into words, and as the text grows."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from evals.attacks import data
from evals.attacks.formats import DEVELOPMENT, write
from evals.attacks.judge import Service
from evals.attacks.marked import joined, seeded
from evals.attacks.passages import passages, stretch
from guards.types import Message

LIMITS = {"256 demonstrations": 150.0, "ordinary question": 5.0}
"""Milliseconds that an inspection may take, at the median."""

SIZES = (10_000, 40_000, 160_000, 640_000, 2_000_000)
"""Characters at which growth is measured."""

ODD = 640_000
"""Characters up to which texts are grown that nobody writes."""

PATIENCE_S = 4.0
"""A text kind whose inspection took longer than this is not grown further, unless it was the largest."""

STEEP = 1.3
"""An exponent above this is more than linear and noise."""

USUAL = ("demonstrations", "prose")
"""Kinds of text that are grown to the end."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Times of one text."""

    name: str
    characters: int
    p50_ms: float
    p95_ms: float
    ratio: float
    """Median time over the median time of one split of the same text into words, taken in turn."""
    limit_ms: float
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How time grows with one kind of text."""

    kind: str
    exponent: float
    """Slope of log time over log length at the upper sizes: 1 is linear, 2 quadratic."""
    seconds: Mapping[int, float]
    """Characters → seconds; what would take too long, or was not asked for, is not there."""
    stopped: bool
    """Whether it took so long that larger texts were not tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """All times."""

    timings: tuple[Timing, ...]
    growth: tuple[Growth, ...]

    def as_text(self) -> str:
        """A row a text, then a row a kind of growth."""
        lines = [f"{'time, one core':26}{'characters':>11}{'p50 ms':>10}{'p95 ms':>10}{'x word split':>14}   bar"]
        lines += [
            f"{'x ' if each.p50_ms > each.limit_ms else '  '}{each.name:24}{each.characters:>11}{each.p50_ms:>10.2f}"
            f"{each.p95_ms:>10.2f}{each.ratio:>14.1f}   p50 ≤ {each.limit_ms:g} ms"
            for each in self.timings
        ]
        lines += ["", f"{'growth of time':26}{'exponent':>11}   seconds at {', '.join(f'{size:,}' for size in SIZES)}"]
        lines += [
            f"{'x ' if each.stopped or each.exponent > STEEP else '  '}{each.kind:24}{each.exponent:>11.2f}   "
            + ", ".join(f"{each.seconds[size]:.3f}" if size in each.seconds else "-" for size in SIZES)
            + (" (stopped: too slow)" if each.stopped else "")
            for each in self.growth
        ]
        return "\n".join(lines)


def measure(root: Path, service: Service, *, sizes: Sequence[int] = SIZES, rounds: int = 15) -> Speed:
    """Times of 256 demonstrations and of ordinary questions; growth over `sizes` for each kind of text."""
    rng = seeded("speed")
    pairs = [data.shortened(each) for each in rng.sample(data.misaligned(root, "medical"), 256)]
    # About 60,000 characters together, the size of the study's longest prompts.
    pairs = [type(each)(prompt=each.prompt[:90], response=each.response[:110]) for each in pairs]
    form = DEVELOPMENT[0]
    long = joined(write(pairs, [form.layouts[0]] * len(pairs))) + data.everyday(root)[0]
    questions = data.innocent_questions(root)
    return Speed(
        timings=(
            _timing("256 demonstrations", [long] * rounds, service),
            _timing("ordinary question", list(questions[-90:]), service),
        ),
        growth=tuple(
            growth(kind, make, service, sizes if kind in USUAL else [each for each in sizes if each <= ODD])
            for kind, make in texts(root, long).items()
        ),
    )


@contextmanager
def one_core() -> Iterator[None]:
    """Keeps this thread, and those that it starts, on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def texts(root: Path, demonstrations: str) -> dict[str, Callable[[int], str]]:
    """Kind → a text of a given length: attacks, prose, and runs that make careless expressions backtrack."""
    prose = stretch(passages(root)["guideline"], 200_000, seeded("prose"))
    return {
        "demonstrations": lambda size: _filled(demonstrations + "\n\n", size),
        "prose": lambda size: _filled(prose, size),
        "blank lines": lambda size: _filled("\n", size),
        "open labels": lambda size: _filled("Q: A: \n### Prompt:", size),
        "open quotes and brackets": lambda size: _filled('{"a": ["<x>', size),
        "one long word": lambda size: _filled("a", size),
        "spaces and letters": lambda size: _filled("a b  c   ", size),
        "base64-like": lambda size: _filled("aGVsbG8gd29ybGQh", size),
    }


def growth(kind: str, make: Callable[[int], str], service: Service, sizes: Sequence[int]) -> Growth:
    """Times at growing lengths, the better of two below a second, and the slope between the largest three."""
    found: dict[int, float] = {}
    for size in sizes:
        messages = [Message(role="user", text=make(size))]
        seconds = _seconds(service, messages)
        if seconds < 1.0:
            seconds = min(seconds, _seconds(service, messages))
        found[size] = seconds
        if seconds > PATIENCE_S:
            break
    stopped = len(found) < len(sizes)
    return Growth(kind=kind, exponent=slope(list(found.items())[-3:]), seconds=found, stopped=stopped)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least-squares slope of log y over log x; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    logs = [(math.log(x), math.log(max(y, 1e-6))) for x, y in points]
    middle_x, middle_y = sum(x for x, _ in logs) / len(logs), sum(y for _, y in logs) / len(logs)
    above = sum((x - middle_x) * (y - middle_y) for x, y in logs)
    below = sum((x - middle_x) * (x - middle_x) for x, _ in logs)
    return above / below


def _timing(name: str, those: Sequence[str], service: Service) -> Timing:
    ours, bare = [], []
    _seconds(service, [Message(role="user", text=those[0])])  # whatever is loaded on first use
    for text in those:
        ours.append(_seconds(service, [Message(role="user", text=text)]))
        started = time.perf_counter()
        _WORD.findall(text)
        bare.append(time.perf_counter() - started)
    ordered = sorted(ours)
    return Timing(
        name=name,
        characters=round(median(map(len, those))),
        p50_ms=median(ours) * 1000,
        p95_ms=ordered[round(0.95 * (len(ordered) - 1))] * 1000,
        ratio=median(ours) / max(median(bare), 1e-9),
        limit_ms=LIMITS[name],
        rounds=len(those),
    )


def _seconds(service: Service, messages: Sequence[Message]) -> float:
    """Seconds of one inspection, also if it raises."""
    started = time.perf_counter()
    try:
        service.inspect_conversation(messages)
    except Exception:  # noqa: BLE001 - that it raises is counted elsewhere
        return time.perf_counter() - started
    return time.perf_counter() - started


def _filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]
