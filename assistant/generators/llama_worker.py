"""The process that runs llama.cpp: `python -m assistant.generators.llama_worker FD`, started by `llama_cpp`.

A process of its own, because native code cannot be interrupted, crashes on damaged files, and brings the whole process
down when that ends while it is at work. Over the connection come, as JSON, first the parameters, then chat completion
requests; each is answered with llama.cpp's response, or `{"error": {"message": …}}`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from multiprocessing.connection import Connection
from typing import Any


def main(descriptor: int) -> None:
    """Loads the model and answers requests until the other end closes."""
    connection = Connection(descriptor)
    try:
        server = _load(**json.loads(connection.recv_bytes()))
        connection.send_bytes(b"{}")
        while True:
            request = json.loads(connection.recv_bytes())
            connection.send_bytes(json.dumps(_reply(server, request)).encode())
    except EOFError:
        pass
    finally:
        os._exit(0)  # at an orderly exit llama.cpp's threads would run on in what is torn down


def _load(file: str, context: int, threads: int) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = file
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = threads
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.offline = True
    parameters.cache_ram_mib = 0
    parameters.ui = False
    parameters.api_keys = [secrets.token_hex()]  # it listens on loopback; nobody but us shall use that
    return xllamacpp.Server(parameters)


def _reply(server: Any, request: dict[str, Any]) -> Any:
    try:
        return server.handle_chat_completions(request)
    except Exception as error:  # noqa: BLE001 - told to the other end, which judges it
        return {"error": {"message": f"{type(error).__name__}: {error}"}}


if __name__ == "__main__":
    main(int(sys.argv[1]))
