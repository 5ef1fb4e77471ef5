"""How much each piece of a document reads like a request to whoever reads it, and how little it belongs there.

Two steps, both in numpy. The first is a linear model over hashed n-grams, of the words and of their classes: the form
of a request. The second is a small network over a few numbers about the piece in its place: how like a request it is,
how many of its words occur elsewhere in the text, what its neighbours look like, whether code follows. `evals.training`
makes the weights; see `models/README.md` for the data, the licences and the figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guards.integrity.units import Lexicon, Unit, tokens, units

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]

MODEL = Path(__file__).parent / "models" / "instructions.npz"
"""The weights that ship with the project."""

BITS = 17
"""The hashed n-grams fall into 2 ** BITS buckets."""

WINDOW = 48
"""Pieces that are looked at together: what a piece is compared with in a long text."""

_BEGIN, _END = 3, 5
_MIXERS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)
_HAZARD = re.compile(
    r"\b(?:requests\.(?:post|get)|urllib|urlopen|urlretrieve|socket|smtplib|ftplib|paramiko|subprocess|os\.system|popen|"
    r"os\.environ|os\.remove|shutil|psutil|pynput|keyboard|scapy|winreg|ctypes|cryptography|curl|wget|chmod|exec\(|"
    r"eval\(|sudo|rm -rf|netifaces|platform\.|getpass|pyperclip|https?://)",
    re.IGNORECASE,
)
_MARK = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s|[•·▪◦●–*-]\s")
CONTEXT = 26
"""Numbers about a piece in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A window of a text as numbers: its pieces, and the n-grams of all of them in one row."""

    units: tuple[Unit, ...]
    grams: Ints
    """Buckets of the n-grams."""
    owners: Ints
    """For each n-gram, the index of its piece."""
    lengths: Floats
    """Tokens of each piece."""
    plain: Floats
    """What the second step needs and the first does not decide: shape (pieces, CONTEXT - 8)."""


def shapes(text: str, lexicon: Lexicon) -> list[Shape]:
    """The text, window by window. Linear in its length."""
    pieces = units(text)
    return [_shape(text, pieces[at : at + WINDOW], lexicon) for at in range(0, len(pieces), WINDOW)]


def _shape(text: str, pieces: Sequence[Unit], lexicon: Lexicon) -> Shape:
    import numpy as np

    rows = [_words(text, piece) for piece in pieces]
    words = [lexicon.look_up(row) for row in rows]
    row: list[tuple[int, int]] = []
    owners: list[int] = []
    for index, each in enumerate(words):
        row += [(_BEGIN, _BEGIN), *((word.word, word.form) for word in each), (_END, _END)]
        owners += [index] * (len(each) + 2)
    ids = np.array(row, dtype=np.uint64)
    owner = np.array(owners, dtype=np.int64)
    grams, whose = _grams(ids, owner)
    return Shape(
        units=tuple(pieces),
        grams=grams,
        owners=whose,
        lengths=np.array([len(each) for each in words], dtype=np.float32),
        plain=_plain(text, pieces, words),
    )


def _words(text: str, piece: Unit) -> list[str]:
    if piece.code:  # what code says is looked at for hazards only
        return ["`"]
    return tokens(text[piece.start : piece.end])


def _grams(ids: Any, owner: Any) -> tuple[Ints, Ints]:
    """Buckets of all n-grams of one to three words and one to four classes that do not cross a piece's edge."""
    import numpy as np

    found, whose = [], []
    for channel, most in ((0, 3), (1, 4)):
        column = ids[:, channel]
        mixed = np.full(len(column), 0x1234567 * (channel + 1), dtype=np.uint64)
        for size in range(1, most + 1):
            if len(column) < size:
                break
            mixed = (mixed[: len(column) - size + 1] * np.uint64(_MIXERS[size - 1])) ^ (
                column[size - 1 :] * np.uint64(_MIXERS[(size + channel) % 4])
            )
            mixed ^= mixed >> np.uint64(29)
            mixed &= np.uint64((1 << 48) - 1)
            inside = owner[size - 1 :] == owner[: len(owner) - size + 1]
            found.append((((mixed * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - BITS)).astype(np.int64))[inside])
            whose.append(owner[: len(owner) - size + 1][inside])
    return np.concatenate(found), np.concatenate(whose)


