"""An inference server on loopback that does one thing, well or badly; the first part of the path says which."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "The filter is changed every 500 hours [1]."


class Handler(BaseHTTPRequestHandler):
    """POST /<behaviour>/v1/chat/completions."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, self.path.split("/")[1])()

    def fine(self) -> None:
        self._reply(_completion(ANSWER))

    def gibberish(self) -> None:
        self._reply(_completion("#### " * 50))

    def silent(self) -> None:
        self._reply(_completion(""))

    def null(self) -> None:
        self._reply(_completion(None))

    def broken(self) -> None:
        self._reply({"error": {"message": "out of memory"}}, status=500)

    def forbidden(self) -> None:
        self._reply({"error": {"message": "wrong key"}}, status=401)

    def page(self) -> None:
        self._send(200, "text/html", b"<html><body>Welcome to nginx!</body></html>")

    def other(self) -> None:
        self._reply({"hello": "world"})

    def list(self) -> None:
        self._reply([1, 2, 3])

    def half(self) -> None:
        self._send(200, "application/json", b'{"choices": [{"mess')

    def hangup(self) -> None:
        self.connection.close()

    def slow(self) -> None:
        time.sleep(3)
        self.fine()

    def trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        while not self.server.stopping.wait(0.05):
            self.wfile.write(b" ")

    def flood(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        while not self.server.stopping.is_set():
            self.wfile.write(b" " * 65_536)

    def _reply(self, value: object, status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Quiet."""


class Server(ThreadingHTTPServer):
    """The server with what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.stopping = threading.Event()

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{behaviour}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up are what is tested."""


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _completion(text: str | None) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
