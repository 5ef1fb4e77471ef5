"""The truth about the corpus: one SQLite file a home, through SQLAlchemy Core.

Documents, their pages and passages, what is quarantined, and which vectors are in flight. Vectors themselves stand in
the vector store, words in the FTS5 tables of `lexical`; both follow from what is here. How rows become the nouns of
`types` is in `records`.

A connection is one transaction, opened explicitly, so everything read through it is one snapshot.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from corpus import lexical
from corpus.errors import CorruptDatabase, DiskFull, HomeBusy, HomeNotWritable, StorageError

FILE_NAME = "plumbline.db"
SCHEMA = 1
"""Version of the tables below; a home made by another version is refused."""

BUSY_SECONDS = 30.0
"""How long a transaction waits for another one that is writing."""

tables = MetaData()

meta = Table(
    "meta",
    tables,
    Column("id", Integer, primary_key=True),
    Column("schema", Integer, nullable=False),
    Column("embedder", Text, nullable=False, default=""),  # empty until the first ingestion
    Column("dimension", Integer, nullable=False, default=0),
    Column("generation", Integer, nullable=False, default=0),  # grows with every change that a reader could see
)

documents = Table(
    "documents",
    tables,
    Column("id", Text, primary_key=True),
    Column("domain", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("source", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("media_type", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("stated_title", Text, nullable=False),  # what the file itself says; `title` may be a person's
    # provenance, column by column
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("published", Date),
    Column("valid_until", Date),
    Column("scope", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("sources", Text, nullable=False),  # JSON list of strings
    Column("validated_by", Text, nullable=False),
    Column("validated_on", Date),
    Column("withdrawn_by", Text, nullable=False),
    Column("withdrawn_on", Date),
)

supersedes = Table(
    "supersedes",
    tables,
    Column("newer", Text, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("older", Text, primary_key=True, index=True),  # need not be in the corpus
)

pages = Table(
    "pages",
    tables,
    Column("document_id", Text, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

passages = Table(
    "passages",
    tables,
    Column("rowid", Integer, primary_key=True),  # the key of the FTS5 rows
    Column("id", Text, nullable=False, unique=True),  # the key of the vectors
    Column("document_id", Text, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", Text, nullable=False),  # JSON list of [start, end]
    Column("headings", Text, nullable=False),  # JSON list of strings
    Column("table_header", Text, nullable=False),
    Index("passages_of_document", "document_id", "ordinal"),
)

sentence_vectors = Table(  # apart from the passages, so that reading texts doesn't drag vectors along
    "sentence_vectors",
    tables,
    Column("passage", Integer, ForeignKey("passages.rowid", ondelete="CASCADE"), primary_key=True),
    Column("vectors", LargeBinary, nullable=False),  # see `pack_sentences`
)

quarantine = Table(
    "quarantine",
    tables,
    Column("path", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("sha256", Text, nullable=False, default=""),
    Column("since", Text, nullable=False),  # ISO 8601
)

loose_vectors = Table(  # may stand in the vector store although no passage has (yet, or any more) that id
    "loose_vectors",
    tables,
    Column("domain", Text, primary_key=True),
    Column("passage_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)


def open_database(home: Path, *, writable: bool = True) -> Engine:
    """The database of a home; made, with the home, when there is none.

    Raises HomeNotWritable, CorruptDatabase, DiskFull or StorageError, naming the file and what to do.
    """
    path = home / FILE_NAME
    with storage_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        can_write = os.access(home, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))
        if not can_write and (writable or not path.exists()):
            raise HomeNotWritable(f"{home} cannot be written to; choose another with --home or PLUMBLINE_HOME")
        engine = _engine(path, can_write=can_write)
        try:
            _prepare(engine, path)
        except BaseException:
            engine.dispose()
            raise
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the write lock when they begin, so that what they read stays true."""
    return engine.execution_options(immediate=True)


def generation(conn: Connection) -> int:
    """The counter that grows with every change a reader could see."""
    counter: int = conn.execute(select(meta.c.generation)).scalar_one()
    return counter


def next_generation(conn: Connection) -> None:
    """To be called in every transaction that changes what a reader could see."""
    conn.execute(update(meta).values(generation=meta.c.generation + 1))


def _engine(path: Path, *, can_write: bool) -> Engine:
    # A read-only folder has no room for the files beside a WAL; as nobody can write there, `immutable` is the truth.
    uri = f"file:{quote(str(path.absolute()))}?" + ("mode=rwc" if can_write else "immutable=1")
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=64,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not guess where transactions begin
        connection.execute("PRAGMA foreign_keys = ON")
        if can_write:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("immediate") else "BEGIN")

    return engine


def _prepare(engine: Engine, path: Path) -> None:
    if not inspect(engine).has_table("meta"):
        with writing(engine).begin() as conn:
            if not inspect(conn).has_table("meta"):  # another process may have been faster
                tables.create_all(conn)
                lexical.create(conn)
                conn.execute(insert(meta).values(id=1, schema=SCHEMA))
    with engine.connect() as conn:
        found = conn.execute(select(meta.c.schema)).scalar_one_or_none()
    if found != SCHEMA:
        raise StorageError(
            f"{path} was made by another version (its tables are version {found}, this program's {SCHEMA}); "
            "ingest the documents again into a new home"
        )


@contextmanager
def storage_errors(home: Path, file: str = FILE_NAME) -> Iterator[None]:
    """Turns what SQLite and the operating system say into the corpus' own errors, each naming what to do.

    `file` is the name, below `home`, of the database that is used meanwhile.
    """
    try:
        yield
    except DBAPIError as error:
        raise _translated(error.orig, home, file) from error
    except sqlite3.Error as error:
        raise _translated(error, home, file) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _disk_full(home) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise HomeNotWritable(f"{home} cannot be written to: {error.strerror}") from error
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            raise HomeNotWritable(f"{home} is not a folder") from error
        raise StorageError(f"{home} cannot be used: {error}") from error
    except StorageError as error:
        if type(error) is StorageError and _is_full(home):  # not everything that fails on a full disk says why
            raise _disk_full(home) from error
        raise


def _translated(error: BaseException | None, home: Path, file: str) -> StorageError:
    extended = getattr(error, "sqlite_errorcode", 0)
    path = home / file
    if extended == sqlite3.SQLITE_IOERR_WRITE:  # how SQLite reports a quota and a limit on file sizes
        return _disk_full(home)
    match extended & 0xFF:  # the plain code
        case sqlite3.SQLITE_FULL:
            return _disk_full(home)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return HomeNotWritable(f"{path} cannot be written to: {error}")
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return CorruptDatabase(
                f"{path} is damaged ({error}); put a backup in its place, or move it and the folder's other files away "
                "and ingest the documents again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return HomeBusy(f"another process has been writing to {path} for {BUSY_SECONDS:.0f} seconds; try again")
        case sqlite3.SQLITE_IOERR if _is_full(home):  # no room for the files beside it
            return _disk_full(home)
        case _:
            return StorageError(f"{path} cannot be used: {error}")


def _is_full(home: Path) -> bool:
    return home.is_dir() and shutil.disk_usage(home).free < 1 << 20


def _disk_full(home: Path) -> DiskFull:
    return DiskFull(f"no space left for {home}; what was stored before is intact: make room and run the same again")
