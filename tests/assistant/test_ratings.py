"""Ratings: what is one, as files, in the store, through the command line, and when things go wrong meanwhile."""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from assistant import cli, commands_ratings
from assistant.errors import BadRating, DuplicateRating, RatingsUnreachable, RatingsUnusable
from assistant.ratings import rows, store
from assistant.ratings.rows import BadLine
from assistant.ratings.store import FILE_NAME, Ratings
from assistant.ratings.types import MARKS, Rating, content_hash, group_of

ROOT = Path(__file__).parents[2]


def rated(number: int = 0, **fields: Any) -> Rating:
    """A rating like many."""
    return Rating(**{"question": "What is the dose?", "answer": f"{number} mg", "rating": 4, "rater": "ada", **fields})


def line(**fields: Any) -> bytes:
    return json.dumps(
        {"question": "What is the dose?", "answer": "5 mg", "rating": 4, "rater": "ada", **fields}
    ).encode()


def reason(data: bytes) -> str:
    (bad,) = rows.read([data])
    assert isinstance(bad, BadLine)
    return bad.reason


@pytest.fixture
def ratings(home: Path) -> Iterator[Ratings]:
    with Ratings(home) as made:
        yield made


# -- what is a rating


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
filled = text.filter(lambda each: bool(each.strip()))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
some_ratings = st.builds(
    Rating,
    question=filled,
    answer=filled,
    rating=st.integers(1, 5) | st.floats(1, 5),
    rater=filled,
    domain=text,
    evidence=st.lists(text, max_size=3).map(tuple),
    prior_rank=st.none() | st.integers(1, 2**31 - 1),
    group=text,
    id=text,
    at=st.none()
    | st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001
        max_value=datetime(9998, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    ),
    shown=st.dictionaries(text, json_values, max_size=3),
    sentences=st.lists(st.tuples(st.integers(0, 99), st.sampled_from(MARKS)), max_size=3).map(tuple),
    better=text,
)


@given(some_ratings)
def test_a_rating_out_and_in_again_is_the_same(rating: Rating) -> None:
    written = rows.to_line(rating)
    assert list(rows.read([written])) == [(1, rating)]
    assert written.count(b"\n") == 1


@given(st.lists(some_ratings, max_size=6, unique_by=(content_hash, lambda each: each.id or content_hash(each))))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_and_stores_hold_the_same(tmp_path_factory: pytest.TempPathFactory, some: list[Rating]) -> None:
    """File → store → file → store: what comes out is what went in, with the ids and times it was given."""
    folder = tmp_path_factory.mktemp("ratings")
    first, second, third = (folder / name for name in ("first.jsonl", "second.jsonl", "third.jsonl"))
    first.write_bytes(b"".join(map(rows.to_line, some)))
    assert commands_ratings.import_file(folder / "a", first).added == len(some)
    assert commands_ratings.export_file(folder / "a", second) == len(some)
    assert commands_ratings.import_file(folder / "b", second).added == len(some)
    assert commands_ratings.export_file(folder / "b", third) == len(some)
    assert second.read_bytes() == third.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "first.jsonl", "second.jsonl", "third.jsonl"]
    with Ratings(folder / "a") as one, Ratings(folder / "b") as other:
        assert one.fingerprint() == other.fingerprint()
        for kept, given_ in zip(one.all(), some, strict=True):
            assert content_hash(kept) == content_hash(given_)
            assert kept.id == (given_.id or content_hash(given_)[:32])
            assert kept.at is not None
            assert given_.at in (None, kept.at)


@given(st.binary(max_size=80) | st.recursive(json_values, st.lists).map(lambda each: json.dumps(each).encode()))
def test_any_line_is_a_rating_or_has_a_reason(data: bytes) -> None:
    for each in rows.read([data]):
        assert isinstance(each, tuple) or (each.line == 1 and each.reason)


