"""Reading files in child processes, each for at most so long, with so much memory, and alone in its crash."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from corpus.ingest.worker import Request, Response

T = TypeVar("T")

AHEAD = 6
"""How many files may be read before they are needed; more would only fill memory."""

START = "import sys; from corpus.ingest.worker import main; main(int(sys.argv[1]), int(sys.argv[2]))"
"""What a child runs. Not `-m`: the messages' classes must have the same names on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost."""

    seconds: float = 120.0
    """For any file, …"""
    seconds_per_mebibyte: float = 20.0
    """… and for each mebibyte of it."""
    memory: int = 3 << 30
    """Address space of the process that reads it, in bytes."""

    def time_for(self, request: Request) -> float:
        """Seconds that this request may take."""
        size = len(request.lines or b"")
        with suppress(OSError):
            size = size or Path(request.path).stat().st_size
        return self.seconds + self.seconds_per_mebibyte * size / (1 << 20)


class Worker:
    """One child process; started when first needed and again after a file that it did not survive."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, request: Request) -> Response:
        """Has the request answered; a child that dies or takes too long makes the file unreadable."""
        with self._lock:
            if self._closed:
                return Response(failed="stopped")
            if self._process is None:
                self._start()
        seconds = self._limits.time_for(request)
        try:
            self._connection.send(request)
            if self._connection.poll(seconds):
                response: Response = self._connection.recv()
                return response
            reason = f"reading it took longer than {seconds:.0f} seconds"
        except (EOFError, OSError):
            reason = self._post_mortem()
        self._stop()
        return Response(unreadable=reason)

    def close(self) -> None:
        """Ends the child, whatever it is doing."""
        with self._lock:
            self._closed = True
        self._stop()

    def _start(self) -> None:
        self._connection, theirs = Pipe()
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", START, str(theirs.fileno()), str(self._limits.memory)],
                pass_fds=(theirs.fileno(),),
                # One thread for numpy: more reserve address space by the gigabyte, and the limit counts that.
                env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _post_mortem(self) -> str:
        code = 0
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=5) if self._process else 0
        if code < 0:
            return f"it crashed its reader ({signal.Signals(-code).name})"
        return "its reader stopped without an answer"

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            self._connection.close()


class Pool:
    """Several workers, which read ahead while the caller is busy with what has been read before."""

    def __init__(self, workers: int, limits: Limits | None = None) -> None:
        self._workers = [Worker(limits or Limits()) for _ in range(workers)]
        self._idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, tasks: Iterable[tuple[Request, T]]) -> Iterator[tuple[T, Response]]:
        """The answer to each request with what stands beside it, in the order of the requests."""
        pending: deque[tuple[T, Future[Response]]] = deque()
        for request, tag in tasks:
            pending.append((tag, self._threads.submit(self._read, request)))
            if len(pending) > AHEAD:
                done, answer = pending.popleft()
                yield done, answer.result()
        for done, answer in pending:
            yield done, answer.result()

    def close(self) -> None:
        """Ends every child at once; requests that are still open are answered as failed."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(wait=True)

    def _read(self, request: Request) -> Response:
        worker = self._idle.get()
        try:
            return worker.read(request)
        finally:
            self._idle.put(worker)
