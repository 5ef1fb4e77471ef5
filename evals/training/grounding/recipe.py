"""What is learnt when: first what was made by rule, then what people wrote and judged.

Documents that the golden questions cite, and those whose licence forbids derivatives, are never learnt from, so that
planted errors and golden questions are measured on documents unseen in training.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from evals.gold.cases import load as golden
from evals.grounding.sets import rows
from evals.planted import collect
from evals.planted.types import Planted
from evals.training.grounding.examples import Example, fold, usable, views
from evals.training.grounding.questions import ASKED
from evals.training.grounding.sets import bioasq, contractnli, expertqa, pubmedqa, wice
from evals.training.grounding.written import Written
from evals.training.grounding.written import examples as written_examples

Passage = tuple[str, str, str]
"""Text, place (title and headings), and the file or set that it is from."""

CAPS: Mapping[str, int] = {"verbatim": 1200, "neighbour": 2200, "negation": 2500, "joined": 2000, "entity": 2500}
"""Most planted claims of a kind; of others all."""
PLANTED = 16_000
"""Planted claims at most."""
JUDGED = (wice, contractnli, expertqa)
"""What people judged, claim by claim."""
FOLDS = 10
MEASURED, CALIBRATED = (0, 1), (2,)
"""Which of so many parts of the judged sets are kept for measuring, and which for calibration."""
Part = Literal["learnt", "calibrated", "measured"]
PASSAGES = 11_000
"""Passages in which errors are planted."""
BY_RULE = 15_000
"""Examples made by rule of what experts asked and answered, at most."""


def unseen() -> frozenset[str]:
    """Names of the files that are kept for measuring."""
    return frozenset(source.file for case in golden() for source in case.sources)


def learnable(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that may be learnt from."""
    measured = unseen()
    return [each for each in passages if each[2] not in measured and "ocpp" not in each[2].lower()]


def part(group: str) -> Part:
    """What a claim, agreement, question or document serves for; always the same."""
    at = fold(group, FOLDS)
    return "measured" if at in MEASURED else "calibrated" if at in CALIBRATED else "learnt"


def texts(data: Path) -> list[Passage]:
    """Passages of the sets, which are in no corpus: snippets, abstracts, agreements, pages."""
    found = [
        (each["text"], "", f"bioasq {each['id'].split(':')[0]}")
        for each in rows(data / "questions/bioasq/passages.jsonl")
    ]
    for row in rows(data / "questions/pubmedqa.jsonl"):
        found += [(text, "", f"pubmedqa {row['question']}") for text in row["contexts"]]
    agreements = json.loads((data / "grounding/contractnli.json").read_text(encoding="utf-8"))
    for document in agreements["documents"]:
        spans = [document["text"][start:end] for start, end in document["spans"]]
        place = f"Non-disclosure agreement {document['file_name']}"
        for first in range(len(spans) - 2):
            found.append((" ".join(spans[first : first + 3]), place, f"contractnli {document['id']}"))
    for row in rows(data / "grounding/wice_oracle.jsonl"):
        found.append((" ".join(row["evidence"]), "", f"wice {row['meta']['claim_title']}"))
    for row in rows(data / "grounding/expertqa.jsonl"):
        for answer in row["answers"].values():
            for claim in answer["claims"]:
                pages = [" ".join(each.split("\n\n", 1)[-1].split()) for each in claim["evidence"]]
                found += [(page, "", f"expertqa {row['question']}") for page in pages]
    return found


def courses(
    data: Path, passages: Sequence[Passage], written: Sequence[Written], *, seed: int = 1
) -> tuple[list[Example], list[Example]]:
    """First what was made by rule, with our own examples; then those once more, and twice what people judged."""
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    learnt = [each for each in (*learnable(passages), *texts(data)) if part(each[2]) == "learnt"]
    made = planted(rng.sample(learnt, min(PASSAGES, len(learnt))), rng)
    by_rule = [each for loader in (bioasq, pubmedqa, *ASKED.values()) for each in loader(data, rng)]
    by_rule = [each for each in usable(by_rule) if part(each.group) == "learnt"]
    own = [each for each in usable(written_examples(written, rng)) if part(each.group) == "learnt"]
    judged = [each for loader in JUDGED for each in usable(loader(data, rng)) if part(each.group) == "learnt"]
    return [*usable(made), *rng.sample(by_rule, min(BY_RULE, len(by_rule))), *own], [*own, *judged, *judged]


def planted(passages: Sequence[Passage], rng: random.Random) -> list[Example]:
    """Errors and true rewordings of sentences of these passages, at most so many of a kind."""
    texts_ = [(source, text) for text, _, source in passages]
    sources = {text: source for text, _, source in passages}
    kinds: dict[str, list[Planted]] = defaultdict(list)
    for each in collect(texts_, rng):
        kinds[each.kind].append(each)
    chosen = [
        each for kind, those in kinds.items() for each in rng.sample(those, min(len(those), CAPS.get(kind, len(those))))
    ]
    chosen = rng.sample(chosen, min(PLANTED, len(chosen)))
    return [
        Example(
            text=each.claim,
            evidence=evidence,
            target=target,
            source="planted",
            group=sources[each.evidence],
            wrong=each.wrong,
        )
        for each in chosen
        for evidence, target in views(each.claim, [each.evidence], each.label, rng, most=1)
    ]
