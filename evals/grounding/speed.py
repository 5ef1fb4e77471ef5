"""How long verifying takes: ten sentences against five passages, and a first sentence against one.

Every turn has other sentences and passages, of the starter corpus, lest something remembered be measured. Half of the
sentences are reworded, and one in five is of another passage: a verbatim one is cheap to find. Each turn also embeds
the same texts once with MiniLM, in turn with the verifiers: the ratio to that holds on other machines too.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.embedding import Embedder
from corpus.passages import clean
from corpus.sentences import split_sentences
from corpus.starter import starter_paths
from evals.grounding.contenders import Contender
from evals.grounding.types import Bar, Figure
from evals.planted import plant, rewrite
from evals.statistics import ratio_of_medians
from guards.types import Claim

PASSAGES, PASSAGE = 5, 1000
"""Passages of a turn, and characters that each has at most."""
KINDS = (
    "reworded",
    "verbatim",
    "reworded",
    "strange",
    "reworded",
    "verbatim",
    "reworded",
    "reworded",
    "strange",
    "verbatim",
)
"""The ten sentences: as they stand in a passage, with something in them said another way, or of another passage."""
LEAST = 3
"""Sentences of a passage that may be claims."""
WARM = 2
"""First turns, which do not count: they fill what is loaded on first use."""
WORDS = range(5, 31)
"""Words of a sentence."""

MEASURES = ("ten sentences", "first sentence")
GOALS = {"ten sentences, p50": 250.0, "first sentence, p50": 60.0}
"""Milliseconds that must not be passed."""

Text = tuple[str, tuple[str, ...]]
"""A passage and its sentences."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What every verifier is given once."""

    claims: tuple[Claim, ...]
    first: Claim


def texts() -> list[Text]:
    """Passages of the starter corpus with the sentences that may be claims."""
    found = []
    for folder, _ in starter_paths().values():
        for file in sorted(folder.glob("*.md")):
            for passage in _packed(file.read_text("utf-8").split("\n\n")):
                sentences = (" ".join(passage[start:end].split()) for start, end in split_sentences(passage))
                own = tuple(each for each in sentences if len(each.split()) in WORDS and each.endswith("."))
                if len(own) >= LEAST:
                    found.append((passage, own))
    return found


def _packed(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs of prose, as many together as a passage holds."""
    passage = ""
    for each in paragraphs:
        if not each[:1].isalpha():  # a heading, a table, a list, or what is set apart
            continue
        paragraph = clean(each)
        if passage and len(passage) + len(paragraph) >= PASSAGE:
            yield passage
            passage = ""
        passage = f"{passage} {paragraph}".strip()
    if passage:
        yield passage


def turns(count: int, seed: int = 0) -> list[Turn]:
    """So many turns, no two alike."""
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    pool = texts()
    return [_turn(pool, rng) for _ in range(count)]


def _turn(pool: Sequence[Text], rng: random.Random) -> Turn:
    *chosen, strange = rng.sample(pool, PASSAGES + 1)
    evidence = tuple(passage for passage, _ in chosen)
    claims = []
    for number, how in enumerate(KINDS):
        text = _said(chosen[number % PASSAGES], rng) if how == "reworded" else ""
        verbatim = rng.choice((strange if how == "strange" else chosen[number % PASSAGES])[1])
        claims.append(Claim(text=text or verbatim, evidence=evidence))
    first = _said(strange, rng) or rng.choice(strange[1])
    return Turn(tuple(claims), Claim(text=first, evidence=strange[:1]))


def _said(text: Text, rng: random.Random) -> str:
    """A sentence of the passage, reworded or with something changed; empty if none of them can be."""
    passage, sentences = text
    for sentence in rng.sample(sentences, len(sentences)):
        said = [*rewrite(sentence, passage, rng)[1:], *plant(sentence, passage, (), rng)]
        if fit := [each.claim for each in said if len(each.claim.split()) in WORDS]:
            return rng.choice(fit)
    return ""


def measure(
    contenders: Sequence[Contender], embedder: Embedder, *, repeats: int, tell: Callable[[str], None]
) -> Mapping[str, list[Figure]]:
    """For each contender: milliseconds at the median and the 95th percentile, and the ratio to embedding."""
    runs: dict[str, Callable[[Sequence[Claim]], object]] = {"": lambda claims: embedder.texts(_distinct(claims))}
    for each in contenders:
        if each.verifier:
            runs[each.name] = each.verifier.verify
    times: dict[tuple[str, str], list[float]] = {}
    for number, turn in enumerate(turns(repeats + WARM)):
        tell(f"speed {number}/{repeats + WARM}")
        for what, claims in zip(MEASURES, (turn.claims, (turn.first,)), strict=True):
            for name, run in runs.items():
                began = time.perf_counter()
                run(claims)
                if number >= WARM:
                    times.setdefault((name, what), []).append(1000 * (time.perf_counter() - began))
    return {
        name: [each for what in MEASURES for each in _figures(what, times[name, what], times["", what])]
        for name in runs
        if name
    }


def _figures(what: str, taken: Sequence[float], embedding: Sequence[float]) -> list[Figure]:
    ordered, count = sorted(taken), len(taken)
    ratio = ratio_of_medians(taken, embedding)
    found = []
    for percent in (50, 95):
        name = f"{what}, p{percent}"
        value = ordered[min(count - 1, count * percent // 100)]
        bar = Bar(limit=GOALS[name], least=False) if name in GOALS else None
        found.append(Figure(table="speed", name=name, value=value, interval=None, total=count, unit="ms", bar=bar))
    name = f"{what}, times embedding"
    interval = ratio.low, ratio.high
    found.append(Figure(table="speed", name=name, value=ratio.value, interval=interval, total=count, unit="times"))
    return found


def _distinct(claims: Sequence[Claim]) -> list[str]:
    """Every text once."""
    return list(dict.fromkeys([*(each.text for each in claims), *(text for each in claims for text in each.evidence)]))