@given(st.dictionaries(st.sampled_from([*rows.TEXTS, "rating", "evidence", "sentences", "shown", "at"]), json_values))
def test_any_row_is_a_rating_or_has_a_reason(fields: dict[str, Any]) -> None:
    for each in rows.read([line(**fields)]):
        if isinstance(each, tuple):
            assert list(rows.read([rows.to_line(each[1])])) == [(1, each[1])]


@pytest.mark.parametrize("rating", ["NaN", "Infinity", "-Infinity", "0", "6", "0.99", "5.01", "-1", "1e999", "9" * 400])
def test_a_rating_outside_the_scale_is_none(rating: str) -> None:
    data = line().replace(b'"rating": 4', f'"rating": {rating}'.encode())
    assert reason(data) == "'rating' is not between 1 and 5"


@pytest.mark.parametrize("rating", ['"4"', "true", "false", "[4]", "{}", '"five"'])
def test_a_rating_that_is_no_number_is_none(rating: str) -> None:
    assert reason(line().replace(b'"rating": 4', f'"rating": {rating}'.encode())) == "'rating' is not a number"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", "there is no 'question'"),
        (line(rating=None), "there is no 'rating'"),
        (line(rater=None), "there is no 'rater'"),
        (line(rater=" \n"), "'rater' is empty"),
        (line(answer=""), "'answer' is empty"),
        (line(question=7), "'question' is not a string"),
        (line(question="a\0b"), "'question' has a NUL"),
        (line(domain=["medical"]), "'domain' is not a string"),
        (line(evidence="text"), "'evidence' is not a list"),
        (line(evidence=["text", 1]), "'evidence' is not a string"),
        (line(prior_rank=0), "'prior_rank' is not a whole number"),
        (line(prior_rank=True), "'prior_rank' is not a whole number"),
        (line(prior_rank=1.5), "'prior_rank' is not a whole number"),
        (line(prior_rank=2**40), "'prior_rank' is not a whole number"),
        (line(at="yesterday"), "'at' is not a time"),
        (line(at=5), "'at' is not a time"),
        (line(at="0001-01-01T00:00:00+05:00"), "'at' is outside the years"),
        (line(shown=[]), "'shown' is not an object"),
        (line(shown={"a": float("nan")}), "'shown' cannot be written"),
        (line(shown={"a": "\ud800"}), "'shown' cannot be written"),
        (line(sentences={"0": "wrong"}), "'sentences' is not a list"),
        (line(sentences=[[0, "silly"]]), "each of 'sentences' is an index"),
        (line(sentences=[[-1, "wrong"]]), "each of 'sentences' is an index"),
        (line(sentences=["wrong"]), "each of 'sentences' is an index"),
        (line(group="g" * 201), "'group' is longer"),
    ],
)
def test_each_bad_line_has_its_reason(data: bytes, why: str) -> None:
    assert reason(data).startswith(why)


def test_what_a_line_may_be_beside_the_plain_one() -> None:
    data = [
        b"\xef\xbb\xbf" + line() + b"\r\n",
        b"  \n",
        line(prior_rank=3.0, at="2026-01-31T12:00:00", unknown="field", evidence=None, shown=None),
        line(question="half a \ud800 pair"),
    ]
    read = list(rows.read(data))
    assert [each[0] for each in read if isinstance(each, tuple)] == [1, 3, 4]
    _, (_, third), (_, fourth) = (each for each in read if isinstance(each, tuple))
    assert (third.prior_rank, third.at) == (3, datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert fourth.question == "half a ? pair"


def test_a_rating_says_what_is_wrong_with_it_in_code_too() -> None:
    for fields in (
        {"evidence": ["a list"]},
        {"sentences": [(0, "wrong")]},
        {"at": datetime(2026, 1, 31)},  # noqa: DTZ001
        {"shown": {"a": object()}},
        {"rater": "\ud800"},
    ):
        with pytest.raises(BadRating, match=next(iter(fields))):
            rated(**fields)
    away = rated(at=datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2))))
    assert away.at == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert len({rated(1), rated(1), rated(2, shown={"policy": "v1"})}) == 2


