"""How long verifying takes: ten sentences against five passages, and a first sentence against one.

Every turn has other sentences and passages, of the starter corpus, lest something remembered be measured. A third of
the sentences are reworded, and one in five is of another passage. Each turn also embeds the same texts once with
MiniLM, in turn with the verifiers: the ratio to that holds on other machines too.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.embedding import Embedder
from corpus.passages import clean
from corpus.sentences import split_sentences
from corpus.starter import starter_paths
from evals.grounding.contenders import Contender
from evals.grounding.types import Bar, Figure
from evals.planted import rewrite
from evals.statistics import ratio_of_medians
from guards.types import Claim

SENTENCES, PASSAGES, PASSAGE = 10, 5, 1000
"""Sentences and passages of a turn, and characters that a passage has at most."""
WARM = 2
"""First turns, which do not count: they fill what is loaded on first use."""
WORDS = range(5, 31)
"""Words of a sentence."""

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
            body = clean(file.read_text("utf-8").partition("\n\n")[2])
            ends = [end for _, end in split_sentences(body)]
            start = 0
            while start < len(body):
                end = max((each for each in ends if start < each <= start + PASSAGE), default=start + PASSAGE)
                passage = body[start:end].strip()
                spans = split_sentences(passage)
                own = [" ".join(passage[a:b].split()) for a, b in spans]
                own = [each for each in own if len(each.split()) in WORDS and each.endswith(".")]
                if len(own) >= SENTENCES // PASSAGES:
                    found.append((passage, tuple(own)))
                start = end
    return found


def turns(count: int, seed: int = 0) -> list[Turn]:
    """So many turns, no two alike."""
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    pool = texts()
    return [_turn(pool, rng) for _ in range(count)]


def _turn(pool: Sequence[Text], rng: random.Random) -> Turn:
    *chosen, strange = rng.sample(pool, PASSAGES + 1)
    evidence = tuple(passage for passage, _ in chosen)
    claims = []
    for number in range(SENTENCES):
        passage, sentences = strange if number % 5 == 4 else chosen[number % PASSAGES]
        sentence = rng.choice(sentences)
        said = [each.claim for each in rewrite(sentence, passage, rng)[1:]] if number % 3 == 0 else []
        claims.append(
            Claim(
                text=rng.choice([each for each in said if len(each.split()) in WORDS] or [sentence]), evidence=evidence
            )
        )
    return Turn(tuple(claims), Claim(text=claims[0].text, evidence=evidence[:1]))


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
        for what, claims in (("ten sentences", turn.claims), ("first sentence", (turn.first,))):
            for name, run in runs.items():
                began = time.perf_counter()
                run(claims)
                if number >= WARM:
                    times.setdefault((name, what), []).append(1000 * (time.perf_counter() - began))
    return {
        name: [each for what in GOALS_OF for each in _figures(what, times[name, what], times["", what])]
        for name in runs
        if name
    }


GOALS_OF = ("ten sentences", "first sentence")


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
