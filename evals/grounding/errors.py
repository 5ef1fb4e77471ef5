"""Errors planted in passages of documents that training never reads: those that golden questions cite, and OCPP."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.errors import UsageError
from evals.grounding.types import Case
from evals.planted import FALSE_KINDS, TRUE_KINDS, collect
from guards.types import Claim

Passages = Sequence[tuple[str, str]]
"""File and text, in the order of the document."""


def passages(documents: Path, homes: Path, tell: Callable[[str], None]) -> list[tuple[str, str]]:
    """Those of documents unseen in training, from the kept homes. Raises UsageError when documents are missing."""
    if not documents.is_dir():
        raise UsageError(f"no documents at {documents.parent}; name the development data with --data")

    from evals.gold import homes as kept
    from evals.training.grounding.recipe import unseen

    files = unseen()
    return [
        (document.file, passage.text)
        for document, passage in kept.passages(documents, homes, tell)
        if document.file in files or "ocpp" in document.file.lower()
    ]


def planted(texts: Passages, *, sample: int, seed: int = 0) -> list[Case]:
    """At most so many claims, true and false, with as many of each kind as there are, up to the same number."""
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    files = {text: file for file, text in texts}
    kinds: dict[str, list[Case]] = defaultdict(list)
    for each in collect(texts, rng):
        kinds[each.kind].append(
            Case(
                claim=Claim(text=each.claim, evidence=(each.evidence,)),
                supported=each.label == "supported",
                set="planted",
                group=files[each.evidence],
                kind=each.kind,
                wrong=each.wrong,
            )
        )
    quota = shares({kind: len(those) for kind, those in kinds.items()}, sample)
    return [
        each for kind in (*TRUE_KINDS, *FALSE_KINDS) for each in rng.sample(kinds.get(kind, []), quota.get(kind, 0))
    ]


def shares(counts: dict[str, int], total: int) -> dict[str, int]:
    """How many to take of each so that none is taken more often than another that is not used up."""
    quota, left = {}, total
    for index, (name, count) in enumerate(sorted(counts.items(), key=lambda item: (item[1], item[0]))):
        quota[name] = min(count, left // (len(counts) - index))
        left -= quota[name]
    return quota
