"""One contract for every vector store: memory, Chroma in a folder, Chroma on a server."""

from __future__ import annotations

import multiprocessing
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ServiceUnavailable
from corpus.vectors import Chroma, InMemory, VectorStore


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--path", str(tmp_path_factory.mktemp("server"))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.fixture(params=["memory", "folder", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    made: VectorStore
    match request.param:
        case "memory":
            made = InMemory()
        case "folder":
            made = Chroma(folder=tmp_path / "vectors")
        case _:
            made = Chroma(url=request.getfixturevalue("server"))
            made.delete("legal", made.ids("legal"))
    yield made
    made.close()


def test_keeps_the_contract(store: VectorStore) -> None:
    assert isinstance(store, VectorStore)
    assert store.count("legal") == 0
    assert store.query("legal", unit(1, 0, 0), 3) == []
    store.add("legal", ["a", "b", "c"], np.stack([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)]))
    assert store.count("legal") == 3
    assert store.count("medical") == 0
    found = store.query("legal", unit(1, 0, 0), 2)
    assert [each for each, _ in found] == ["a", "b"]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.7071], abs=1e-3)
    store.add("legal", ["a"], np.stack([unit(0, 0, 1)]))
    store.delete("legal", ["b", "never there"])
    assert sorted(store.ids("legal")) == ["a", "c"]
    assert store.query("legal", unit(0, 0, 1), 1)[0][1] == pytest.approx(1.0, abs=1e-3)
    store.refresh(1)
    assert store.count("legal") == 2


def _write(folder: str) -> None:
    other = Chroma(folder=Path(folder))
    other.add("legal", ["new"], np.stack([unit(0, 1, 0)]))
    other.close()


def test_another_process_is_seen_after_refresh(tmp_path: Path) -> None:
    store = Chroma(folder=tmp_path / "vectors")
    store.add("legal", ["old"], np.stack([unit(1, 0, 0)]))
    store.refresh(1)
    process = multiprocessing.get_context("spawn").Process(target=_write, args=(str(tmp_path / "vectors"),))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    store.refresh(2)
    assert store.query("legal", unit(0, 1, 0), 1)[0][0] == "new"
    store.close()


def test_a_server_that_is_not_there_is_said() -> None:
    store = Chroma(url="http://127.0.0.1:9")
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        store.count("legal")
