"""Clean passages of real documents, and the same with an instruction hidden in them."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import starter
from corpus.ingest.worker import Request, respond
from evals.training.attacks import Attack

FAMILIES = {
    "fda_labels": "medical/fda_labels",
    "medquad": "medical/medquad",
    "openstax": "medical/openstax_anatomy",
    "contracts": "legal/contracts",
    "eu_acts": "legal",
    "nist": "engineering/nist_sp800_63_3",
    "nasa": "engineering/nasa",
    "ocpp": "engineering/ocpp",
}
"""Where in the development data's documents a family lies; the first that fits."""

NOT_TRAINED_ON = frozenset({"ocpp", "messy"})
"""Families whose licence does not clearly let weights ship: they only test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A passage without instructions to a machine."""

    text: str
    family: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisoned:
    """A passage with an instruction in it."""

    text: str
    start: int
    """Where the instruction begins in the text."""
    end: int
    attack: Attack
    host: Clean
    place: str
    """start, middle or end."""


def held_out(name: str, share: float = 0.2, salt: str = "") -> bool:
    """Whether something is kept for testing, by its name alone."""
    return zlib.crc32(f"{salt}{name}".encode()) % 1000 < 1000 * share


def clean_passages(data: Path) -> list[Clean]:
    """Every passage of the readable documents, and the benchmark's contexts. Near-duplicates only once."""
    found: list[Clean] = []
    documents = data / "documents"
    paths = [path for path in sorted(documents.rglob("*")) if path.suffix.lower() in (".pdf", ".html", ".md", ".xml")]
    paths += sorted(path for path in Path(starter.__file__).parent.glob("*/documents/*"))
    for path in paths:
        family = _family(path, documents)
        lines = path.read_bytes() if path.suffix == ".jsonl" else None
        response = respond(Request(path=str(path), name=path.name, document_id=path.stem, lines=lines))
        for reading in response.readings:
            found += [Clean(text=each.text, family=family, document=path.name) for each in reading.passages]
    return list(_distinct([*found, *contexts(data)]))


def contexts(data: Path) -> list[Clean]:
    """The benchmark's e-mails, tables and answers about code."""
    found = []
    for kind in ("email", "table", "code"):
        rows = (data / f"safety/bipia/{kind}/train.jsonl").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(rows):
            context = json.loads(line)["context"]
            text = context if isinstance(context, str) else "\n".join(context)
            found.append(Clean(text=text, family=f"bipia_{kind}", document=f"{kind}-{number}"))
    return found


def hide(rng: random.Random, attack: Attack, host: Clean, place: str = "") -> Poisoned:
    """The instruction put into the passage: before it, after it, or between two of its lines or sentences."""
    place = place or rng.choice(("start", "middle", "end"))
    at = {"start": 0, "end": len(host.text)}.get(place, -1)
    if at < 0:
        at = _gap(rng, host.text)
    before, after = host.text[:at], host.text[at:]
    # Text that wraps is joined by a space as often as by a line of its own.
    join = "\n" if "```" in attack.text or "|" in host.text else rng.choice(("\n", "\n", " ", "\n\n"))
    left = join if before and not before.endswith("\n") else ""
    right = join if after and not after.startswith("\n") else ""
    text = f"{before}{left}{attack.text}{right}{after}"
    start = len(before) + len(left)
    return Poisoned(text=text, start=start, end=start + len(attack.text), attack=attack, host=host, place=place)


def _gap(rng: random.Random, text: str) -> int:
    from corpus.sentences import split_sentences

    ends = [end for _, end in split_sentences(text)][:-1]
    ends += [at for at in range(len(text)) if text[at] == "\n"]
    return rng.choice(ends) if ends else len(text)


def _family(path: Path, documents: Path) -> str:
    if not path.is_relative_to(documents):
        return "starter"
    inside = path.relative_to(documents).as_posix()
    return next((name for name, folder in FAMILIES.items() if inside.startswith(folder)), "messy")


def _distinct(passages: Sequence[Clean]) -> Iterator[Clean]:
    seen: set[str] = set()
    for each in passages:
        key = "".join(c for c in each.text.lower() if c.isalpha())[:200]
        if key not in seen:
            seen.add(key)
            yield each
