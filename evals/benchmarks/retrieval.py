"""nDCG@10 on expert questions with known passages: words alone, vectors alone, their reciprocal rank fusion, ours."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.statistics import bootstrap, mean, ndcg

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from corpus.embedding import Embedder
    from corpus.types import Domain
    from corpus.vectors import VectorStore

SETS: Mapping[str, Domain] = {"bioasq": "medical", "obliqa": "legal"}
"""Folder below questions/ of the development data → the domain it is ingested as."""

DEPTH = 100
"""Passages of each index that are fused."""
RRF = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""

Ranker = Callable[[str], list[str]]


def main(arguments: Sequence[str]) -> int:
    """Ingest what is missing, ask every question four ways, print the table."""
    parser = ArgumentParser(prog="plumbline bench retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, default=Path("reports/retrieval-home"))
    parser.add_argument("--every", type=int, default=1, help="ask every n-th question only")
    options = parser.parse_args(arguments)
    if not (options.data / "questions").is_dir():
        print(f"no questions at {options.data}; name the development data with --data", file=sys.stderr)
        return 2
    print(
        f"{'nDCG@10 [95%]':10} {'questions':>9} "
        + "".join(f"{name:>24}" for name in ("words", "vectors", "RRF", "ours"))
    )
    for name, domain in SETS.items():
        figures, asked = measure(options.data / "questions" / name, domain, options.home / name, options.every)
        cells = "".join(f"{mean(v):>9.3f} [{lo:.3f}, {hi:.3f}]" for v in figures for lo, hi in [bootstrap(v, mean)])
        print(f"{name:13} {asked:>9} {cells}")
    return 0


def measure(folder: Path, domain: Domain, home: Path, every: int = 1) -> tuple[list[list[float]], int]:
    """For each of the four rankers the nDCG@10 of every question; and how many questions there are."""
    from corpus.embedding import MiniLM
    from corpus.library import Library
    from corpus.reading import LateInteraction
    from corpus.vectors import Chroma

    embedder, vectors = MiniLM(), Chroma(folder=home / "vectors")
    reader = LateInteraction(encoder=embedder)
    with Library.open(home, embedder=embedder, vectors=vectors, reader=reader) as library:
        library.ingest([folder / "passages.jsonl"], domain=domain)
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line) for line in lines][::every]
        figures: list[list[float]] = [[], [], [], []]
        with library._engine.connect() as conn:
            for row in questions:
                relevant = set(row["gold_passages"])
                words, dense = bare(conn, embedder, vectors, row["question"], domain)
                found = library.search(row["question"], domain=domain, k=10, include_unvalidated=True)
                ours = [hit.document.id for hit in found.hits]
                for values, ranking in zip(figures, (words, dense, fused(words, dense), ours), strict=True):
                    values.append(ndcg(ranking, relevant))
    return figures, len(questions)


def bare(
    conn: Connection, embedder: Embedder, vectors: VectorStore, question: str, domain: Domain
) -> tuple[list[str], list[str]]:
    """Document ids by BM25 alone and by cosine alone."""
    from corpus import lexical, records

    asked = lexical.terms(conn, domain, question, total=vectors.count(domain))
    by_words = [rowid for rowid, _ in lexical.search(conn, domain, asked, DEPTH)]
    passages = records.passages_by_rowid(conn, by_words)
    by_vector = vectors.query(domain, embedder.query(question), DEPTH)
    return (
        [passages[rowid].document_id for rowid in by_words],
        [passage.rsplit("#", 1)[0] for passage, _ in by_vector],
    )


def fused(*rankings: Sequence[str]) -> list[str]:
    """Reciprocal rank fusion."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1.0 / (RRF + rank)
    return sorted(scores, key=lambda item: (-scores[item], item))
