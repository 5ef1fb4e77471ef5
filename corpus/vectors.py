"""Where vectors are kept: Chroma, embedded in a folder or on a server; cosine, one collection a domain.

Only ids and vectors go there. Texts, provenance and what may be cited are in the database, so an id that the database
does not know is simply not found.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from corpus.errors import CorruptDatabase, DiskFull, ServiceUnavailable, StorageError
from corpus.types import DOMAINS, Domain

if TYPE_CHECKING:
    from corpus.types import Matrix, Vector

logger = logging.getLogger(__name__)

LARGEST_BATCH = 5_000
"""Chroma takes at most 5,461 records at once."""


@runtime_checkable
class VectorStore(Protocol):
    """Vectors by id, a domain apart from the others. Safe to share between threads."""

    def add(self, domain: Domain, ids: Sequence[str], vectors: Matrix) -> None:
        """Store vectors, one row an id; an id that is there already is overwritten."""
        ...

    def delete(self, domain: Domain, ids: Sequence[str]) -> None:
        """Forget these ids; unknown ones are no error."""
        ...

    def query(self, domain: Domain, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The `k` nearest ids with their cosines, best first."""
        ...

    def count(self, domain: Domain) -> int:
        """How many vectors the domain has."""
        ...

    def ids(self, domain: Domain) -> list[str]:
        """All ids of the domain."""
        ...

    def refresh(self, generation: int) -> None:
        """Show what other processes have written up to this generation of the corpus."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class InMemory:
    """A store without files: exact, for tests and drills."""

    def __init__(self) -> None:
        self._vectors: dict[Domain, dict[str, Vector]] = {domain: {} for domain in DOMAINS}

    def add(self, domain: Domain, ids: Sequence[str], vectors: Matrix) -> None:
        """Store vectors."""
        self._vectors[domain].update(zip(ids, vectors, strict=True))

    def delete(self, domain: Domain, ids: Sequence[str]) -> None:
        """Forget ids."""
        for each in ids:
            self._vectors[domain].pop(each, None)

    def query(self, domain: Domain, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The nearest, exactly."""
        found = [(each, float(own @ vector)) for each, own in self._vectors[domain].items()]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def count(self, domain: Domain) -> int:
        """How many."""
        return len(self._vectors[domain])

    def ids(self, domain: Domain) -> list[str]:
        """All ids."""
        return list(self._vectors[domain])

    def refresh(self, generation: int) -> None:
        """Nothing to do: there are no other processes."""

    def close(self) -> None:
        """Nothing to do."""


class Chroma:
    """Chroma, in a folder (one writing process; readers re-open it when the corpus has changed) or on a server."""

    def __init__(self, *, folder: Path | None = None, url: str = "") -> None:
        self._folder = folder
        self._url = url
        self._client: Any = None  # a ClientAPI, whose type leaves out `close`
        self._collections: dict[Domain, Any] = {}
        self._generation = 0
        self._own_writes = False
        self._lock = threading.RLock()

    def add(self, domain: Domain, ids: Sequence[str], vectors: Matrix) -> None:
        """Store vectors in batches that Chroma takes."""
        with self._errors():
            collection = self._collection(domain)
            self._own_writes = True
            for start in range(0, len(ids), LARGEST_BATCH):
                part = slice(start, start + LARGEST_BATCH)
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, domain: Domain, ids: Sequence[str]) -> None:
        """Forget ids in batches."""
        with self._errors():
            collection = self._collection(domain)
            self._own_writes = True
            for start in range(0, len(ids), LARGEST_BATCH):
                collection.delete(ids=list(ids[start : start + LARGEST_BATCH]))

    def query(self, domain: Domain, vector: Vector, k: int) -> list[tuple[str, float]]:
        """The nearest by HNSW."""
        with self._errors():
            found = self._collection(domain).query(query_embeddings=[vector], n_results=k, include=["distances"])
        return [
            (each, 1.0 - float(distance)) for each, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def count(self, domain: Domain) -> int:
        """How many."""
        with self._errors():
            return int(self._collection(domain).count())

    def ids(self, domain: Domain) -> list[str]:
        """All ids."""
        with self._errors():
            return list(self._collection(domain).get(include=[])["ids"])

    def refresh(self, generation: int) -> None:
        """Re-open the folder when somebody else has written since; a server is always up to date."""
        with self._lock:
            changed_elsewhere = generation != self._generation and not self._own_writes
            if self._folder is not None and self._client is not None and changed_elsewhere:
                self._close()
            self._generation, self._own_writes = generation, False

    def close(self) -> None:
        """Let go of the client."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._client is None:
            return
        self._client.close()
        # A server's client keeps two sessions that its own `close` forgets.
        for api in (getattr(self._client, "_server", None), getattr(self._client, "_admin_client", None)):
            session = getattr(getattr(api, "_server", api), "_session", None)
            if session is not None:
                session.close()
        self._client, self._collections = None, {}

    def _collection(self, domain: Domain) -> Any:
        with self._lock:
            if domain not in self._collections:
                self._collections[domain] = self._connected().get_or_create_collection(
                    f"plumbline-{domain}",
                    configuration={"hnsw": {"space": "cosine", "ef_search": 100, "ef_construction": 100}},
                    embedding_function=None,
                )
            return self._collections[domain]

    def _connected(self) -> Any:
        if self._client is None:
            import chromadb
            from chromadb.config import Settings

            settings = Settings(anonymized_telemetry=False)
            if self._url:
                from urllib.parse import urlsplit

                parts = urlsplit(self._url if "//" in self._url else f"http://{self._url}")
                secure = parts.scheme == "https"
                self._client = chromadb.HttpClient(
                    host=parts.hostname or "localhost",
                    port=parts.port or (443 if secure else 8000),
                    ssl=secure,
                    settings=settings,
                )
            else:
                self._client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
        return self._client

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Foreign errors as the corpus' own."""
        try:
            yield
        except StorageError:
            raise
        except Exception as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> Exception:
        text = str(error).lower()
        if self._url:
            return ServiceUnavailable(f"the Chroma server at {self._url} does not answer: {type(error).__name__}")
        if "disk is full" in text or "no space" in text:
            return DiskFull(f"no space left for {self._folder}")
        if "malformed" in text or "not a database" in text or "corrupt" in text:
            return CorruptDatabase(f"the vectors in {self._folder} are damaged; remove that folder and ingest again")
        return StorageError(f"the vectors in {self._folder} cannot be used: {error}")
