"""What the policy head learns from experts' ratings: MEDIQA's candidate answers and HaluQuestQA's pairs.

MEDIQA: trained on train1 and train2, measured on validation, whose questions are others. Its ratings go from 1 to 4
and an answer is good from 3 up; the head learns them as 1, 2, 4, 5, so that good is 4 or 5. HaluQuestQA: the preferred
answer of a pair counts as a 4 and the other as a 2; five folds of questions, each judged by a head that learnt on the
others. Nothing that is learnt here is kept.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import quiet
from assistant.ratings.types import Rating
from evals.statistics import Interval, bootstrap, grouped_bootstrap, mean

if TYPE_CHECKING:
    from assistant.policy.types import Head, Version
    from corpus.embedding import Embedded, Embedder
    from corpus.types import Span

LEARNT_AS = {1: 1.0, 2: 2.0, 3: 4.0, 4: 5.0}
"""MEDIQA's rating → as the head learns it."""
GOOD = 3
"""MEDIQA's rating from which an answer is good."""
HONEST, HOSTILE = 8, 2
"""Raters that MEDIQA's ratings are dealt out to, and added ones who rate a share as large upside down."""
CURVE = (50, 200, 1000)
SEEDS = 5
"""Draws of questions for each point of the learning curve."""
BARS = {"mrr": 0.96, "halfway": 0.5, "accuracy": 0.78, "pairs": 0.70, "ece": 0.05, "loss": 1 / 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its candidates as experts rated them."""

    question: str
    answers: tuple[str, ...]
    ratings: tuple[int, ...]
    ranks: tuple[int, ...]

    def rated(self, *, rater: str = "expert", ranked: bool = True) -> list[Rating]:
        """The ratings as the head learns them."""
        return [
            Rating(
                question=self.question,
                answer=answer,
                rating=LEARNT_AS[rating],
                rater=rater,
                domain="medical",
                prior_rank=rank if ranked else None,
            )
            for answer, rating, rank in zip(self.answers, self.ratings, self.ranks, strict=True)
        ]


@dataclass(slots=True)
class Remembering:
    """An embedder that embeds each text once; with a file, once for all runs."""

    inner: Embedder
    file: Path | None = None
    name: str = "remembering"
    dimension: int = 0
    _kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name, self.dimension = self.inner.name, self.inner.dimension
        if self.file is not None and self.file.is_file():
            import numpy as np

            with np.load(self.file) as stored:
                self._kept = dict(stored)

    def query(self, text: str) -> Any:
        """The vector of a question."""
        key = hashlib.sha256(f"query {text}".encode()).hexdigest()
        if key not in self._kept:
            self._kept[key] = self.inner.query(text)
        return self._kept[key]

    def texts(self, texts: Sequence[str]) -> Any:
        """Vectors of texts, not remembered."""
        return self.inner.texts(texts)

    def passages(self, items: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Embedded]:
        """For each text its vector and its sentences'."""
        import numpy as np

        keys = [hashlib.sha256(repr(item).encode()).hexdigest() for item in items]
        new = [index for index, key in enumerate(keys) if key not in self._kept]
        for index, (whole, sentences) in zip(new, self.inner.passages([items[i] for i in new]), strict=True):
            self._kept[keys[index]] = np.vstack([whole[None, :], sentences]) if len(sentences) else whole[None, :]
        return [(self._kept[key][0], self._kept[key][1:]) for key in keys]

    def save(self) -> None:
        """Write the file, if there is one."""
        if self.file is not None:
            import numpy as np

            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("wb") as stream:
                np.savez(stream, **self._kept)


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write ratings.json. 0 done; 1 a bar was missed; 2 the data is not there."""
    parser = ArgumentParser(prog="plumbline bench ratings", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--vectors", type=Path, help="file that keeps the texts' vectors for the next run")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where ratings.json goes")
    parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")
    options = parser.parse_args(arguments)
    folder = options.data / "ratings"
    if not folder.is_dir():
        print(f"no ratings at {folder}; name the development data with --data", file=sys.stderr)
        return 2
    quiet.silence()
    from corpus.embedding import MiniLM

    embedder = Remembering(MiniLM(), options.vectors)
    report = measure(folder, embedder)
    embedder.save()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "ratings.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(json.dumps(report) if options.json else as_text(report))
    if report["missed"]:
        print(f"missed: {', '.join(report['missed'])}", file=sys.stderr)
    return 1 if report["missed"] else 0


def measure(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """The whole table."""
    train = [*mediqa(folder / "mediqa_train1.jsonl"), *mediqa(folder / "mediqa_train2.jsonl")]
    test = mediqa(folder / "mediqa_validation.jsonl")
    report: dict[str, Any] = {"questions": {"train": len(train), "test": len(test)}}
    report["system"] = ordered(test, [sorted(range(len(a.ranks)), key=a.ranks.__getitem__) for a in test])
    report["best"] = ordered(test, [sorted(range(len(a.ranks)), key=lambda i: -a.ratings[i]) for a in test])
    for name, ranked in (("head", True), ("without prior_rank", False)):
        start = time.perf_counter()
        version = learnt(train, embedder, ranked=ranked)
        seconds = time.perf_counter() - start
        report[name] = {**judged(version.head, test, embedder, ranked=ranked), **held_out(version), "seconds": seconds}
    from assistant.policy.head import prior

    report["prior"] = judged(prior(), test, embedder)
    report["curve"] = curve(train, test, embedder)
    report["hostile"] = hostile(train, test, embedder)
    report["haluquestqa"] = pairs(folder / "haluquestqa.jsonl", embedder)
    report["milliseconds"] = cost(test)
    report["missed"] = missed(report)
    return report


def mediqa(file: Path) -> list[Asked]:
    """The questions of one file."""
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(
            Asked(
                question=row["question"],
                answers=tuple(each["text"] for each in row["answers"]),
                ratings=tuple(each["rating"] for each in row["answers"]),
                ranks=tuple(each["system_rank"] for each in row["answers"]),
            )
        )
    return found


def learnt(train: Sequence[Asked], embedder: Embedder, *, ranked: bool = True) -> Version:
    """What the head learns from these questions."""
    return of([each for asked in train for each in asked.rated(ranked=ranked)], embedder)


def of(ratings: Sequence[Rating], embedder: Embedder) -> Version:
    """What the head learns from these ratings."""
    from assistant.policy.training import prepare, train

    return train(prepare(ratings, embedder=embedder))


def held_out(version: Version) -> dict[str, Any]:
    """Figures of the training's own cross-validation."""
    ours = version.figures["ours"]
    return {"ece_cross_validated": ours["ece"], "concordance_cross_validated": ours["concordance"]}


def judged(head: Head, test: Sequence[Asked], embedder: Embedder, *, ranked: bool = True) -> dict[str, Any]:
    """Figures of a head on questions that it has not seen."""
    import numpy as np

    from assistant.policy.features import features
    from assistant.policy.figures import ece, spearman
    from assistant.policy.head import score
    from assistant.policy.types import Choice

    orders: list[list[int]] = []
    ratings: list[int] = []
    scores: list[float] = []
    chances: list[float] = []
    hits: list[list[float]] = []
    for asked in test:
        choices = [
            Choice(text=text, prior_rank=rank if ranked else None)
            for text, rank in zip(asked.answers, asked.ranks, strict=True)
        ]
        scored = score(head, choices, features(asked.question, choices, embedder=embedder))
        orders.append(sorted(range(len(scored)), key=lambda i: -scored[i].rating))
        ratings.extend(asked.ratings)
        scores.extend(each.rating for each in scored)
        chances.extend(each.good for each in scored)
        hits.append(
            [float((each.good > 0.5) == (rating >= GOOD)) for each, rating in zip(scored, asked.ratings, strict=True)]
        )
    good = np.array([float(each >= GOOD) for each in ratings])
    return {
        **ordered(test, orders),
        "accuracy": mean([each for group in hits for each in group]),
        "accuracy_interval": grouped_bootstrap(hits, lambda groups: mean([each for group in groups for each in group])),
        "spearman": spearman(np.array(ratings, dtype=np.float64), np.array(scores)),
        "ece": ece(np.array(chances), good),
    }


def ordered(test: Sequence[Asked], orders: Sequence[Sequence[int]]) -> dict[str, Any]:
    """MRR of the good answers and the mean rating of what stands first, with intervals over questions."""
    reciprocal = [
        next((1.0 / place for place, i in enumerate(order, start=1) if asked.ratings[i] >= GOOD), 0.0)
        for asked, order in zip(test, orders, strict=True)
    ]
    first = [float(asked.ratings[order[0]]) for asked, order in zip(test, orders, strict=True)]
    return {
        "mrr": mean(reciprocal),
        "mrr_interval": bootstrap(reciprocal),
        "first": mean(first),
        "first_interval": bootstrap(first),
    }


def curve(train: Sequence[Asked], test: Sequence[Asked], embedder: Embedder) -> dict[str, dict[str, float]]:
    """Means over several draws of whole questions, up to each number of ratings."""
    found = {}
    for size in CURVE:
        if size >= sum(len(each.answers) for each in train):
            continue
        drawn = [judged(learnt(some(train, size, seed), embedder).head, test, embedder) for seed in range(SEEDS)]
        found[str(size)] = {name: mean([each[name] for each in drawn]) for name in ("mrr", "first", *GAINS)}
    return found


def some(train: Sequence[Asked], size: int, seed: int) -> list[Asked]:
    """Questions drawn at random until they have so many ratings."""
    mixed = random.Random(seed).sample(train, len(train))  # noqa: S311 - sampling, not secrets
    taken: list[Asked] = []
    count = 0
    for each in mixed:
        if count >= size:
            break
        taken.append(each)
        count += len(each.answers)
    return taken


GAINS = ("accuracy", "spearman")
"""Figures by which the gain over the prior is measured; MRR and first rating of 25 questions hang on single answers."""


def hostile(train: Sequence[Asked], test: Sequence[Asked], embedder: Embedder) -> dict[str, Any]:
    """The same ratings dealt out to honest raters, alone and with hostile ones added who turn the scale round."""
    from assistant.policy.head import prior

    honest = [each for i, asked in enumerate(train) for each in asked.rated(rater=f"honest {i % HONEST}")]
    turned = [
        replace(each, rating=6.0 - each.rating)
        for i, asked in enumerate(train)
        for each in asked.rated(rater=f"hostile {i % HONEST}")
        if i % HONEST < HOSTILE
    ]
    before, clean = judged(prior(), test, embedder), judged(of(honest, embedder).head, test, embedder)
    version = of([*honest, *turned], embedder)
    after = judged(version.head, test, embedder)
    return {
        "reliability": {name: each.reliability for name, each in version.raters.items()},
        "honest": {name: clean[name] for name in ("mrr", "first", *GAINS)},
        "with_hostile": {name: after[name] for name in ("mrr", "first", *GAINS)},
        "share_of_gain_lost": {
            name: (clean[name] - after[name]) / (clean[name] - before[name]) if clean[name] > before[name] else 0.0
            for name in GAINS
        },
    }


def pairs(file: Path, embedder: Embedder) -> dict[str, Any]:
    """Share of HaluQuestQA's pairs in which the expert's preference stands first, by folds of questions."""
    import numpy as np

    from assistant.policy.features import features
    from assistant.policy.head import logits
    from assistant.policy.training import fold_of, prepare, train
    from assistant.policy.types import Choice

    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["ans_preference"] in ("Answer 1", "Answer 2")]
    version = train(prepare([each for row in rows for each in _preferred(row)], embedder=embedder))
    right: list[float] = []
    longer: list[float] = []
    for row in rows:
        choices = [Choice(text=row["ans1_text"]), Choice(text=row["ans2_text"])]
        # the folds' models are learnt on the other folds alone
        model = version.folds[fold_of(row["question_text"])]
        one, other = logits(model, np.asarray(features(row["question_text"], choices, embedder=embedder)))
        first = row["ans_preference"] == "Answer 1"
        right.append(0.5 if one == other else float((one > other) == first))
        longer.append(float((len(choices[0].text) > len(choices[1].text)) == first))
    interval: Interval = bootstrap(right)
    return {"pairs": len(rows), "right": mean(right), "interval": interval, "longer_is_better": mean(longer)}


