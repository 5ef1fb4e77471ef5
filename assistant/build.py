"""build: settings become an assistant. The only file that names backends; each is chosen by a plain `match`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.ask import Assistant
from assistant.errors import SettingsError
from assistant.generate import Generator
from assistant.generators.extractive import Extractive
from corpus.embedding import Embedder, MiniLM, OpenAICompatible
from corpus.library import Library
from corpus.reading import MODEL, CrossEncoder
from corpus.vectors import Chroma, VectorStore
from guards.grounding.overlap import OverlapVerifier
from guards.grounding.verifier import Verifier
from guards.integrity.documents import screen

if TYPE_CHECKING:
    from assistant.settings import Settings

logger = logging.getLogger(__name__)


def build(settings: Settings, *, writable: bool = True) -> Assistant:
    """Everything that answers need, on one home. Loads no model yet; close `Assistant.library` when done.

    Raises SettingsError, StorageError, ModelMismatch, or ServiceUnavailable.
    """
    embedder, reader = make_embedder(settings), make_reader()
    generators = make_generators(settings, reader)
    return Assistant(
        library=Library.open(
            settings.home,
            embedder=embedder,
            vectors=make_vectors(settings),
            reader=reader,
            screen=screen,
            writable=writable,
        ),
        verifier=make_verifier(embedder),
        generators=generators,
        passages=settings.passages,
    )


def open_library(settings: Settings, *, writable: bool = True) -> Library:
    """The corpus alone, for commands that answer nothing. Raises what `build` raises."""
    return Library.open(
        settings.home,
        embedder=make_embedder(settings),
        vectors=make_vectors(settings),
        reader=make_reader(),
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


def make_verifier(embedder: Embedder) -> Verifier:
    """Words, meaning, numbers, units and negation compared."""
    return OverlapVerifier(embed=embedder.texts)


def make_reader() -> CrossEncoder | None:
    """The cross-encoder that ships with the project; None, and cheaper signals alone, in a checkout without it."""
    if not MODEL.is_file():
        logger.warning("%s is missing; answers are chosen by cheaper signals alone", MODEL.name)
        return None
    return CrossEncoder()


def make_generators(settings: Settings, reader: CrossEncoder | None) -> tuple[Generator, ...]:
    """The extractive generator, and the language models that the settings name."""
    generators: list[Generator] = [Extractive(reader=reader)]
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
