"""The one place that changes what the corpus holds: database, word index and vectors, in a durable order."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, or_, select, update

from corpus import database as db
from corpus import lexical, passages, records
from corpus.embedding import Embedder
from corpus.errors import ModelMismatch
from corpus.ingest.worker import Reading
from corpus.types import DOMAINS, Domain, Provenance, Span
from corpus.vectors import VectorStore

if TYPE_CHECKING:
    from corpus.types import Vector

logger = logging.getLogger(__name__)

SLICE = 256
"""Passages that are embedded and added to the vector store together."""

GROUP_PASSAGES = 512
"""A group of documents is committed when it has this many passages …"""

GROUP_DOCUMENTS = 256
"""… or this many documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A document that has been read and is to be stored."""

    reading: Reading
    domain: Domain
    file: str
    source: str
    replaces: str
    """Id of the document whose place it takes; empty, or often its own."""
    provenance: Callable[[Provenance | None], Provenance]
    """Its provenance, given that of the document that it replaces at the moment of storing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amendment:
    id: str
    provenance: Callable[[Provenance | None], Provenance]
    source: str
    file: str


class _Piece(NamedTuple):
    domain: Domain
    passage_id: str
    text: str
    sentences: tuple[Span, ...]


class Store:
    """Writes documents of one home. Only one may be at work on a home at a time; `run` sees to that."""

    def __init__(
        self, engine: Engine, embedder: Embedder, vectors: VectorStore, *, on_slice: Callable[[], None] = lambda: None
    ) -> None:
        self._engine = db.writing(engine)
        self._embedder = embedder
        self._vectors = vectors
        self._on_slice = on_slice
        self._group: list[Incoming] = []
        self._amendments: list[_Amendment] = []
        self.indexed = 0
        """Passages that were given vectors so far."""
        self.passages = 0
        """Passages that were stored so far."""

    def add(self, document: Incoming) -> None:
        """Takes a document; it is stored when its group is full, or by `flush`."""
        self._group.append(document)
        waiting = sum(len(item.reading.passages) for item in self._group)
        if waiting >= GROUP_PASSAGES or len(self._group) >= GROUP_DOCUMENTS:
            self.flush()

    def amend(
        self, document_id: str, provenance: Callable[[Provenance | None], Provenance], *, source: str, file: str
    ) -> None:
        """Takes note of what is newly known of a stored document; written like `add`."""
        self._amendments.append(_Amendment(id=document_id, provenance=provenance, source=source, file=file))
        if len(self._amendments) >= GROUP_DOCUMENTS:
            self.flush()

    def flush(self) -> None:
        """Stores what has been taken: all of it or nothing, and nothing that was stored before is missed meanwhile."""
        group, self._group = self._group, []
        amendments, self._amendments = self._amendments, []
        if not group and not amendments:
            return
        pieces = [
            _Piece(item.domain, piece.id, text, spans)
            for item in group
            for piece, (text, spans) in zip(item.reading.passages, item.reading.indexed, strict=True)
        ]
        self._note_loose(pieces)
        packed = self._index(pieces)
        with self._engine.begin() as conn:
            check_model(conn, self._embedder)
            self._swap(conn, group, packed)
            self._write_amendments(conn, amendments)
            db.next_generation(conn)
        self.passages += len(pieces)
        self.sweep_vectors()

    def _swap(self, conn: Connection, group: Sequence[Incoming], packed: Mapping[str, bytes]) -> None:
        """Takes the old out and puts the new in."""
        ids = {name for item in group for name in (item.reading.id, item.replaces)}
        before = records.documents(conn, today=date.max, ids=ids)
        self._retire(conn, ids, {item.source for item in group})
        provenance: dict[str, Provenance] = {}
        for item in group:
            replaced = before.get(item.replaces) or before.get(item.reading.id)
            provenance[item.reading.id] = item.provenance(replaced.provenance if replaced else None)
        if group:
            self._insert(conn, group, provenance, packed)
            conn.execute(update(db.meta).values(embedder=self._embedder.name, dimension=self._embedder.dimension))

    def _write_amendments(self, conn: Connection, amendments: Sequence[_Amendment]) -> None:
        before = records.documents(conn, today=date.max, ids=[item.id for item in amendments])
        for item in amendments:
            if item.id in before:
                provenance = item.provenance(before[item.id].provenance)
                records.write_provenance(conn, item.id, provenance, source=item.source, file=item.file)

    def take_out(self, ids: Sequence[str]) -> None:
        """Takes documents out, with everything that hangs on them; their vectors go with the next sweep."""
        for some in records.chunks(ids, GROUP_DOCUMENTS):
            with self._engine.begin() as conn:
                self._retire(conn, some)
                db.next_generation(conn)

    def sweep_vectors(self) -> None:
        """Deletes the loose vectors that no passage needs, and forgets about the others."""
        loose = db.loose_vectors.c
        live = (
            select(db.passages.c.id)
            .join(db.documents, db.documents.c.id == db.passages.c.document_id)
            .where(db.passages.c.id == loose.passage_id, db.documents.c.domain == loose.domain)
            .exists()
        )
        with self._engine.connect() as conn:
            rows = conn.execute(select(loose.domain, loose.passage_id, live.label("live"))).all()
        if not rows:
            return
        for domain in DOMAINS:
            dead = [row.passage_id for row in rows if row.domain == domain and not row.live]
            for some in records.chunks(dead, SLICE):
                self._vectors.delete(domain, some)
        with self._engine.begin() as conn:
            self._forget_loose(conn, [(row.domain, row.passage_id) for row in rows])

    def heal_vectors(self) -> None:
        """Makes the vector store hold one vector for each passage, should the two have come apart."""
        for domain in DOMAINS:
            with self._engine.connect() as conn:
                ours = (
                    select(db.passages, db.documents.c.title)
                    .join(db.documents, db.documents.c.id == db.passages.c.document_id)
                    .where(db.documents.c.domain == domain)
                )
                expected = conn.execute(select(func.count()).select_from(ours.subquery())).scalar_one()
                if self._vectors.count(domain) == expected:
                    continue
                ids = set(conn.execute(select(ours.subquery().c.id)).scalars())
            stored = set(self._vectors.ids(domain))
            logger.warning("%s: %d vectors for %d passages; mending", domain, len(stored), expected)
            for some in records.chunks(sorted(stored - ids), SLICE):
                self._vectors.delete(domain, some)
            for some in records.chunks(sorted(ids - stored), SLICE):
                with self._engine.connect() as conn:
                    rows = conn.execute(ours.where(db.passages.c.id.in_(some))).mappings().all()
                self._index(
                    [
                        _Piece(domain, row["id"], *passages.embeddable(records.passage(row), row["title"]))
                        for row in rows
                    ]
                )
            with self._engine.begin() as conn:
                db.next_generation(conn)

    def _index(self, pieces: Sequence[_Piece]) -> dict[str, bytes]:
        """Adds a vector for each piece to the vector store; the sentences' vectors, packed, by passage id."""
        import numpy as np

        packed: dict[str, bytes] = {}
        for some in records.chunks(sorted(pieces, key=lambda piece: len(piece.text)), SLICE):
            made = self._embedder.passages([(piece.text, piece.sentences) for piece in some])
            by_domain: dict[Domain, list[tuple[str, Vector]]] = defaultdict(list)
            for piece, (vector, sentences) in zip(some, made, strict=True):
                by_domain[piece.domain].append((piece.passage_id, vector))
                packed[piece.passage_id] = records.pack_sentences(sentences)
            for domain, items in by_domain.items():
                self._vectors.add(domain, [item[0] for item in items], np.stack([item[1] for item in items]))
            self.indexed += len(some)
            self._on_slice()
        return packed

    def _note_loose(self, pieces: Sequence[_Piece]) -> None:
        """Writes down vectors that are about to be added, so that a crash leaves none behind unknown."""
        with self._engine.begin() as conn:
            self._insert_loose(conn, [(piece.domain, piece.passage_id) for piece in pieces])

    @staticmethod
    def _insert_loose(conn: Connection, vectors: Sequence[tuple[Domain, str]]) -> None:
        if vectors:
            conn.execute(
                insert(db.loose_vectors).prefix_with("OR IGNORE"),
                [{"domain": domain, "passage_id": passage_id} for domain, passage_id in vectors],
            )

    @staticmethod
    def _forget_loose(conn: Connection, vectors: Sequence[tuple[Domain, str]]) -> None:
        loose = db.loose_vectors.c
        conn.execute(
            delete(db.loose_vectors).where(
                loose.domain == bindparam("of_domain"), loose.passage_id == bindparam("of_passage")
            ),
            [{"of_domain": domain, "of_passage": passage_id} for domain, passage_id in vectors],
        )

    def _retire(self, conn: Connection, ids: Collection[str], sources: Collection[str] = ()) -> None:
        """Takes out the documents with these ids or sources, their words, and lets go of their vectors."""
        document = db.documents.c
        theirs = or_(document.id.in_(ids), document.source.in_(sources))
        for domain in DOMAINS:
            query = select(db.passages.c.rowid, db.passages.c.id).join(
                db.documents, document.id == db.passages.c.document_id
            )
            pieces = conn.execute(query.where(theirs, document.domain == domain)).all()
            if pieces:
                lexical.remove(conn, domain, [piece.rowid for piece in pieces])
                self._insert_loose(conn, [(domain, piece.id) for piece in pieces])
        conn.execute(delete(db.documents).where(theirs))  # the rest goes with it

    def _insert(
        self,
        conn: Connection,
        group: Sequence[Incoming],
        provenance: Mapping[str, Provenance],
        packed: Mapping[str, bytes],
    ) -> None:
        """Puts documents in: rows, words, and their vectors no longer loose. One statement a table, for speed."""
        conn.execute(insert(db.documents), [_row(item, provenance[item.reading.id]) for item in group])
        edges = [
            {"newer": item.reading.id, "older": older}
            for item in group
            for older in dict.fromkeys(provenance[item.reading.id].supersedes)
        ]
        if edges:
            conn.execute(insert(db.supersedes), edges)
        texts = [
            {"document_id": item.reading.id, "number": page.number, "text": page.text}
            for item in group
            for page in item.reading.pages
        ]
        conn.execute(insert(db.pages), texts)
        rowid: int = conn.execute(select(func.coalesce(func.max(db.passages.c.rowid), 0))).scalar_one()
        rows, sentences, loose = [], [], []
        words: dict[Domain, list[tuple[int, str, str]]] = defaultdict(list)
        for item in group:
            for piece, (text, _) in zip(item.reading.passages, item.reading.indexed, strict=True):
                rowid += 1
                rows.append({"rowid": rowid, **records.passage_columns(piece)})
                sentences.append({"passage": rowid, "vectors": packed[piece.id]})
                words[item.domain].append((rowid, text, " ".join((item.reading.title, *piece.headings))))
                loose.append((item.domain, piece.id))
        conn.execute(insert(db.passages), rows)
        conn.execute(insert(db.sentence_vectors), sentences)
        for domain, some in words.items():
            lexical.add(conn, domain, some)
        self._forget_loose(conn, loose)


def _row(item: Incoming, provenance: Provenance) -> dict[str, object]:
    """A document as a row of `documents`."""
    reading = item.reading
    return {
        "id": reading.id,
        "domain": item.domain,
        "file": item.file,
        "source": item.source,
        "sha256": reading.sha256,
        "media_type": reading.media_type,
        "pages": len(reading.pages),
        "passages": len(reading.passages),
        "stated_title": reading.stated_title,
        **records.provenance_columns(provenance),
    }


def check_model(conn: Connection, embedder: Embedder) -> None:
    """Raises ModelMismatch when the home's vectors come from another model than `embedder`."""
    name = conn.execute(select(db.meta.c.embedder)).scalar_one()
    if name and name != embedder.name:
        raise ModelMismatch(
            f"this home was indexed with the embedding model {name!r}, the settings name {embedder.name!r}; "
            "set the first again, or ingest into a new home"
        )
