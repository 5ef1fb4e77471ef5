"""What goes wrong while documents come in: the process is killed, the disk fills up, another process is at it too."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from fpdf import FPDF
from homes import contents, library
from ingesting import Steps, fragile, small_groups

from corpus import database as db
from corpus.errors import CorruptDatabase, DiskFull, HomeBusy, HomeNotWritable, ServiceUnavailable
from corpus.ingest import run, store
from corpus.ingest.run import Task
from corpus.ingest.worker import Request, Response, respond
from corpus.library import Library
from corpus.types import Progress
from corpus.vectors import Chroma, InMemory

HERE = Path(__file__).parent
SEED = 20260131


class Killed(BaseException):
    """Stands in for the end of the process, where only the order of things is looked at."""


def ingesting(home: Path, folder: Path, kill_at: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(HERE / "ingesting.py"), str(home), str(folder), str(kill_at)],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> list[int]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return [int(number) for number in out.split()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents of several kinds, before anything changes."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("stays", "changes", "goes"):
        (folder / f"{name}.md").write_text(f"# {name}\n\nIts value is 1 mg.\n\n## More\n\nThe value of more is 2 mg.\n")
    write_rows(folder, 5, "first")
    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams.")
    return folder


def change(folder: Path) -> None:
    """Adds, changes, removes, moves and breaks."""
    (folder / "changes.md").write_text(
        "# changes\n\nIts value is 3 mg.\n\n## Other\n\nThe value of the other is 4 mg.\n"
    )
    (folder / "goes.md").unlink()
    (folder / "comes.md").write_text("# comes\n\nThe value of what comes is 6 mg.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    write_rows(folder, 4, "second")
    make_pdf(folder / "label.pdf", "The value of the dose is six milligrams.", "A second page has a value.")


def write_rows(folder: Path, count: int, word: str) -> None:
    rows = [{"id": f"r{n}", "text": f"Row {n} has the {word if n % 2 else 'same'} value."} for n in range(count)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def make_pdf(path: Path, *pages: str) -> None:
    pdf = FPDF()
    pdf.set_creation_date(datetime(2026, 1, 31, tzinfo=UTC))
    for text in pages:
        pdf.add_page()
        pdf.set_font("helvetica", size=12)
        pdf.multi_cell(0, 8, text)
    pdf.output(str(path))


class Inline:
    """Reads in this process: hundreds of ingestions needn't each start a child."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, tasks: Iterator[tuple[Request, Task]]) -> Iterator[tuple[Task, Response]]:
        return ((task, respond(request)) for request, task in tasks)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "Pool", Inline)
    for name in ("GROUP_PASSAGES", "GROUP_DOCUMENTS", "SLICE"):
        monkeypatch.setattr(store, name, getattr(store, name))  # to be put back
    small_groups()


# -- killed at any point


@pytest.mark.usefixtures("small")
def test_an_ingestion_that_ends_at_any_step_is_finished_by_the_next(folder: Path, tmp_path: Path) -> None:
    """Sixteen of all the steps, with the order of writing as it is and vectors in memory; real kills come below."""

    def kill() -> None:
        raise Killed

    def ingest(home: Path, vectors: InMemory, at: int) -> int:
        steps = Steps(at, kill)
        with fragile(home, vectors, steps) as shelf:
            shelf.ingest([folder], domain="medical")
        return steps.taken

    texts = {path.name: path.read_bytes() for path in folder.iterdir()}
    whole, vectors = tmp_path / "whole", InMemory()
    first = ingest(whole, vectors, 0)
    change(folder)
    second = ingest(whole, vectors, 0)
    wanted = contents(whole, vectors)
    assert first + second > 40
    every = range(1, first + second + 1)
    for at in sorted(random.Random(SEED).sample(every, 16)):
        for path in folder.iterdir():
            path.unlink()
        for name, data in texts.items():
            (folder / name).write_bytes(data)
        home, vectors = tmp_path / f"home{at}", InMemory()
        if at <= first:
            with pytest.raises(Killed):
                ingest(home, vectors, at)
            assert_whole(home, vectors)
            change(folder)
        else:
            ingest(home, vectors, 0)
            change(folder)
            with pytest.raises(Killed):
                ingest(home, vectors, at - first)
            assert_whole(home, vectors, {"stays", "changes", "label", "r0", "r1", "r2", "r3"})
        ingest(home, vectors, 0)
        assert contents(home, vectors) == wanted, f"killed at step {at}"


