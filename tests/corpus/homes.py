"""What the tests of ingestion share: a library with real parts, and a look at everything that it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, select

from corpus import database as db
from corpus import lexical
from corpus.embedding import Hashing
from corpus.library import Library
from corpus.types import DOMAINS, Domain
from corpus.vectors import VectorStore

COMMON = "value"
"""A word in every text that the tests ingest, so that asking the word index for it lists the index."""


def library(home: Path, vectors: VectorStore, *, writable: bool = True) -> Library:
    """A library whose embedder is the deterministic one."""
    return Library.open(home, embedder=Hashing(), vectors=vectors, writable=writable)


def contents(home: Path, vectors: VectorStore) -> dict[str, object]:
    """Everything a home holds that must not depend on how often its making was interrupted."""
    engine = db.open_database(home)
    try:
        with engine.connect() as conn:
            vectors.refresh(db.generation(conn))
            rows = conn.execute(select(db.documents).order_by(db.documents.c.id)).mappings()
            pieces = conn.execute(select(db.passages).order_by(db.passages.c.id)).mappings().all()
            numbered = {row["rowid"]: row["id"] for row in pieces}
            return {
                "documents": [dict(row) for row in rows],
                "pages": conn.execute(select(db.pages).order_by(*db.pages.primary_key)).all(),
                "passages": [{key: row[key] for key in row if key != "rowid"} for row in pieces],
                "sentences": conn.execute(select(func.count()).select_from(db.sentence_vectors)).scalar_one(),
                "words": {domain: sorted(numbered[rowid] for rowid in _words(conn, domain)) for domain in DOMAINS},
                "vectors": {domain: sorted(vectors.ids(domain)) for domain in DOMAINS},
                "counts": {domain: vectors.count(domain) for domain in DOMAINS},
                "loose": conn.execute(select(db.loose_vectors)).all(),
                "quarantine": conn.execute(select(db.quarantine.c.path, db.quarantine.c.reason)).all(),
                "originals": sorted(path.name for path in (home / "files").glob("*")),
            }
    finally:
        engine.dispose()


def _words(conn: Connection, domain: Domain) -> list[int]:
    asked = lexical.terms(conn, domain, COMMON, total=1)
    found = [rowid for rowid, _ in lexical.search(conn, domain, asked, 10**6)]
    assert len(found) == lexical.count(conn, domain), "every text of these tests has the common word"
    return found
