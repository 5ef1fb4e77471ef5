"""Reads a question and a text together and says whether the one answers the other.

`CrossEncoder` is a MiniLM of six layers that we trained ourselves (see `corpus/models/README.md` for the data, the
licences and the figures); int8 ONNX, one pair of 60 tokens takes a few milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

MODEL = Path(__file__).parent / "models" / "answers.onnx"
"""The weights that ship with the project."""

LONGEST = 128
"""Tokens of question and text together; longer texts are cut."""


class Reader(Protocol):
    """Reads a question together with texts. Deterministic; safe to share between threads."""

    @property
    def name(self) -> str:
        """Model and version."""
        ...

    def read(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """For each text, the log-odds that it answers the question."""
        ...


@dataclass(slots=True)
class CrossEncoder:
    """The trained reader. Loads on first use; safe to share between threads."""

    model: Path = MODEL
    name: str = "answers-minilm-1"
    _loaded: tuple[onnxruntime.InferenceSession, Tokenizer] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text, the log-odds that it answers the question."""
        if not texts:
            return []
        from corpus.embedding import model_inputs

        session, tokenizer = self._load()
        encodings = tokenizer.encode_batch([(question, text) for text in texts])
        (logits,) = session.run(None, model_inputs(encodings))
        return [float(logit) for logit in logits]

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                from corpus.embedding import minilm_tokenizer, onnx_session

                self._loaded = onnx_session(self.model), minilm_tokenizer(LONGEST)
            return self._loaded
