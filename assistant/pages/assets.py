"""The pages' own style sheet and script, served by the application itself: no page loads anything from elsewhere."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

FOLDER = Path(__file__).parent.parent / "static"
TYPES = {"style.css": "text/css", "pages.js": "text/javascript"}
"""The files that are served, and nothing else, with what they are."""


@cache
def address(name: str) -> str:
    """Where a file is served; another one when its content changes, so that browsers may keep it for ever."""
    return f"/plumbline/{hashlib.sha256(content(name)).hexdigest()[:12]}/{name}"


@cache
def content(name: str) -> bytes:
    """The file's bytes."""
    return (FOLDER / name).read_bytes()


SCRIPT = f'<script src="{address("pages.js")}"></script>'
"""For the head of every component whose behaviour is in the script; Gradio loads it once."""


def serve_assets(app: FastAPI) -> None:
    """Add the files to an application."""
    from fastapi import Response

    @app.get("/plumbline/{_version}/{name}", include_in_schema=False)
    def asset(_version: str, name: str) -> Response:
        if name not in TYPES:
            return Response("not found", status_code=404, media_type="text/plain")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content(name), media_type=TYPES[name], headers=headers)
