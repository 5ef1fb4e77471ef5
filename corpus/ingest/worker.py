"""The child process that reads files, so that a file that crashes, hangs or eats memory harms only its own reading.

Started by `pool`; answers each `Request` on its pipe with a `Response`, and ends when the pipe does.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.types import Failure, Page, Parsed, Passage, Screen, Span

if TYPE_CHECKING:
    from corpus.readers import Row

logger = logging.getLogger(__name__)

ROW = "application/jsonl"
"""Media type of a document that is one line of a JSON Lines file."""

LONGEST_TEXT = 100_000_000
"""Characters; a file that unpacks to more text than that is no document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be read: a whole file, or some lines of a JSON Lines file."""

    path: str
    name: str
    """The file's name, which helps to tell its format."""
    document_id: str = ""
    title: str = ""
    """The title to index it under; empty: the one that the file states, else the file's name."""
    lines: bytes | None = None
    """Lines of a JSON Lines file; then `path` is not opened."""
    first_line: int = 1
    """Number, in the file, of the first of the lines."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Row id → sha256 of the rows that are stored already and need not be read again."""
    screen: Screen | None = None
    """Says whether what was read may be taken in; crosses to the child process by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A document as read: its text and the passages to index."""

    id: str
    sha256: str
    media_type: str
    title: str
    """What it is indexed under."""
    stated_title: str
    """What it calls itself, or its file's name."""
    url: str = ""
    pages: tuple[Page, ...]
    passages: tuple[Passage, ...]
    indexed: tuple[tuple[str, tuple[Span, ...]], ...]
    """For each passage, the text to embed and index, and where its sentences stand in that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came of a request."""

    readings: tuple[Reading, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Ids of rows that were known already."""
    failures: tuple[Failure, ...] = ()
    """Lines that could not be taken."""
    unreadable: str = ""
    """Why the file must be quarantined; empty when it was read."""
    failed: str = ""
    """Why the file could not even be opened; empty when it could."""


def respond(request: Request) -> Response:
    """Reads what is asked for; never raises."""
    try:
        if request.lines is not None:
            return _rows(request, request.lines)
        data = Path(request.path).read_bytes()
        return Response(readings=(_file(request, data),))
    except UnreadableFile as error:
        return Response(unreadable=str(error))
    except OSError as error:
        return Response(failed=error.strerror or str(error))
    except ImportError as error:
        return Response(failed=f"this installation cannot read it: {error}")
    except MemoryError:
        return Response(unreadable="reading it needs more memory than a file may take")
    except RecursionError:
        return Response(unreadable="it is nested too deeply to be read")
    except Exception as error:  # whatever a parser raises on a bad file is a reason to quarantine it
        logger.debug("reader failed", exc_info=True)
        return Response(unreadable=f"it could not be read ({type(error).__name__})")


def _file(request: Request, data: bytes) -> Reading:
    from corpus import readers

    parsed = readers.read(data, request.name)
    return _reading(
        parsed,
        document_id=request.document_id,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=readers.media_type(data, request.name),
        stated_title=parsed.title or Path(request.name).stem,
        title=request.title,
        screen=request.screen,
    )


def _rows(request: Request, lines: bytes) -> Response:
    from corpus import readers

    readings: list[Reading] = []
    unchanged: list[str] = []
    failures: list[Failure] = []
    for number, line in enumerate(lines.split(b"\n"), start=request.first_line):
        for row in readers.jsonl_rows(line):
            if isinstance(row, Failure):
                failures.append(Failure(path=str(number), reason=row.reason))
            elif request.known.get(row.id) == row.sha256:
                unchanged.append(row.id)
            else:
                try:
                    readings.append(_row(row, request.screen))
                except UnreadableFile as error:
                    failures.append(Failure(path=str(number), reason=str(error)))
    return Response(readings=tuple(readings), unchanged=tuple(unchanged), failures=tuple(failures))


def _row(row: Row, screen: Screen | None) -> Reading:
    return _reading(
        row.parsed,
        document_id=row.id,
        sha256=row.sha256,
        media_type=ROW,
        stated_title=row.title or row.id,
        indexed_title=row.title,
        url=row.url,
        screen=screen,
    )


def _reading(  # noqa: PLR0913 - what is known of a document, from two kinds of file
    parsed: Parsed,
    *,
    document_id: str,
    sha256: str,
    media_type: str,
    stated_title: str,
    title: str = "",
    indexed_title: str | None = None,
    url: str = "",
    screen: Screen | None = None,
) -> Reading:
    from corpus import passages

    if sum(len(page.text) for page in parsed.pages) > LONGEST_TEXT:
        raise UnreadableFile(f"it unpacks to more than {LONGEST_TEXT // 10**6} million characters")
    title = title or stated_title
    pieces = passages.split(parsed, document_id=document_id, sha256=sha256)
    if not pieces:
        raise UnreadableFile("it holds no text")
    if screen is not None and (reason := screen(parsed, pieces)):
        raise UnreadableFile(reason)
    return Reading(
        id=document_id,
        sha256=sha256,
        media_type=media_type,
        title=title,
        stated_title=stated_title,
        url=url,
        pages=parsed.pages,
        passages=pieces,
        # A bare id says nothing to a search; it is shown as the title, and not indexed.
        indexed=tuple(
            passages.embeddable(piece, title if indexed_title is None else indexed_title) for piece in pieces
        ),
    )


def requests(connection: Connection) -> Iterator[Request]:
    """What the parent asks for, until it hangs up or is gone."""
    with suppress(EOFError, ConnectionResetError):
        while True:
            yield connection.recv()


def limit_memory(size: int) -> None:
    """Makes allocations beyond `size` bytes fail in this process, where the system can do that."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main(descriptor: int, memory: int) -> None:
    """Serves requests on the pipe with that file descriptor, in at most `memory` bytes."""
    limit_memory(memory)
    with Connection(descriptor) as connection, suppress(BrokenPipeError):
        for request in requests(connection):
            connection.send(respond(request))
