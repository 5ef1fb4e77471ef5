"""The HTTP interface, and the application that bears it and the pages.

Answers are the same JSON as the command line's. A mistake in a request is one line of JSON with a 4xx, never a
traceback. No page loads anything from elsewhere, and the headers forbid it.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.ask import Assistant, Progress
from assistant.conversations import Conversations
from assistant.pages.document import document_page
from assistant.serialise import (
    answer_to_json,
    document_to_json,
    quarantined_to_json,
    report_to_json,
    search_to_json,
    sentence_to_json,
)
from assistant.types import AnswerSentence, Question, Turn
from corpus.errors import CorpusError, ServiceUnavailable, UnknownDocument, UnreadableFile, UsageError
from corpus.render import draw_page
from corpus.types import Domain

logger = logging.getLogger(__name__)

LARGEST_UPLOAD = 200_000_000
"""Bytes of one uploaded file."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; "
        "frame-src 'self'; frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Sent with everything. Gradio's own pages need inline and evaluated scripts; nothing needs another host."""


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: str = Field(pattern="^(user|assistant)$")
    text: str = Field(max_length=200_000)


class _Asked(BaseModel):
    """A question to /api/ask."""

    model_config = ConfigDict(extra="forbid")
    question: str = Field(max_length=200_000)
    id: str = ""
    history: list[_Turn] = Field(default=[], max_length=200)
    domain: Domain | None = None
    include_unvalidated: bool = False


class _By(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: str = Field(min_length=1, max_length=200)


def create_app(assistant: Assistant, conversations: Conversations, *, pages: bool = True) -> FastAPI:
    """The application: /api, /documents and, with `pages`, the chat at / and the corpus at /corpus."""
    app = FastAPI(title="Plumbline", docs_url=None, redoc_url=None)
    _headers(app)
    _errors(app)
    _asking(app, assistant)
    _documents(app, assistant)
    _sources(app, assistant)
    if pages:
        from assistant.app import mount_pages

        mount_pages(app, assistant, conversations)
    return app


def _headers(app: FastAPI) -> None:
    @app.middleware("http")
    async def add(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _errors(app: FastAPI) -> None:
    from fastapi.exceptions import RequestValidationError

    @app.exception_handler(CorpusError)
    async def ours(_: Request, error: CorpusError) -> JSONResponse:
        status = 404 if isinstance(error, UnknownDocument) else 400 if isinstance(error, UsageError) else 503
        if isinstance(error, UnreadableFile):
            status = 422
        if isinstance(error, ServiceUnavailable):
            logger.warning("a service is not reachable")
        return JSONResponse({"error": str(error)}, status_code=status)

    @app.exception_handler(RequestValidationError)
    async def theirs(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        return JSONResponse({"error": f"{place}: {first['msg']}" if place else str(first["msg"])}, status_code=422)


def _asking(app: FastAPI, assistant: Assistant) -> None:
    @app.post("/api/ask")
    def ask(asked: Annotated[_Asked, Body()], stream: bool = False) -> Any:
        question = Question(
            text=asked.question,
            id=asked.id,
            history=tuple(Turn(role=each.role, text=each.text) for each in asked.history),  # type: ignore[arg-type]
            domain=asked.domain,
            include_unvalidated=asked.include_unvalidated,
        )
        if stream:
            return StreamingResponse(_events(assistant, question), media_type="text/event-stream")
        return answer_to_json(assistant.ask(question))

    @app.get("/api/search")
    def search(
        query: Annotated[str, Query(max_length=200_000)],
        k: Annotated[int, Query(ge=1, le=200)] = 10,
        domain: Domain | None = None,
        include_unvalidated: bool = False,
    ) -> dict[str, Any]:
        found = assistant.library.search(query, domain=domain, k=k, include_unvalidated=include_unvalidated)
        return search_to_json(found)

    @app.get("/api/health")
    def health() -> dict[str, Any]:
        tallies = assistant.library.statistics().tallies
        return {"status": "ok", "documents": sum(tally.documents for tally in tallies)}


def _events(assistant: Assistant, question: Question) -> Iterator[str]:
    """Server-sent events: `progress`, then a `sentence` for each that passed, then the `answer`."""
    for step in assistant.stream(question):
        if isinstance(step, Progress):
            yield _event("progress", {"stage": step.stage})
        elif isinstance(step, AnswerSentence):
            yield _event("sentence", sentence_to_json(step))
        else:
            yield _event("answer", answer_to_json(step))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _documents(app: FastAPI, assistant: Assistant) -> None:
    library = assistant.library

    @app.get("/api/documents")
    def listed(domain: Domain | None = None) -> dict[str, Any]:
        return {
            "documents": [document_to_json(each) for each in library.documents(domain=domain)],
            "quarantined": [quarantined_to_json(each) for each in library.quarantined()],
        }

    @app.post("/api/documents")
    def ingest(
        files: Annotated[list[UploadFile], File()],
        domain: Annotated[Domain, Form()],
        validated_by: Annotated[str, Form(max_length=200)] = "",
    ) -> Any:
        with tempfile.TemporaryDirectory(dir=library.home) as folder:
            paths = []
            for file in files:
                path = Path(folder) / (Path(file.filename or "").name or "file")
                data = file.file.read(LARGEST_UPLOAD + 1)
                if len(data) > LARGEST_UPLOAD:
                    return JSONResponse({"error": f"{path.name} is larger than 200 MB"}, status_code=413)
                path.write_bytes(data)
                paths.append(path)
            return report_to_json(library.ingest(keep(library.home, paths), domain=domain, validated_by=validated_by))

    @app.get("/api/documents/{document_id:path}")
    def shown(document_id: str) -> dict[str, Any]:
        return document_to_json(library.document(document_id))

    @app.post("/api/documents/{document_id:path}/validate")
    def validate(document_id: str, by: Annotated[_By, Body()]) -> dict[str, Any]:
        return document_to_json(library.validate(document_id, by=by.by))

    @app.post("/api/documents/{document_id:path}/withdraw")
    def withdraw(document_id: str, by: Annotated[_By, Body()]) -> dict[str, Any]:
        return document_to_json(library.withdraw(document_id, by=by.by))


def keep(home: Path, paths: list[Path]) -> list[Path]:
    """Uploaded files moved to the home's `uploads`, so that a later ingestion still finds where they came from."""
    folder = home / "uploads"
    folder.mkdir(exist_ok=True)
    return [path.replace(folder / path.name) for path in paths]


def _sources(app: FastAPI, assistant: Assistant) -> None:
    library = assistant.library

    @app.get("/documents/{document_id:path}/pages/{number}.png", response_class=Response)
    def picture(document_id: str, number: int, start: int = 0, end: int = 0) -> Response:
        file = library.original(document_id)
        if file is None:
            raise UnreadableFile("this document has no pictures of its pages")
        text = library.page(document_id, number).text
        drawn = draw_page(file, number, quote=text[start:end] if 0 <= start < end else "", before=text[: max(0, start)])
        headers = {"Cache-Control": "private, max-age=600", "X-Quote-Marked": str(drawn.marked).lower()}
        return Response(drawn.png, media_type="image/png", headers=headers)

    @app.get("/documents/{document_id:path}/pages/{number}", response_class=HTMLResponse)
    def page(document_id: str, number: int, start: int = 0, end: int = 0) -> str:
        document = library.document(document_id)
        drawn = library.original(document_id) is not None
        return document_page(document, library.page(document_id, number), start, end, drawn=drawn)
