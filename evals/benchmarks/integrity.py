"""How well the Prompt Integrity Service of the code in the current folder tells attacks from honest text, and its cost.

Misaligned demonstrations, benign text, buried instructions, open requests for harm and their look-alikes are made from
the development data as the benchmark runs, in a development half and a held-out half. Shares carry 95% intervals.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.errors import UsageError
from evals.attacks import benign, data, demonstrations, harm, hidden, report, speed
from evals.attacks.judge import Outcome, Service, load_service, run
from evals.attacks.types import HALVES, Case, Half

COUNTS = {"demonstrations": 350, "plain pairs": 60, "benign": 340, "hidden": 240, "clean": 300}
"""Cases of each half at scale 1; NotInject, harm and look-alikes are taken whole."""

SETS = (*COUNTS, "notinject", "harm", "look-alike", "speed")

Tell = Callable[[str], None]


def main(arguments: Sequence[str], service: Service | None = None) -> int:
    """Make the cases, have them inspected, print the table. 0 done; 2 when the data or the service is missing."""
    options = _options(arguments)
    try:
        data.check(options.data)
        with speed.one_core():
            return _measure(options, service or load_service())
    except UsageError as error:
        print(f"plumbline: {error}", file=sys.stderr)
        return 2


def _measure(options: Namespace, service: Service) -> int:
    from rich.console import Console

    if options.case:
        return show(options, service)
    with Console(stderr=True).status("starting") as status:
        outcomes = inspect_all(options, service, status.update)
        times = None
        if "speed" in options.only:
            status.update("speed")
            times = speed.measure(options.data, service)
    _write(options, outcomes, times)
    return 0


def cases(root: Path, half: Half, chosen: Sequence[str] = SETS, scale: float = 1.0, seed: int = 0) -> tuple[Case, ...]:
    """The half's cases of the chosen sets, in their order."""
    size = {name: max(1, round(count * scale)) for name, count in COUNTS.items()}
    makers: dict[str, Callable[[], tuple[Case, ...]]] = {
        "demonstrations": lambda: demonstrations.cases(root, half, size["demonstrations"], seed),
        "plain pairs": lambda: demonstrations.plain_pairs(root, half, size["plain pairs"], seed),
        "benign": lambda: benign.cases(root, half, size["benign"], seed),
        "hidden": lambda: hidden.cases(root, half, size["hidden"], seed),
        "clean": lambda: hidden.clean(root, half, size["clean"], seed),
        "notinject": lambda: benign.notinject(root, half),
        "harm": lambda: harm.cases(root, half),
        "look-alike": lambda: harm.look_alikes(root, half),
    }
    return tuple(case for name, make in makers.items() if name in chosen for case in make())


def inspect_all(options: Namespace, service: Service, tell: Tell) -> list[Outcome]:
    """Every case of both halves, inspected and judged."""
    outcomes = []
    for half in HALVES:
        those = cases(options.data, half, options.only, options.scale, options.seed)
        for number, case in enumerate(those, start=1):
            tell(f"{half}: {case.family} {number}/{len(those)}")
            outcomes.append(run(case, service))
    return outcomes


def show(options: Namespace, service: Service) -> int:
    """One case of the development half in full, with what goes on of it. Raises UsageError when there is none."""
    found = [
        case
        for case in cases(options.data, "development", SETS, options.scale, options.seed)
        if case.id == options.case
    ]
    if not found:
        raise UsageError(f"the development half has no case {options.case}; held-out ones are not shown")
    outcome = run(found[0], service)
    print(report.compact(outcome))
    for index, message in enumerate(outcome.case.messages):
        print(f"\n--- {index} {message.role}\n{message.text}")
        if index < len(outcome.texts):
            same = outcome.texts[index] == message.text
            print(
                f"--- {index} goes on {'unchanged' if same else 'as'}{'' if same else chr(10) + outcome.texts[index]}"
            )
    return 0


def _write(options: Namespace, outcomes: Sequence[Outcome], times: speed.Speed | None) -> None:
    figures = report.figures(outcomes)
    summary = json.dumps(report.as_json(figures, outcomes, times), indent=1, ensure_ascii=False)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "integrity.json").write_text(summary, encoding="utf-8")
    (options.out / "integrity.html").write_text(report.as_html(figures, outcomes, times), encoding="utf-8")
    if options.json:
        print(summary)
    else:
        print(report.as_text(figures, times))
        if options.failures:
            print(report.failures_as_text(outcomes, options.failures))
    print(f"{len(report.failures(outcomes))} failures: {options.out / 'integrity.html'}", file=sys.stderr)


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="plumbline bench integrity", description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DATA, help="the development data")
    parser.add_argument(
        "--only", default=",".join(SETS), help="some of the sets, separated by commas: " + ", ".join(SETS)
    )
    parser.add_argument("--scale", type=float, default=1.0, help="more or fewer cases (default: 1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--failures", type=int, default=0, metavar="N", help="print what breaks, with the N worst cases"
    )
    parser.add_argument("--case", metavar="ID", help="show one case of the development half in full")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where integrity.json and .html go")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output")
    options = parser.parse_args(arguments)
    options.only = tuple(name.strip() for name in options.only.split(","))
    if strangers := set(options.only) - set(SETS):
        parser.error(f"there is no set {', '.join(sorted(strangers))}; there are {', '.join(SETS)}")
    return options
