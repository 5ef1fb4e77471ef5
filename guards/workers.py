"""Threads for work that may hang: a fixed few, made once and used again, which never keep the process alive.

Python cannot end a thread. Work that hangs keeps its thread until it ends, and when all threads hang nothing more is
taken on: the callers are told so instead of piling up threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

SIZE = 8
"""Threads at most. Checks are short, so a few serve many callers."""


class Workers:
    """A bounded pool of daemon threads. Safe to share between threads."""

    def __init__(self, size: int = SIZE, *, name: str = "plumbline-guard") -> None:
        self._free = threading.BoundedSemaphore(size)
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._name, self._size = name, size
        self._lock = threading.Lock()
        self._idle = self._made = 0

    def submit(self, work: Callable[[], None], *, wait: float) -> bool:
        """Have a thread do the work, which must not raise. False: no thread became free within `wait` seconds."""
        if not self._free.acquire(timeout=wait):
            return False
        with self._lock:
            if self._idle == 0 and self._made < self._size:
                self._made += 1
                threading.Thread(target=self._serve, daemon=True, name=f"{self._name}-{self._made}").start()
            else:
                self._idle -= 1
        self._work.put(work)
        return True

    def _serve(self) -> None:
        while True:
            work = self._work.get()
            try:
                work()
            finally:
                del work  # holds what people said
                with self._lock:
                    self._idle += 1
                self._free.release()
