"""The doorman of the HTTP interface: what may come in and what goes out with every response.

Plain ASGI, so that streams pass through it unbuffered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from ipaddress import ip_address
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 4_000_000
"""Bytes of a request."""

LARGEST_UPLOAD = 1_000_000_000
"""Bytes of a request that brings files."""

UPLOADS = ("/api/documents", "/gradio_api/upload")
"""Where files are brought to."""

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "frame-src 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Sent unless a response has its own. Gradio's pages need inline and evaluated scripts; nothing needs another host."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_LOCAL_NAMES = ("localhost", "testserver")


class Doorman:
    """Refuses what another site's page sends in the reader's name, and bodies that are too large.

    A server that listens on this machine only answers to this machine's names and to `names`: else a page from
    elsewhere could reach it by having its own name resolve to this machine (DNS rebinding).
    """

    def __init__(self, app: Any, *, names: Sequence[str] = ()) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if refusal := self._refusal(scope, headers):
            await _refuse(send, *refusal)
            return
        limit = LARGEST_UPLOAD if scope["path"].rstrip("/") in UPLOADS else LARGEST_BODY
        if int(headers.get("content-length", "0")) > limit:
            await _refuse(send, 413, f"the request is larger than {limit // 1_000_000} MB")
            return
        await self._app(scope, _limited(receive, limit), _with_headers(send))

    def _refusal(self, scope: Message, headers: Mapping[str, str]) -> tuple[int, str] | None:
        if not re.fullmatch("[0-9]{1,15}", headers.get("content-length", "0")):
            return 400, "the content length is not a number"
        if scope["method"] not in _SAFE and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "what changes something must come from Plumbline's own pages"
        server, name = (scope.get("server") or ("", 0))[0], _host(headers.get("host", ""))
        if _loopback(str(server)) and not _loopback(name) and name.lower() not in self._names:
            return (
                403,
                f"this server does not answer to the name {name[:100]!r}; the setting 'server_names' can allow it",
            )
        return None


def _host(header: str) -> str:
    """The host's name without its port."""
    return header[1:].partition("]")[0] if header.startswith("[") else header.rpartition(":")[0] or header


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in _LOCAL_NAMES


def _limited(receive: Receive, limit: int) -> Receive:
    """A body of unknown length ends like a broken connection once it is too long."""
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return {"type": "http.disconnect"} if taken > limit else message

    return count


def _with_headers(send: Send) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in present),
            ]
        await send(message)

    return add


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"error": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
