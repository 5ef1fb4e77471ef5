"""One ingestion, from paths to report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from sqlalchemy import Engine

from corpus import database as db
from corpus import provenance, readers, records
from corpus.embedding import Embedder
from corpus.errors import ManifestError
from corpus.ingest import originals, quarantine, sources
from corpus.ingest.names import Names, exists
from corpus.ingest.pool import Limits, Pool
from corpus.ingest.store import Incoming, Store, check_model
from corpus.ingest.worker import ROW, Reading, Request, Response
from corpus.types import Document, Domain, Failure, IngestReport, Progress, Provenance, Screen, Stage
from corpus.vectors import VectorStore

BAD_LINES = 100
"""Bad lines of one JSON Lines file that are listed one by one; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What an ingestion works on."""

    folder: Path
    engine: Engine
    embedder: Embedder
    vectors: VectorStore
    limits: Limits = field(default_factory=Limits)
    screen: Screen | None = None
    """Says of each document that was read whether it may be taken in; None: all may."""


@dataclass(slots=True, kw_only=True)
class Rows:
    """What is known of a JSON Lines file, gathered piece by piece."""

    path: Path
    known: Mapping[str, Document]
    """Documents made of it before, by id."""
    seen: set[str] = field(default_factory=set)
    bad: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file, or one piece of a JSON Lines file, on its way through a reader."""

    path: Path
    sha256: str = ""
    """Of the file when it was decided to read it; empty for pieces of JSON Lines."""
    entry: provenance.Entry | None = None
    before: Document | None = None
    """The document that it replaces."""
    rows: Rows | None = None
    """Set for a piece of a JSON Lines file."""


