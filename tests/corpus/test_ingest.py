"""The parts of an ingestion: which files, which ids, whose child processes, which copies."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from corpus import database as db
from corpus import records
from corpus.errors import HomeBusy, UsageError
from corpus.ingest import names, originals, pool, quarantine, sources, worker
from corpus.ingest.lock import write_lock
from corpus.ingest.pool import Limits, Pool
from corpus.ingest.worker import Request, Response
from corpus.types import Failure, Provenance

# -- which files


def test_files_are_found_once_in_a_fixed_order_without_junk(tmp_path: Path) -> None:
    junk = (".hidden", "b/.git/x", "b/~$lock.docx", "Thumbs.db", "b/skip.toml", "home/f.pdf")
    for name in ("b/two.txt", "a.txt", *junk):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = sources.find([tmp_path, tmp_path / "b" / "two.txt"], skip=[tmp_path / "home", tmp_path / "b" / "skip.toml"])
    assert found == sources.Found(files=(tmp_path / "a.txt", tmp_path / "b" / "two.txt"))
    assert sources.find([tmp_path / ".hidden"]).files == (tmp_path / ".hidden",)


def test_a_path_is_absolute_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    for way in ("a.txt", "./a.txt", "link/a.txt", ".", "link"):
        assert sources.find([Path(way)]).files == (tmp_path / "a.txt",)


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file or folder: .*none"):
        sources.find([tmp_path / "none"])
    with pytest.raises(UsageError, match="no file or folder"):
        sources.find([])


def test_a_folder_that_may_not_be_looked_into_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    real = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert sources.find([tmp_path]).failed == (Failure(path=str(tmp_path / "locked"), reason="Permission denied"),)


def test_what_cannot_be_seen_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rows#1.jsonl"
    file.write_text("x")
    assert names.exists(str(file))
    assert names.exists(f"{file}#row")
    assert not names.exists(str(tmp_path / "none" / "below"))
    assert not names.exists(f"{file}/below")

    def lstat(path: str) -> os.stat_result:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "lstat", lstat)
    assert names.exists("/somewhere")


@given(st.lists(st.binary(max_size=5).map(lambda line: line.replace(b"\n", b"")), max_size=600))
def test_pieces_of_a_file_of_lines_are_the_file(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("lines") / "rows.jsonl"
    path.write_bytes(b"\n".join(lines))
    pieces = list(sources.line_groups(path))
    assert b"".join(piece for _, piece in pieces) == path.read_bytes()
    assert [first for first, _ in pieces] == list(range(1, len(lines) + 1, sources.LINES))[: len(pieces)]
    assert all(piece.count(b"\n") <= sources.LINES for _, piece in pieces)


# -- which ids


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("NASA-STD-5020A w chg (1)", "nasa-std-5020a-w-chg-1"),
        ("Übersicht  Größe", "übersicht-größe"),
        ("v1.2_final.", "v1.2_final"),
        ("§§§", "document"),
        ("x" * 200, "x" * 80),
    ],
)
def test_slugs_are_readable(stem: str, slug: str) -> None:
    assert sources.slug(stem) == slug


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_no_two_sources_share_an_id(home: Path, tmp_path: Path) -> None:
    for name in ("here.txt", "other.txt"):
        (tmp_path / name).write_text("x")
    engine = db.open_database(home)
    with db.writing(engine).begin() as conn:
        for name, source in {"here": tmp_path / "here.txt", "gone": tmp_path / "gone.txt"}.items():
            conn.execute(
                insert(db.documents).values(
                    id=name,
                    domain="legal",
                    file="f",
                    source=str(source),
                    sha256="",
                    media_type="",
                    pages=1,
                    passages=1,
                    stated_title="",
                    **records.provenance_columns(Provenance(title="")),
                )
            )
    giving = names.Names(engine)
    here, gone, other = (str(tmp_path / f"{name}.txt") for name in ("here", "gone", "other"))
    assert giving.make("here", here) == "here"
    assert giving.make("here", other) == f"here-{hashlib.sha256(other.encode()).hexdigest()[:8]}"
    assert giving.make("gone", other) != "gone", "its document is still there"
    assert giving.claim(["gone"], {"gone": other}) == {}, "but it may be taken over outright"
    assert giving.claim(["gone"], {"gone": gone}) == {"gone": other}
    assert giving.claim(["here", "new"], {"here": other, "new": other}) == {"here": here}
    assert giving.is_claimed("new")
    assert not giving.is_claimed("never")
    engine.dispose()


# -- child processes

MISBEHAVING = """
import os, sys, time
from corpus.ingest import worker
real = worker.respond
def respond(request):
    match request.name:
        case "crash": os.kill(os.getpid(), 11)
        case "quit": os._exit(0)
        case "hang": time.sleep(60)
        case "eat": bytearray(8 << 30)
    return real(request)
