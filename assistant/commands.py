"""What the commands of the command line do, without how it is shown: rows in, results out, one at a time."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.types import Answer, Question, Turn
from corpus.errors import HomeNotWritable, UsageError
from corpus.types import DOMAINS, Domain, IngestReport, Progress, SearchResult
from guards.types import Claim, Inspection, Label, Message, Verdict

if TYPE_CHECKING:
    from assistant.ask import Assistant
    from assistant.settings import Settings
    from corpus.library import Library

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item to work on."""

    line: int
    """Of the input, from 1; 0 for what stood on the command line."""
    id: Any
    """As given, of whatever type; it is handed back."""
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """An item that cannot be worked on, and why."""

    line: int
    id: Any
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An answer checked against evidence."""

    label: Label
    score: float
    sentences: tuple[tuple[tuple[int, int], str, Verdict], ...]
    """Of each sentence the place in the answer, the text, and what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A conversation or a text that was inspected."""

    inspection: Inspection
    messages: tuple[Message, ...]
    """The conversation; empty for a single text."""
    seconds: float


Result = tuple[Row, Answer | SearchResult | Checked | Inspected] | BadRow


@contextmanager
def library(settings: Settings) -> Iterator[Library]:
    """The corpus of the settings' home; one that cannot be written is opened for reading."""
    from assistant.build import open_library

    try:
        opened = open_library(settings)
    except HomeNotWritable:
        if not settings.home.is_dir():
            raise
        opened = open_library(settings, writable=False)
    with opened:
        yield opened


@contextmanager
def assistant(settings: Settings) -> Iterator[Assistant]:
    """The assistant on the settings' home; one that cannot be written is opened for reading."""
    from assistant.build import build

    try:
        built = build(settings)
    except HomeNotWritable:
        if not settings.home.is_dir():
            raise
        built = build(settings, writable=False)
    with built.library:
        yield built


def ingest_starter(library: Library, progress: Callable[[Progress], None]) -> IngestReport:
    """Takes in the starter corpus, all domains; the sum of their reports."""
    from corpus.starter import starter_paths

    total = IngestReport()
    for domain, (folder, manifest) in starter_paths().items():
        report = library.ingest([folder], domain=domain, manifest=manifest, progress=progress)
        total = IngestReport(
            added=total.added + report.added,
            updated=total.updated + report.updated,
            unchanged=total.unchanged + report.unchanged,
            removed=total.removed + report.removed,
            quarantined=total.quarantined + report.quarantined,
            failed=total.failed + report.failed,
            passages=total.passages + report.passages,
            seconds=total.seconds + report.seconds,
        )
    return total


def rows(text: str | None, source: str | None, *, name: str) -> Iterator[Row | BadRow]:
    """The one item on the command line, or those of a JSON Lines file, read as they are needed.

    `name` is the field that every item must have, a string; empty: none. Raises UsageError for both,
    neither, or no such file.
    """
    if (text is None) == (source is None):
        raise UsageError(f"give either a {name} or --input FILE")
    if text is not None:
        return iter([Row(line=0, id="", fields={name: encodable(text)})])
    assert source is not None
    if source != "-":
        if not Path(source).is_file():
            raise UsageError(f"there is no file {source}")
        return _parsed(Path(source).open("rb"), name)
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("standard input is closed")
    return _parsed(sys.stdin.buffer, name)


def _parsed(lines: Iterable[bytes], name: str) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not text:
            continue
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
            yield BadRow(line=number, id=None, reason=f"not JSON: {error}")
            continue
        if not isinstance(fields, dict):
            yield BadRow(line=number, id=None, reason="not a JSON object")
        elif not name:
            yield Row(line=number, id=fields.get("id", ""), fields=fields)
        elif not isinstance(fields.get(name), str):
            yield BadRow(line=number, id=fields.get("id"), reason=f"no {name!r} that is a string")
        else:
            yield Row(line=number, id=fields.get("id", ""), fields={**fields, name: encodable(fields[name])})


def encodable(text: str) -> str:
    """Text that can be encoded: lone surrogates come from JSON escapes and from arguments that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def searches(
    library: Library, rows: Iterable[Row | BadRow], *, k: int, domain: Domain | None, include_unvalidated: bool
) -> Iterator[Result]:
    """What each query finds."""
    for row in rows:
        if isinstance(row, BadRow):
            yield row
        elif not row.fields["query"].strip():
            yield BadRow(line=row.line, id=row.id, reason="the query is empty")
        else:
            yield (
                row,
                library.search(row.fields["query"], domain=domain, k=k, include_unvalidated=include_unvalidated),
            )


def answers(
    assistant: Assistant, rows: Iterable[Row | BadRow], *, domain: Domain | None, include_unvalidated: bool
) -> Iterator[Result]:
    """The answer to each question; a row's own domain goes before `domain`."""
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        try:
            question = _question(row)
        except UsageError as error:
            yield BadRow(line=row.line, id=row.id, reason=str(error))
            continue
        question = replace(question, domain=question.domain or domain, include_unvalidated=include_unvalidated)
        yield row, assistant.ask(question)


def _question(row: Row) -> Question:
    domain = row.fields.get("domain") or None
    if domain is not None and domain not in DOMAINS:
        raise UsageError(f"no such domain: {domain!r}; there are {', '.join(DOMAINS)}")
    history = row.fields.get("history") or []
    if not isinstance(history, list):
        raise UsageError("'history' is not a list")
    return Question(
        text=row.fields["question"],
        id=encodable(str(row.id or "")),
        history=tuple(_turn(each) for each in history),
        domain=domain,
    )


