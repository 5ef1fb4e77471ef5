"""Language models behind any OpenAI-compatible server, as a langchain chat model whose errors are ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from assistant.errors import GeneratorError, GeneratorNonsense, GeneratorTimeout, GeneratorUnreachable

LONGEST_BODY = 1_000_000
"""Bytes of the largest response that is read."""


class OpenAILike(BaseChatOpenAI):
    """Asks the server once, without retrying. Raises GeneratorTimeout, GeneratorUnreachable or GeneratorNonsense."""

    @property
    def _llm_type(self) -> str:
        return "openai-like"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        try:
            return super()._generate(messages, stop, run_manager, **options)
        except GeneratorError:
            raise
        except openai.APITimeoutError as error:
            raise GeneratorTimeout("the server did not answer in time") from error
        except openai.APIStatusError as error:
            raise GeneratorUnreachable(f"the server answered {error.status_code}") from error
        except openai.APIConnectionError as error:
            cause = _first(error)
            if isinstance(cause, GeneratorError):  # raised while the response was read
                raise cause from None
            raise GeneratorUnreachable(f"the server cannot be reached: {type(cause).__name__}") from error
        except httpx.HTTPError as error:
            raise GeneratorUnreachable(f"the connection broke: {type(error).__name__}") from error
        except Exception as error:  # a body that is not what the API promises fails wherever it is first touched
            raise GeneratorNonsense(f"the response is not a chat completion: {type(error).__name__}") from error


def _first(error: BaseException) -> BaseException:
    """The error that began a chain of errors."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def openai_like(url: str, model: str, key: str = "", *, timeout: float, tokens: int) -> OpenAILike:
    """A chat model on the server with base URL `url`; `timeout` is for the whole response, however it trickles in."""
    return OpenAILike(
        base_url=url,
        model=model,
        api_key=SecretStr(key or "none"),
        temperature=0.0,
        max_tokens=tokens,
        max_retries=0,
        timeout=timeout,
        http_client=httpx.Client(transport=Whole(seconds=timeout), timeout=timeout),
        use_responses_api=False,
    )


class Whole(httpx.BaseTransport):
    """HTTP with a limit on the whole response: httpx alone limits only the wait for each piece."""

    def __init__(self, *, seconds: float, largest: int = LONGEST_BODY) -> None:
        self._inner = httpx.HTTPTransport()
        self._seconds = seconds
        self._largest = largest

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response, whose body raises GeneratorTimeout or GeneratorNonsense when it does not end."""
        ends = time.monotonic() + self._seconds
        response = self._inner.handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Limited(response.stream, ends, self._largest)
        return response

    def close(self) -> None:
        """Lets go of the connections."""
        self._inner.close()


class _Limited(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, ends: float, largest: int) -> None:
        self._inner, self._ends, self._left = inner, ends, largest

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            self._left -= len(piece)
            if time.monotonic() > self._ends:
                raise GeneratorTimeout("the response did not end in time")
            if self._left < 0:
                raise GeneratorNonsense("the response does not end")
            yield piece

    def close(self) -> None:
        self._inner.close()
