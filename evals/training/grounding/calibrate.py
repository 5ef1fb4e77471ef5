"""Probabilities and thresholds of what the model says, from examples that training never saw.

A logistic regression over the features of `guards.grounding.model`; every set counts the same. Thresholds weigh what a
wrong sentence costs against what a lost one does: `COSTS` for the domains; without one, the threshold is that of the
best mean balanced accuracy over the sets.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.grounding import sets as judged
from evals.grounding.types import Case
from evals.training.grounding.examples import Example, usable
from evals.training.grounding.questions import ASKED
from evals.training.grounding.recipe import Passage, learnable, part, planted, texts
from evals.training.grounding.sets import expertqa
from evals.training.grounding.written import CLAIMS, QUESTIONS, Written, marked
from evals.training.logistic import fit_logistic
from guards.grounding.encoder import Encoder
from guards.grounding.model import Calibration, ModelVerifier, Reading
from guards.types import Claim

NAMES = ("supported", "first", "contradicted", "share", "nearest", "windows")
COSTS: Mapping[str, float] = {"medical": 4.0, "legal": 3.0, "engineering": 3.0}
"""How many lost right sentences one wrong sentence is worth."""
MOST = 3000
"""Claims of a set."""
STEPS = tuple(step / 50 for step in range(5, 48))
"""Thresholds that are tried."""


def gather(data: Path, passages: Sequence[Passage], written: Sequence[Written]) -> list[Case]:
    """Claims of every set that are kept for calibration."""
    rng = random.Random(5)  # noqa: S311 - sampling, not secrets
    kept = [each for each in (*learnable(passages), *texts(data)) if _kept(each[2])]
    found = [
        *judged.wice(data, _kept),
        *judged.contractnli(data, _kept),
        *_examples(usable(expertqa(data, rng))),
        *_written(written),
        *_examples(planted(rng.sample(kept, min(4000, len(kept))), rng)),
    ]
    by_set: dict[str, list[Case]] = {}
    for each in found:
        by_set.setdefault(each.set, []).append(each)
    return [each for those in by_set.values() for each in rng.sample(those, min(MOST, len(those)))]


def _kept(group: str) -> bool:
    return part(group) == "calibrated"


def _examples(examples: Iterable[Example]) -> Iterator[Case]:
    for each in examples:
        if each.source == "planted" or _kept(each.group):
            yield Case(
                claim=Claim(text=each.text, evidence=(each.evidence,)),
                supported=each.target == "supported",
                contradicted=each.target == "contradicted",
                set=each.source,
                group=each.group,
                wrong=each.wrong or (),
            )


def _written(written: Sequence[Written]) -> Iterator[Case]:
    for each in written:
        if _kept(each.group):
            for kind, target in CLAIMS.items():
                for text in each.about.get(kind, ()):
                    claim, wrong = marked(text)
                    yield Case(
                        claim=Claim(text=claim, evidence=(f"{each.place}\n{each.text}" if each.place else each.text,)),
                        supported=target == "supported",
                        contradicted=target == "contradicted",
                        set="written",
                        group=each.group,
                        wrong=wrong,
                    )


def fit(labelled: Sequence[Case], asked: Sequence[tuple[str, str, bool]], weights: Path, version: str) -> Calibration:
    """The calibration of these weights. `asked`: question, passage, whether it answers."""
    encoder = Encoder(weights=weights)
    readings = ModelVerifier(model=weights, encoder=encoder).read([each.claim for each in labelled])
    sizes = Counter(each.set for each in labelled)
    counts = [len(labelled) / len(sizes) / sizes[each.set] for each in labelled]
    fitted = fit_logistic(
        [each.features for each in readings], [each.supported for each in labelled], NAMES, counts=counts
    )
    draft = Calibration(
        version=version,
        weights=fitted,
        thresholds={"": 0.5},
        contradicted=0.0,
        marked=0.0,
        part=0.5,
        answers=(1.0, 0.0),
    )
    chances = [0.0 if each.vetoes else draft.probability(each.features) for each in readings]
    threshold = max(STEPS, key=lambda at: _balanced(labelled, chances, at))
    odds = [answer.answers for answer in encoder.read([(question, text) for question, text, _ in asked])]
    answers = fit_logistic([{"odds": each} for each in odds], [right for *_, right in asked], ("odds",), penalty=0.1)
    return Calibration(
        version=version,
        weights=fitted,
        thresholds={"": threshold, **{domain: round(cost / (1 + cost), 3) for domain, cost in COSTS.items()}},
        contradicted=_contradicted(labelled, readings),
        marked=_marked(labelled, readings),
        part=threshold,
        answers=(answers["odds"], answers["bias"]),
    )


def questions(data: Path, written: Sequence[Written]) -> list[tuple[str, str, bool]]:
    """Question, passage, whether it answers; kept for calibration."""
    rng = random.Random(6)  # noqa: S311 - sampling, not secrets
    examples = [each for loader in ASKED.values() for each in loader(data, rng) if _kept(each.group)]
    own = [
        (text, f"{each.place}\n{each.text}" if each.place else each.text, target == "answers")
        for each in written
        if _kept(each.group)
        for kind, target in QUESTIONS.items()
        for text in each.about.get(kind, ())
    ]
    chosen = rng.sample(examples, min(MOST, len(examples)))
    return [*own, *((each.text, each.evidence, each.target == "answers") for each in chosen)]


def save(calibration: Calibration, path: Path) -> None:
    """As JSON, as `Calibration.load` reads it."""
    row: dict[str, Any] = {name: getattr(calibration, name) for name in calibration.__slots__}
    path.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")


def _balanced(labelled: Sequence[Case], chances: Sequence[float], threshold: float) -> float:
    """Mean over the sets of balanced accuracy."""
    sums: dict[tuple[str, bool], list[bool]] = {}
    for each, chance in zip(labelled, chances, strict=True):
        sums.setdefault((each.set, each.supported), []).append((chance >= threshold) == each.supported)
    shares = [sum(those) / len(those) for those in sums.values()]
    return sum(shares) / len(shares)


def _contradicted(labelled: Sequence[Case], readings: Sequence[Reading]) -> float:
    """Of what is not supported: the log-odds that best part what is refuted from what is not given.

    At least even odds: below them nobody is told that the source says otherwise.
    """
    odds = [
        (max(opinion.contradicted for opinion in reading.opinions), each.contradicted)
        for each, reading in zip(labelled, readings, strict=True)
        if not each.supported
    ]
    tried = sorted({round(max(0.0, value), 1) for value, _ in odds})

    def good(at: float) -> float:
        return sum(
            sum((value >= at) == refuted for value, refuted in odds if refuted == which)
            / max(1, sum(refuted == which for _, refuted in odds))
            for which in (True, False)
        )

    return max(tried, key=good)


def _marked(labelled: Sequence[Case], readings: Sequence[Reading]) -> float:
    """The log-odds at which the words marked agree best with those known to be wrong (F1 over characters)."""

    def agreement(at: float) -> float:
        both = said = known = 0
        for each, reading in zip(labelled, readings, strict=True):
            if each.supported or not each.wrong:
                continue
            marks = {i for start, end in reading.unsupported(reading.best(), at) for i in range(start, end)}
            wrong = {i for start, end in each.wrong for i in range(start, end)}
            both, said, known = both + len(marks & wrong), said + len(marks), known + len(wrong)
        return 2 * both / max(1, said + known)

    return max((step / 4 for step in range(-8, 13)), key=agreement)
