"""Overrides from a grammar of our own, and harmless documents in the same words.

What a document might say to a machine is a frame ("Note to {who}: {do}.") and what fills it: whom it addresses,
what it asks for, what it pretends. Frames that are alike are a family; some families are never trained on, so that
what is found of them says how far the finder reaches beyond the wordings that it knows.
"""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path
from typing import Any

from evals.training.attacks import Attack
from evals.training.passages import Clean

GRAMMAR: dict[str, Any] = tomllib.loads((Path(__file__).parent / "overrides.toml").read_text(encoding="utf-8"))
"""Our own texts: `slots`, `families` of frames, `documents`; `unseen` and `unseen_documents` only measure."""

SOURCE = "overrides"
"""Of the attacks that are made here."""

_SLOT = re.compile(r"\{(\w+)\}")


def overrides(rng: random.Random, per_family: int, *, unseen: bool = False) -> list[Attack]:
    """So many overrides of each family that is trained on; with `unseen`, of each that is not."""
    found = []
    for name, frames in GRAMMAR["families"].items():
        if (name in GRAMMAR["unseen"]) == unseen:
            found += [
                Attack(text=_filled(rng, rng.choice(frames)), kind=name, source=SOURCE) for _ in range(per_family)
            ]
    return found


def documents(rng: random.Random, per_kind: int, *, unseen: bool = False) -> list[Clean]:
    """So many harmless passages of each kind that is trained on, three to eight sentences each; `unseen` as above."""
    found = []
    for name, sentences in GRAMMAR["documents"].items():
        if (name in GRAMMAR["unseen_documents"]) != unseen:
            continue
        for number in range(per_kind):
            lines = rng.sample(sentences, rng.randint(3, 8))
            text = rng.choice((" ", " ", "\n")).join(lines)
            found.append(Clean(text=text, family=f"made_{name}", document=f"{name}-{number}"))
    return found


def _filled(rng: random.Random, frame: str) -> str:
    """The frame with every slot filled, capitals where a sentence begins; now and then all of it in capitals."""
    text = frame
    while "{" in text:
        text = _SLOT.sub(lambda match: rng.choice(GRAMMAR["slots"][match.group(1)]), text)
    text = re.sub(r"(^\W*|[.!?\]\n] +|\n)([a-z])", lambda match: match.group(1) + match.group(2).upper(), text)
    return text.upper() if rng.random() < 0.03 else text
