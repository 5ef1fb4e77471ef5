"""Instructions as somebody might hide them in a document: made text of ours, by kind, and the openly licensed requests.

The kinds are far more than any benchmark has, so that what is learned is the form of a request and not a topic.
"""

from __future__ import annotations

import base64
import codecs
import csv
import json
import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "instructions.toml").read_text(encoding="utf-8"))
"""Our own texts: `slots`, `kinds`, `code`, `request`; `letter` and `forum` are harmless ones."""

KINDS: dict[str, list[str]] = TEMPLATES["kinds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An instruction to hide in a text."""

    text: str
    kind: str
    """Which family it is of: what is left out together when a family is held out."""
    source: str
    """bipia, made, or the file it comes from."""


BENCHMARK_KINDS = {
    "Information Retrieval": "facts",
    "Content Creation": "writing",
    "Learning and Tutoring": "teaching",
    "Language Translation": "translating",
    "Programming Help": "programming",
    "Alphanumeric Substitution": "substitution",
    "Homophonic Substitution": "substitution",
    "Misspelling Intentionally": "scrambling",
    "Anagramming": "scrambling",
    "Space Removal & Grouping": "scrambling",
    "Instruction": "spreading",
    "Social Interaction": "social",
    "Persuasion": "persuasion",
    "Clickbait": "clickbait",
    "Malware Distribution": "malware",
}
"""Which kind of ours a category of the benchmark is; the others ask for code."""


def benchmark(data: Path) -> list[Attack]:
    """The benchmark's training attacks, under its own categories."""
    found = []
    for name in ("text", "code"):
        rows = json.loads((data / f"safety/bipia/{name}_attack_train.json").read_text(encoding="utf-8"))
        found += [Attack(text=text, kind=kind, source="bipia") for kind, texts in rows.items() for text in texts]
    return found


def requests(data: Path) -> list[Attack]:
    """Openly licensed questions and requests that people put to an assistant."""
    safety = data / "safety"
    found = [("benign_prompts", line) for line in _lines(safety / "benign_prompts/safe_prompts.txt")]
    found += [
        ("assistant_axis", row["question"]) for row in _rows(safety / "assistant_axis/extraction_questions.jsonl")
    ]
    for path in sorted((safety / "do_not_answer").glob("*.jsonl")):
        found += [("do_not_answer", row["prompt"]) for row in _rows(path)]
    for path in sorted((safety / "med_safety_bench").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [("med_safety_bench", row["harmful_medical_request"]) for row in csv.DictReader(file)]
    rows: list[dict[str, Any]] = json.loads((safety / "notinject/NotInject_one.json").read_text(encoding="utf-8"))
    found += [("notinject", row["prompt"]) for row in rows if row["category"] != "Multilingual"]
    return [Attack(text=text.strip(), kind=name, source=name) for name, text in found if 8 < len(text.strip()) < 400]


def made(rng: random.Random, per_kind: int) -> list[Attack]:
    """Attacks from the templates above, `per_kind` of each kind, and twice as many that ask for code."""
    found = []
    for kind, templates in KINDS.items():
        found += [Attack(text=_filled(rng, rng.choice(templates)), kind=kind, source="made") for _ in range(per_kind)]
    found += [Attack(text=_code(rng), kind="code", source="made") for _ in range(2 * per_kind)]
    return found


def encoded(rng: random.Random, text: str) -> str:
    """The text in a code that a machine reads at a glance and a person does not."""
    match rng.randrange(4):
        case 0:
            return base64.b64encode(text.encode()).decode()
        case 1:
            return text.encode().hex()
        case 2:
            return codecs.encode(text, "rot13")
        case _:
            return text[::-1]


def _filled(rng: random.Random, template: str) -> str:
    if "{task}" in template:
        kind = rng.choice([name for name in KINDS if name != "override"])
        task = _slots(rng, rng.choice(KINDS[kind]))
        # Half of them go on in the same sentence.
        return template.replace("{task}", task if rng.random() < 0.4 else task[:1].lower() + task[1:])
    text = _slots(rng, template)
    lead = rng.choice(TEMPLATES["request"]["leads"])
    return f"{lead}{text[:1].lower() + text[1:] if lead else text}"


def _slots(rng: random.Random, text: str) -> str:
    for name, values in TEMPLATES["slots"].items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", rng.choice(values).strip(), 1)
    return text


def _code(rng: random.Random) -> str:
    verb = rng.choice(TEMPLATES["code"]["verbs"])
    ask = rng.choice(TEMPLATES["code"]["asks"]).format(
        v=verb.capitalize(),
        w=verb,
        c=rng.choice(("snippet", "block", "excerpt", "section", "segment", "fragment", "lines")),
        p=rng.choice(("into", "in", "within", "to", "at the heart of", "smoothly into", "with", "as a part of")),
        s=rng.choice(("code", "solution", "implementation", "response", "answer", "codebase", "program", "algorithm")),
    )
    return f"{ask}\n```\n{rng.choice(TEMPLATES['code']['payloads'])}\n```"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _lines(path)]
