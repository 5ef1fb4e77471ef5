"""build: settings become an assistant. The only file that names backends; each is chosen by a plain `match`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.ask import Assistant
from assistant.audit import Audit
from assistant.errors import SettingsError
from assistant.generate import Generator
from assistant.generators.extractive import Extractive
from corpus.embedding import Embedder, MiniLM, OpenAICompatible
from corpus.library import Library
from corpus.reading import LateInteraction
from corpus.vectors import Chroma, VectorStore
from guards.gate import Gate
from guards.grounding.encoder import WEIGHTS, Encoder
from guards.grounding.model import AnswerReader, ModelVerifier
from guards.grounding.overlap import OverlapVerifier
from guards.grounding.verifier import Verifier
from guards.integrity.documents import screen

if TYPE_CHECKING:
    from assistant.settings import Settings

ENCODER = Encoder()
"""The grounding model, shared by who verifies and who chooses, so that it is loaded once."""


def build(settings: Settings, *, writable: bool = True) -> Assistant:
    """Everything that answers need, on one home. Loads no model yet; close `Assistant.library` when done.

    Raises SettingsError, StorageError, ModelMismatch, or ServiceUnavailable.
    """
    embedder = make_embedder(settings)
    return Assistant(
        library=_open(settings, embedder, writable=writable),
        verifier=make_verifier(embedder),
        generators=make_generators(settings),
        passages=settings.passages,
        gate=Gate(),
        audit=make_audit(settings),
    )


def open_library(settings: Settings, *, writable: bool = True) -> Library:
    """The corpus alone, for commands that answer nothing. Raises what `build` raises."""
    return _open(settings, make_embedder(settings), writable=writable)


def _open(settings: Settings, embedder: Embedder, *, writable: bool) -> Library:
    return Library.open(
        settings.home,
        embedder=embedder,
        vectors=make_vectors(settings),
        reader=make_reader(embedder),
        screen=screen,
        writable=writable,
    )


def make_embedder(settings: Settings) -> Embedder:
    """MiniLM in process, or the server that the settings name."""
    match settings.embed_url:
        case "":
            return MiniLM()
        case url:
            return OpenAICompatible(url=url, model=settings.embed_model, key=settings.embed_api_key.get_secret_value())


def make_vectors(settings: Settings) -> VectorStore:
    """Chroma in the home folder, or the server that the settings name."""
    match settings.chroma_url:
        case "":
            return Chroma(folder=settings.home / "vectors")
        case url:
            return Chroma(url=url)


def make_audit(settings: Settings) -> Audit | None:
    """Where answers are put on record, if anywhere."""
    return Audit(settings.home, text=settings.audit_text) if settings.audit else None


def make_verifier(embedder: Embedder) -> Verifier:
    """The grounding model with its checks; where its file is missing, words and vectors alone, which pass less."""
    if WEIGHTS.is_file():
        return ModelVerifier(encoder=ENCODER)
    logging.getLogger(__name__).warning("the grounding model is missing: sentences are verified by their words alone")
    return OverlapVerifier(embed=embedder.texts, strict=True)


def make_reader(embedder: Embedder) -> LateInteraction:
    """MiniLM reads the best passages once more, whatever embedded them."""
    return LateInteraction(encoder=embedder) if isinstance(embedder, MiniLM) else LateInteraction()


def make_generators(settings: Settings) -> tuple[Generator, ...]:
    """The extractive generator, and the language models that the settings name."""
    generators: list[Generator] = [Extractive(reads=AnswerReader(encoder=ENCODER).odds if WEIGHTS.is_file() else None)]
    match settings.model:
        case "none" | "":
            pass
        case "small":
            from assistant.generators.llama_cpp import small_model

            generators.append(_local(small_model(), "small", settings))
        case path:
            file = Path(path).expanduser()
            if not file.is_file():
                raise SettingsError(f"setting 'model': there is no file {file}")
            generators.append(_local(file, file.stem, settings))
    if settings.llm_url:
        from assistant.generators.chat import ChatGenerator
        from assistant.generators.openai_like import openai_like

        generators.append(
            ChatGenerator(
                name=settings.llm_model,
                model=openai_like(
                    settings.llm_url,
                    settings.llm_model,
                    settings.llm_api_key.get_secret_value(),
                    timeout=settings.llm_timeout_s,
                    tokens=settings.llm_tokens,
                ),
                timeout=settings.llm_timeout_s,
            )
        )
    return tuple(generators)


def _local(file: Path, name: str, settings: Settings) -> Generator:
    from assistant.generators.chat import ChatGenerator
    from assistant.generators.llama_cpp import LlamaCpp

    model = LlamaCpp(file=file, max_tokens=settings.llm_tokens, timeout=settings.llm_timeout_s)
    return ChatGenerator(name=name, model=model, timeout=settings.llm_timeout_s, window=model.window)