def test_what_was_shown_cannot_be_changed_from_outside() -> None:
    shown = {"passages": ["p1"]}
    rating = rated(shown=shown)
    shown["passages"].append("p2")
    assert rating.shown == {"passages": ["p1"]}


def test_answers_to_one_question_share_a_group() -> None:
    assert rated(1).group == rated(2, question="what is  the DOSE?\n").group == group_of("What is the dose?")
    assert rated(1).group != rated(1, question="What is the age?").group
    assert rated(group="mine").group == "mine"


# -- the store


def test_what_was_added_outlives_the_process_in_its_order(home: Path, ratings: Ratings) -> None:
    marked = rated(3, sentences=((0, "wrong"), (2, "unsafe")), better="5 mg", shown={"policy": "v1"}, prior_rank=2)
    ids = [ratings.add(each) for each in (rated(2), rated(1, domain="medical"), marked)]
    ratings.close()
    with Ratings(home) as again:
        assert [each.id for each in again.all()] == ids
        assert [each.answer for each in again.all(domain="medical")] == ["1 mg"]
        *_, last = again.all()
        assert (last.sentences, last.better, last.shown) == (marked.sentences, "5 mg", {"policy": "v1"})
        assert last.at is not None
        assert datetime.now(UTC) - last.at < timedelta(minutes=5)
        assert again.count() == 3


def test_reading_goes_on_over_pages_and_ends_where_it_began(ratings: Ratings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 3)
    ratings.add_all([rated(n, domain="legal" if n % 2 else "medical") for n in range(12)])
    assert [each.answer for each in ratings.all()] == [f"{n} mg" for n in range(12)]
    assert len(list(ratings.all("legal"))) == 6
    assert list(ratings.all("")) == []
    met = 0
    for number, _ in enumerate(ratings.all()):
        ratings.add(rated(100 + number))
        met += 1
    assert met == 12


def test_the_same_is_told_and_kept_once(ratings: Ratings) -> None:
    first = ratings.add(rated(1))
    with pytest.raises(DuplicateRating, match=first) as told:
        ratings.add(rated(1, at=datetime.now(UTC)))
    assert told.value.id == first
    named = ratings.add(rated(2, id="form-1"))
    with pytest.raises(DuplicateRating, match="form-1"):
        ratings.add(rated(2, id="form-1", rating=1))  # sent twice, with another mark
    with pytest.raises(DuplicateRating, match="form-1"):
        ratings.add(rated(2, id="form-2"))
    with pytest.raises(BadRating, match="form-1"):
        ratings.add(rated(2, id="form-1", rater="bob"))
    with pytest.raises(BadRating, match=first):
        ratings.add(rated(3, id=first))
    another = ratings.add(rated(1, rating=2))  # a change of mind
    assert [each.id for each in ratings.all()] == [first, named, another]


def test_many_at_once_are_told_apart(ratings: Ratings) -> None:
    assert ratings.add_all([]) == []
    one, two, three, four = ratings.add_all([rated(1), rated(1), rated(2, id="x"), rated(3, id="x")])
    assert (one, three) == (content_hash(rated(1))[:32], "x")
    assert isinstance(two, DuplicateRating)
    assert isinstance(four, BadRating)
    assert ratings.count() == 2


def test_the_fingerprint_is_of_the_ratings_not_of_their_order(tmp_path: Path) -> None:
    with Ratings(tmp_path / "a") as one, Ratings(tmp_path / "b") as other:
        empty = one.fingerprint()
        one.add_all([rated(1), rated(2)])
        other.add_all([rated(2)])
        assert len({empty, one.fingerprint(), other.fingerprint()}) == 3
        other.add(rated(1))
        assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize("statement", ["DELETE FROM ratings", "UPDATE ratings SET rating = 5"])
