"""What every test stands on: no network beyond loopback, no home but its own, the real embedding model once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from assistant import quiet
from corpus.embedding import MiniLM

quiet.silence()

# Machines are noisy; what must be fast or linear has a test of its own.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")

_attempts: list[str] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Forbids connections and look-ups beyond loopback; an audit hook sees those of all Python libraries."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not name.startswith(LOOPBACK):
        _attempts.append(f"{event} {name}")
        raise ConnectionRefusedError(f"tests reach no network: {event} {name}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """A test in whose time something tried to leave the machine fails, even if the error was swallowed."""
    before = len(_attempts)
    yield
    assert _attempts[before:] == [], "something tried to leave the machine"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The person's own settings and home stay out of the tests."""
    for name in [name for name in os.environ if name.startswith("PLUMBLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "home"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for state that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the checkout; a test that needs it says so in the summary when it is not there."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED: the development data is not at {folder}")
    return folder


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    """The real embedding model, loaded once."""
    return MiniLM()
