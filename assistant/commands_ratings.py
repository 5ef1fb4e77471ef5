"""What `plumbline ratings` does, without how it is shown: files in and out of the store."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from assistant.errors import BadRating, DuplicateRating
from assistant.ratings import rows
from assistant.ratings.rows import BadLine
from assistant.ratings.store import Ratings
from assistant.ratings.types import Rating
from corpus.errors import UsageError

BATCH = 500
"""Ratings written in one transaction: each waits once for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file of ratings."""

    added: int
    duplicates: int
    """Those that were stored already, or stand in the file twice."""
    failed: tuple[BadLine, ...]
    """In the order of their lines."""


def import_file(home: Path, file: Path) -> Imported:
    """Keep the ratings of a JSON Lines file. Whatever ends this half-way, the same again does the rest.

    Raises UsageError when the file cannot be read, RatingsUnusable when the store cannot be used.
    """
    added = duplicates = 0
    failed: list[BadLine] = []
    with _reading(file) as lines, Ratings(home) as ratings:
        for batch in _batches(rows.read(lines)):
            failed += [each for each in batch if isinstance(each, BadLine)]
            good = [each for each in batch if not isinstance(each, BadLine)]
            outcomes = ratings.add_all([rating for _, rating in good])
            for (line, _), outcome in zip(good, outcomes, strict=True):
                match outcome:
                    case DuplicateRating():
                        duplicates += 1
                    case BadRating():
                        failed.append(BadLine(line=line, reason=str(outcome)))
                    case _:
                        added += 1
    return Imported(added=added, duplicates=duplicates, failed=tuple(sorted(failed, key=lambda each: each.line)))


def export_file(home: Path, file: Path) -> int:
    """Write all ratings to a JSON Lines file, which is there whole or not at all; how many they are.

    Raises UsageError when the file cannot be written, RatingsUnusable when the store cannot be used.
    """
    count = 0
    with Ratings(home) as ratings, _writing(file) as out:
        for rating in ratings.all():
            out.write(rows.to_line(rating))
            count += 1
    return count


def _batches(items: Iterable[tuple[int, Rating] | BadLine]) -> Iterator[list[tuple[int, Rating] | BadLine]]:
    items = iter(items)
    while batch := list(islice(items, BATCH)):
        yield batch


@contextmanager
def _reading(file: Path) -> Iterator[BinaryIO]:
    if not file.exists():
        raise UsageError(f"there is no file {file}")
    try:
        with file.open("rb") as lines:
            yield lines
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


@contextmanager
def _writing(file: Path) -> Iterator[BinaryIO]:
    """A file beside the one that is meant, which takes its place at the end; what is no file is written as it is."""
    try:
        if file.exists() and not file.is_file():  # a pipe, for one
            with file.open("wb") as out:
                yield out
            return
        meant = file.resolve()  # a link stays one
        beside = meant.with_name(f".{meant.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as out:
                yield out
            beside.replace(meant)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
