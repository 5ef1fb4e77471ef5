"""Fits the weights of the extractive generator: which passage answers, and whether the answer may be given at all.

    python -m evals.training.answering

A passage answers when what would be lifted from it has the expected facts, in words of the right document. `WEIGHTS`
maximise the chance of the passages that answer among those found (a softmax over each question's passages);
`ANSWER_WEIGHTS` are a logistic regression on the answers that these make. Both are fitted on the development questions
(evals/gold/development), never on the golden ones. The figures printed are from five-fold cross-validation by question.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import quiet
from assistant.generators.extractive import Judged, answer_features, compose, judge, probability, read
from corpus.types import DOMAINS, Hit
from evals.gold.cases import Case, load
from evals.gold.homes import DOCUMENTS, prepare
from evals.training.logistic import fit_logistic
from guards.grounding.model import AnswerReader

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

PASSAGE = ("score", "cosine", "met", "sentence_met", "gives", "reads", "words", "few_words", "table")
ANSWER = ("cosine", "chance", "document", "ahead", "gives", "reads")
PASSAGES = 8
FOLDS = 5
REPEATS = 5
QUESTIONS = Path(__file__).parents[1] / "gold" / "development"
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)


@dataclass(frozen=True, slots=True)
class Asked:
    """One development question with the passages that were found for it."""

    case: Case
    hits: tuple[Hit, ...]
    odds: tuple[float, ...]
    """What reading each passage together with the question gave."""
    right: Mapping[int, bool]
    """Evidence number → whether what would be lifted from that passage answers."""


def collect(folder: Path, documents: Path) -> list[Asked]:
    """Every development question with its passages, each judged."""
    asked = []
    for domain in DOMAINS:
        home = prepare(documents, folder, [domain])
        asked += _searched(home, load(QUESTIONS / f"{domain}.jsonl"))
    return asked + _searched(starter(folder), load(QUESTIONS / "starter.jsonl"))


def starter(folder: Path) -> Path:
    """A home below the folder with the starter corpus."""
    from assistant.build import open_library
    from assistant.commands import ingest_starter
    from assistant.settings import load as settings

    home = folder / "starter"
    with open_library(settings(home)) as library:
        ingest_starter(library, lambda _: None)
    return home


def _searched(home: Path, cases: Sequence[Case]) -> list[Asked]:
    from assistant.build import open_library
    from assistant.settings import load as settings

    asked, reads = [], AnswerReader().odds
    with open_library(settings(home)) as library:
        for case in cases:
            hits = library.search(case.question, k=PASSAGES).hits
            right = {each.number: _answers(case, [each]) for each in judge(case.question, hits, {})}
            asked.append(Asked(case, hits, read(case.question, hits, reads), right))
    return asked


def _answers(case: Case, judged: Sequence[Judged]) -> bool:
    """Whether an answer made of these passages has the facts, nothing wrong, and comes from the right document."""
    if not case.answerable or judged[0].hit.document.file not in {source.file for source in case.sources}:
        return False
    text = " ".join(" ".join(sentence.text for sentence in compose(judged)).split())
    found = [any(re.search(fact, text, re.IGNORECASE) for fact in facts) for facts in case.expected]
    return all(found) and not any(re.search(fact, text, re.IGNORECASE) for fact in case.wrong)


def learn(asked: Sequence[Asked]) -> tuple[dict[str, float], dict[str, float]]:
    """Weights of a passage and of an answer."""
    weights = fit_choice(asked)
    answers = [_answer(each, weights) for each in asked if each.right]
    return weights, fit_logistic([features for features, _ in answers], [right for _, right in answers], ANSWER)


def fit_choice(asked: Sequence[Asked], penalty: float = 0.3, steps: int = 400) -> dict[str, float]:
    """Maximises the summed log-chance of the passages that answer, with an L2 penalty, by gradient ascent."""
    import numpy as np

    groups = []
    for each in asked:
        judged = judge(each.case.question, each.hits, {}, each.odds)
        right = np.array([each.right[one.number] for one in judged], dtype=float)
        if right.any():
            groups.append((np.array([[one.features[name] for name in PASSAGE] for one in judged]), right))
    rows = np.concatenate([x for x, _ in groups])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    w, pace = np.zeros(len(PASSAGE)), np.zeros(len(PASSAGE))
    for _ in range(steps):
        slope = -2 * penalty * w
        for x, right in groups:
            z = (x - mean) / scale
            chance = np.exp(z @ w - (z @ w).max())
            chance /= chance.sum()
            wanted = chance * right / max(float((chance * right).sum()), 1e-12)
            slope += z.T @ (wanted - chance)
        pace = 0.9 * pace + slope / len(groups)
        w = w + 0.15 * pace
    return {name: round(float(value), 3) for name, value in zip(PASSAGE, w / scale, strict=True)}


def _answer(each: Asked, weights: Mapping[str, float]) -> tuple[dict[str, float], bool]:
    judged = judge(each.case.question, each.hits, weights, each.odds)
    return answer_features(judged), _answers(each.case, judged)


def main() -> int:
    """Collect, cross-validate, print the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.answering", description=__doc__)
    parser.add_argument("--documents", type=Path, default=DOCUMENTS)
    parser.add_argument("--homes", type=Path, default=Path("reports/homes"), help="where the corpora are kept")
    options = parser.parse_args()
    quiet.silence()
    asked = collect(options.homes, options.documents)
    _cross_validate(asked)
    passage, answer = learn(asked)
    print("WEIGHTS =", passage)
    print("ANSWER_WEIGHTS =", answer)
    return 0


def _cross_validate(asked: Sequence[Asked]) -> None:
    import numpy as np

    judged: list[tuple[bool, bool, float]] = []
    for repeat in range(REPEATS):
        fold = np.random.default_rng(repeat).permutation(len(asked)) % FOLDS
        for each in range(FOLDS):
            passage, answer = learn([a for a, f in zip(asked, fold, strict=True) if f != each])
            for a in (a for a, f in zip(asked, fold, strict=True) if f == each and a.right):
                features, right = _answer(a, passage)
                judged.append((a.case.answerable, right, probability(features, answer)))
    answerable = [(right, chance) for can, right, chance in judged if can]
    silent = [chance for can, _, chance in judged if not can]
    share = sum(right for right, _ in answerable) / len(answerable)
    print(f"{len(asked)} questions, {REPEATS} times {FOLDS} folds; the right passage is chosen for {share:.1%}")
    print("threshold  answered right  answered  unanswerable answered")
    for threshold in THRESHOLDS:
        shown = sum(right and chance >= threshold for right, chance in answerable) / len(answerable)
        answered = sum(chance >= threshold for _, chance in answerable) / len(answerable)
        wrong = sum(chance >= threshold for chance in silent) / max(len(silent), 1)
        print(f"{threshold:9.2f} {shown:15.1%} {answered:9.1%} {wrong:22.1%}")


if __name__ == "__main__":
    sys.exit(main())
