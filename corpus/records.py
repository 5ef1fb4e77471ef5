"""Rows of the database as the nouns of `types`, and back.

A document's status is worked out in SQL (`status_on`), in one place, for listing, filtering and counting alike.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from corpus import database as db
from corpus.types import DOMAINS, Document, Domain, Page, Passage, Provenance, Statistics, Status, Tally

if TYPE_CHECKING:
    from corpus.types import Matrix

T = TypeVar("T")

_PLAIN = tuple(field.name for field in fields(Provenance) if field.name not in ("sources", "supersedes"))
"""The fields of Provenance that are a column of the same name and type."""


def superseder() -> ScalarSelect[str]:
    """Id of the validated, not withdrawn document that replaces the one in the row; NULL when none does."""
    newer = db.documents.alias("newer")
    return (
        select(func.min(newer.c.id))
        .join(db.supersedes, db.supersedes.c.newer == newer.c.id)
        .where(db.supersedes.c.older == db.documents.c.id, newer.c.validated_by != "", newer.c.withdrawn_by == "")
        .correlate(db.documents)
        .scalar_subquery()
    )


def status_on(today: date) -> ColumnElement[str]:
    """The status of the document in the row, as a SQL expression.

    The first that holds: withdrawn, unvalidated, superseded, expired (the day after `valid_until`), validated. So
    "superseded" and "expired" say that somebody did validate it, but that it is not current any more.
    """
    document = db.documents.c
    return case(
        (document.withdrawn_by != "", "withdrawn"),
        (document.validated_by == "", "unvalidated"),
        (superseder().is_not(None), "superseded"),
        (document.valid_until < today, "expired"),
        else_="validated",
    )


def documents(
    conn: Connection,
    *,
    today: date,
    ids: Iterable[str] | None = None,
    domain: Domain | None = None,
    status: Status | None = None,
) -> dict[str, Document]:
    """Documents by id, sorted by id; all of them, or those among `ids`, of one domain, of one status."""
    query = select(db.documents, status_on(today).label("status"), superseder().label("superseded_by"))
    edges = select(db.supersedes.c.newer, db.supersedes.c.older)
    if ids is not None:
        wanted = list(ids)
        query = query.where(db.documents.c.id.in_(wanted))
        edges = edges.where(db.supersedes.c.newer.in_(wanted))
    if domain is not None:
        query = query.where(db.documents.c.domain == domain)
    if status is not None:
        query = query.where(status_on(today) == status)
    older: dict[str, list[str]] = defaultdict(list)
    for newer_id, older_id in conn.execute(edges.order_by(db.supersedes.c.older)):
        older[newer_id].append(older_id)
    rows = conn.execute(query.order_by(db.documents.c.id)).mappings()
    return {row["id"]: _document(row, older[row["id"]]) for row in rows}


def documents_below(conn: Connection, path: str, *, today: date) -> tuple[Document, ...]:
    """Documents read from that file (or its lines), or from files below that folder."""
    source = db.documents.c.source
    below = or_(
        source == path, source.startswith(f"{path}/", autoescape=True), source.startswith(f"{path}#", autoescape=True)
    )
    ids = conn.execute(select(db.documents.c.id).where(below)).scalars().all()
    return tuple(item for some in chunks(ids, 10_000) for item in documents(conn, today=today, ids=some).values())


def documents_with(conn: Connection, sha256: str, *, today: date) -> tuple[Document, ...]:
    """Documents made of exactly these bytes."""
    ids = conn.execute(select(db.documents.c.id).where(db.documents.c.sha256 == sha256)).scalars().all()
    return tuple(documents(conn, today=today, ids=ids).values())


def stated_title(conn: Connection, document_id: str) -> str:
    """What the document's file calls itself; empty when there is no such document."""
    query = select(db.documents.c.stated_title).where(db.documents.c.id == document_id)
    return conn.execute(query).scalar_one_or_none() or ""


def hashes(conn: Connection) -> set[str]:
    """Of all documents' bytes."""
    return set(conn.execute(select(db.documents.c.sha256).distinct()).scalars())


def write_provenance(conn: Connection, document_id: str, provenance: Provenance, **columns: str) -> None:
    """Writes a document's provenance, and other columns of its row, over what was there."""
    values = provenance_columns(provenance) | columns
    conn.execute(update(db.documents).where(db.documents.c.id == document_id).values(**values))
    write_supersession(conn, document_id, provenance.supersedes)


def write_supersession(conn: Connection, newer: str, older: Sequence[str]) -> None:
    """Writes down which documents a document replaces, instead of what was written before."""
    conn.execute(delete(db.supersedes).where(db.supersedes.c.newer == newer))
    if older:
        conn.execute(insert(db.supersedes), [{"newer": newer, "older": one} for one in dict.fromkeys(older)])


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _document(row: RowMapping, older: Sequence[str]) -> Document:
    return Document(
        id=row["id"],
        domain=row["domain"],
        file=row["file"],
        source=row["source"],
        sha256=row["sha256"],
        media_type=row["media_type"],
        pages=row["pages"],
        passages=row["passages"],
        provenance=Provenance(
            **{name: row[name] for name in _PLAIN},
            sources=tuple(json.loads(row["sources"])),
            supersedes=tuple(older),
        ),
        status=row["status"],
        superseded_by=row["superseded_by"] or "",
    )


