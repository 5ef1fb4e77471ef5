"""The verifier that people's answers pass: a small cross-encoder with deterministic checks beside it.

A claim is read against the likeliest windows of its evidence (`windows`), by the model (`encoder`); the best of what it
says, how many of the claim's words the evidence has, and what the deterministic checks found become one calibrated
probability (`Calibration`). The checks can veto: a number that the evidence does not give, or a sentence that differs
from its source in nothing but a "not", is never supported, whatever the model says.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from corpus.types import Span
from guards.errors import VerifierUnavailable
from guards.grounding.encoder import WEIGHTS, Encoder, Opinion
from guards.grounding.polarity import differences
from guards.grounding.quantities import missing, quantities
from guards.grounding.verbatim import plain_verdict
from guards.grounding.windows import Place, Window, heading, windows
from guards.grounding.words import content
from guards.types import Claim, Verdict

CALIBRATION = Path(__file__).with_name("models") / "calibration.json"

NEAR_VERBATIM = 0.8
"""Share of the claim's words in one sentence of the evidence from which a single turned word decides."""
VETOED = 0.02
"""Probability that a vetoed claim is supported."""

FEW = 6
"""Windows up to which the parts of a claim that is not supported are read too, to tell which of them is."""
PARTS = 4
"""Parts that are read."""

_PART = re.compile(r"(?:;|, (?:and|but|or|while|whereas|which|who|with|including)\b|\band\b)\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.\-'’/%][^\W_]+)*%?")
"""Words as they are marked for a reader."""


