"""The database: its snapshots, its statuses, and what it says when it can't be used."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sqlalchemy import Engine, insert, select, update

from corpus import database as db
from corpus import records
from corpus.errors import CorruptDatabase, DiskFull, HomeBusy, HomeNotWritable, StorageError
from corpus.types import Provenance, Status, Tally

TODAY = date(2026, 5, 4)
ROOT = Path(__file__).parents[2]


@contextmanager
def opened(home: Path, *, writable: bool = True) -> Iterator[Engine]:
    engine = db.open_database(home, writable=writable)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with opened(tmp_path / "home") as engine:
        yield engine


def put(engine: Engine, name: str, *, passages: int = 1, domain: str = "legal", **provenance: object) -> None:
    known = Provenance(**{"title": name, **provenance})  # type: ignore[arg-type]
    with db.writing(engine).begin() as conn:
        conn.execute(
            insert(db.documents).values(
                id=name,
                domain=domain,
                file=f"{name}.txt",
                source=f"/docs/{name}.txt",
                sha256=name,
                media_type="text/plain",
                pages=1,
                passages=passages,
                stated_title=name,
                **records.provenance_columns(known),
            )
        )
        records.write_supersession(conn, name, known.supersedes)


def statuses(engine: Engine, today: date = TODAY) -> dict[str, tuple[Status, str]]:
    with engine.connect() as conn:
        found = records.documents(conn, today=today)
    return {name: (item.status, item.superseded_by) for name, item in found.items()}


def test_provenance_comes_back_as_it_went_in(engine: Engine) -> None:
    known = Provenance(
        title="T",
        publisher="P",
        edition="2",
        series="s",
        published=date(2020, 1, 2),
        valid_until=date(2030, 1, 2),
        scope="EU",
        licence="CC",
        url="u",
        sources=("a", "ü;b"),
        supersedes=("x", "y"),
        validated_by="v",
        validated_on=date(2021, 1, 2),
        withdrawn_by="w",
        withdrawn_on=date(2022, 1, 2),
    )
    put(engine, "doc", **{name: getattr(known, name) for name in known.__slots__})
    with engine.connect() as conn:
        assert records.documents(conn, today=TODAY)["doc"].provenance == known


def test_the_status_is_the_first_that_holds(engine: Engine) -> None:
    put(engine, "fresh")
    put(engine, "good", validated_by="v")
    put(engine, "gone", validated_by="v", withdrawn_by="w")
    put(engine, "last-day", validated_by="v", valid_until=TODAY)
    put(engine, "expired", validated_by="v", valid_until=date(2026, 5, 3))
    put(engine, "expired-fresh", valid_until=date(2026, 5, 3))
    assert {name: status for name, (status, _) in statuses(engine).items()} == {
        "fresh": "unvalidated",
        "good": "validated",
        "gone": "withdrawn",
        "last-day": "validated",
        "expired": "expired",
        "expired-fresh": "unvalidated",
    }
    with engine.connect() as conn:
        only = records.documents(conn, today=TODAY, status="validated", domain="legal")
        assert list(only) == ["good", "last-day"]
        assert records.documents(conn, today=TODAY, domain="medical") == {}


def test_only_a_validated_document_in_use_supersedes(engine: Engine) -> None:
    put(engine, "old", validated_by="v")
    put(engine, "new", supersedes=("old",))
    assert statuses(engine)["old"] == ("validated", "")
    with db.writing(engine).begin() as conn:
        conn.execute(update(db.documents).where(db.documents.c.id == "new").values(validated_by="v"))
    assert statuses(engine)["old"] == ("superseded", "new")
    with db.writing(engine).begin() as conn:
        conn.execute(update(db.documents).where(db.documents.c.id == "new").values(withdrawn_by="w"))
    assert statuses(engine)["old"] == ("validated", "")
    with db.writing(engine).begin() as conn:
        conn.execute(update(db.documents).where(db.documents.c.id == "new").values(withdrawn_by=""))
        conn.execute(db.documents.delete().where(db.documents.c.id == "new"))
        assert conn.execute(select(db.supersedes)).all() == []
    assert statuses(engine)["old"] == ("validated", "")


def test_statistics_count_by_domain_and_status(engine: Engine) -> None:
    put(engine, "a", passages=3, domain="medical", validated_by="v")
    put(engine, "b", passages=4, domain="medical", validated_by="v")
    put(engine, "c", passages=5, domain="legal")
    with engine.connect() as conn:
        found = records.statistics(conn, today=TODAY)
    assert found.tallies == (
        Tally(domain="medical", status="validated", documents=2, passages=7),
        Tally(domain="legal", status="unvalidated", documents=1, passages=5),
    )
    assert found.quarantined == 0


def test_documents_below_a_path_are_no_others(engine: Engine) -> None:
    for name in ("a", "a_b", "a%b"):
        put(engine, name)
    with db.writing(engine).begin() as conn:
        for name, source in {"a": "/x/a_/f", "a_b": "/x/ab/f", "a%b": "/x/a_#7"}.items():
            conn.execute(update(db.documents).where(db.documents.c.id == name).values(source=source))
        assert {item.id for item in records.documents_below(conn, "/x/a_", today=TODAY)} == {"a", "a%b"}
        assert {item.id for item in records.documents_below(conn, "/x/ab/f", today=TODAY)} == {"a_b"}


def test_a_connection_is_one_snapshot(engine: Engine) -> None:
    put(engine, "a")
    with engine.connect() as reader:
        before = records.documents(reader, today=TODAY), db.generation(reader)
        put(engine, "b")
        with db.writing(engine).begin() as conn:
            db.next_generation(conn)
        assert (records.documents(reader, today=TODAY), db.generation(reader)) == before
    with engine.connect() as reader:
        assert db.generation(reader) == before[1] + 1
        assert list(records.documents(reader, today=TODAY)) == ["a", "b"]


def test_a_home_is_durable_and_opens_again(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "home") as engine:
        put(engine, "a")
        with engine.connect() as conn:
            assert conn.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            assert conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
            assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    with opened(tmp_path / "deep" / "home") as engine:
        assert list(statuses(engine)) == ["a"]


def test_several_processes_may_make_the_same_home_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from corpus.database import open_database, generation\n"
        "with open_database(Path(sys.argv[1])).connect() as conn: print(generation(conn))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "home")]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [process.communicate(timeout=60) for process in running]
    assert [out.strip() for out, _ in answers] == ["0"] * 4, answers


@pytest.mark.parametrize(
    "content", [b"this is no database at all, and longer than a header" * 50, b"SQLite format 3\0rest"]
)
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / db.FILE_NAME).write_bytes(content)
    with pytest.raises(CorruptDatabase, match=r"plumbline\.db is damaged .* ingest the documents again"):
        db.open_database(tmp_path)
    assert (tmp_path / db.FILE_NAME).read_bytes() == content


def test_a_database_with_a_hole_is_named_when_it_is_read(tmp_path: Path) -> None:
    with opened(tmp_path) as engine:
        for number in range(300):
            put(engine, f"document-{number}", title="title " * 40)
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with (tmp_path / db.FILE_NAME).open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(size // 3)
        file.write(b"\xff" * (size // 2))
    with pytest.raises(CorruptDatabase), db.storage_errors(tmp_path), opened(tmp_path) as engine:
        statuses(engine)


def test_another_versions_home_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as engine, db.writing(engine).begin() as conn:
        conn.execute(update(db.meta).values(schema=99))
    with pytest.raises(StorageError, match="version 99"):
        db.open_database(tmp_path)


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeNotWritable, match="is not a folder"):
        db.open_database(tmp_path / "home")
    with pytest.raises(HomeNotWritable, match="is not a folder"):
        db.open_database(tmp_path / "home" / "below")


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (OSError(errno.ENOSPC, "full"), DiskFull),
        (OSError(errno.EFBIG, "too big"), DiskFull),
        (OSError(errno.EROFS, "read-only"), HomeNotWritable),
        (PermissionError(errno.EACCES, "denied"), HomeNotWritable),
        (OSError(errno.EIO, "broken"), StorageError),
        (sqlite_error(sqlite3.SQLITE_FULL), DiskFull),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), HomeNotWritable),
        (sqlite_error(sqlite3.SQLITE_CORRUPT), CorruptDatabase),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), HomeBusy),
        (sqlite_error(sqlite3.SQLITE_IOERR_READ), StorageError),
        (sqlite3.OperationalError("of no known kind"), StorageError),
    ],
)
def test_every_foreign_error_becomes_one_of_ours(tmp_path: Path, foreign: Exception, ours: type[StorageError]) -> None:
    with pytest.raises(StorageError) as caught, db.storage_errors(tmp_path):
        raise foreign
    assert type(caught.value) is ours
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(arrays.arrays(np.float32, st.tuples(st.integers(0, 5), st.just(16)), elements=st.floats(-1, 1, width=32)))
def test_packed_sentence_vectors_keep_their_cosines(vectors: np.ndarray) -> None:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors[(lengths > 1e-3).ravel()]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    back = records.unpack_sentences(records.pack_sentences(vectors), 16)
    assert back.shape == vectors.shape
    assert np.all((back * vectors).sum(axis=1) > 0.999)