def guarded(request):
    try: return respond(request)
    except MemoryError: return worker.Response(unreadable="memory")
worker.respond = guarded
worker.main(int(sys.argv[1]), int(sys.argv[2]))
"""


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "START", MISBEHAVING)


def requests(tmp_path: Path, *file_names: str) -> Iterator[tuple[Request, str]]:
    for name in file_names:
        path = tmp_path / f"{name}.md"
        path.write_text(f"# About {name}\n\nThe value of {name} is 7 mg.\n")
        yield Request(path=str(path), name=name if name in ("crash", "quit", "hang", "eat") else path.name), name


@pytest.mark.usefixtures("misbehaving")
def test_a_reader_that_dies_hangs_or_eats_harms_only_its_own_file(tmp_path: Path) -> None:
    order = ("a", "crash", "b", "hang", "c", "quit", "d", "eat", "e", "f", "g", "h")
    with Pool(2, Limits(seconds=4.0, seconds_per_mebibyte=0, memory=1 << 30)) as readers:
        answers = list(readers.map(requests(tmp_path, *order)))
    assert [name for name, _ in answers] == list(order)
    reasons = {name: response.unreadable for name, response in answers}
    assert {name: reason for name, reason in reasons.items() if reason} == {
        "crash": "it crashed its reader (SIGSEGV)",
        "hang": "reading it took longer than 4 seconds",
        "quit": "its reader stopped without an answer",
        "eat": "memory",
    }
    assert all("7 mg" in response.readings[0].pages[0].text for name, response in answers if not reasons[name])


@pytest.mark.usefixtures("misbehaving")
def test_leaving_early_ends_the_children_at_once(tmp_path: Path) -> None:
    started = time.monotonic()
    readers = Pool(1, Limits())
    answers = readers.map(requests(tmp_path, "a", "hang", *"bcdefgh"))
    assert next(answers)[0] == "a"
    readers.close()
    assert time.monotonic() - started < 20
    assert readers._workers[0].read(Request(path="", name="")).failed == "stopped"


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from corpus.ingest.pool import Worker, Limits\n"
        "from corpus.ingest.worker import Request\n"
        "worker = Worker(Limits()); worker.read(Request(path='/none', name='x'))\n"
        "print(worker._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_time_grows_with_size(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * (3 << 20))
    limits = Limits(seconds=10, seconds_per_mebibyte=2)
    assert limits.time_for(Request(path=str(tmp_path / "big"), name="big")) == 16
    assert limits.time_for(Request(path=str(tmp_path / "none"), name="none")) == 10
    assert limits.time_for(Request(path="", name="", lines=b"x" * (1 << 20))) == 12


def test_a_worker_answers_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Title\n\nSome words that say something.\n")
    request = Request(path=str(path), name="a.md", document_id="a")
    (reading,) = worker.respond(request).readings
    assert (reading.id, reading.title, reading.stated_title) == ("a", "Title", "Title")
    assert reading.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(reading.indexed) == len(reading.passages) > 0
    assert worker.respond(Request(path=str(tmp_path / "none"), name="none")).failed == "No such file or directory"
    from corpus import readers

    for error, reason in (
        (MemoryError(), "reading it needs more memory than a file may take"),
        (RecursionError(), "it is nested too deeply to be read"),
        (ValueError("secret words"), "it could not be read (ValueError)"),
    ):

        def read(data: bytes, name: str, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(readers, "read", read)
        assert worker.respond(request) == Response(unreadable=reason)


def test_lines_are_read_apart_and_known_ones_are_left() -> None:
    lines = b'{"id": "a", "text": "The value is 1 mg."}\n\n{broken\n{"id": "b", "text": "The value is 2 mg."}\n'
    known = {"a": hashlib.sha256(lines.split(b"\n")[0]).hexdigest()}
    response = worker.respond(Request(path="", name="rows.jsonl", lines=lines, first_line=257, known=known))
    assert response.unchanged == ("a",)
    assert [(reading.id, reading.media_type) for reading in response.readings] == [("b", worker.ROW)]
    assert [failure.path for failure in response.failures] == ["259"]


def test_requests_end_when_the_parent_is_gone() -> None:
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        with ours:
            ours.send(Request(path="x", name="y"))
        assert list(worker.requests(theirs)) == [Request(path="x", name="y")]


def test_a_text_that_unpacks_too_far_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LONGEST_TEXT", 10)
    (tmp_path / "a.txt").write_text("longer than ten characters")
    assert "unpacks" in worker.respond(Request(path=str(tmp_path / "a.txt"), name="a.txt")).unreadable


# -- copies


def test_an_original_is_kept_whole_and_once(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(b"%PDF-1.4 " + b"x" * 3_000_000)
    digest = sources.sha256(source)
    kept = originals.path_of(home, digest, "application/pdf")
    assert kept
    originals.keep(home, source, digest, "application/pdf")
    assert kept.read_bytes() == source.read_bytes()
    source.write_bytes(b"changed in place")
    assert sources.sha256(kept) == digest, "a copy, not a link"
    before = kept.stat().st_mtime_ns
    originals.keep(home, source, digest, "application/pdf")
    assert kept.stat().st_mtime_ns == before
    originals.keep(home, source, "0" * 64, "text/plain")
    (home / "files" / "half.part").write_bytes(b"half")
    originals.sweep(home, {digest})
    assert [path.name for path in (home / "files").iterdir()] == [kept.name]
    originals.sweep(home, set())
    assert list((home / "files").iterdir()) == []


def test_nothing_half_copied_stays(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.pdf"
    source.write_bytes(b"%PDF")

    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        originals.keep(home, source, "1" * 64, "application/pdf")
    assert list((home / "files").iterdir()) == []


# -- the lock and the list


def test_one_writer_a_home(home: Path) -> None:
    waits: list[str] = []
    second = write_lock(home, seconds=0.3, waiting=lambda: waits.append("waiting"))
    with write_lock(home, seconds=0.3), pytest.raises(HomeBusy, match="another process"), second:
        pytest.fail("two writers")
    assert waits == ["waiting"]
    with write_lock(home, seconds=0):
        pass


def test_the_lock_of_a_killed_process_is_free(home: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from corpus.ingest.lock import write_lock\n"
        "with write_lock(Path(sys.argv[1]), seconds=1): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home)], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(HomeBusy), write_lock(home, seconds=0):
            pass
        holder.send_signal(signal.SIGKILL)
    with write_lock(home, seconds=0):
        pass


def test_quarantine_forgets_what_can_be_read_or_is_gone(home: Path, tmp_path: Path) -> None:
    engine = db.open_database(home)
    files = [tmp_path / name for name in ("a", "b", "rows.jsonl", "elsewhere")]
    for file in files:
        file.write_text("x")
    bad = [Failure(path=str(path), reason="old") for path in files]
    bad += [Failure(path=f"{files[2]}#7", reason="old"), Failure(path=str(tmp_path / "gone"), reason="old")]
    with db.writing(engine).begin() as conn:
        quarantine.update(conn, files=files, bad=bad)
        assert {item.path for item in quarantine.listed(conn)} == {item.path for item in bad}
        quarantine.update(conn, files=files[:3], bad=[Failure(path=str(files[0]), reason="new")])
        assert [(item.path, item.reason) for item in quarantine.listed(conn)] == [
            (str(files[0]), "new"),
            (str(files[3]), "old"),
        ]
    engine.dispose()