class PairReader(Protocol):
    """Reads claims or questions together with their evidence: `Encoder`, or a script in its place."""

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        """One opinion a pair, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the model's log-odds and the checks become a probability, and from which one on a claim may be read.

    Fitted on examples kept from training (`python -m evals.training.grounding`), and shipped beside the weights.
    """

    version: str
    weights: Mapping[str, float]
    """Logistic weights of the features; "bias" stands alone."""
    thresholds: Mapping[str, float]
    """Smallest probability of a supported claim, for each domain; "" for none of them."""
    contradicted: float
    """Log-odds of contradiction from which a claim that is not supported counts as contradicted."""
    marked: float
    """Log-odds from which a word counts as not given."""
    part: float
    """Smallest probability at which a part of a claim counts as supported."""
    answers: tuple[float, float]
    """Slope and bias that make a probability of the log-odds that a passage answers a question."""

    @classmethod
    def load(cls, path: Path = CALIBRATION) -> Calibration:
        """Raises VerifierUnavailable when the file cannot be read or is no calibration."""
        try:
            row = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{**row, "answers": tuple(row["answers"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise VerifierUnavailable(f"the grounding model's calibration at {path} cannot be read: {error}") from error

    def probability(self, features: Mapping[str, float]) -> float:
        """Of support, between 0 and 1."""
        total = self.weights["bias"] + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def threshold(self, domain: str) -> float:
        """From which probability on a claim of this domain is supported."""
        return self.thresholds.get(domain, self.thresholds[""])


@dataclass(frozen=True, kw_only=True)
class ModelVerifier:
    """Verifies with the grounding model; loads it on first use."""

    model: Path = WEIGHTS
    calibration: Path = CALIBRATION
    encoder: PairReader | None = None
    """Shared with others who read with the same weights; None: its own."""

    @cached_property
    def reader(self) -> PairReader:
        """Who reads."""
        return self.encoder or Encoder(weights=self.model)

    @property
    def name(self) -> str:
        """Version of model and calibration."""
        return self.rule.version

    @cached_property
    def rule(self) -> Calibration:
        """Read once."""
        return Calibration.load(self.calibration)

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        """One verdict a claim, in order."""
        verdicts: list[Verdict | None] = [plain_verdict(claim) for claim in claims]
        read = [Reading(claim) for claim, verdict in zip(claims, verdicts, strict=True) if verdict is None]
        self._open(read)
        threshold = self.rule.threshold(domain)
        unsure = [each for each in read if self._probability(each) < threshold and len(each.windows) <= FEW]
        parts = [[Reading(Claim(text=part, evidence=each.claim.evidence)) for part in each.parts] for each in unsure]
        self._open([part for each in parts for part in each])
        for each, those in zip(unsure, parts, strict=True):
            each.held = [self._probability(part) >= self.rule.part for part in those]
        found = iter(read)
        return tuple(self._verdict(next(found), threshold) if verdict is None else verdict for verdict in verdicts)

    def read(self, claims: Sequence[Claim]) -> list[Reading]:
        """What the model and the checks find of each claim, before it is judged."""
        read = [Reading(claim) for claim in claims]
        self._open(read)
        return read

    def _open(self, read: Sequence[Reading]) -> None:
        """All windows of all claims in one batch."""
        opinions = self.reader.read([(each.claim.text, window.text) for each in read for window in each.windows])
        ends = list(accumulate(len(each.windows) for each in read))
        for each, end in zip(read, ends, strict=True):
            each.opinions = opinions[end - len(each.windows) : end]

    def _probability(self, read: Reading) -> float:
        if not read.opinions:
            return 0.0
        return VETOED if read.vetoes else self.rule.probability(read.features)

    def _verdict(self, read: Reading, threshold: float) -> Verdict:
        probability = self._probability(read)
        if not read.windows:
            return Verdict(label="unsupported", score=0.0, reasons=("the evidence is empty",))
        best = read.best()
        place = read.support(best)
        if probability >= threshold:
            return Verdict(
                label="supported", score=probability, evidence=place.evidence, support=(place.start, place.end)
            )
        reasons = read.vetoes
        if read.turned or max(each.contradicted for each in read.opinions) >= self.rule.contradicted:
            label = "contradicted"
            reasons = reasons or ("the source says otherwise",)
        else:
            label = "partial" if any(read.held) and not read.absent else "unsupported"
            reasons = reasons or (f"the source supports it with a probability of {probability:.0%}",)
        return Verdict(
            label=label,  # type: ignore[arg-type]  # a conditional of literals is a str to mypy
            score=probability,
            evidence=place.evidence,
            support=(place.start, place.end),
            unsupported=read.unsupported(best, self.rule.marked),
            reasons=reasons,
        )


@dataclass(frozen=True, kw_only=True)
class AnswerReader:
    """Says of passages whether they answer a question; with the same model."""

    encoder: PairReader = field(default_factory=Encoder)
    calibration: Path = CALIBRATION

    def odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """Calibrated log-odds that each text answers the question, in order."""
        slope, bias = self.rule.answers
        return [slope * each.answers + bias for each in self.encoder.read([(question, text) for text in texts])]

    @cached_property
    def rule(self) -> Calibration:
        """Read once."""
        return Calibration.load(self.calibration)


class Reading:
    """A claim with all that was found out about it. The model's opinions come in later, from one batch for all."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.windows: tuple[Window, ...] = windows(claim.text, claim.evidence)
        self.opinions: Sequence[Opinion] = ()
        self.held: list[bool] = []
        self.words = content(claim.text)
        self.absent = missing(claim.text, [each for text in claim.evidence for each in quantities(text)])

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The facts that a longer claim is made of; none when it cannot be taken apart."""
        pieces = [piece.strip(" ,.") for piece in _PART.split(self.claim.text)]
        pieces = [piece for piece in pieces if len(content(piece)) >= 3]
        return tuple(pieces[:PARTS]) if len(pieces) > 1 else ()

    @cached_property
    def nearest(self) -> tuple[float, Place] | None:
        """The one sentence that shares most with the claim, and which share of its words that is."""
        places = {place: None for window in self.windows for place in window.places}
        shares = [(self._share(self._text(place)), place) for place in places]
        return max(shares, key=lambda each: (each[0], each[1].start - each[1].end), default=None)

    @cached_property
    def turned(self) -> tuple[str, ...]:
        """How the claim turns a sentence of the evidence from which it differs in little else."""
        if not self.nearest or self.nearest[0] < NEAR_VERBATIM:
            return ()
        return differences(self.claim.text, self._text(self.nearest[1]))

    @cached_property
    def vetoes(self) -> tuple[str, ...]:
        """What the deterministic checks hold against the claim, in words for a person."""
        text = self.claim.text
        numbers = ", ".join(text[each.span[0] : each.span[1]] for each in self.absent)
        return ((f"the source does not give {numbers}",) if numbers else ()) + self.turned

    @cached_property
    def features(self) -> dict[str, float]:
        """What becomes a probability: see `Calibration`."""
        if not self.opinions:
            return {}
        supported = sorted((each.supported for each in self.opinions), reverse=True)
        return {
            "supported": supported[0],
            "first": self.opinions[0].supported,
            "contradicted": max(each.contradicted for each in self.opinions),
            "share": self._share(" ".join(self.claim.evidence)),
            "nearest": self.nearest[0] if self.nearest else 0.0,
            "windows": math.log(len(self.windows)),
        }

    def best(self) -> int:
        """Index of the window that speaks most clearly, for the claim or against it."""
        return max(
            range(len(self.opinions)), key=lambda at: max(self.opinions[at].supported, self.opinions[at].contradicted)
        )

    def support(self, best: int) -> Place:
        """The sentence of that window that shares most with the claim."""
        places = self.windows[best].places
        return max(places, key=lambda place: (self._share(self._text(place)), place.start - place.end))

    def unsupported(self, best: int, marked: float) -> tuple[Span, ...]:
        """The claim's words that the evidence does not give: those the model marks, and absent numbers."""
        odds = self.opinions[best].words
        spans = {each.span for each in self.absent}
        for match in _WORD.finditer(self.claim.text):
            inside = [value for (start, end), value in odds if start < match.end() and match.start() < end]
            if inside and max(inside) >= marked:
                spans.add(match.span())
        return _joined(sorted(spans), self.claim.text)

    def _text(self, place: Place) -> str:
        text = self.claim.evidence[place.evidence]
        return f"{heading(text)} {text[place.start : place.end]}"

    def _share(self, text: str) -> float:
        known = frozenset(content(text))
        return sum(word in known for word in self.words) / max(1, len(self.words))


def _joined(spans: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Neighbouring words as one stretch."""
    found: list[Span] = []
    for start, end in spans:
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
