"""The list of files that could not be read, or may not be taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from corpus import database as db
from corpus.ingest.names import exists
from corpus.types import Failure, Quarantined


def update(conn: Connection, *, files: Sequence[Path], bad: Sequence[Failure]) -> None:
    """Brings the list up to date after `files` were looked at and `bad` of them, or of their lines, could not be read.

    Entries of files that can be read by now, or are gone, disappear.
    """
    seen = {str(path) for path in files}
    over = [
        item.path
        for item in listed(conn)
        if item.path in seen or item.path.rsplit("#", 1)[0] in seen or not exists(item.path)
    ]
    if over:
        conn.execute(delete(db.quarantine).where(db.quarantine.c.path.in_(over)))
    if bad:
        now = datetime.now(tz=UTC).isoformat(timespec="seconds")
        rows = {item.path: {"path": item.path, "reason": item.reason, "since": now} for item in bad}
        conn.execute(insert(db.quarantine), list(rows.values()))


def listed(conn: Connection) -> tuple[Quarantined, ...]:
    """The list, by path."""
    rows = conn.execute(select(db.quarantine).order_by(db.quarantine.c.path))
    return tuple(Quarantined(path=row.path, reason=row.reason, sha256=row.sha256, since=row.since) for row in rows)
