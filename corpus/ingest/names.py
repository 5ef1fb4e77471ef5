"""Which document id belongs to which source."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from sqlalchemy import Engine, select

from corpus import database as db
from corpus.ingest import sources


class Names:
    """Gives out ids during one ingestion, so that no two sources share one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._claimed: dict[str, str] = {}

    def claim(self, ids: Iterable[str], source_of: Mapping[str, str]) -> dict[str, str]:
        """Claims each id for its source. Those that can't be had are returned, with the source that has them.

        An id stated by a manifest or a row may be taken over from a source that is gone: the document moved.
        """
        wanted = list(ids)
        owners = self._owners(wanted)
        refused: dict[str, str] = {}
        for name in wanted:
            source, owner = source_of[name], self._claimed.get(name)
            if owner is None:
                stored = owners.get(name, source)
                owner = stored if stored == source or exists(stored) else source
            if owner == source:
                self._claimed[name] = source
            else:
                refused[name] = owner
        return refused

    def make(self, stem: str, source: str) -> str:
        """A readable id for a file: its name, with a piece of a hash when another source has that already."""
        plain = sources.slug(stem)
        owner = self._claimed.get(plain) or self._owners([plain]).get(plain, source)
        name = plain if owner == source else sources.distinct_slug(stem, source)
        self._claimed[name] = source
        return name

    def is_claimed(self, name: str) -> bool:
        """Whether a source of this ingestion has the id."""
        return name in self._claimed

    def _owners(self, ids: list[str]) -> dict[str, str]:
        with self._engine.connect() as conn:
            query = select(db.documents.c.id, db.documents.c.source).where(db.documents.c.id.in_(ids))
            return {row.id: row.source for row in conn.execute(query)}


def exists(source: str) -> bool:
    """Whether the file that a document was read from is still there, or could be: what can't be seen isn't gone."""
    return any(_may_exist(path) for path in {source, source.rsplit("#", 1)[0]})


def _may_exist(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
