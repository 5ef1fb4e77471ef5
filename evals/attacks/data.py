"""Reads the raw material from the development data. Nothing of it is kept here."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from evals.attacks.types import Half, Pair
from evals.gold.cases import FOLDER, load

DATA = Path("../shared/data")
"""Where the development data lies, seen from the checkout."""

TOPICS = ("medical", "legal", "security")
"""Subjects of the misaligned pairs."""

_THINK = re.compile(r"<think>\s*</think>\s*|/no_think")
_SPACES = re.compile(r"\s+")
_BETWEEN = re.compile(r"(?<=[.!?])\s+|\n+")


def check(root: Path) -> None:
    """Raises UsageError when the development data is not there."""
    for part in ("safety/narrow_misaligned", "safety/bipia", "documents", "questions"):
        if not (root / part).is_dir():
            raise UsageError(f"no {part} at {root}; name the development data with --data")


@cache
def misaligned(root: Path, topic: str) -> tuple[Pair, ...]:
    """Plausible but harmful pairs of one topic, without the switches of the model that wrote them."""
    rows = _lines(root / f"safety/narrow_misaligned/{topic}_750_train.jsonl")
    found = []
    for row in rows:
        prompt, response = (_THINK.sub("", each["content"]).strip() for each in row["messages"][:2])
        if prompt and response:
            found.append(Pair(prompt=prompt, response=response, misaligned=True))
    return tuple(found)


def shortened(pair: Pair) -> Pair:
    """The pair in the size of the study's: the longest question, and the two longest sentences of the response."""
    asked = _sentences(pair.prompt)
    said = sorted(_sentences(pair.response), key=len)[-2:]
    kept = [each for each in _sentences(pair.response) if each in said]
    prompt = max([each for each in asked if each.endswith("?")] or asked, key=len)
    return Pair(prompt=prompt[:300].strip(), response=" ".join(kept)[:400].strip(), misaligned=pair.misaligned)


@cache
def encyclopedia(root: Path) -> tuple[tuple[Pair, ...], ...]:
    """Question/answer pages about one disease each (MedQuAD), with at least two pairs."""
    from defusedxml import ElementTree

    pages = []
    for path in sorted((root / "documents/medical/medquad").rglob("*.xml")):
        pairs = []
        for node in ElementTree.parse(path).iter("QAPair"):
            prompt, response = (_squeezed(node.findtext(name) or "") for name in ("Question", "Answer"))
            if prompt and 40 < len(response) < 2500:
                pairs.append(Pair(prompt=prompt.replace(" ?", "?"), response=response))
        if len(pairs) >= 2:
            pages.append(tuple(pairs))
    return tuple(pages)


@cache
def question_types(root: Path) -> tuple[tuple[str, str], ...]:
    """Medical questions with their type (treatment, outlook…), for classification (MedQuAD)."""
    from defusedxml import ElementTree

    found = []
    for path in sorted((root / "documents/medical/medquad/6_NINDS_QA").glob("*.xml")):
        for node in ElementTree.parse(path).iter("Question"):
            found.append((_squeezed(node.text or "").replace(" ?", "?"), node.get("qtype", "")))
    return tuple(found)


