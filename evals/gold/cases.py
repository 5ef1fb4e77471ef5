"""A golden question and what its answer must and must not contain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.types import DOMAINS, Domain

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the answer stands."""

    file: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One golden question."""

    id: str
    domain: Domain
    question: str
    kind: str
    """fact, table, exception, similar_products, editions, paraphrase, list, condition, unanswerable, false_premise."""
    answerable: bool
    expected: tuple[tuple[str, ...], ...] = ()
    """Facts of which every one must be there; each is a choice of regular expressions, one of which must match."""
    wrong: tuple[str, ...] = ()
    """Regular expressions that show a wrong answer, such as the value of the similar product."""
    corrects: tuple[str, ...] = ()
    """For a false premise: what a sentence that corrects it would contain."""
    sources: tuple[Source, ...] = ()
    """Every file and page that a right citation may name."""
    note: str = ""


def load(domain: Domain | None = None, folder: Path = FOLDER) -> tuple[Case, ...]:
    """The golden questions of one domain, or of all."""
    return tuple(case for each in DOMAINS if domain in (None, each) for case in _read(folder / f"{each}.jsonl"))


def _read(path: Path) -> Iterator[Case]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Case(
            id=row["id"],
            domain=row["domain"],
            question=row["question"],
            kind=row["kind"],
            answerable=row["answerable"],
            expected=tuple(tuple(group) for group in row.get("expected", ())),
            wrong=tuple(row.get("wrong", ())),
            corrects=tuple(row.get("corrects", ())),
            sources=tuple(Source(file=each["file"], pages=tuple(each["pages"])) for each in row.get("sources", ())),
            note=row.get("note", ""),
        )
