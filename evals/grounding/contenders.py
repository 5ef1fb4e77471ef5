"""Who is measured: the commonest answer, words and vectors, and the model with its weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from corpus.embedding import Embedder
from corpus.errors import UsageError
from evals.grounding.types import Case, Judged
from guards.errors import GuardError
from guards.grounding.overlap import OverlapVerifier
from guards.grounding.verifier import Verifier
from guards.types import Claim, Verdict

BATCH = 32
"""Claims verified at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """Says of every claim what most claims of the set are; the bottom line of every measure."""

    share: float
    """Of the set's claims that are supported."""
    name: str = "majority"

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        """The same verdict for all. Where it is unsupported, all of the claim's words are marked."""
        if self.share > 0.5:
            return tuple(Verdict(label="supported", score=self.share) for _ in claims)
        return tuple(
            Verdict(label="unsupported", score=self.share, unsupported=((0, len(claim.text)),)) for claim in claims
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A verifier under the name that the tables give it."""

    name: str
    verifier: Verifier | None
    """None: the majority of each set."""
    model: bool = False
    """Whether it is the model, of which several weights may be measured."""


def contenders(embedder: Embedder, models: Sequence[Path], tell: Callable[[str], None]) -> list[Contender]:
    """All that can be measured here; what cannot is told. Raises UsageError when named weights are not there."""
    found = [
        Contender(name="majority", verifier=None),
        Contender(name="words and vectors", verifier=OverlapVerifier(embed=embedder.texts)),
    ]
    if not models:
        try:
            return [*found, Contender(name="model", verifier=_model(), model=True)]
        except (ImportError, GuardError, UsageError) as error:
            tell(f"the model is left out: {error}")
            return found
    for path in models:
        name = path.stem if len({each.stem for each in models}) == len(models) else str(path)
        try:
            found.append(Contender(name=name, verifier=_model(path), model=True))
        except GuardError as error:
            raise UsageError(str(error)) from error
    return found


def _model(path: Path | None = None) -> Verifier:
    """The model with these weights, or those that ship; tried once, because it loads on first use.

    Its calibration is the JSON file of the weights' name, or calibration.json beside them, or the one that ships.
    """
    module = import_module("guards.grounding.model")
    if not (path or module.WEIGHTS).is_file():
        raise UsageError(f"no weights at {path or module.WEIGHTS}")
    options = {"model": path} if path else {}
    beside = [path.with_suffix(".json"), path.with_name("calibration.json")] if path else []
    if own := next((each for each in beside if each.is_file()), None):
        options["calibration"] = own
    verifier: Verifier = module.ModelVerifier(**options)
    verifier.verify([Claim(text="The pump is large.", evidence=("The pump is green.",))])
    return verifier


def judge(contender: Contender, cases: Sequence[Case], tell: Callable[[str], None]) -> list[Judged]:
    """The contender's verdict of every case, set by set."""
    verifiers = {name: contender.verifier or Majority(share=share) for name, share in _shares(cases).items()}
    found = []
    for name, verifier in verifiers.items():
        own = [case for case in cases if case.set == name]
        for first in range(0, len(own), BATCH):
            tell(f"{contender.name}: {name} {first}/{len(own)}")
            batch = own[first : first + BATCH]
            verdicts = verifier.verify([case.claim for case in batch])
            found += [Judged(case=case, verdict=verdict) for case, verdict in zip(batch, verdicts, strict=True)]
    return found


def _shares(cases: Sequence[Case]) -> dict[str, float]:
    """Of each set, in order: the share that is supported."""
    sets: dict[str, list[bool]] = {}
    for case in cases:
        sets.setdefault(case.set, []).append(case.supported)
    return {name: sum(labels) / len(labels) for name, labels in sets.items()}