def _turn(item: object) -> Turn:
    if not isinstance(item, dict) or item.get("role") not in ("user", "assistant"):
        raise UsageError("each turn of 'history' needs a 'role', user or assistant, and a 'content'")
    content = item.get("content", item.get("text"))
    if not isinstance(content, str):
        raise UsageError("each turn of 'history' needs a 'content' that is a string")
    return Turn(role=item["role"], text=encodable(content))


def verdicts(settings: Settings, rows: Iterable[Row | BadRow]) -> Iterator[Result]:
    """Each answer against its evidence, sentence by sentence."""
    from assistant.build import make_embedder, make_verifier
    from corpus.sentences import split_sentences

    verifier = make_verifier(make_embedder(settings))
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        evidence = row.fields.get("evidence")
        if not isinstance(evidence, list) or not all(isinstance(each, str) for each in evidence):
            yield BadRow(line=row.line, id=row.id, reason="no 'evidence' that is a list of strings")
            continue
        answer, question = row.fields["answer"], row.fields.get("question")
        spans = split_sentences(answer)
        texts = tuple(encodable(each) for each in evidence)
        claims = [Claim(text=answer[start:end], evidence=texts) for start, end in spans]
        found = verifier.verify(claims, question=question if isinstance(question, str) else "")
        sentences = tuple((span, answer[span[0] : span[1]], each) for span, each in zip(spans, found, strict=True))
        yield (
            row,
            Checked(label=_whole(found), score=min((each.score for each in found), default=0.0), sentences=sentences),
        )


def inspections(rows: Iterable[Row | BadRow]) -> Iterator[Result]:
    """What the Prompt Integrity Service says of each conversation or text."""
    from guards.integrity.service import inspect_conversation, inspect_text

    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        start = time.perf_counter()
        try:
            messages = _messages(row)
            found = inspect_conversation(messages) if messages else inspect_text(*_text(row))
        except UsageError as error:
            yield BadRow(line=row.line, id=row.id, reason=str(error))
            continue
        yield row, Inspected(inspection=found, messages=messages, seconds=time.perf_counter() - start)


def _messages(row: Row) -> tuple[Message, ...]:
    items = row.fields.get("messages")
    if items is None:
        return ()
    if "text" in row.fields:
        raise UsageError("give either 'messages' or 'text'")
    if not isinstance(items, list) or not items:
        raise UsageError("'messages' is not a list with a message in it")
    for item in items:
        if not (isinstance(item, dict) and isinstance(item.get("role"), str) and isinstance(item.get("content"), str)):
            raise UsageError("each of 'messages' needs a 'role' and a 'content' that are strings")
    return tuple(Message(role=encodable(item["role"]), text=encodable(item["content"])) for item in items)


def _text(row: Row) -> tuple[str, Literal["user", "document", "answer"]]:
    text, source = row.fields.get("text"), row.fields.get("source")
    if not isinstance(text, str):
        raise UsageError("neither 'messages' nor a 'text' that is a string")
    if source not in ("user", "document", "answer"):
        raise UsageError("'source' is none of user, document, answer")
    return encodable(text), source


def _whole(verdicts: Sequence[Verdict]) -> Label:
    """The label of an answer: one contradiction spoils it, and it is supported only if every sentence is."""
    labels = {each.label for each in verdicts}
    if "contradicted" in labels:
        return "contradicted"
    if labels == {"supported"}:
        return "supported"
    return "partial" if labels & {"supported", "partial"} else "unsupported"


def serve(settings: Settings, *, ready: Callable[[str], None]) -> None:
    """Runs the pages and the HTTP API until the process is told to stop; `ready` gets the URL once they are there.

    Raises UsageError when the address cannot be listened on.
    """
    import asyncio

    import uvicorn

    from assistant.api import create_app
    from assistant.build import build
    from assistant.conversations import Conversations

    built = build(settings)  # the pages keep conversations, so here a home that cannot be written is an error
    with built.library, _listen(settings) as listening, closing(Conversations(settings.home)) as conversations:
        host, port = listening.getsockname()[:2]
        app = create_app(built, conversations, names=settings.server_names.replace(",", " ").split())
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
        threading.Thread(target=_warm_up, args=(built,), daemon=True, name="plumbline-warm-up").start()

        async def run() -> None:
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not (server.started or serving.done()):
                await asyncio.sleep(0.05)
            if server.started:
                ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
            await serving

        # The server takes signals while it runs and passes them on when it has stopped.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            asyncio.run(run())
        except KeyboardInterrupt:
            logger.info("stopped")
        finally:
            signal.signal(signal.SIGTERM, before)


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}: {error.strerror or error}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}; --port names another") from error
    return listening


def _warm_up(assistant: Assistant) -> None:
    """Loads the models before the first question comes."""
    try:
        assistant.ask(Question(text="What is the first question?"))
        assistant.gate.load()
    except Exception:  # whatever is wrong, the first real question says it to a person
        logger.info("warming up failed", exc_info=True)


def run_program(module: str, arguments: Sequence[str]) -> int:
    """Runs a program of evals as `python -m` would: that room stands above this one and cannot be imported here."""
    import runpy

    before, sys.argv = sys.argv, [f"plumbline {module.removeprefix('evals.')}", *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=False)
    except SystemExit as finished:
        if isinstance(finished.code, str):
            raise UsageError(finished.code) from None
        return finished.code or 0
    finally:
        sys.argv = before
    return 0
