"""What it costs to guard an answer: 400 words, five passages, all checks through Guardrails and the gate.

    gate, verified      the gate as every answer meets it: sentences come with the verifier's verdicts
    gate, verifying     the same, and the words-only verifier run anew on every sentence first
    functions           the same checks called as plain functions, without Guardrails and gate
    guardrails          the same checks as validators through a `Guard`, without the gate's thread and clock
    bare guardrails     a chain of as many validators that do nothing, through a `Guard`

All five take turns in one run. What Guardrails itself costs is the median of `guardrails` less `functions` of the same
turn, in time of the processor, because both run in one thread and a difference of wall times is lost in a busy machine.
"""

from __future__ import annotations

import json
import re
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import quiet
from assistant.prompts import RULES
from corpus.passages import clean
from corpus.sentences import split_sentences
from corpus.starter import starter_paths
from evals.benchmarks.speed import machine

if TYPE_CHECKING:
    from guards.types import Draft

WORDS, PASSAGES, PASSAGE = 400, 5, 1200
"""Words of the answer, passages that it cites, and characters of each of them."""

GOALS = {"gate, verified": (40.0, 120.0), "gate, verifying": (40.0, 120.0)}
"""Milliseconds at the median and at the 99th percentile that must not be passed."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write guards.json. 0 done; 1 a goal was missed."""
    parser = ArgumentParser(prog="plumbline bench guards", description="What it costs to guard an answer.")
    parser.add_argument("--turns", type=int, default=500, help="how often each is measured")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where guards.json goes")
    parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")
    options = parser.parse_args(arguments)
    quiet.silence()
    report = measure(options.turns)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "guards.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(json.dumps(report) if options.json else as_text(report))
    missed = [name for name, goal in GOALS.items() if not _within(report["milliseconds"][name], goal)]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def measure(turns: int) -> dict[str, Any]:
    """The times of all five, and what follows from them."""
    draft = example()
    contenders = _contenders(draft)
    times: dict[str, list[float]] = {name: [] for name in contenders}
    busy: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(turns + 10):
        for name, run in contenders.items():
            start, began = time.perf_counter(), time.thread_time()
            run()
            if turn >= 10:  # the first fill caches
                times[name].append(1000 * (time.perf_counter() - start))
                busy[name].append(1000 * (time.thread_time() - began))
    figures = {name: {"p50": _percentile(each, 50), "p99": _percentile(each, 99)} for name, each in times.items()}
    through, plain = busy["guardrails"], busy["functions"]
    return {
        "machine": machine(),
        "turns": turns,
        "answer_words": len(draft.text.split()),
        "sentences": len(draft.statements),
        "passages": len(draft.sources),
        "milliseconds": figures,
        "guardrails_overhead_ms": _percentile([a - b for a, b in zip(through, plain, strict=True)], 50),
        "guardrails_ratio": _percentile(through, 50) / _percentile(plain, 50),
        "gate_overhead_ms": figures["gate, verified"]["p50"] - figures["guardrails"]["p50"],
    }


def _contenders(draft: Draft) -> Mapping[str, Callable[[], object]]:
    from guards.checks import CHECKS
    from guards.drafts import verified
    from guards.gate import Gate, Run
    from guards.grounding.overlap import OverlapVerifier
    from guards.metrics import Metrics
    from guards.validators.adapter import Chain

    gate, verifier, metrics = Gate(), OverlapVerifier(), Metrics()
    chain, bare = Chain(CHECKS), Chain({name: lambda _: () for name in CHECKS})
    checked = verified(draft, verifier)
    if wrong := gate.judge(checked).findings:
        raise RuntimeError(f"the example is not a good answer: {wrong[0]}")
    return {
        "gate, verified": lambda: gate.judge(checked),
        "gate, verifying": lambda: gate.judge(verified(draft, verifier)),
        "functions": lambda: [check(checked) for check in CHECKS.values()],
        "guardrails": lambda: chain.validate(Run(checked, metrics)),
        "bare guardrails": lambda: bare.validate(Run(checked, metrics)),
    }


def example() -> Draft:
    """An answer of whole sentences from five passages of the starter corpus, with their numbers in brackets."""
    from guards.drafts import read

    texts = [
        file.read_text("utf-8").partition("\n\n")[2]
        for folder, _ in starter_paths().values()
        for file in sorted(folder.glob("*.md"))[:2]
    ]
    sources = [clean(text[:PASSAGE]) for text in texts][:PASSAGES]
    prose = re.compile(r"[A-Z][^|#•]{40,300}")
    lifted = [[s[a:b] for a, b in split_sentences(s) if prose.fullmatch(s, a, b)] for s in sources]
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < WORDS:
        number = len(parts) % len(sources)
        sentence = lifted[number][len(parts) // len(sources) % len(lifted[number])].rstrip(".")
        parts.append(f"{sentence} [{number + 1}].")
    return read(" ".join(parts), {"sources": sources, "question": "What do they say?", "rules": RULES})


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _within(figures: Mapping[str, float], goal: tuple[float, float]) -> bool:
    return figures["p50"] <= goal[0] and figures["p99"] <= goal[1]


def as_text(report: Mapping[str, Any]) -> str:
    """The table for a terminal."""
    lines = [
        f"{report['answer_words']} words, {report['sentences']} sentences, {report['passages']} passages, "
        f"{report['turns']} turns",
        f"{'':18}{'p50':>10}{'p99':>10}  goal",
    ]
    for name, figures in report["milliseconds"].items():
        goal = "at most {:.0f} and {:.0f} ms".format(*GOALS[name]) if name in GOALS else ""
        lines.append(f"{name:18}{figures['p50']:>7.2f} ms{figures['p99']:>7.2f} ms  {goal}")
    lines.append(
        f"Guardrails itself: {report['guardrails_overhead_ms']:.2f} ms an answer (goal: under 2), ratio "
        f"{report['guardrails_ratio']:.2f}. The gate's thread and clock: {report['gate_overhead_ms']:.2f} ms"
    )
    return "\n".join(lines)
