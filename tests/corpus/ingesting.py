"""A process that ingests, and kills itself at the n-th step that could leave something half done.

Run as `python ingesting.py HOME FOLDER KILL_AT`; 0 never kills. Prints the report's counts.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from corpus.embedding import Hashing
from corpus.ingest import originals, store
from corpus.library import Library
from corpus.vectors import Chroma, VectorStore


class Steps:
    """Counts the steps and calls `act` at the chosen one."""

    def __init__(self, at: int, act: Callable[[], None]) -> None:
        self.taken = 0
        self._at = at
        self._act = act

    def step(self, *_: object) -> None:
        self.taken += 1
        if self.taken == self._at:
            self._act()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with a step before and one after."""

        def stepped(*args: Any, **options: Any) -> Any:
            self.step()
            result = function(*args, **options)
            self.step()
            return result

        return stepped


class Fragile:
    """An object whose named methods are steps."""

    def __init__(self, whole: object, steps: Steps, *names: str) -> None:
        self._whole = whole
        for name in names:
            setattr(self, name, steps.around(getattr(whole, name)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


def fragile(home: Path, vectors: VectorStore, steps: Steps) -> Library:
    """A library in which embedding, adding and deleting vectors, and committing are steps."""
    embedder: Any = Fragile(Hashing(), steps, "passages")
    shelf = Library.open(home, embedder=embedder, vectors=Fragile(vectors, steps, "add", "delete"))  # type: ignore[arg-type]
    event.listen(shelf._engine, "commit", steps.step)
    return shelf


def small_groups() -> None:
    """Makes many groups and slices out of few documents."""
    store.GROUP_PASSAGES, store.GROUP_DOCUMENTS, store.SLICE = 4, 2, 2


def main(home: str, folder: str, kill_at: str) -> None:
    steps = Steps(int(kill_at), lambda: os.kill(os.getpid(), signal.SIGKILL))
    small_groups()
    originals.keep = steps.around(originals.keep)
    with fragile(Path(home), Chroma(folder=Path(home) / "vectors"), steps) as shelf:
        report = shelf.ingest([Path(folder)], domain="medical")
    print(report.added, report.updated, report.unchanged, report.removed, steps.taken)


if __name__ == "__main__":
    main(*sys.argv[1:])
