"""A small real corpus, made once, and the assistant over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corpora import fill

from assistant.ask import Assistant
from assistant.build import build
from assistant.settings import load


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over a drug label, a statute and a PDF; do not change its corpus."""
    folder = tmp_path_factory.mktemp("small")
    assistant = build(load(folder / "home"))
    fill(assistant, folder)
    yield assistant
    assistant.library.close()