def _preferred(row: Mapping[str, str]) -> list[Rating]:
    return [
        Rating(
            question=row["question_text"],
            answer=row[text],
            rating=4.0 if row["ans_preference"] == name else 2.0,
            rater=row["annotator"],
        )
        for text, name in (("ans1_text", "Answer 1"), ("ans2_text", "Answer 2"))
    ]


def cost(test: Sequence[Asked]) -> float:
    """Milliseconds that a candidate costs, features and score, without embeddings; the median over questions."""
    from statistics import median

    from assistant.policy.features import features
    from assistant.policy.head import prior, score
    from assistant.policy.types import Choice

    head, times = prior(), []
    for asked in test:
        choices = [Choice(text=text) for text in asked.answers]
        start = time.perf_counter()
        score(head, choices, features(asked.question, choices))
        times.append(1000 * (time.perf_counter() - start) / len(choices))
    return median(times)


def missed(report: Mapping[str, Any]) -> list[str]:
    """The bars that are not met."""
    head, system, best = report["head"], report["system"]["first"], report["best"]["first"]
    curves = [report["prior"], *report["curve"].values(), head]
    met = {
        f"MRR {BARS['mrr']}": head["mrr"] >= BARS["mrr"],
        "first rating halfway to the best": head["first"] >= system + BARS["halfway"] * (best - system),
        f"accuracy {BARS['accuracy']}": head["accuracy"] >= BARS["accuracy"],
        f"HaluQuestQA pairs {BARS['pairs']}": report["haluquestqa"]["right"] >= BARS["pairs"],
        "learning curve above the prior": all(each["spearman"] >= curves[0]["spearman"] for each in curves),
        "a third of the gain with hostile raters": max(report["hostile"]["share_of_gain_lost"].values())
        <= BARS["loss"],
        f"ECE {BARS['ece']}, cross-validated": head["ece_cross_validated"] <= BARS["ece"],
        f"ECE {BARS['ece']}, validation": head["ece"] <= BARS["ece"],
    }
    return [name for name, good in met.items() if not good]


