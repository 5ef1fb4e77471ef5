"""Reads a question and a text together, word by word: how well each word of the question is met in the text.

Late interaction, as in ColBERT (Khattab and Zaharia 2020), on the token outputs of the embedding model as it is: for
each token of the question the cosine of the nearest token of the text, and the mean of these. It sees what one vector a
passage cannot: that "gastric" is met by "stomach" here while "dose" is met nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from corpus.embedding import MiniLM, Tokens

if TYPE_CHECKING:
    from corpus.types import Span


LONGEST = 128
"""Tokens of a text that are read; sentences beyond meet nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How well one text meets a question."""

    whole: float
    """Mean over the question's tokens of the best cosine in the text, -1 to 1."""
    sentences: tuple[float, ...]
    """The same for each sentence, read together with what stands before the first: title, headings, table header."""


class Reader(Protocol):
    """Reads a question together with texts. Deterministic; safe to share between threads."""

    @property
    def name(self) -> str:
        """Model and version."""
        ...

    def read(self, question: str, texts: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Reading]:
        """One reading a text, in order. Each text comes with the spans of its sentences."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LateInteraction:
    """Reads with MiniLM's token outputs."""

    encoder: MiniLM = field(default_factory=MiniLM)
    """Shared with the embedder where that is MiniLM too, so that it is loaded once."""
    name: str = "maxsim-minilm-1"

    def read(self, question: str, texts: Sequence[tuple[str, tuple[Span, ...]]]) -> list[Reading]:
        """One reading a text, in order. Each text comes with the spans of its sentences."""
        if not texts:
            return []
        (asked,) = self.encoder.tokens([question])
        if not len(asked.vectors):
            return [Reading(whole=0.0, sentences=(0.0,) * len(spans)) for _, spans in texts]
        read = self.encoder.tokens([text for text, _ in texts], longest=LONGEST)
        return [_reading(asked, tokens, spans) for tokens, (_, spans) in zip(read, texts, strict=True)]


def _reading(asked: Tokens, text: Tokens, spans: Sequence[Span]) -> Reading:
    import numpy as np

    likeness = asked.vectors @ text.vectors.T
    context = _best(likeness, text.ends <= (spans[0][0] if spans else 0))
    sentences = []
    for start, end in spans:
        inside = (text.starts >= start) & (text.ends <= end)
        sentences.append(float(np.maximum(_best(likeness, inside), context).mean()))
    return Reading(whole=float(_best(likeness, text.ends > 0).mean()), sentences=tuple(sentences))


def _best(likeness: Any, chosen: Any) -> Any:
    """For each of the question's tokens the nearest of the chosen ones; 0 where none is (cut off by the window)."""
    import numpy as np

    return likeness[:, chosen].max(axis=1) if chosen.any() else np.zeros(len(likeness))
