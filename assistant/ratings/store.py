"""Where ratings are kept: one table to which rows are added and nothing else is done.

A SQLite file in the home folder, or a PostgreSQL database; there, what has returned is as safe as the server's
`synchronous_commit` makes it, which is on unless somebody turned it off.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from sqlalchemy import (
    DDL,
    Column,
    Connection,
    Double,
    Engine,
    Integer,
    MetaData,
    RowMapping,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    or_,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from assistant.errors import BadRating, DuplicateRating, RatingsError, RatingsUnreachable, RatingsUnusable
from assistant.ratings.types import Rating, content_hash
from corpus.database import BUSY_SECONDS, storage_errors, writing
from corpus.errors import CorruptDatabase, StorageError

FILE_NAME = "ratings.db"
"""Beside the corpus and apart from it, so that rating never waits for an ingestion."""

SCHEMA = 1
"""Version of the tables below; a store made by another version is refused."""

PAGE = 1000
"""Ratings read in one transaction."""

WRITING = 0x72617465
"""The number of PostgreSQL's advisory lock that whoever writes ratings holds."""

DERIVED_ID = 32
"""Characters of an id that is made from the content: 128 bits of SHA-256."""

_tables = MetaData()
_meta = Table(
    "ratings_meta",
    _tables,
    Column("id", Integer, primary_key=True),
    Column("schema", Integer, nullable=False),
)
_ratings = Table(
    "ratings",
    _tables,
    Column("number", Integer, primary_key=True, autoincrement=True),  # the order in which they came
    Column("id", Text, nullable=False, unique=True),
    Column("content", Text, nullable=False, unique=True),  # see `content_hash`
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("rating", Double, nullable=False),
    Column("rater", Text, nullable=False, index=True),
    Column("domain", Text, nullable=False, index=True),
    Column("evidence", Text, nullable=False),  # JSON list of strings
    Column("prior_rank", Integer),
    Column("group", Text, nullable=False),
    Column("at", Text, nullable=False),  # ISO 8601, UTC
    Column("shown", Text, nullable=False),  # JSON object
    Column("sentences", Text, nullable=False),  # JSON list of [index, mark]
    Column("better", Text, nullable=False),
)
REFUSAL = "ratings are only ever added"
_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER ratings_no_{what} BEFORE {what} ON ratings BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for what in ("update", "delete")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ratings_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        "CREATE TRIGGER ratings_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ratings "
        "FOR EACH STATEMENT EXECUTE FUNCTION ratings_refuse()",
    ],
}
"""Database → what is run after the table is made, so that nothing said is unsaid, not even by a mistake of ours."""

