"""Hybrid search: vectors and words are asked apart, what they find is scored together.

A passage's score adds three signals, each on a scale of its own that does not depend on the other passages found: the
cosine of question and passage, BM25 against the most that this question could reach, and the cosine of its best
sentence. `WEIGHTS` says how much each counts. Then the best ones are read with the question, word by word (`reading`).
`python -m evals.benchmarks retrieval` measures it against reciprocal rank fusion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from corpus import lexical, records
from corpus.embedding import Embedder
from corpus.passages import embeddable
from corpus.reading import Reader, Reading
from corpus.types import DOMAINS, Document, Domain, Hit, Passage, SearchResult
from corpus.vectors import VectorStore

if TYPE_CHECKING:
    from corpus.types import Matrix, Vector

POOL = 50
"""Passages taken from each index before they are scored together."""

WEIGHTS: Mapping[str, float] = {"dense": 0.8, "lexical": 0.9, "sentence": 0.2}
"""How much each signal counts."""

READ = 6
"""Passages that are read with the question."""

READ_WEIGHT = 1.0
"""Weight of how well they meet it."""

QUERY_LIMIT = 2_000
"""Characters of a query that are read."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage that one of the indexes named."""

    passage: Passage
    document: Document
    dense: float
    lexical: float
    sentences: tuple[float, ...]
    score: float
    reading: Reading | None = None


def search(  # noqa: PLR0913
    conn: Connection,
    embedder: Embedder,
    vectors: VectorStore,
    query: str,
    *,
    domain: Domain | None,
    k: int,
    include_unvalidated: bool,
    today: date,
    reader: Reader | None = None,
) -> SearchResult:
    """The `k` best passages for a query; with no domain given all are searched, and the hits tell which it was."""
    query = query[:QUERY_LIMIT]
    if not query.strip() or k < 1:
        return SearchResult(query=query, hits=(), domain=domain)
    vector = embedder.query(query)
    found: list[_Found] = []
    for each in (domain,) if domain else DOMAINS:
        found += _in_domain(conn, embedder, vectors, query, vector, each, k, include_unvalidated, today)
    found.sort(key=lambda item: (-item.score, item.passage.id))
    if reader is not None:
        found = _read(reader, query, found)
    hits = tuple(_hit(item) for item in _newest_first(found)[:k])
    return SearchResult(
        query=query,
        hits=hits,
        domain=domain or _domain(hits),
        query_vector=vector,
    )


def _in_domain(  # noqa: PLR0913, PLR0917 - one call from one place
    conn: Connection,
    embedder: Embedder,
    vectors: VectorStore,
    query: str,
    vector: Vector,
    domain: Domain,
    k: int,
    include_unvalidated: bool,
    today: date,
) -> list[_Found]:
    total = vectors.count(domain)
    if not total:
        return []
    asked = lexical.terms(conn, domain, query, total=total)
    pool = max(POOL, k)
    while True:
        dense = dict(vectors.query(domain, vector, min(pool, total)))
        rowids = records.rowids_by_id(conn, dense)
        cosines = {rowids[each]: cosine for each, cosine in dense.items() if each in rowids}
        words = dict(lexical.search(conn, domain, asked, pool))
        passages = records.passages_by_rowid(conn, {*cosines, *words})
        documents = records.documents(conn, today=today, ids={passage.document_id for passage in passages.values()})
        usable = {
            rowid: passage
            for rowid, passage in passages.items()
            if _citable(documents[passage.document_id], include_unvalidated)
        }
        # What may not be cited must not crowd out what may.
        if len(usable) >= k or pool >= total:
            break
        pool *= 4
    sentences = records.sentence_vectors(conn, usable, embedder.dimension)
    most = sum(term.weight for term in asked) * 2.2 or 1.0
    return [
        _scored(
            passage,
            documents[passage.document_id],
            vector,
            cosines.get(rowid),
            words.get(rowid, 0.0),
            most,
            sentences.get(rowid),
        )
        for rowid, passage in usable.items()
    ]


def _citable(document: Document, include_unvalidated: bool) -> bool:
    """What somebody took back is never cited, not even on request."""
    return document.status == "validated" or (include_unvalidated and document.status != "withdrawn")


def _read(reader: Reader, query: str, found: list[_Found]) -> list[_Found]:
    """The best ones in the order that reading them with the question gives; the rest stays below."""
    top, rest = found[:READ], found[READ:]
    readings = reader.read(query, [embeddable(item.passage, item.document.provenance.title) for item in top])
    scored = [
        replace(item, score=item.score + READ_WEIGHT * reading.whole, reading=reading)
        for item, reading in zip(top, readings, strict=True)
    ]
    floor = min((item.score for item in scored), default=0.0)
    below = [replace(item, score=min(item.score, floor)) for item in rest]
    return sorted(scored, key=lambda item: (-item.score, item.passage.id)) + below


def _scored(
    passage: Passage,
    document: Document,
    vector: Vector,
    cosine: float | None,
    bm25: float,
    most: float,
    sentences: Matrix | None,
) -> _Found:
    likeness = tuple(float(each) for each in sentences @ vector) if sentences is not None and len(sentences) else ()
    if cosine is None:
        # Only the words found it: the mean of its sentences stands in for the passage's own vector.
        cosine = float(_mean(sentences) @ vector) if sentences is not None and len(sentences) else 0.0
    score = (
        WEIGHTS["dense"] * cosine
        + WEIGHTS["lexical"] * min(bm25 / most, 1.0)
        + WEIGHTS["sentence"] * max(likeness, default=cosine)
    )
    return _Found(passage, document, cosine, bm25, likeness, score)


def _mean(rows: Matrix) -> Vector:
    import numpy as np

    mean: Vector = rows.mean(axis=0)
    length: Vector = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return length


def _newest_first(found: Sequence[_Found]) -> list[_Found]:
    """The same order, but of two editions that say the same, the newer stands first."""
    ordered = list(found)
    for index in range(len(ordered) - 1):
        one, other = ordered[index], ordered[index + 1]
        mine, theirs = one.document.provenance, other.document.provenance
        same = mine.series and mine.series == theirs.series and one.passage.text == other.passage.text
        if same and mine.published and theirs.published and theirs.published > mine.published:
            ordered[index], ordered[index + 1] = other, one
    return ordered


def _domain(hits: Iterable[Hit]) -> Domain | None:
    """The domain that the best hits speak for."""
    votes: dict[Domain, float] = {}
    for rank, hit in enumerate(hits):
        votes[hit.document.domain] = votes.get(hit.document.domain, 0.0) + hit.score / (rank + 1)
    return max(votes.items(), key=lambda vote: vote[1])[0] if votes else None


def _hit(item: _Found) -> Hit:
    return Hit(
        passage=item.passage,
        document=item.document,
        score=item.score,
        dense=item.dense,
        lexical=item.lexical,
        sentence_scores=item.sentences,
        met=item.reading.whole if item.reading else 0.0,
        sentences_met=item.reading.sentences if item.reading else (),
    )