def assert_whole(home: Path, vectors: InMemory, names: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Whatever is listed is there with all its parts, and what was there before still is."""
    with library(home, vectors) as shelf:
        documents = {document.id: document for document in shelf.documents()}
        assert names <= set(documents)
        for name, document in documents.items():
            pieces = shelf.passages(name)
            assert len(pieces) == document.passages > 0
            assert {piece.id for piece in pieces} <= set(vectors.ids("medical"))
            assert shelf.page(name, document.pages)
            if document.file.endswith(".pdf"):
                assert shelf.original(name)


@pytest.mark.slow
def test_kill_9_loses_and_doubles_nothing(folder: Path, tmp_path: Path) -> None:
    """Killed while the first documents come in, then while they change; Chroma and all."""
    whole, home, points = tmp_path / "whole", tmp_path / "home", random.Random(SEED)

    def ingest_and_kill() -> None:
        process = ingesting(home, folder, points.randint(2, 14))
        process.communicate(timeout=120)
        assert process.returncode == -9

    ingest_and_kill()
    ingest_and_kill()
    finished(ingesting(whole, folder))
    if points.random() < 0.5:
        finished(ingesting(home, folder))
    change(folder)
    ingest_and_kill()
    finished(ingesting(whole, folder))
    finished(ingesting(home, folder))
    assert contents(home, Chroma(folder=home / "vectors")) == contents(whole, Chroma(folder=whole / "vectors"))
    answers = []
    for each in (home, whole):
        with library(each, Chroma(folder=each / "vectors"), writable=False) as shelf:
            hits = shelf.search("dose of six milligrams", include_unvalidated=True).hits
            answers.append([(hit.passage.id, round(hit.score, 4)) for hit in hits])
    assert answers[0] == answers[1]


# -- readers and other writers meanwhile


@pytest.mark.slow
def test_a_reader_finds_the_document_all_through_its_updates(tmp_path: Path) -> None:
    folder, home = tmp_path / "docs", tmp_path / "home"
    folder.mkdir()
    script = (
        "import sys; from pathlib import Path; from corpus.embedding import Hashing\n"
        "from corpus.library import Library; from corpus.vectors import Chroma\n"
        "home, folder = map(Path, sys.argv[1:])\n"
        "with Library.open(home, embedder=Hashing(), vectors=Chroma(folder=home / 'vectors')) as shelf:\n"
        "    for n in range(15):\n"
        "        (folder / 'zebra.md').write_text(f'# Zebra\\n\\nThe zebra has a value of {n} stripes.\\n')\n"
        "        shelf.ingest([folder], domain='medical')\n"
        "        print(n, flush=True)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(home), str(folder)],
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with writer:
        assert writer.stdout
        writer.stdout.readline()  # the first version is in
        seen: list[str] = []
        with library(home, Chroma(folder=home / "vectors"), writable=False) as shelf:
            while writer.poll() is None or len(seen) < 20:
                hits = shelf.search("zebra stripes value", include_unvalidated=True, k=3).hits
                assert hits, "a moment without the document"
                assert hits[0].dense > 0, "a moment without its vector"
                seen.append(hits[0].passage.text)
        assert writer.stderr
        assert writer.returncode == 0, writer.stderr.read()
    assert "14 stripes" in seen[-1]
    assert len(set(seen)) > 3


@pytest.mark.slow
def test_two_processes_ingest_into_one_home(folder: Path, tmp_path: Path) -> None:
    home, alone = tmp_path / "home", tmp_path / "alone"
    both = [ingesting(home, folder), ingesting(home, folder)]
    reports = sorted(finished(process)[:4] for process in both)
    finished(ingesting(alone, folder))
    assert reports == [[0, 0, 9, 0], [9, 0, 0, 0]]
    assert contents(home, Chroma(folder=home / "vectors")) == contents(alone, Chroma(folder=alone / "vectors"))


def test_an_ingestion_waits_and_says_so(folder: Path, tmp_path: Path) -> None:
    vectors = InMemory()
    with library(tmp_path / "home", vectors) as one, library(tmp_path / "home", vectors) as other:
        entered, leave = threading.Event(), threading.Event()

        def hold(progress: Progress) -> None:
            entered.set()
            leave.wait(30)

        thread = threading.Thread(target=lambda: one.ingest([folder], domain="medical", progress=hold))
        thread.start()
        entered.wait(30)
        stages: list[str] = []
        other.wait_seconds = 0.3
        with pytest.raises(HomeBusy, match="another process"):
            other.ingest([folder], domain="medical", progress=lambda progress: stages.append(progress.stage))
        assert stages == ["waiting"]
        other.wait_seconds = 30
        threading.Timer(0.3, leave.set).start()
        report = other.ingest([folder], domain="medical")
        thread.join()
        assert report.unchanged == len(other.documents()) > 0


# -- a server that goes away


@contextmanager
def chroma_server(folder: Path, port: int) -> Iterator[None]:
    """A Chroma server on this machine, which is killed at the end."""
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield
        finally:
            server.kill()


@contextmanager
def connected(home: Path, url: str) -> Iterator[tuple[Library, Chroma]]:
    """A library whose vectors are on a server; Chroma leaves closing the connection to the garbage collector."""
    vectors = Chroma(url=url)
    with library(home, vectors) as shelf:
        try:
            yield shelf, vectors
        finally:
            client: Any = vectors._client
            for part in (client, client._admin_client) if client else ():
                part._server._session.close()


@pytest.mark.slow
def test_a_vector_server_that_goes_away_costs_nothing_but_time(folder: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home, data, url = tmp_path / "home", tmp_path / "server", f"http://127.0.0.1:{port}"
    with chroma_server(data, port), connected(home, url) as (shelf, _):
        shelf.ingest([folder], domain="medical")
        before = shelf.documents()
    change(folder)
    with connected(home, url) as (shelf, _):
        with pytest.raises(ServiceUnavailable, match=str(port)):
            shelf.ingest([folder], domain="medical")
        assert shelf.documents() == before
    with chroma_server(data, port), connected(home, url) as (shelf, vectors):
        assert shelf.ingest([folder], domain="medical").updated > 0
        held = contents(home, vectors)
        assert held["words"] == held["vectors"]
        assert held["loose"] == []
        assert shelf.search("dose of six milligrams", include_unvalidated=True).hits[0].document.id == "label"


# -- the disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(mount)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: needs root, to mount a small file system")
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


def fill(disk: Path, *, leave: int) -> Path:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "filler").write_bytes(b"\0" * (free - leave))
    return disk / "filler"


@pytest.mark.parametrize("kept_in", [InMemory, Chroma])
def test_a_full_disk_is_named_and_nothing_is_lost(
    kept_in: type, small_disk: Path, tmp_path: Path, folder: Path
) -> None:
    home, docs = small_disk / "home", tmp_path / "many"
    docs.mkdir()
    for n in range(40):
        text = "\n\n".join(f"The value of item {n}.{part} is {n * part} mg. " * 10 for part in range(20))
        (docs / f"many{n}.md").write_text(f"# Many {n}\n\n{text}\n")
    vectors = Chroma(folder=home / "vectors") if kept_in is Chroma else InMemory()
    with library(home, vectors) as shelf:
        shelf.ingest([folder], domain="medical")
        before = {item.id for item in shelf.documents()}
        filler = fill(small_disk, leave=300_000)
        with pytest.raises(DiskFull, match="no space left"):
            shelf.ingest([docs], domain="medical")
        assert before <= {item.id for item in shelf.documents()}
        assert shelf.search("dose five milligrams", include_unvalidated=True).hits
        filler.unlink()
        shelf.ingest([docs], domain="medical")
        assert {item.id for item in shelf.documents()} == before | {f"many{n}" for n in range(40)}
        held = contents(home, vectors)
        assert held["loose"] == []
        assert held["words"] == held["vectors"]


def test_a_limit_on_file_sizes_counts_as_a_full_disk(tmp_path: Path, folder: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path; from corpus.embedding import Hashing\n"
        "from corpus.errors import DiskFull; from corpus.library import Library; from corpus.vectors import InMemory\n"
        "home, folder = map(Path, sys.argv[1:])\n"
        "with Library.open(home, embedder=Hashing(), vectors=InMemory()) as shelf:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "    try: shelf.ingest([folder], domain='medical')\n"
        "    except DiskFull as error: print(error)\n"
    )
    (folder / "big.md").write_text("# Big\n\n" + "\n\n".join(f"The value of {n} is {n * n} mg." for n in range(5000)))
    command = [sys.executable, "-c", script, str(tmp_path / "home"), str(folder)]
    result = subprocess.run(command, cwd=HERE.parents[1], capture_output=True, text=True, timeout=120, check=False)
    assert result.stdout.startswith("no space left for"), result.stderr


def test_a_read_only_home_can_be_read(small_disk: Path, folder: Path) -> None:
    home, vectors = small_disk / "home", InMemory()
    with library(home, vectors) as shelf:
        shelf.ingest([folder], domain="medical")
        titles = [item.id for item in shelf.documents()]
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(HomeNotWritable, match="cannot be written to; choose another"):
        library(home, vectors)
    with pytest.raises(HomeNotWritable):
        library(small_disk / "other", vectors, writable=False)
    with library(home, vectors, writable=False) as reader:
        assert [item.id for item in reader.documents()] == titles
        assert reader.search("dose five milligrams", include_unvalidated=True).hits
        assert reader.page("stays", 1).text.startswith("# stays")


def test_a_damaged_database_stops_everything_with_its_name(folder: Path, tmp_path: Path) -> None:
    home, vectors = tmp_path / "home", InMemory()
    with library(home, vectors) as shelf:
        for n in range(60):
            (folder / f"filler{n}.md").write_text(f"# Filler {n}\n\n" + f"The value is {n}. " * 150)
        shelf.ingest([folder], domain="medical")
        with shelf._engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = home / db.FILE_NAME
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        for at in range(20 * 4096, size, 8192):
            file.seek(at)
            file.write(b"\xff" * 4096)
    (folder / "stays.md").write_text("# Now it changed\n\nThe value is another.\n")
    with pytest.raises(CorruptDatabase, match=r"plumbline\.db is damaged"), library(home, vectors) as shelf:
        shelf.ingest([folder], domain="medical")
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(CorruptDatabase, match="ingest the documents again"):
        library(home, vectors)