def as_text(report: Mapping[str, Any]) -> str:
    """The table for a terminal."""
    columns = ("mrr", "first", "accuracy", "spearman", "ece")
    rows = {name: report[name] for name in ("system", "best", "prior")}
    rows |= {f"head, {size} ratings": each for size, each in report["curve"].items()}
    rows |= {"head": report["head"], "without prior_rank": report["without prior_rank"]}
    rows |= {"honest raters": report["hostile"]["honest"], "with hostile raters": report["hostile"]["with_hostile"]}
    lines = [f"{'MEDIQA validation':20}" + "".join(f"{name:>10}" for name in columns)]
    for name, row in rows.items():
        lines.append(f"{name:20}" + "".join(f"{row[c]:>10.3f}" if c in row else f"{'':>10}" for c in columns))
    head, halu = report["head"], report["haluquestqa"]
    low, high = halu["interval"]
    lost = ", ".join(f"{share:.0%} of {name}" for name, share in report["hostile"]["share_of_gain_lost"].items())
    lines += [
        f"head, 95%: MRR {_span(head['mrr_interval'])}, first {_span(head['first_interval'])}, accuracy "
        f"{_span(head['accuracy_interval'])}; cross-validated ECE {head['ece_cross_validated']:.3f}",
        f"hostile raters cost {lost}",
        f"HaluQuestQA: {halu['right']:.3f} [{low:.3f}, {high:.3f}] of {halu['pairs']} pairs; taking the longer answer "
        f"{halu['longer_is_better']:.3f}",
        f"training {head['seconds']:.1f} s with vectors at hand, scoring {report['milliseconds']:.2f} ms a candidate",
    ]
    return "\n".join(lines)


def _span(interval: Interval) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]"
