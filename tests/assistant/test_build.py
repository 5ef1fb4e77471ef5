"""Settings become an assistant: which backends they choose."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant import build, quiet
from assistant.errors import SettingsError
from assistant.generators.chat import ChatGenerator
from assistant.generators.extractive import Extractive
from assistant.generators.llama_cpp import LlamaCpp, small_model
from assistant.settings import load
from corpus.embedding import Hashing, MiniLM
from corpus.errors import ServiceUnavailable
from corpus.vectors import Chroma


def test_by_default_nothing_is_remote(home: Path) -> None:
    assistant = build.build(load(home))
    with assistant.library:
        (extractive,) = assistant.generators
        assert isinstance(extractive, Extractive)
        assert assistant.library.home == home
    assert isinstance(build.make_embedder(load(home)), MiniLM)
    assert isinstance(build.make_vectors(load(home)), Chroma)


def test_the_small_model(home: Path) -> None:
    _, small = build.make_generators(load(home, model="small", llm_tokens=99, llm_timeout_s=7))
    assert isinstance(small, ChatGenerator)
    assert isinstance(small.model, LlamaCpp)
    assert (small.name, small.timeout, small.window) == ("small", 7, small.model.window)
    assert (small.model.file, small.model.max_tokens, small.model.timeout) == (small_model(), 99, 7)


def test_a_file_and_a_server_beside_it(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    shutil.copyfile(small_model(), file)
    settings = load(home, model=str(file), llm_url="http://127.0.0.1:1/v1", llm_model="big", llm_api_key="sesame")
    extractive, own, server = build.make_generators(settings)
    assert [extractive.name, own.name, server.name] == ["extractive", "mine", "big"]
    assert "sesame" not in repr(server)


def test_a_model_file_that_is_not_there(home: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no file /no/model\.gguf"):
        build.make_generators(load(home, model="/no/model.gguf"))


def test_the_model_is_loaded_once() -> None:
    embedder = MiniLM()
    assert build.make_reader(embedder).encoder is embedder
    assert isinstance(build.make_reader(Hashing()).encoder, MiniLM)


def test_an_embedding_server_that_is_down(home: Path) -> None:
    settings = load(home, embed_url="http://127.0.0.1:1/v1", embed_model="m")
    with pytest.raises(ServiceUnavailable):
        build.build(settings)


def test_a_chroma_server(home: Path) -> None:
    with pytest.raises(ServiceUnavailable):
        build.make_vectors(load(home, chroma_url="http://127.0.0.1:1")).count("legal")


def test_silence_leaves_what_a_person_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    monkeypatch.delenv("GRADIO_ANALYTICS_ENABLED")
    import os

    quiet.silence()
    assert os.environ["HF_HUB_OFFLINE"] == "0"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
