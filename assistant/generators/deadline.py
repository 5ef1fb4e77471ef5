"""A call that takes at most so long: made in a daemon thread, of which there are only so many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from assistant.errors import GeneratorTimeout

T = TypeVar("T")

WORKERS = 4
"""Calls that may be under way at once; a call that hangs keeps its place until it ends."""


class Deadline:
    """Calls functions with a deadline. Daemon threads, so that a hanging call never keeps the process alive."""

    def __init__(self, *, workers: int = WORKERS) -> None:
        self._free = threading.BoundedSemaphore(workers)

    def call(self, function: Callable[[], T], seconds: float) -> T:
        """The function's result, or what it raises. Raises GeneratorTimeout after `seconds`, waiting for a place
        included; the call itself goes on until it ends.
        """
        ends = time.monotonic() + seconds
        if not self._free.acquire(timeout=seconds):
            raise GeneratorTimeout(f"busy for {seconds:g} s with earlier questions")
        result: Future[T] = Future()

        def work() -> None:
            try:
                outcome = function()
            except BaseException as error:  # noqa: BLE001 - handed to the caller as it is
                result.set_exception(error)
            else:
                result.set_result(outcome)
            finally:
                self._free.release()

        threading.Thread(target=work, daemon=True, name="plumbline-model").start()
        try:
            return result.result(timeout=max(0.0, ends - time.monotonic()))
        except TimeoutError:
            if result.done() and result.exception():
                raise  # the function's own
            raise GeneratorTimeout(f"no answer within {seconds:g} s") from None
