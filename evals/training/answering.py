"""Fits the weights of the extractive generator: which sentence answers, and whether the answer may be given at all.

    python -m evals.training.answering --homes reports/homes

Two logistic regressions over the development questions (evals/gold/development, never the golden ones): a sentence is
right when it has the expected facts and stands where they stand; an answer is right when one of its sentences is. The
figures printed are from five-fold cross-validation by question.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import quiet
from assistant.generators.extractive import Extractive, Unit, answer_features, compose
from corpus.library import Library
from evals.gold.cases import Case, load

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

UNIT = ("cosine", "passage", "covered", "in_context", "gives", "read", "fragment")
ANSWER = ("first", "second", "read", "cosine", "in_context")
FOLDS = 5
QUESTIONS = Path(__file__).parents[1] / "gold" / "development"


@dataclass(frozen=True, slots=True)
class Asked:
    """One development question with the sentences that were found for it."""

    case: Case
    units: tuple[Unit, ...]
    right: tuple[bool, ...]
    """For each sentence, whether it answers."""


def collect(library: Library, cases: Sequence[Case], generator: Extractive) -> list[Asked]:
    """The shortlisted sentences of every question, judged."""
    asked = []
    for case in cases:
        units = generator.judged(case.question, library.search(case.question, k=8))
        asked.append(Asked(case, tuple(units), tuple(_answers(case, unit) for unit in units)))
    return asked


def _answers(case: Case, unit: Unit) -> bool:
    if not case.answerable:
        return False
    header = unit.hit.passage.table_header
    text = f"{header}: {unit.text}" if header else unit.text
    stands = any(source.file == unit.hit.document.file for source in case.sources)
    return stands and all(any(re.search(p, text, re.IGNORECASE) for p in group) for group in case.expected)


def fit(
    rows: Sequence[Mapping[str, float]], right: Sequence[bool], names: Sequence[str], penalty: float
) -> dict[str, float]:
    """Logistic regression with an L2 penalty, by Newton's method."""
    import numpy as np

    x = np.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])
    y = np.array(right, dtype=float)
    ridge = penalty * np.diag([0.0, *[1.0] * len(names)])
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (p - y) + ridge @ w
        hessian = (x * (p * (1 - p) + 1e-9)[:, None]).T @ x + ridge
        w -= np.linalg.solve(hessian, gradient)
    return {name: round(float(value), 3) for name, value in zip(("bias", *names), w, strict=True)}


def learn(asked: Sequence[Asked]) -> tuple[dict[str, float], dict[str, float]]:
    """Weights of a sentence and of an answer."""
    units = [(unit.features, right) for each in asked for unit, right in zip(each.units, each.right, strict=True)]
    weights = fit([f for f, _ in units], [r for _, r in units], UNIT, 1.0)
    answers = [_answer(each, weights) for each in asked if each.units]
    return weights, fit([f for f, _ in answers], [r for _, r in answers], ANSWER, 0.3)


def _answer(each: Asked, weights: Mapping[str, float]) -> tuple[dict[str, float], bool]:
    from assistant.generators.extractive import probability

    order = sorted(range(len(each.units)), key=lambda i: -probability(each.units[i].features, weights))
    units = [each.units[i] for i in order]
    right = {id(each.units[i]) for i in order if each.right[i]}
    chosen = compose(units[0], units, weights)
    return answer_features(units, weights), any(id(unit) in right for unit in chosen)


def main() -> int:
    """Collect, cross-validate, print the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.answering", description=__doc__)
    parser.add_argument("homes", nargs="+", help="home=questions.jsonl,…: a corpus and the questions over it")
    options = parser.parse_args()
    quiet.silence()
    asked: list[Asked] = []
    for pair in options.homes:
        home, _, files = pair.partition("=")
        asked += _collected(Path(home), [case for file in files.split(",") for case in load(QUESTIONS / file)])
    _cross_validate(asked)
    sentence, answer = learn(asked)
    print("WEIGHTS =", sentence)
    print("ANSWER_WEIGHTS =", answer)
    return 0


def _collected(home: Path, cases: Sequence[Case]) -> list[Asked]:
    from assistant.build import make_reader, open_library
    from assistant.settings import load as settings

    with open_library(settings(home)) as library:
        return collect(library, cases, Extractive(reader=make_reader()))


def _cross_validate(asked: Sequence[Asked]) -> None:
    import numpy as np

    from assistant.generators.extractive import probability

    rng = np.random.default_rng(0)
    fold = rng.permutation(len(asked)) % FOLDS
    judged: list[tuple[bool, bool, float]] = []
    for each in range(FOLDS):
        weights, answer_weights = learn([a for a, f in zip(asked, fold, strict=True) if f != each])
        for a in (a for a, f in zip(asked, fold, strict=True) if f == each and a.units):
            features, right = _answer(a, weights)
            judged.append((a.case.answerable, right, probability(features, answer_weights)))
    answerable = [(right, p) for can, right, p in judged if can]
    silent = [p for can, _, p in judged if not can]
    print(
        f"{len(answerable)} answerable, {len(silent)} unanswerable; a right sentence chosen for {_mean(answerable):.1%}"
    )
    print("threshold  answered right  answered  unanswerable answered")
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
        shown = sum(r and p >= threshold for r, p in answerable) / len(answerable)
        answered = sum(p >= threshold for _, p in answerable) / len(answerable)
        wrong = sum(p >= threshold for p in silent) / max(len(silent), 1)
        print(f"{threshold:9.2f} {shown:15.1%} {answered:9.1%} {wrong:22.1%}")


def _mean(pairs: Sequence[tuple[bool, Any]]) -> float:
    return sum(right for right, _ in pairs) / max(len(pairs), 1)


if __name__ == "__main__":
    sys.exit(main())