def _plain(text: str, pieces: Sequence[Unit], words: Sequence[Sequence[Any]]) -> Floats:
    import numpy as np

    stems = [{word.stem for word in each if word.stem} for each in words]
    seen: dict[int, int] = {}
    for those in stems:
        for stem in those:
            seen[stem] = seen.get(stem, 0) + 1
    count = len(pieces)
    cells = text.count("|", pieces[0].start, pieces[-1].end) if pieces else 0
    hazards = [len(_HAZARD.findall(text, *piece[:2])) if piece.code else 0 for piece in pieces]
    rows = []
    for index, (piece, each, those) in enumerate(zip(pieces, words, stems, strict=True)):
        shared = sum(seen[stem] > 1 for stem in those)
        names = [word.name for word in each]
        head = text[piece.start : piece.start + 6]
        after = index + 1 < count and pieces[index + 1].code
        rows.append(
            (
                shared / max(1, len(those)),
                min(len(those), 12) / 12,
                min(len(those) - shared, 8) / 8,
                min(len(each), 40) / 40,
                1.0 if piece.code else 0.0,
                1.0 if after else 0.0,
                min(hazards[index + 1] if after else hazards[index], 4) / 4,
                1.0 if "?" in names[-2:] else 0.0,
                1.0 if "V" in names[:1] else 0.0,
                1.0 if "Y" in names else 0.0,
                1.0 if "R" in names else 0.0,
                1.0 if "A" in names or "U" in names else 0.0,
                1.0 if _MARK.match(head) else 0.0,
                1.0 if index in (0, count - 1) else 0.0,
                min(count, 24) / 24,
                min(cells, 40) / 40,
                1.0 if names[-1:] == [":"] else 0.0,
                1.0 if count == 1 else 0.0,
            )
        )
    return np.array(rows, dtype=np.float32).reshape(count, CONTEXT - 8)


def forms(shape: Shape, weights: Floats, bias: float) -> Floats:
    """The first step: for each piece the log-odds that, taken alone, it is a request."""
    import numpy as np

    sums = np.bincount(shape.owners, weights=weights[shape.grams], minlength=len(shape.units))
    made: Floats = (bias + sums / np.sqrt(shape.lengths + 3.0)).astype(np.float32)
    made[shape.plain[:, 4] > 0] = -4.0  # code asks for nothing by itself
    return made


def in_place(shape: Shape, form: Floats) -> Floats:
    """What the second step looks at: shape (pieces, CONTEXT)."""
    import numpy as np

    count = len(form)
    squashed = np.tanh(form / 4)
    before, after = np.roll(squashed, 1), np.roll(squashed, -1)
    before[0] = after[-1] = -1.0
    ordered = np.sort(squashed)
    best = np.where(squashed == ordered[-1], ordered[-2] if count > 1 else -1.0, ordered[-1])
    others = (squashed.sum() - squashed) / max(1, count - 1)
    likely = ((form > 0).sum() - (form > 0)) / max(1, count - 1)
    overlap = shape.plain[:, 0]
    made = np.stack(
        [squashed, np.clip(form, -12, 12) / 12, before, after, best, others, likely, squashed * (1 - overlap)], axis=1
    )
    return np.concatenate([made, shape.plain], axis=1).astype(np.float32)


@dataclass(slots=True)
class RequestModel:
    """The trained model. Loads on first use; safe to share between threads."""

    file: Path = MODEL
    _lexicon: Lexicon = field(default_factory=Lexicon)
    _weights: dict[str, Any] | None = None

    @property
    def threshold(self) -> float:
        """The score from which a piece counts as an instruction."""
        return float(self._load()["threshold"])

    def scores(self, text: str) -> list[tuple[Unit, float]]:
        """Each piece of the text with the probability, 0 to 1, that it is an instruction that does not belong there."""
        weights = self._load()
        found: list[tuple[Unit, float]] = []
        for shape in shapes(text, self._lexicon):
            form = forms(shape, weights["form"], float(weights["bias"]))
            found += zip(shape.units, network(in_place(shape, form), weights).tolist(), strict=True)
        return found

    def _load(self) -> dict[str, Any]:
        if self._weights is None:
            import numpy as np

            with np.load(self.file) as stored:
                loaded = {name: stored[name].astype(np.float32) for name in stored.files}
            loaded["form"] = loaded["form"] * loaded["scale"]
            self._weights = loaded
        return self._weights


def network(features: Floats, weights: dict[str, Any]) -> Floats:
    """The second step: one hidden layer and a sigmoid."""
    import numpy as np

    hidden = np.maximum(features @ weights["w1"] + weights["b1"], 0.0)
    logits = hidden @ weights["w2"] + float(weights["b2"])
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)