for _dialect, _statements in _GUARDS.items():
    for _statement in _statements:
        _guard = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(_ratings, "after_create", _guard.execute_if(dialect=_dialect))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A rating that is stored, as far as it takes to tell whether another is the same."""

    id: str
    submission: tuple[str, str, str]
    """Rater, question, answer."""


class Ratings:
    """All ratings of a home, or of a database server. Safe to share between threads and processes.

    Every method raises RatingsUnusable when the store cannot be used, RatingsUnreachable when its server is away.
    """

    def __init__(self, home: Path | None = None, *, database_url: str = "") -> None:
        """The store in a home folder, or that of a PostgreSQL database (`postgresql+psycopg://…`, as SQLAlchemy has
        it; the driver must be installed); made when there is none.
        """
        if (home is None) == (not database_url):
            raise ValueError("give either a home or a database_url")
        self._home = home
        self._engine = _connect(database_url) if home is None else _open_file(home / FILE_NAME)
        self._name = str(self._engine.url.render_as_string() if home is None else home / FILE_NAME)  # no password
        try:
            with self._errors():
                if home is not None:
                    home.mkdir(parents=True, exist_ok=True)
                self._prepare()
        except BaseException:
            self._engine.dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file or the server."""
        self._engine.dispose()

    def add(self, rating: Rating) -> str:
        """Keep a rating; when this has returned, it is on disk. Returns its id.

        Raises DuplicateRating when it is there already: the same content, or the same rater's submission of that id
        for the same question and answer; BadRating when its id belongs to another rating.
        """
        (outcome,) = self.add_all([rating])
        if isinstance(outcome, RatingsError):
            raise outcome
        return outcome

    def add_all(self, ratings: Sequence[Rating]) -> list[str | DuplicateRating | BadRating]:
        """Keep many at once, which is quicker; when this has returned, they are on disk, and if it fails, none is.

        Returns for each its id, or the error that `add` would raise.
        """
        if not ratings:
            return []
        now = datetime.now(UTC)
        hashes = [content_hash(each) for each in ratings]
        outcomes: list[str | DuplicateRating | BadRating] = []
        new = []
        with self._writing() as conn:
            by_content, by_id = _known(conn, ratings, hashes)
            for rating, content in zip(ratings, hashes, strict=True):
                id = rating.id or content[:DERIVED_ID]  # noqa: A001 - the field's name
                known = by_content.get(content) or by_id.get(id)
                mine = _Known(id=id, submission=(rating.rater, rating.question, rating.answer))
                if known is None:
                    new.append(_to_columns(rating, id=id, content=content, now=now))
                    by_content[content] = by_id[id] = mine
                    outcomes.append(id)
                elif known.submission == mine.submission:
                    outcomes.append(DuplicateRating(known.id))
                else:
                    outcomes.append(BadRating(f"the id {id!r} belongs to another rating"))
            if new:
                conn.execute(insert(_ratings), new)
        return outcomes

    def all(self, domain: str | None = None) -> Iterator[Rating]:
        """Those that are there when the first is asked for, in the order in which they came; None: of every domain.

        What the iterator holds is one page, and no transaction is open between pages.
        """
        with self._reading() as conn:
            last = conn.execute(select(func.max(_ratings.c.number))).scalar_one() or 0
        query = select(_ratings).where(_ratings.c.number <= last).order_by(_ratings.c.number).limit(PAGE)
        if domain is not None:
            query = query.where(_ratings.c.domain == domain)
        at = 0
        while at < last:
            with self._reading() as conn:
                rows = conn.execute(query.where(_ratings.c.number > at)).mappings().all()
            yield from map(_to_rating, rows)
            at = rows[-1]["number"] if len(rows) == PAGE else last

    def count(self) -> int:
        """How many there are."""
        with self._reading() as conn:
            return conn.execute(select(func.count()).select_from(_ratings)).scalar_one()

    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, over the ids: the same for the same ratings, in whatever order they came."""
        with self._reading() as conn:
            ids = sorted(conn.execute(select(_ratings.c.id)).scalars())  # here, since databases sort text differently
        return hashlib.sha256(json.dumps(ids).encode()).hexdigest()

    def _prepare(self) -> None:
        if not inspect(self._engine).has_table(_meta.name):
            with self._writing() as conn:
                if not inspect(conn).has_table(_meta.name):  # another process may have been faster
                    _tables.create_all(conn)
                    conn.execute(insert(_meta).values(id=1, schema=SCHEMA))
        with self._engine.connect() as conn:
            found = conn.execute(select(_meta.c.schema)).scalar_one_or_none()
        if found != SCHEMA:
            which = "a newer" if isinstance(found, int) and found > SCHEMA else "another"
            raise RatingsUnusable(
                f"{self._name} was made by {which} version (its tables are version {found}, this program's {SCHEMA}); "
                "use that version, or bring the ratings over with its export"
            )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._errors(), self._engine.connect() as conn:
            yield conn

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One at a time, so that what is read in it stays true and numbers become visible in their order."""
        with self._errors(), writing(self._engine).begin() as conn:
            if conn.dialect.name == "postgresql":  # SQLite has its lock already
                conn.execute(select(func.pg_advisory_xact_lock(WRITING)))
            yield conn

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turns what the database and the operating system say into our own errors, each naming what to do."""
        try:
            if self._home is None:
                yield
            else:
                with storage_errors(self._home, FILE_NAME):
                    yield
        except CorruptDatabase as error:
            raise RatingsUnusable(
                f"{self._name} is damaged; put a backup in its place, or move it away and import ratings again"
            ) from error
        except StorageError as error:
            raise RatingsUnusable(str(error)) from error
        except DBAPIError as error:
            # A server that answers says by a code what is wrong.
            away = error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None
            kind = RatingsUnreachable if away else RatingsUnusable
            raise kind(f"{self._name} cannot be used: {error.orig}") from error


def _open_file(path: Path) -> Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode=rwc"
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False),
        poolclass=QueuePool,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not guess where transactions begin
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit that has returned is on disk

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("immediate") else "BEGIN")

    return engine


def _connect(database_url: str) -> Engine:
    try:
        if make_url(database_url).get_backend_name() != "postgresql":
            raise RatingsUnusable("the database_url is not PostgreSQL's; SQLite's file lies in the home folder")
        # Whatever the server's default, a transaction must see what another wrote while it waited for the lock.
        return create_engine(database_url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    except (ArgumentError, NoSuchModuleError):  # whose texts show the URL, with its password
        raise RatingsUnusable("the database_url is none that SQLAlchemy can read") from None
    except ImportError as error:
        raise RatingsUnusable(f"the driver that the database_url names is not installed: {error}") from error


def _known(
    conn: Connection, ratings: Sequence[Rating], hashes: Sequence[str]
) -> tuple[dict[str, _Known], dict[str, _Known]]:
    """Those that are stored of these ratings, by content and by id."""
    by_content, by_id = {}, {}
    wanted = [(each.id or content[:DERIVED_ID], content) for each, content in zip(ratings, hashes, strict=True)]
    columns = [_ratings.c[name] for name in ("id", "content", "rater", "question", "answer")]
    for start in range(0, len(wanted), PAGE):  # a statement takes so many values and no more
        ids, contents = zip(*wanted[start : start + PAGE], strict=True)
        same = or_(_ratings.c.id.in_(ids), _ratings.c.content.in_(contents))
        for row in conn.execute(select(*columns).where(same)):
            found = _Known(id=row.id, submission=(row.rater, row.question, row.answer))
            by_content[row.content] = by_id[row.id] = found
    return by_content, by_id


def _to_columns(rating: Rating, *, id: str, content: str, now: datetime) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "content": content,
        "question": rating.question,
        "answer": rating.answer,
        "rating": rating.rating,
        "rater": rating.rater,
        "domain": rating.domain,
        "evidence": json.dumps(rating.evidence, ensure_ascii=False),
        "prior_rank": rating.prior_rank,
        "group": rating.group,
        "at": (rating.at or now).isoformat(timespec="microseconds"),
        "shown": json.dumps(rating.shown, ensure_ascii=False),
        "sentences": json.dumps(rating.sentences),
        "better": rating.better,
    }


def _to_rating(row: RowMapping) -> Rating:
    fields = {name: value for name, value in row.items() if name not in ("number", "content")}
    return Rating(
        **{
            **fields,
            "evidence": tuple(json.loads(row["evidence"])),
            "at": datetime.fromisoformat(row["at"]),
            "shown": json.loads(row["shown"]),
            "sentences": tuple((index, mark) for index, mark in json.loads(row["sentences"])),
        }
    )
