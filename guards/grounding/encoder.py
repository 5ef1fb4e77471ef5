"""The grounding model: a small cross-encoder that reads a claim, or a question, together with its evidence.

Its weights ship beside this file; `models/README.md` says what they learnt from. Raw outputs only: what they come to is
decided in `model`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.embedding import minilm_tokenizer, model_inputs, onnx_session
from corpus.types import Span

WEIGHTS = Path(__file__).with_name("models") / "grounding.onnx"
TOKENS = 256
"""Of claim and evidence together; the longer of the two is cut."""
BATCH = 4
"""Pairs read at a time; more would only be padding."""
CHARACTERS = 2400
"""Of a text that are looked at; `TOKENS` never need more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the model says of one pair, before any calibration."""

    supported: float
    """Log-odds that the evidence supports the claim, against both other things that it may do."""
    contradicted: float
    """Log-odds that it refutes the claim."""
    answers: float
    """Log-odds that it answers the question; means nothing for a claim."""
    words: tuple[tuple[Span, float], ...]
    """Each of the claim's tokens with the log-odds that the evidence does not give it."""


@dataclass(slots=True)
class Encoder:
    """Loads on first use; safe to share between threads."""

    weights: Path = WEIGHTS
    _loaded: tuple[Any, Any] | None = None
    """Session and tokeniser."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        """One opinion a pair (claim or question, evidence), in order."""
        if not pairs:
            return []
        session, tokenizer = self._load()
        encodings = tokenizer.encode_batch([(one[:CHARACTERS], other[:CHARACTERS]) for one, other in pairs])
        # Texts of like length share a batch: little is padding.
        order = sorted(range(len(pairs)), key=lambda index: len(encodings[index].ids))
        opinions: list[Opinion | None] = [None] * len(pairs)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            logits, marks = session.run(None, model_inputs([encodings[index] for index in chosen]))
            for row, index in enumerate(chosen):
                opinions[index] = _opinion(logits[row], marks[row], encodings[index])
        return [each for each in opinions if each is not None]

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = onnx_session(self.weights), minilm_tokenizer(TOKENS)
            return self._loaded


def _opinion(logits: Any, marks: Any, encoding: Any) -> Opinion:
    import numpy as np

    yes, no, silent, answers = (float(value) for value in logits)
    words = tuple(
        (span, float(marks[at]))
        for at, (sequence, span) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True))
        if sequence == 0 and span[1] > span[0]
    )
    return Opinion(
        supported=yes - float(np.logaddexp(no, silent)),
        contradicted=no - float(np.logaddexp(yes, silent)),
        answers=answers,
        words=words,
    )
