"""One writer a home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.database import storage_errors
from corpus.errors import HomeBusy

WAIT_SECONDS = 60.0
"""How long an ingestion waits for another one on the same home."""


@contextmanager
def write_lock(home: Path, *, seconds: float, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds the home's write lock, which the system takes back when a process dies.

    Calls `waiting` once when another process has it, and raises HomeBusy after so many seconds.
    """
    import filelock

    lock = filelock.FileLock(home / "write.lock")
    with storage_errors(home):
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            waiting()
            try:
                lock.acquire(timeout=seconds, poll_interval=0.1)
            except filelock.Timeout:
                raise HomeBusy(
                    f"another process has been writing to {home} for {seconds:.0f} seconds; try again when it is done"
                ) from None
    try:
        yield
    finally:
        lock.release()