def test_nothing_takes_back_what_was_said(home: Path, ratings: Ratings, statement: str) -> None:
    ratings.add(rated(1))
    with closing(sqlite3.connect(home / FILE_NAME)) as conn:
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            conn.execute(statement)
        mode = conn.execute("PRAGMA journal_mode").fetchone()
    assert mode == ("wal",)


def test_every_connection_waits_for_the_disk(ratings: Ratings) -> None:
    with ratings._engine.connect() as conn:
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL


# -- what goes wrong


def test_a_store_of_another_version_is_refused(home: Path, ratings: Ratings) -> None:
    for schema, which in ((2, "a newer version"), (0, "another version")):
        with closing(sqlite3.connect(home / FILE_NAME)) as conn, conn:
            conn.execute("UPDATE ratings_meta SET schema = ?", (schema,))
        with pytest.raises(RatingsUnusable, match=rf"{which} \(its tables are version {schema}, this program's 1\)"):
            Ratings(home)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database" * 500)
    with pytest.raises(RatingsUnusable, match=rf"{FILE_NAME} is damaged; put a backup"):
        Ratings(tmp_path)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(RatingsUnusable, match="is not a folder"):
        Ratings(tmp_path / "home")


@pytest.mark.parametrize(
    ("code", "why"), [(sqlite3.SQLITE_FULL, "no space left"), (sqlite3.SQLITE_BUSY, "another process")]
)
def test_what_the_database_says_becomes_our_error(ratings: Ratings, code: int, why: str) -> None:
    ratings.add(rated(1))

    def fail(*_: object) -> None:
        said = sqlite3.OperationalError("database or disk is full")
        said.sqlite_errorcode = code
        raise OperationalError("INSERT", {}, said)

    event.listen(ratings._engine, "before_cursor_execute", fail)
    for act in (lambda: ratings.add(rated(2)), ratings.count, ratings.fingerprint, lambda: list(ratings.all())):
        with pytest.raises(RatingsUnusable, match=why):
            act()
    event.remove(ratings._engine, "before_cursor_execute", fail)
    assert ratings.count() == 1


def test_a_full_disk_keeps_what_was_there(ratings: Ratings) -> None:
    """The same as SQLite itself says it, once its file may not grow."""
    first = ratings.add(rated(1))
    with ratings._engine.connect() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(RatingsUnusable, match="no space left"):
        ratings.add_all([rated(2), rated(3, better="long " * 10_000)])
    assert [each.id for each in ratings.all()] == [first]


ADDING = """
import sys
from pathlib import Path
from assistant.errors import DuplicateRating
from assistant.ratings.store import Ratings
from assistant.ratings.types import Rating

home, who, shared, own = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
sys.stdin.readline()
with Ratings(home) as ratings:
    for n in range(shared + own):
        rater = who if n >= shared else "both"
        try:
            kept = ratings.add(Rating(question="What is the dose?", answer=f"{n} mg", rating=4, rater=rater))
        except DuplicateRating:
            kept = "again"
        print(kept, flush=True)
"""