class Ingestion:
    """One run over some files, for one domain; the caller holds the home's write lock."""

    def __init__(
        self,
        home: Home,
        *,
        domain: Domain,
        entries: Mapping[Path, provenance.Entry],
        validated_by: str,
        tell: Callable[[Progress], None],
    ) -> None:
        self._home, self._domain, self._entries, self._validated_by = home, domain, entries, validated_by
        self._tell = tell
        self._today = provenance.today()
        self._store = Store(home.engine, home.embedder, home.vectors, on_slice=self._report_slice)
        self._names = Names(home.engine)
        self._known: dict[str, Document] = {}
        self._row_files: list[Rows] = []
        self._done, self._total, self._file = 0, 0, ""
        self._added = self._updated = self._unchanged = self._removed = 0
        self._quarantined: list[Failure] = []
        self._failed: list[Failure] = []

    def run(self, paths: Sequence[Path], found: sources.Found) -> IngestReport:
        """Takes in the files that were found at `paths`, and takes out what has gone from there."""
        started = time.monotonic()
        files = found.files
        self._total = len(files)
        self._failed.extend(found.failed)
        self._prepare(paths)
        workers = max(1, min(len(files), (os.cpu_count() or 2) // 2, 4))
        with Pool(workers, self._home.limits) as pool:
            answers = pool.map(self._tasks(files))
            first = next(answers, None)  # from here on files are being read, while the vectors are opened and checked
            self._store.sweep_vectors()
            self._store.heal_vectors()
            for task, response in chain((first,) if first else (), answers):
                self._take(task, response)
        self._store.flush()
        self._finish(files)
        return IngestReport(
            added=self._added,
            updated=self._updated,
            unchanged=self._unchanged,
            removed=self._removed,
            quarantined=tuple(self._quarantined),
            failed=tuple(self._failed),
            passages=self._store.passages,
            seconds=time.monotonic() - started,
        )

    # -- before reading

    def _prepare(self, paths: Sequence[Path]) -> None:
        """Looks up what is known of these paths, and whether the rest fits."""
        self._report("checking")
        with self._home.engine.connect() as conn:
            check_model(conn, self._home.embedder)
            self._check_circles(records.supersession(conn))
            for path in paths:
                found = records.documents_below(conn, str(sources.absolute(path)), today=self._today)
                self._known.update({document.source: document for document in found})

    def _check_circles(self, known: Mapping[str, tuple[str, ...]]) -> None:
        stated = {
            entry.id or sources.slug(path.stem): entry.provenance.supersedes for path, entry in self._entries.items()
        }
        if circle := provenance.find_circle({**known, **stated}):
            raise ManifestError(f"documents would supersede each other in a circle: {' → '.join(circle)}")

    def _tasks(self, files: Sequence[Path]) -> Iterator[tuple[Request, Task]]:
        """What must be read, in order; files that haven't changed are dealt with on the way."""
        for path in files:
            self._file = path.name
            try:
                if path.suffix.lower() in sources.ROWS_SUFFIXES:
                    yield from self._row_tasks(path)
                elif task := self._file_task(path):
                    yield task
                    continue
            except OSError as error:  # only this file's; storage errors are of another kind by now
                self._fail(path, error.strerror or str(error))
            self._file_done(path)

    def _file_task(self, path: Path) -> tuple[Request, Task] | None:
        source, digest, entry = str(path), sources.sha256(path), self._entries.get(path)
        if path.stat().st_size > readers.LARGEST_FILE:
            self._quarantine(path, f"larger than {readers.LARGEST_FILE // 10**6} MB")
            return None
        if entry and entry.sha256 not in ("", digest):
            self._fail(path, f"its sha256 is {digest}, the manifest says {entry.sha256}")
            return None
        before = self._known.get(source) or self._moved(digest)
        if (entry and entry.id) or before:
            name = entry.id if entry and entry.id else before.id if before else ""
            if owner := self._names.claim([name], {name: source}).get(name):
                self._fail(path, f"the id {name!r} already belongs to {owner}")
                return None
        else:
            name = self._names.make(path.stem, source)
        stated = self._stated_title(before)
        title = self._given_title(entry, before, stated)
        same = before is not None and (before.id, before.sha256, before.domain) == (name, digest, self._domain)
        if before and same and before.provenance.title == (title or stated):
            self._amend(before, entry, path)
            return None
        request = Request(path=source, name=path.name, document_id=name, title=title, screen=self._home.screen)
        return request, Task(path=path, sha256=digest, entry=entry, before=before)

    def _row_tasks(self, path: Path) -> Iterator[tuple[Request, Task]]:
        entry = self._entries.get(path)
        if entry and entry.sha256 and entry.sha256 != (digest := sources.sha256(path)):
            self._fail(path, f"its sha256 is {digest}, the manifest says {entry.sha256}")
            return
        prefix = f"{path}#"
        mine = [item for item in self._known.values() if item.media_type == ROW and item.source.startswith(prefix)]
        rows = Rows(path=path, known={item.id: item for item in mine})
        known = {item.id: item.sha256 for item in mine if item.domain == self._domain}
        self._row_files.append(rows)
        for first, lines in sources.line_groups(path):
            request = Request(
                path=str(path),
                name=path.name,
                lines=lines,
                first_line=first,
                known=known,
                screen=self._home.screen,
            )
            yield request, Task(path=path, entry=entry, rows=rows)

    def _moved(self, digest: str) -> Document | None:
        """The document with the same bytes whose file is gone: it is this one, moved."""
        with self._home.engine.connect() as conn:
            same = records.documents_with(conn, digest, today=self._today)
        return next((item for item in same if not exists(item.source) and not self._names.is_claimed(item.id)), None)

    def _stated_title(self, document: Document | None) -> str:
        if document is None:
            return ""
        with self._home.engine.connect() as conn:
            return records.stated_title(conn, document.id)

    @staticmethod
    def _given_title(entry: provenance.Entry | None, before: Document | None, stated: str) -> str:
        """The title that a person gave it; empty when it goes by its own."""
        if entry:
            return entry.provenance.title
        return before.provenance.title if before and before.provenance.title != stated else ""

    def _amend(self, before: Document, entry: provenance.Entry | None, path: Path, row: str = "") -> None:
        """Notes what is newly known of a document whose bytes haven't changed."""
        source = f"{path}#{row}" if row else str(path)
        url = before.provenance.url if row else ""
        change = self._change(entry, before.provenance.title, url, same_bytes=True)
        if before.source == source and change(before.provenance) == before.provenance:
            self._unchanged += 1
            return
        self._store.amend(before.id, change, source=source, file=path.name)
        self._updated += 1

    def _change(
        self, entry: provenance.Entry | None, title: str, stated_url: str, *, same_bytes: bool
    ) -> Callable[[Provenance | None], Provenance]:
        """From the provenance that a document has when it is stored, the one that it is to have."""
        return lambda before: provenance.provenance_of(
            entry=entry,
            before=before,
            same_bytes=same_bytes,
            title=title,
            stated_url=stated_url,
            validated_by=self._validated_by,
            today=self._today,
        )

    # -- after reading

    def _take(self, task: Task, response: Response) -> None:
        self._file = task.path.name
        if task.rows is not None:
            self._take_rows(task, task.rows, response)
            return
        if response.failed:
            self._fail(task.path, response.failed)
        elif response.unreadable:
            kept = "; the version that was read before stays in use" if task.before else ""
            self._quarantine(task.path, response.unreadable + kept)
        for reading in response.readings:
            try:
                originals.keep(self._home.folder, task.path, reading.sha256, reading.media_type)
            except FileNotFoundError:
                self._fail(task.path, "it vanished while it was being read")
                continue
            if reading.sha256 != task.sha256:
                self._fail(task.path, "it changed while it was being read; run again")
                continue
            self._store_reading(task, reading, str(task.path), task.before)
        self._file_done(task.path)

    def _take_rows(self, task: Task, rows: Rows, response: Response) -> None:
        if problem := response.failed or response.unreadable:
            rows.bad.append(Failure(path=str(task.path), reason=problem))
        rows.bad.extend(replace(item, path=f"{task.path}#{item.path}") for item in response.failures)
        found = [*(reading.id for reading in response.readings), *response.unchanged]
        refused = self._names.claim(found, {name: f"{task.path}#{name}" for name in found})
        for name, owner in refused.items():
            self._fail(f"{task.path}#{name}", f"the id {name!r} already belongs to {owner}")
        for name in response.unchanged:
            if name not in refused and name not in rows.seen:
                known = rows.known[name]
                entry = _row_entry(task.entry, known.provenance.url)
                self._amend(known, entry, task.path, row=name)
            rows.seen.add(name)
        for reading in response.readings:
            if reading.id in rows.seen:
                rows.bad.append(Failure(path=f"{task.path}#{reading.id}", reason="its id occurs twice in the file"))
            elif reading.id not in refused:
                self._store_reading(task, reading, f"{task.path}#{reading.id}", rows.known.get(reading.id))
            rows.seen.add(reading.id)

    def _store_reading(self, task: Task, reading: Reading, source: str, before: Document | None) -> None:
        same_bytes = before is not None and before.sha256 == reading.sha256
        entry = _row_entry(task.entry, reading.url) if task.rows else task.entry
        incoming = Incoming(
            reading=reading,
            domain=self._domain,
            file=task.path.name,
            source=source,
            replaces=before.id if before else "",
            provenance=self._change(entry, reading.title, reading.url, same_bytes=same_bytes),
        )
        self._store.add(incoming)
        if before:
            self._updated += 1
        else:
            self._added += 1

    # -- at the end

    def _finish(self, files: Sequence[Path]) -> None:
        """Takes out what is gone, and brings the quarantine list and the kept originals up to date."""
        self._report("finishing")
        gone = [
            item for source, item in self._known.items() if not exists(source) and not self._names.is_claimed(item.id)
        ]
        for rows in self._row_files:
            self._list_bad_lines(rows)
            if not rows.bad:  # a line that can't be read may be any of those that are missing
                gone.extend(item for name, item in rows.known.items() if name not in rows.seen)
        ids = list(dict.fromkeys(item.id for item in gone))
        self._removed = len(ids)
        self._store.take_out(ids)
        self._store.sweep_vectors()
        with db.writing(self._home.engine).begin() as conn:
            quarantine.update(conn, files=files, bad=self._quarantined)
            needed = records.hashes(conn)
        originals.sweep(self._home.folder, needed)

    def _list_bad_lines(self, rows: Rows) -> None:
        self._quarantined.extend(rows.bad[:BAD_LINES])
        if (more := len(rows.bad) - BAD_LINES) > 0:
            self._quarantine(rows.path, f"{more} more of its lines could not be read")

    def _fail(self, path: Path | str, reason: str) -> None:
        self._failed.append(Failure(path=str(path), reason=reason))

    def _quarantine(self, path: Path, reason: str) -> None:
        self._quarantined.append(Failure(path=str(path), reason=reason))

    # -- progress

    def _file_done(self, path: Path) -> None:
        self._done += 1
        self._file = path.name
        self._report("reading")

    def _report_slice(self) -> None:
        self._report("indexing")

    def _report(self, stage: Stage) -> None:
        self._tell(
            Progress(stage=stage, done=self._done, total=self._total, file=self._file, passages=self._store.indexed)
        )


def _row_entry(entry: provenance.Entry | None, url: str) -> provenance.Entry | None:
    """What a manifest says of a JSON Lines file, as it holds for one row: title and address are the row's own."""
    if entry is None:
        return None
    return replace(entry, provenance=replace(entry.provenance, title="", url=url or entry.provenance.url))
