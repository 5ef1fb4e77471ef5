"""The HTTP interface, and the application that bears it and the pages.

Answers are the same JSON as the command line's. A mistake in a request is one line of JSON with a 4xx, never a
traceback. No page loads anything from elsewhere, and the headers forbid it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Body, FastAPI, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.ask import Assistant, Notice, Progress
from assistant.conversations import Conversations
from assistant.doorman import Doorman
from assistant.pages.assets import serve_assets
from assistant.pages.document import Shown, document_page
from assistant.serialise import (
    answer_to_json,
    document_to_json,
    quarantined_to_json,
    report_to_json,
    search_to_json,
    sentence_to_json,
)
from assistant.types import AnswerSentence, Question, Turn
from assistant.uploads import LARGEST, keep
from corpus.errors import CorpusError, ServiceUnavailable, UnknownDocument, UnreadableFile, UsageError
from corpus.render import draw_page, find_quote
from corpus.types import Domain, Status

logger = logging.getLogger(__name__)

NO_SCRIPTS = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'"
)
"""Content security policy of the pages that show documents."""


_Offset = Annotated[int, Query(ge=0)]
_Width = Annotated[int, Query(ge=200, le=2400)]


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


def create_app(
    assistant: Assistant, conversations: Conversations, *, pages: bool = True, names: Sequence[str] = ()
) -> FastAPI:
    """The application: /api, /documents and, with `pages`, the chat at / and the corpus at /corpus.

    `names` are the host names by which a proxy on this machine may pass requests on; this machine's own always may.
    """
    app = FastAPI(title="Plumbline", docs_url=None, redoc_url=None)  # their pages load scripts from elsewhere
    app.add_middleware(Doorman, names=names)
    _errors(app)
    serve_assets(app)
    _asking(app, assistant)
    _documents(app, assistant)
    _sources(app, assistant)
    if pages:
        from assistant.app import mount_pages

        mount_pages(app, assistant, conversations)
    return app


def _errors(app: FastAPI) -> None:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

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

    @app.exception_handler(HTTPException)
    async def unknown(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, status_code=error.status_code)

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": f"the server failed: {type(error).__name__}"}, status_code=500)


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

    @app.get("/api/metrics")
    def metrics() -> Response:
        return Response(assistant.gate.metrics.as_prometheus(), media_type="text/plain; version=0.0.4")

    @app.get("/api/health")
    def health() -> dict[str, Any]:
        tallies = assistant.library.statistics().tallies
        return {"status": "ok", "documents": sum(tally.documents for tally in tallies)}


def _events(assistant: Assistant, question: Question) -> Iterator[str]:
    """Server-sent events: `progress`, in an emergency a `notice`, then a `sentence` for each that passed, then the
    `answer`; or an `error`.
    """
    try:
        for step in assistant.stream(question):
            if isinstance(step, Progress):
                yield _event("progress", {"stage": step.stage})
            elif isinstance(step, Notice):
                yield _event("notice", {"text": step.text})
            elif isinstance(step, AnswerSentence):
                yield _event("sentence", sentence_to_json(step))
            else:
                yield _event("answer", answer_to_json(step))
    except CorpusError as error:
        yield _event("error", {"error": str(error)})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _documents(app: FastAPI, assistant: Assistant) -> None:
    library = assistant.library

    @app.get("/api/documents")
    def listed(domain: Domain | None = None, status: Status | None = None) -> dict[str, Any]:
        return {
            "documents": [document_to_json(each) for each in library.documents(domain=domain, status=status)],
            "quarantined": [quarantined_to_json(each) for each in library.quarantined()],
        }

    @app.post("/api/documents")
    def ingest(
        files: Annotated[list[UploadFile], File()],
        domain: Annotated[Domain, Form()],
        validated_by: Annotated[str, Form(max_length=200)] = "",
    ) -> Any:
        for file in files:
            if (file.size or 0) > LARGEST:
                return JSONResponse({"error": f"{file.filename} is larger than 200 MB"}, status_code=413)
        kept = [keep(library.home, file.filename or "file", file.file) for file in files]
        return report_to_json(library.ingest(kept, domain=domain, validated_by=validated_by))

    @app.get("/api/documents/{document_id:path}")
    def shown(document_id: str) -> dict[str, Any]:
        return document_to_json(library.document(document_id))

    @app.post("/api/documents/{document_id:path}/validate")
    def validate(document_id: str, by: Annotated[_By, Body()]) -> dict[str, Any]:
        return document_to_json(library.validate(document_id, by=by.by))

    @app.post("/api/documents/{document_id:path}/withdraw")
    def withdraw(document_id: str, by: Annotated[_By, Body()]) -> dict[str, Any]:
        return document_to_json(library.withdraw(document_id, by=by.by))


def _sources(app: FastAPI, assistant: Assistant) -> None:
    library = assistant.library

    @app.get("/documents/{document_id:path}/pages/{number}.png", response_class=Response)
    def picture(document_id: str, number: int, start: _Offset = 0, end: _Offset = 0, width: _Width = 1000) -> Response:
        file = library.original(document_id)
        if file is None:
            raise UnreadableFile("this document has no pictures of its pages")
        text = library.page(document_id, number).text
        drawn = draw_page(file, number, quote=text[start:end], before=text[:start], width=width)
        headers = {"Cache-Control": "private, max-age=600", "X-Quote-Marked": str(drawn.marked).lower()}
        return Response(drawn.png, media_type="image/png", headers=headers)

    @app.get("/documents/{document_id:path}/pages/{number}", response_class=HTMLResponse)
    def page(document_id: str, number: int, start: _Offset = 0, end: _Offset = 0, panel: bool = False) -> HTMLResponse:
        document, shown_page = library.document(document_id), library.page(document_id, number)
        file, text = library.original(document_id), shown_page.text
        places = None
        if file is not None:
            with suppress(UnreadableFile):  # the text is shown instead
                places = find_quote(file, number, quote=text[start:end], before=text[:start])
        shown = Shown(
            document=document,
            page=shown_page,
            start=start,
            end=end,
            drawn=(places.width, places.height) if places else None,
            places=places.boxes if places else (),
            superseded_by=library.document(document.superseded_by) if document.superseded_by else None,
            panel=panel,
        )
        return HTMLResponse(document_page(shown), headers={"Content-Security-Policy": NO_SCRIPTS})