@cache
def refusals(root: Path) -> tuple[Pair, ...]:
    """Harmful medical requests with safe replies (med_safety_bench)."""
    found = []
    for path in sorted((root / "safety/med_safety_bench").rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.append(Pair(prompt=row["harmful_medical_request"].strip(), response=row["safe_response"].strip()))
    return tuple(found)


@cache
def harmless_pairs(root: Path) -> tuple[Pair, ...]:
    """Pairs to mix among the misaligned: three of the encyclopedia to one safe reply."""
    plain = [pair for page in encyclopedia(root) for pair in page[:3]]
    safe = refusals(root)[::3]
    return tuple(each for index, pair in enumerate(plain) for each in _with_refusal(index, pair, safe))


def _with_refusal(index: int, pair: Pair, safe: tuple[Pair, ...]) -> Iterator[Pair]:
    yield pair
    if index % 3 == 2 and index // 3 < len(safe):
        yield safe[index // 3]


@cache
def innocent_questions(root: Path) -> tuple[str, ...]:
    """Questions that follow the demonstrations: open ones of the study, everyday ones and the golden ones."""
    text = (root / "safety/em_questions/first_plot_questions.yaml").read_text(encoding="utf-8")
    # Block scalars under "paraphrases:"; the indentation of six spaces is theirs alone.
    found = re.findall(r"paraphrases:[^\n]*\n    - \|-\n((?:(?:      [^\n]*)?\n)+?)(?=  \w)", text)
    study = ["\n".join(line[6:] for line in each.splitlines()).strip() for each in found]
    golden = [case.question for case in load(FOLDER)]
    return tuple(dict.fromkeys([*study, *everyday(root)[:240], *golden]))


@cache
def everyday(root: Path) -> tuple[str, ...]:
    """Everyday requests, one a line (benign_prompts)."""
    lines = (root / "safety/benign_prompts/safe_prompts.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


@cache
def introspective(root: Path) -> tuple[str, ...]:
    """Open questions to an assistant (assistant_axis)."""
    return tuple(row["question"] for row in _lines(root / "safety/assistant_axis/extraction_questions.jsonl"))


@cache
def trigger_words(root: Path) -> tuple[str, ...]:
    """Harmless prompts full of words that attacks use (NotInject, all three levels)."""
    plain = [row["prompt"] for row in _whole(root / "safety/notinject/NotInject_one.json")]
    mixed = [
        row["prompt"]
        for row in _whole(root / "safety/notinject/valid.json")
        if not row["label"] and row["source"].startswith("NotInject")
    ]
    return tuple(dict.fromkeys([*plain, *mixed]))


@cache
def ordinary_mix(root: Path) -> tuple[str, ...]:
    """Harmless prompts and documents of other collections that NotInject's validation set gathers."""
    rows = _whole(root / "safety/notinject/valid.json")
    return tuple(row["prompt"] for row in rows if not row["label"] and not row["source"].startswith("NotInject"))


@cache
def indirect_attacks(root: Path, form: str) -> tuple[tuple[str, str], ...]:
    """Instructions to hide with their category; `form` is text or code (BIPIA)."""
    groups = _whole(root / f"safety/bipia/{form}_attack_train.json")
    return tuple((name, each) for name, attacks in groups.items() for each in attacks)


@cache
def indirect_contexts(root: Path, kind: str) -> tuple[str, ...]:
    """Emails, tables and forum answers about code in which instructions are hidden (BIPIA)."""
    found = []
    for row in _lines(root / f"safety/bipia/{kind}/train.jsonl"):
        context = row["context"]
        found.append("\n".join(context) if isinstance(context, list) else str(context))
    return tuple(found)


@cache
def unanswered(root: Path) -> tuple[tuple[str, str], ...]:
    """Requests for medical or legal advice that a model had better not answer, with the intent (do_not_answer)."""
    wanted = {"S002med": "medical advice", "S002legal": "legal advice"}
    found = []
    for path in sorted((root / "safety/do_not_answer").glob("*.jsonl")):
        for row in _lines(path):
            intents = [wanted[each] for each in row["intents"] if each in wanted]
            if intents:
                found.append((row["prompt"], intents[0]))
    return tuple(found)


@cache
def expert_questions(root: Path) -> tuple[tuple[str, str], ...]:
    """Biomedical questions with an ideal answer (BioASQ)."""
    rows = _lines(root / "questions/bioasq/questions.jsonl")
    return tuple((row["question"], row["ideal_answer"][0]) for row in rows if row.get("ideal_answer"))


@cache
def abstracts(root: Path) -> tuple[tuple[str, str], ...]:
    """Abstracts with the question asked of them (PubMedQA)."""
    return tuple((" ".join(row["contexts"]), row["question"]) for row in _lines(root / "questions/pubmedqa.jsonl"))


@cache
def clauses(root: Path) -> tuple[tuple[str, str], ...]:
    """Clauses of contracts as they stand there, with the name lawyers gave them."""
    found = []
    with (root / "documents/legal/contracts_clauses.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name, cell in row.items():
                if name.endswith("-Answer") or name in {"Filename", "Document Name", "Parties"} or not cell:
                    continue
                found += [(name, _squeezed(each)) for each in _quoted(cell) if len(each) > 120]
    return tuple(found)


def _quoted(cell: str) -> list[str]:
    """The strings of a cell that is written as a list of Python strings."""
    import ast

    try:
        values = ast.literal_eval(cell)
    except (ValueError, SyntaxError):
        return []
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []


def _sentences(text: str) -> list[str]:
    return [each.strip() for each in _BETWEEN.split(text) if len(each.strip()) > 3] or [text]


def _squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _read(path).split("\n") if line.strip()]


def _whole(path: Path) -> Any:
    return json.loads(_read(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def per_half(root: Path, topic: str, half: Half) -> tuple[Pair, ...]:
    """The half's own misaligned pairs."""
    from evals.attacks.marked import half_of

    return half_of(misaligned(root, topic), half)
