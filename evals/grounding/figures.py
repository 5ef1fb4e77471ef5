"""What the verdicts come to. Intervals of 95%: Wilson's for shares of claims, else from sampling whole groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.types import Span
from evals.grounding.sets import WORD
from evals.grounding.types import Bar, Bin, Figure, Judged
from evals.planted import FALSE_KINDS, TRUE_KINDS
from evals.statistics import grouped_bootstrap, mean, wilson

SETS: Mapping[str, float] = {"wice": 0.74, "healthver": 0.74, "contractnli": 0.88}
"""Each set of what people judged, with the balanced accuracy that is asked for."""

CAUGHT, LOST = Bar(limit=0.97, least=True), Bar(limit=0.03, least=False)
MARKED = Bar(limit=0.60, least=True)
CALIBRATED = Bar(limit=0.03, least=False)

BINS = 10
ROUNDS = 400
"""Samples of a bootstrap; the arithmetic of some statistics is slow."""

PART = 0.7
"""Share of a claim's words from which an error is nearly the whole claim, and marking it no feat."""

Passes = Callable[[Judged], bool]


@dataclass(frozen=True, slots=True)
class Tally:
    """Claims of one group of one set."""

    set: str
    supported: int
    passed: int
    """Of the supported ones: those let through."""
    false: int
    stopped: int
    """Of the false ones: those not let through."""


def balanced_accuracy(tallies: Iterable[Tally]) -> float:
    """Mean of the share of supported claims let through and of false ones stopped; of several sets, the mean of each's.

    Where a set has claims of one sort alone, that sort's share.
    """
    sums: dict[str, list[int]] = {}
    for each in tallies:
        total = sums.setdefault(each.set, [0, 0, 0, 0])
        for index, count in enumerate((each.supported, each.passed, each.false, each.stopped)):
            total[index] += count
    return mean(
        [
            mean([right / count for count, right in ((supported, passed), (false, stopped)) if count])
            for supported, passed, false, stopped in sums.values()
        ]
    )


def tallies(judged: Iterable[Judged], passes: Passes) -> list[Tally]:
    """One a group, in order."""
    groups: dict[tuple[str, str], list[Judged]] = {}
    for each in judged:
        groups.setdefault((each.case.set, each.case.group), []).append(each)
    found = []
    for (name, _), those in groups.items():
        counts = Counter((each.case.supported, passes(each)) for each in those)
        right, wrong = counts[True, True], counts[False, False]
        found.append(Tally(name, right + counts[True, False], right, wrong + counts[False, True], wrong))
    return found


def best_threshold(judged: Sequence[Judged]) -> float:
    """The smallest score let through at which the mean of the sets' balanced accuracies is greatest.

    Above every score where letting through none is best.
    """
    totals: dict[str, Counter[bool]] = {}
    for each in judged:
        totals.setdefault(each.case.set, Counter())[each.case.supported] += 1
    gains = {
        (name, label): (1 if label else -1) / (2 * count * len(totals))
        for name, counts in totals.items()
        for label, count in counts.items()
    }
    # Going down from the greatest score, a supported claim let through gains what its share weighs, a false one loses.
    ordered = sorted(judged, key=lambda each: -each.verdict.score)
    best, threshold, total = 0.0, 1.01, 0.0
    for index, each in enumerate(ordered):
        total += gains[each.case.set, each.case.supported]
        last = index + 1 == len(ordered) or ordered[index + 1].verdict.score < each.verdict.score
        if last and total > best + 1e-12:
            best, threshold = total, each.verdict.score
    return threshold


def judged_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Balanced accuracy of each set and their mean: as the verifier decides, and at the best threshold of all.

    That threshold is chosen on the very rows, which flatters: it shows how much a better one could gain at most.
    """
    threshold = best_threshold(judged)
    ways: dict[str, Passes] = {
        "": lambda each: each.passed,
        ", best threshold": lambda each: each.verdict.score >= threshold,
    }
    found = []
    for way, passes in ways.items():
        groups = tallies(judged, passes)
        for name in (*SETS, "mean of sets"):
            own = [each for each in groups if name in (each.set, "mean of sets")]
            if own:
                found.append(
                    Figure(
                        table="judged",
                        name=f"{name}{way}",
                        value=balanced_accuracy(own),
                        interval=grouped_bootstrap(own, balanced_accuracy, rounds=ROUNDS),
                        total=sum(each.supported + each.false for each in own),
                        bar=Bar(limit=SETS[name], least=True) if name in SETS and not way else None,
                    )
                )
    if judged:
        found.append(
            Figure(
                table="judged",
                name="the best threshold",
                value=threshold,
                interval=None,
                total=len(judged),
                unit="number",
            )
        )
    return found


def planted_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Share of the false claims that are caught and of the true ones that are lost, of each kind and of all."""
    found = []
    for what, kinds, supported, bar in (("caught", FALSE_KINDS, False, CAUGHT), ("lost", TRUE_KINDS, True, LOST)):
        for kind in ("all", *kinds):
            own = [each for each in judged if each.case.supported == supported and kind in ("all", each.case.kind)]
            if own:
                stopped = sum(not each.passed for each in own)
                found.append(
                    Figure(
                        table="planted",
                        name=f"{what}: {kind}",
                        value=stopped / len(own),
                        interval=wilson(stopped, len(own)),
                        total=len(own),
                        bar=bar if kind == "all" else None,
                    )
                )
    return found


