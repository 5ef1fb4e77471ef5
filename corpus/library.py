"""The corpus as everybody else sees it: one object for a home."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from corpus import database as db
from corpus import provenance, records
from corpus.embedding import Embedder
from corpus.errors import HomeBusy, HomeNotWritable, UnknownDocument, UsageError
from corpus.ingest import lock, originals, quarantine, sources
from corpus.ingest.pool import Limits
from corpus.ingest.run import Home, Ingestion
from corpus.ingest.store import Store, check_model
from corpus.reading import Reader
from corpus.types import (
    DOMAINS,
    Document,
    Domain,
    IngestReport,
    Page,
    Passage,
    Progress,
    Provenance,
    Quarantined,
    Screen,
    SearchResult,
    Statistics,
    Status,
)
from corpus.vectors import VectorStore

logger = logging.getLogger(__name__)

SNAPSHOTS = 3
"""How often a search is made anew because the corpus changed under it."""


class Library:
    """Documents that may be cited, and the search over them. Safe to use from several threads."""

    def __init__(
        self,
        home: Path,
        engine: Engine,
        embedder: Embedder,
        vectors: VectorStore,
        *,
        reader: Reader | None,
        screen: Screen | None,
        writable: bool,
    ) -> None:
        self.home = home
        self._engine = engine
        self._embedder = embedder
        self._vectors = vectors
        self._reader = reader
        self._screen = screen
        self._writable = writable
        self._holds_lock = False
        self.wait_seconds = lock.WAIT_SECONDS
        """How long an ingestion waits for another one on this home."""
        self.limits = Limits()
        """What one file may cost when it is read."""

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        embedder: Embedder,
        vectors: VectorStore,
        reader: Reader | None = None,
        screen: Screen | None = None,
        writable: bool = True,
    ) -> Library:
        """Opens a home, and makes it when there is none. Loads neither the embedding model nor the vectors.

        `reader` re-ranks what a search finds. `screen` says which documents may be taken in; it is asked when a file is
        read, and a file is read when it is new, has changed, or is in quarantine. So a screen that has learned more is
        asked again about what is quarantined, and not about what was taken in before.

        Raises HomeNotWritable (a read-only home can be opened with `writable=False` only), CorruptDatabase,
        ModelMismatch when the home was indexed with another model, or another StorageError.
        """
        home = home.expanduser()
        engine = db.open_database(home, writable=writable)
        library = cls(home, engine, embedder, vectors, reader=reader, screen=screen, writable=writable)
        try:
            with library._reading() as conn:
                check_model(conn, embedder)
        except BaseException:
            engine.dispose()
            raise
        return library

    def close(self) -> None:
        """Lets go of the database and the vectors."""
        self._engine.dispose()
        self._vectors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- changing

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        domain: Domain,
        manifest: Path | None = None,
        validated_by: str = "",
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Takes in files and folders, and takes out what has gone from those folders since.

        Waits while another process ingests into this home. Raises UsageError for paths that don't exist, ManifestError,
        HomeBusy, DiskFull and other StorageErrors, ServiceUnavailable; whatever is raised, and even if the process is
        killed, what was stored before stays as it was and the same call again goes on from there.
        """
        self._check_writable()
        if domain not in DOMAINS:
            raise UsageError(f"no such domain: {domain!r}; there are {', '.join(DOMAINS)}")
        entries = provenance.load(manifest) if manifest else {}
        found = sources.find(paths, skip=[self.home, *([manifest] if manifest else [])])
        tell = progress or (lambda _: None)
        home = Home(
            folder=self.home,
            engine=self._engine,
            embedder=self._embedder,
            vectors=self._vectors,
            limits=self.limits,
            screen=self._screen,
        )
        with self._write_lock(lambda: tell(Progress(stage="waiting", total=len(found.files)))):
            run = Ingestion(home, domain=domain, entries=entries, validated_by=validated_by.strip(), tell=tell)
            return run.run(paths, found)

    def validate(self, document_id: str, *, by: str) -> Document:
        """Notes that `by` stands behind the document as of today; from now on it may be cited.

        A withdrawn document is refused: withdrawing may be a matter of safety, and going through a list to validate it
        must not undo that. To bring it back, remove it and ingest it again.
        """
        today, by = provenance.today(), _person(by)

        def change(known: Provenance) -> Provenance:
            if known.withdrawn_by:
                raise UsageError(
                    f"{document_id!r} was withdrawn by {known.withdrawn_by} on {known.withdrawn_on}; "
                    "to bring it back, remove it and ingest it again"
                )
            return replace(known, validated_by=by, validated_on=today)

        return self._change(document_id, change)

    def withdraw(self, document_id: str, *, by: str) -> Document:
        """Notes that `by` takes the document out of use as of today; it stays listed and is not cited any more."""
        today, by = provenance.today(), _person(by)
        return self._change(document_id, lambda known: replace(known, withdrawn_by=by, withdrawn_on=today))

    def remove(self, document_id: str) -> None:
        """Takes the document out, with its pages, passages, vectors and kept original."""
        self._check_writable()
        store = Store(self._engine, self._embedder, self._vectors)
        with db.storage_errors(self.home):
            self.document(document_id)
            store.take_out([document_id])
        try:
            with self._write_lock(seconds=0):
                store.sweep_vectors()
                with self._engine.connect() as conn:
                    originals.sweep(self.home, records.hashes(conn))
        except HomeBusy:
            logger.info("an ingestion is running on %s and will clean up after the removal", self.home)

    # -- looking

    def documents(self, *, domain: Domain | None = None, status: Status | None = None) -> tuple[Document, ...]:
        """All documents, by id; or those of one domain, of one status as of today."""
        with self._reading() as conn:
            return tuple(records.documents(conn, today=provenance.today(), domain=domain, status=status).values())

    def document(self, document_id: str) -> Document:
        """One document. Raises UnknownDocument."""
        with self._reading() as conn:
            found = records.documents(conn, today=provenance.today(), ids=[document_id])
        if document_id not in found:
            raise UnknownDocument(document_id)
        return found[document_id]

    def quarantined(self) -> tuple[Quarantined, ...]:
        """The files that could not be read, by path."""
        with self._reading() as conn:
            return quarantine.listed(conn)

    def statistics(self) -> Statistics:
        """How many documents and passages there are, by domain and status."""
        with self._reading() as conn:
            return records.statistics(conn, today=provenance.today())

    def page(self, document_id: str, number: int) -> Page:
        """The text of a page. Raises UnknownDocument, or UsageError when it has no such page."""
        with self._reading() as conn:
            page = records.page(conn, document_id, number)
        if page is None:
            pages = self.document(document_id).pages
            raise UsageError(f"{document_id!r} has no page {number}; its pages are 1 to {pages}")
        return page

    def original(self, document_id: str) -> Path | None:
        """The kept copy of a document whose pages can be drawn (PDF), else None. Raises UnknownDocument."""
        document = self.document(document_id)
        path = originals.path_of(self.home, document.sha256, document.media_type)
        return path if path and path.is_file() else None

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """All passages of a document, in order. Raises UnknownDocument."""
        with self._reading() as conn:
            found = records.passages_of(conn, document_id)
        if not found:
            self.document(document_id)
        return found

    def search(
        self, query: str, *, domain: Domain | None = None, k: int = 10, include_unvalidated: bool = False
    ) -> SearchResult:
        """The passages that answer best to `query`, best first; only validated, current ones unless asked otherwise.

        Vectors and words are two indexes: should the corpus change between asking the one and the other, both are asked
        again, so that a document that is being replaced is found in its old or its new form.
        """
        from corpus.search import search

        for _ in range(SNAPSHOTS):
            with self._reading() as conn:
                before = db.generation(conn)
                if not self._holds_lock:  # while it does, nobody else writes vectors
                    self._vectors.refresh(before)
                result = search(
                    conn,
                    self._embedder,
                    self._vectors,
                    query,
                    domain=domain,
                    k=k,
                    include_unvalidated=include_unvalidated,
                    today=provenance.today(),
                    reader=self._reader,
                )
            with self._reading() as conn:
                if db.generation(conn) == before:
                    break
        return result

    # -- inside

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with db.storage_errors(self.home), self._engine.connect() as conn:
            yield conn

    @contextmanager
    def _write_lock(
        self, waiting: Callable[[], None] = lambda: None, *, seconds: float | None = None
    ) -> Iterator[None]:
        seconds = self.wait_seconds if seconds is None else seconds
        with lock.write_lock(self.home, seconds=seconds, waiting=waiting), db.storage_errors(self.home):
            self._show_vectors()
            self._holds_lock = True
            try:
                yield
            finally:
                self._show_vectors()
                self._holds_lock = False

    def _show_vectors(self) -> None:
        """Brings the vectors up to what has been written by now, here or by another process."""
        with self._engine.connect() as conn:
            self._vectors.refresh(db.generation(conn))

    def _change(self, document_id: str, change: Callable[[Provenance], Provenance]) -> Document:
        self._check_writable()
        today = provenance.today()
        with db.storage_errors(self.home), db.writing(self._engine).begin() as conn:
            found = records.documents(conn, today=today, ids=[document_id])
            if document_id not in found:
                raise UnknownDocument(document_id)
            records.write_provenance(conn, document_id, change(found[document_id].provenance))
            db.next_generation(conn)
            return records.documents(conn, today=today, ids=[document_id])[document_id]

    def _check_writable(self) -> None:
        if not self._writable:
            raise HomeNotWritable(f"{self.home} was opened for reading only")


def _person(name: str) -> str:
    if not name.strip():
        raise UsageError("say who does this: a name is needed")
    return name.strip()