def provenance_columns(provenance: Provenance) -> dict[str, Any]:
    """The columns of `documents` that hold a provenance; `supersedes` has a table of its own."""
    plain = {name: getattr(provenance, name) for name in _PLAIN}
    return {**plain, "sources": json.dumps(provenance.sources, ensure_ascii=False)}


def page(conn: Connection, document_id: str, number: int) -> Page | None:
    """One page, or None when the document has no such page."""
    query = select(db.pages.c.text).where(db.pages.c.document_id == document_id, db.pages.c.number == number)
    text = conn.execute(query).scalar_one_or_none()
    return None if text is None else Page(number=number, text=text)


def passages_of(conn: Connection, document_id: str) -> tuple[Passage, ...]:
    """All passages of a document, in order."""
    query = select(db.passages).where(db.passages.c.document_id == document_id).order_by(db.passages.c.ordinal)
    return tuple(passage(row) for row in conn.execute(query).mappings())


def passages_by_rowid(conn: Connection, rowids: Iterable[int]) -> dict[int, Passage]:
    """Passages by the row numbers that the word index knows them by; those that are gone are left out."""
    query = select(db.passages).where(db.passages.c.rowid.in_(list(rowids)))
    return {row["rowid"]: passage(row) for row in conn.execute(query).mappings()}


def rowids_by_id(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Row numbers of passages by the ids that the vector store knows them by; those that are gone are left out."""
    query = select(db.passages.c.id, db.passages.c.rowid).where(db.passages.c.id.in_(list(ids)))
    return {row.id: row.rowid for row in conn.execute(query)}


def passage(row: RowMapping) -> Passage:
    """One row of `passages`."""
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        ordinal=row["ordinal"],
        page=row["page"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        sentences=tuple((start, end) for start, end in json.loads(row["sentences"])),
        headings=tuple(json.loads(row["headings"])),
        table_header=row["table_header"],
    )


def passage_columns(item: Passage) -> dict[str, Any]:
    """A passage as a row of `passages`, without its row number."""
    return {
        "id": item.id,
        "document_id": item.document_id,
        "ordinal": item.ordinal,
        "page": item.page,
        "start": item.start,
        "end": item.end,
        "text": item.text,
        "sentences": json.dumps(item.sentences, separators=(",", ":")),
        "headings": json.dumps(item.headings, ensure_ascii=False),
        "table_header": item.table_header,
    }


def sentence_vectors(conn: Connection, rowids: Iterable[int], dimension: int) -> dict[int, Matrix]:
    """Sentence vectors by the passage's row number: one row a sentence, L2-normalised."""
    table = db.sentence_vectors
    query = select(table.c.passage, table.c.vectors).where(table.c.passage.in_(list(rowids)))
    return {row.passage: unpack_sentences(row.vectors, dimension) for row in conn.execute(query)}


def pack_sentences(vectors: Matrix) -> bytes:
    """Sentence vectors as signed bytes, row after row, each row scaled so that its largest component is ±127.

    No scale is kept: the rows are L2-normalised, so a row's own length gives it back.
    """
    import numpy as np

    if not len(vectors):
        return b""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    packed: bytes = np.rint(vectors * (127 / np.maximum(largest, 1e-12))).astype(np.int8).tobytes()
    return packed


def unpack_sentences(packed: bytes, dimension: int) -> Matrix:
    """What `pack_sentences` made: shape (sentences, dimension), rows L2-normalised (within a hundredth)."""
    import numpy as np

    rows = np.frombuffer(packed, dtype=np.int8).reshape(-1, dimension).astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return cast("Matrix", rows / np.maximum(lengths, 1e-12))


def statistics(conn: Connection, *, today: date) -> Statistics:
    """How many documents and passages there are, by domain and status."""
    document, status = db.documents.c, status_on(today).label("status")
    query = select(document.domain, status, func.count(), func.sum(document.passages)).group_by(document.domain, status)
    tallies = [
        Tally(domain=domain, status=status, documents=count, passages=passages)
        for domain, status, count, passages in conn.execute(query)
    ]
    tallies.sort(key=lambda tally: (DOMAINS.index(tally.domain), tally.status))
    quarantined = conn.execute(select(func.count()).select_from(db.quarantine)).scalar_one()
    return Statistics(tallies=tuple(tallies), quarantined=quarantined)


def supersession(conn: Connection) -> Mapping[str, tuple[str, ...]]:
    """Who replaces whom: newer id → older ids."""
    older: dict[str, tuple[str, ...]] = {}
    for newer_id, older_id in conn.execute(select(db.supersedes.c.newer, db.supersedes.c.older)):
        older[newer_id] = (*older.get(newer_id, ()), older_id)
    return older
