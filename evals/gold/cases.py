"""A golden question and what its answer must and must not contain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.types import DOMAINS, Domain

FOLDER = Path(__file__).parent
"""Where the golden questions lie, one file a domain."""

UNANSWERABLE = ("unanswerable", "false_premise")
"""Kinds to which the documents have no answer: they don't say, or the question takes for granted what isn't so."""

KINDS = (
    *("fact", "table", "exception", "similar_products", "editions", "paraphrase", "list", "condition"),
    *UNANSWERABLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the answer stands."""

    file: str
    """File name without folders, as citations show it."""
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One golden question."""

    id: str
    domain: Domain
    question: str
    kind: str
    """One of `KINDS`."""
    answerable: bool
    expected: tuple[tuple[str, ...], ...] = ()
    """Facts of which every one must be there; each is a choice of regular expressions, one of which must match.
    Answers are matched without regard to case, on one line with single spaces."""
    wrong: tuple[str, ...] = ()
    """Regular expressions that show a wrong answer, such as the value of the similar product."""
    corrects: tuple[str, ...] = ()
    """For a false premise: what a sentence that corrects it would contain."""
    sources: tuple[Source, ...] = ()
    """Every file and page that a right citation may name."""
    note: str = ""
    """Why the answer is that, and what it is easily mixed up with."""


def load(questions: Path = FOLDER, domain: Domain | None = None) -> tuple[Case, ...]:
    """The questions in a JSON Lines file, or in the folder's file of each domain; of one domain if it is named.

    Raises UsageError, with file and line, for what cannot be read or makes no sense.
    """
    files = [questions] if not questions.is_dir() else [questions / f"{each}.jsonl" for each in DOMAINS]
    if not any(file.is_file() for file in files):
        raise UsageError(f"no questions at {questions}")
    cases = [case for file in files if file.is_file() for case in _read(file)]
    return tuple(case for case in cases if domain in (None, case.domain))


def _read(path: Path) -> Iterable[Case]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _checked(_case(json.loads(line)))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                raise UsageError(f"{path}, line {number}: {reason}") from error


def _case(row: Mapping[str, Any]) -> Case:
    return Case(
        id=row["id"],
        domain=row["domain"],
        question=row["question"],
        kind=row["kind"],
        answerable=row["answerable"],
        expected=tuple(tuple(facts) for facts in row.get("expected", ())),
        wrong=tuple(row.get("wrong", ())),
        corrects=tuple(row.get("corrects", ())),
        sources=tuple(Source(file=each["file"], pages=tuple(each["pages"])) for each in row.get("sources", ())),
        note=row.get("note", ""),
    )


def _checked(case: Case) -> Case:
    """The case itself; ValueError when it contradicts itself."""
    if case.domain not in DOMAINS:
        raise ValueError(f"there is no domain {case.domain!r}")
    if case.kind not in KINDS:
        raise ValueError(f"there is no kind {case.kind!r}")
    if case.answerable == (case.kind in UNANSWERABLE):
        raise ValueError(f"a question of kind {case.kind} cannot have answerable = {case.answerable}")
    if case.answerable and not (case.expected and case.sources):
        raise ValueError("an answerable question needs expected facts and sources")
    if case.expected and not case.answerable:
        raise ValueError("an unanswerable question cannot expect facts")
    for pattern in (*(each for facts in case.expected for each in facts), *case.wrong, *case.corrects):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return case