def adding(home: Path, who: str, *, shared: int, own: int) -> subprocess.Popen[str]:
    """A process that adds ratings and says each when it is kept; those of two that are `shared` are the same."""
    return subprocess.Popen(
        [sys.executable, "-c", ADDING, str(home), who, str(shared), str(own)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_kill_9_loses_nothing_that_was_said_to_be_kept(home: Path) -> None:
    points, kept = random.Random(20260131), []
    for turn in range(6):
        with adding(home, f"rater {turn}", shared=0, own=100_000) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            kept += [process.stdout.readline().strip() for _ in range(points.randint(1, 40))]
            process.kill()  # in the midst of the next ones
            kept += [each.strip() for each in process.stdout.readlines() if each.endswith("\n")]
        assert process.returncode == -9
        with Ratings(home) as ratings:
            ids = [each.id for each in ratings.all()]
            assert len(ids) == len(set(ids)) == ratings.count()
            assert set(kept) <= set(ids)
            assert len(ids) - len(kept) <= turn + 1  # those on disk that had not been said yet
    assert len(kept) > 6


def test_two_processes_add_at_once(home: Path) -> None:
    both = [adding(home, who, shared=20, own=40) for who in ("ada", "bob")]
    for process in both:  # both wait for a line, so that they begin together, also with making the file
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = []
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        said += out.split()
    assert said.count("again") == 20
    with Ratings(home) as ratings:
        assert {each.id for each in ratings.all()} == set(said) - {"again"}
        assert ratings.count() == 100


def test_threads_share_a_store(ratings: Ratings) -> None:
    def add(start: int) -> None:
        for n in range(start, start + 10):
            ratings.add(rated(n))

    threads = [threading.Thread(target=add, args=(100 * n,)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ratings.count() == 40


# -- a database server


def test_the_tables_are_postgresql_too() -> None:
    made = " ".join(
        str(CreateTable(each).compile(dialect=postgresql.dialect())) for each in store._tables.sorted_tables
    )
    assert "rating DOUBLE PRECISION NOT NULL" in made
    assert "number SERIAL NOT NULL" in made


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("no url: secret", "none that SQLAlchemy can read"),
        ("postgresql+nosuch://ada:secret@host/db", "none that SQLAlchemy can read"),
        ("mysql://ada:secret@host/db", "is not PostgreSQL's"),
        ("postgresql+psycopg2://ada:secret@host/db", "driver that the database_url names is not installed"),
    ],
)
def test_a_bad_url_is_told_without_its_password(url: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(RatingsUnusable, match=why) as told:
        Ratings(database_url=url)
    assert "secret" not in str(told.value)


def test_a_home_or_a_url_and_not_both(home: Path) -> None:
    for given_ in ({}, {"home": home, "database_url": "postgresql://host/db"}):
        with pytest.raises(ValueError, match="either"):
            Ratings(**given_)  # type: ignore[arg-type]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ratings]:
    """A store by URL, with a file in the place of the server."""
    monkeypatch.setattr(store, "_connect", lambda _: store._open_file(tmp_path / "served.db"))
    with Ratings(database_url="postgresql://host/db") as made:
        yield made


def test_a_store_by_url_does_the_same(served: Ratings) -> None:
    assert served.add_all([rated(1), rated(2)]) == [each.id for each in served.all()]
    with pytest.raises(DuplicateRating):
        served.add(rated(1))


@pytest.mark.parametrize(("code", "error"), [(None, RatingsUnreachable), ("53100", RatingsUnusable)])
def test_a_server_that_is_away_is_not_one_that_is_full(
    served: Ratings, code: str | None, error: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        said: Any = sqlite3.OperationalError("connection refused")
        said.sqlstate = code
        raise OperationalError("SELECT", {}, said)

    event.listen(served._engine, "before_cursor_execute", fail)
    with pytest.raises(error, match="cannot be used: connection refused"):
        served.count()


# -- the command line


@pytest.fixture
def plumbline(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command of `ratings` in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as finished:
            cli.main(["ratings", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert isinstance(finished.value.code, int)
        return finished.value.code, out, err

    return run


def test_ten_bad_rows_in_a_thousand(plumbline: Any, home: Path, tmp_path: Path) -> None:
    lines = [line(answer=f"{n} mg") for n in range(1000)]
    bad = dict(zip(range(50, 1000, 100), (b"{", *(line(rating=r) for r in (0, 6, "5", True, None))), strict=False))
    bad |= dict.fromkeys((650, 750, 850), line(rater="")) | {950: line(id="one", answer="another")}
    for at, data in bad.items():
        lines[at - 1] = data
    lines[0] = line(id="one", rater="bob")  # so that the id of line 950 belongs to another
    file = tmp_path / "ratings.jsonl"
    file.write_bytes(b"\n".join(lines))
    code, out, err = plumbline("import", file, "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert (told["added"], told["duplicates"]) == (990, 0)
    assert [each["line"] for each in told["failed"]] == sorted(bad)
    assert all(each["reason"] for each in told["failed"])
    code, out, err = plumbline("import", file)
    assert (code, out) == (1, "0 added, 990 there already, 10 cannot be used\n")
    assert err.count("\n") == 10
    assert "plumbline: line 150: 'rating' is not between 1 and 5\n" in err
    with Ratings(home) as ratings:
        assert ratings.count() == 990


def test_in_and_out(plumbline: Any, home: Path, tmp_path: Path) -> None:
    file, out_file = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(line() + b"\n" + line(rating=5, domain="medical", evidence=["e"]) + b"\n" + line())
    code, out, _ = plumbline("import", file, "--json")
    assert (code, json.loads(out)) == (0, {"added": 2, "duplicates": 1, "failed": []})
    assert plumbline("export", out_file)[:2] == (0, f"2 ratings written to {out_file}\n")
    code, out, _ = plumbline("export", out_file, "--json")  # over the one that is there
    assert (code, json.loads(out)) == (0, {"exported": 2, "file": str(out_file)})
    first, second = (json.loads(each) for each in out_file.read_bytes().splitlines())
    assert json.loads(line()).items() <= first.items()
    assert (second["rating"], second["domain"], second["evidence"]) == (5, "medical", ["e"])
    assert plumbline("import", out_file, "--home", tmp_path / "other")[0] == 0
    with Ratings(home) as one, Ratings(tmp_path / "other") as other:
        assert one.fingerprint() == other.fingerprint()


def test_no_ratings_make_an_empty_file(plumbline: Any, tmp_path: Path) -> None:
    assert plumbline("export", tmp_path / "out.jsonl")[0] == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_what_is_no_file_is_written_as_it_is(plumbline: Any, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(line())
    plumbline("import", tmp_path / "in.jsonl")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    assert plumbline("export", pipe)[0] == 0
    reader.join(timeout=30)
    assert read[0].count(b"\n") == 1
    assert pipe.is_fifo()


def test_mistakes_are_one_line(plumbline: Any, tmp_path: Path, home: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(line())
    for arguments in (
        ["import", tmp_path / "none.jsonl"],
        ["import", tmp_path],
        ["import"],
        ["export", tmp_path],
        ["export", tmp_path / "none" / "out.jsonl"],
    ):
        code, out, err = plumbline(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1), arguments
    home.mkdir(exist_ok=True)
    (home / FILE_NAME).write_bytes(b"not a database" * 500)
    for suffix in ("", "-wal", "-shm"):
        if suffix:
            (home / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
    code, out, err = plumbline("import", tmp_path / "in.jsonl")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is damaged" in err


def test_a_server_that_is_away_has_its_own_exit_code(
    plumbline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise RatingsUnreachable("the server is away")

    monkeypatch.setattr(commands_ratings, "export_file", away)
    assert plumbline("export", tmp_path / "out.jsonl")[0] == 3


def test_an_export_that_fails_leaves_the_file_that_was_there(
    plumbline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_bytes(line())
    plumbline("import", tmp_path / "in.jsonl")
    (tmp_path / "out.jsonl").write_text("before")

    def full(_: Rating) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rows, "to_line", full)
    code, _, err = plumbline("export", tmp_path / "out.jsonl")
    assert (code, "No space left" in err) == (2, True)
    assert (tmp_path / "out.jsonl").read_text() == "before"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_long_texts_are_read_in_time(size: int) -> None:
    """A second each leaves room for a slow machine; what is not linear takes minutes."""
    for data in (line(answer="a " * size), b" " * size, b"{" * size, line(evidence=["e"] * size), b"\n" * size):
        for _ in rows.read(io.BytesIO(data)):
            pass
