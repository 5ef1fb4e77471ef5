"""How well verifiers tell what evidence supports: the model, words and vectors, and the commonest answer, in one run.

    judged        balanced accuracy on what people judged (WiCE, HealthVer, ContractNLI), one threshold for all
    planted       errors planted in real passages that are caught, and true sentences that are lost
    words         token F1 of the words marked as not given
    calibration   expected calibration error and Brier score
    speed         ten sentences against five passages, in milliseconds and against embedding the same texts

Nothing is measured on rows or documents that the model learnt from. Figures carry 95% intervals; where several weights
are named, their mean stands with the least and the greatest.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant import quiet
from corpus.errors import CorpusError
from evals.gold.homes import DOCUMENTS
from evals.grounding import errors, figures, report, sets, speed
from evals.grounding.contenders import Contender, contenders, judge
from evals.grounding.types import TABLES, Case, Figure, Judged
from evals.statistics import mean

DATA = DOCUMENTS.parent
"""Where the development data lies: beside the checkout."""

Tell = Callable[[str], None]


def main(arguments: Sequence[str]) -> int:
    """Measure, print the tables, write grounding.json and .html. 0 done; 2 when data or weights are missing."""
    options = _options(arguments)
    quiet.silence()
    try:
        return _measure(options)
    except CorpusError as error:
        print(f"plumbline: {error}", file=sys.stderr)
        return 2


def _measure(options: Namespace) -> int:
    from rich.console import Console

    from corpus.embedding import MiniLM

    embedder = MiniLM()
    with Console(stderr=True).status("starting") as status:
        notes: list[str] = []
        those = contenders(embedder, options.model, notes.append)
        cases = load(options, status.update)
        times = (
            speed.measure(those, embedder, repeats=options.repeats, tell=status.update)
            if "speed" in options.only
            else {}
        )
        results = [assess(each, cases, times.get(each.name, []), options.only, status.update) for each in those]
    notes += notes_on(cases)
    _write(options, together(those, results), notes)
    return 0


def load(options: Namespace, tell: Tell) -> list[Case]:
    """The cases that the chosen tables need. Raises UsageError when data is missing."""
    found: list[Case] = []
    if {"judged", "calibration"} & set(options.only):
        found += sets.judged(options.data, sample=options.sample, seed=options.seed)
    if {"planted", "words"} & set(options.only):
        sets.check(options.data)
        passages = errors.passages(options.data / "documents", options.homes, tell)
        tell("planting errors")
        found += errors.planted(passages, sample=options.planted, seed=options.seed)
    if "words" in options.only:
        found += sets.experts(options.data)
    return found


def assess(
    contender: Contender, cases: Sequence[Case], times: Sequence[Figure], only: Sequence[str], tell: Tell
) -> report.Result:
    """One contender's figures of the chosen tables."""
    verdicts = judge(contender, cases, tell)
    tell(f"{contender.name}: adding up")
    people = [each for each in verdicts if each.case.set in figures.SETS]
    planted = [each for each in verdicts if each.case.set == "planted"]
    experts = [each for each in verdicts if each.case.set == "experts"]
    found: list[Figure] = []
    if "judged" in only:
        found += figures.judged_figures(people)
    if "planted" in only:
        found += figures.planted_figures(planted)
    if "words" in only:
        found += figures.words_figures([*planted, *experts])
    if "calibration" in only:
        found += figures.calibration_figures(people)
    return report.Result(
        name=contender.name,
        verifier=contender.verifier.name if contender.verifier else contender.name,
        figures=[*found, *times],
        bins=figures.bins(figures.scored(people)) if "calibration" in only else (),
        missed=_missed(planted) if "planted" in only else (),
    )


def _missed(planted: Sequence[Judged]) -> list[Judged]:
    return [each for each in planted if each.passed != each.case.supported]


def together(those: Sequence[Contender], results: Sequence[report.Result]) -> list[report.Result]:
    """The results, and behind them those of several weights as one."""
    models = [result for each, result in zip(those, results, strict=True) if each.model]
    if len(models) < 2:
        return list(results)
    found = [replace(each, seed=each in models) for each in results]
    name = f"{len(models)} models"
    return [*found, report.Result(name=name, verifier="", figures=figures.spread([each.figures for each in models]))]


def notes_on(cases: Sequence[Case]) -> list[str]:
    """What was measured on, in words."""
    found = []
    for name in dict.fromkeys(each.set for each in cases):
        own = [each for each in cases if each.set == name]
        groups = Counter(each.group for each in own)
        share = mean([float(each.supported) for each in own])
        found.append(f"{name}: {len(own)} claims of {len(groups)} groups, {share:.0%} supported")
    return found


def _write(options: Namespace, results: Sequence[report.Result], notes: Sequence[str]) -> None:
    summary = json.dumps(report.as_json(results, notes), indent=1, ensure_ascii=False)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "grounding.json").write_text(summary, encoding="utf-8")
    (options.out / "grounding.html").write_text(report.as_html(results, notes), encoding="utf-8")
    print(summary if options.json else report.as_text(results, notes))
    print(f"pictures, and claims misjudged: {options.out / 'grounding.html'}", file=sys.stderr)


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        prog="plumbline bench grounding", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the development data")
    parser.add_argument("--homes", type=Path, default=Path("reports/homes"), help="where the corpora are kept")
    parser.add_argument(
        "--model", type=Path, action="append", default=[], metavar="PATH", help="weights to measure; may be repeated"
    )
    parser.add_argument("--only", default=",".join(TABLES), help="some of the tables: " + ", ".join(TABLES))
    parser.add_argument("--sample", type=int, default=600, metavar="N", help="rows of HealthVer; 0: all (default: 600)")
    parser.add_argument("--planted", type=int, default=1500, metavar="N", help="planted claims (default: 1500)")
    parser.add_argument("--repeats", type=int, default=20, metavar="N", help="turns of the times (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where grounding.json and .html go")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output")
    options = parser.parse_args(arguments)
    options.only = tuple(name.strip() for name in options.only.split(","))
    if unknown := set(options.only) - set(TABLES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}")
    return options
