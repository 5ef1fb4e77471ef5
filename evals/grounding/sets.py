"""Claims that people judged, with their evidence: only rows that training never reads.

WiCE and ContractNLI are learnt from, so that only the groups count that the recipe keeps for measuring. HealthVer is
not learnt from at all. Whatever is not wholly supported counts as not supported.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from corpus.types import Span
from evals.grounding.types import Case
from guards.types import Claim

NEEDED = ("grounding/wice_oracle.jsonl", "grounding/healthver.csv", "grounding/contractnli.json")
EXPERTS = "grounding/expertqa.jsonl"

REVISED = 0.6
"""Share of a claim's words from which experts wrote another claim rather than corrected this one."""

Measured = Callable[[str], bool]
"""Whether a group is kept from training, to be measured on."""

WORD = re.compile(r"\w+")
_NUMBERED = re.compile(r"\s*\[\d+\]")


def check(data: Path) -> None:
    """Raises UsageError when the development data is not there."""
    for part in (*NEEDED, EXPERTS):
        if not (data / part).is_file():
            raise UsageError(f"no {part} at {data}; name the development data with --data")


def measured(group: str) -> bool:
    """Whether the training recipe keeps this group for measuring."""
    from evals.training.grounding.recipe import part

    return part(group) == "measured"


def judged(data: Path, *, sample: int, seed: int = 0, kept: Measured = measured) -> list[Case]:
    """The cases of all three sets, HealthVer's at most so many (0: all). Raises UsageError when a file is missing."""
    check(data)
    theirs = list(healthver(data))
    if 0 < sample < len(theirs):
        theirs = random.Random(seed).sample(theirs, sample)  # noqa: S311 - sampling, not secrets
    return [*wice(data, kept), *theirs, *contractnli(data, kept)]


def wice(data: Path, kept: Measured) -> Iterator[Case]:
    """Sentences of an encyclopedia against sentences of the pages they cite; a group is what an article says."""
    for row in rows(data / NEEDED[0]):
        group = f"wice {row['meta']['claim_title']}"
        if kept(group):
            yield Case(
                claim=Claim(text=row["claim"], evidence=(" ".join(row["evidence"]),)),
                supported=row["label"] == "supported",
                set="wice",
                group=group,
            )


def healthver(data: Path) -> Iterator[Case]:
    """Claims about COVID-19 against sentences of articles; a group is a topic."""
    with (data / NEEDED[1]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Case(
                claim=Claim(text=row["claim"], evidence=(row["evidence"],)),
                supported=row["label"] == "Supports",
                contradicted=row["label"] == "Refutes",
                set="healthver",
                group=f"healthver {row['topic_ip']}",
            )


def contractnli(data: Path, kept: Measured) -> Iterator[Case]:
    """Statements against whole non-disclosure agreements; a group is an agreement."""
    everything = json.loads((data / NEEDED[2]).read_text(encoding="utf-8"))
    for document in everything["documents"]:
        group = f"contractnli {document['id']}"
        if not kept(group):
            continue
        for key, label in document["annotation_sets"][0]["annotations"].items():
            yield Case(
                claim=Claim(text=everything["labels"][key]["hypothesis"], evidence=(document["text"],)),
                supported=label["choice"] == "Entailment",
                contradicted=label["choice"] == "Contradiction",
                set="contractnli",
                group=group,
            )


def experts(data: Path, kept: Measured = measured) -> list[Case]:
    """Claims of cited answers that an expert found not wholly supported and then corrected (ExpertQA).

    `wrong` are the words that the expert took out or replaced; claims written anew are left out. The experts corrected
    what is wrong, which is not always what the cited pages do not give, so this is a rough measure. Few rows are kept
    from training, so the others are there too, of kind "learnt": training reads their labels, but never these words.
    """
    found = []
    for row in rows(data / EXPERTS):
        group = f"expertqa {row['question']}"
        for claim in (claim for answer in row["answers"].values() for claim in answer["claims"]):
            evidence = tuple(each.partition("\n\n")[2] for each in claim["evidence"] if "\n\n" in each)
            text, revised = _NUMBERED.sub("", claim["claim_string"]).strip(), claim["revised_claim"] or ""
            if claim["support"] not in ("Incomplete", "Partial") or not evidence or not revised.strip():
                continue
            spans = taken_out(text, _NUMBERED.sub("", revised).replace("\\", ""))
            if 0 < len(spans) < REVISED * len(WORD.findall(text)):
                case = Claim(text=text, evidence=evidence)
                kind = "kept" if kept(group) else "learnt"
                found.append(Case(claim=case, supported=False, set="experts", group=group, kind=kind, wrong=spans))
    return found


def taken_out(text: str, revised: str) -> tuple[Span, ...]:
    """The words of a text that its revision does not have in the same order."""
    own = list(WORD.finditer(text))
    theirs = [word.lower() for word in WORD.findall(revised)]
    matcher = SequenceMatcher(None, [word.group().lower() for word in own], theirs, autojunk=False)
    changes = (each for each in matcher.get_opcodes() if each[0] in ("replace", "delete"))
    return tuple(own[index].span() for _, start, end, _, _ in changes for index in range(start, end))


def rows(path: Path) -> list[Any]:
    """The objects of a JSON Lines file; a line ends at LF alone."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