Marks = tuple[int, int, int]
"""Words of a claim that are wrong and marked, only marked, only wrong."""


def marks(each: Judged) -> Marks:
    """How the verifier's marks meet the words that are wrong; a word is marked that a span touches."""
    counts = Counter(
        (touches(word.span(), each.case.wrong), touches(word.span(), each.verdict.unsupported))
        for word in WORD.finditer(each.case.claim.text)
    )
    return counts[True, True], counts[False, True], counts[True, False]


def touches(word: Span, spans: Iterable[Span]) -> bool:
    """Whether some span has a character of the word."""
    return any(start < word[1] and word[0] < end for start, end in spans)


def f1(found: Sequence[Marks]) -> float:
    """Harmonic mean of precision and recall of all words together."""
    both, only_marked, only_wrong = (sum(each[index] for each in found) for index in range(3))
    return 2 * both / (2 * both + only_marked + only_wrong) if both else 0.0


def in_part(each: Judged) -> bool:
    """Whether some words of the claim are wrong, but not nearly all."""
    words = [touches(word.span(), each.case.wrong) for word in WORD.finditer(each.case.claim.text)]
    return 0 < sum(words) < PART * len(words)


def words_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Token F1 on planted errors, together and of each kind, and on words that experts took out."""
    false = [each for each in judged if not each.case.supported and in_part(each)]
    planted = [each for each in false if each.case.set == "planted"]
    rows = {"planted: all": planted}
    rows |= {f"planted: {kind}": [each for each in planted if each.case.kind == kind] for kind in FALSE_KINDS}
    experts = [each for each in false if each.case.set == "experts"]
    rows["experts' corrections"] = [each for each in experts if each.case.kind == "kept"]
    rows["the same with learnt claims"] = experts
    found = []
    for name, own in rows.items():
        if own:
            groups: dict[str, list[Judged]] = {}
            for each in own:
                groups.setdefault(each.case.group, []).append(each)
            counted = [[marks(each) for each in those] for those in groups.values()]
            found.append(
                Figure(
                    table="words",
                    name=name,
                    value=_f1_of_groups(counted),
                    interval=grouped_bootstrap(counted, _f1_of_groups, rounds=ROUNDS),
                    total=len(own),
                    bar=MARKED if name in ("planted: all", "experts' corrections") else None,
                )
            )
    return found


def _f1_of_groups(groups: Sequence[Sequence[Marks]]) -> float:
    return f1([each for those in groups for each in those])


Scored = tuple[float, bool]
"""What the verifier gave as the probability that a claim is supported, and whether it is."""


def bins(scored: Iterable[Scored], count: int = BINS) -> list[Bin]:
    """Bins of as many claims each as can be, where those of one probability stay together."""
    ordered = sorted(scored, key=lambda pair: pair[0])
    found, start = [], 0
    for number in range(1, count + 1):
        end = max(start, len(ordered) * number // count)
        while start < end < len(ordered) and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        if own := ordered[start:end]:
            scores, labels = [score for score, _ in own], [float(label) for _, label in own]
            found.append(Bin(score=mean(scores), supported=mean(labels), count=len(own)))
        start = end
    return found


def calibration_error(scored: Sequence[Scored]) -> float:
    """Expected calibration error: the bins' mean distance of probability and share, weighted by their claims."""
    found = bins(scored)
    return sum(each.count * abs(each.score - each.supported) for each in found) / max(1, len(scored))


def brier(scored: Sequence[Scored]) -> float:
    """Mean squared distance of probability and truth (Brier 1950)."""
    return mean([(score - label) ** 2 for score, label in scored])


def scored(judged: Iterable[Judged]) -> list[Scored]:
    """Probability and truth of each."""
    return [(each.verdict.score, each.case.supported) for each in judged]


def calibration_figures(judged: Sequence[Judged]) -> list[Figure]:
    """Expected calibration error and Brier score, of all rows together and of each set.

    The error has no interval: sampled rows scatter more about their bins than the rows do, which would raise it.
    """
    found = []
    for name in ("all", *SETS):
        groups: dict[tuple[str, str], list[Scored]] = {}
        for each in judged:
            if name in ("all", each.case.set):
                groups.setdefault((each.case.set, each.case.group), []).extend(scored([each]))
        for what, statistic in (("calibration error", calibration_error), ("Brier score", brier)):
            if groups:
                found.append(_calibration(f"{what}: {name}", list(groups.values()), statistic))
    return found


def _calibration(
    name: str, groups: Sequence[Sequence[Scored]], statistic: Callable[[Sequence[Scored]], float]
) -> Figure:
    def of_groups(chosen: Sequence[Sequence[Scored]]) -> float:
        return statistic([pair for group in chosen for pair in group])

    return Figure(
        table="calibration",
        name=name,
        value=of_groups(groups),
        interval=grouped_bootstrap(groups, of_groups, rounds=ROUNDS) if statistic is brier else None,
        total=sum(len(group) for group in groups),
        unit="number",
        bar=CALIBRATED if name == "calibration error: all" else None,
    )


def spread(found: Sequence[Sequence[Figure]]) -> list[Figure]:
    """The same figures of several weights: their mean, and between which values they lie."""
    return [
        Figure(
            table=same[0].table,
            name=same[0].name,
            value=mean([each.value for each in same]),
            interval=(min(each.value for each in same), max(each.value for each in same)),
            total=same[0].total,
            unit=same[0].unit,
            bar=same[0].bar,
        )
        for same in zip(*found, strict=True)
    ]
