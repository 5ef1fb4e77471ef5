"""Questions with texts that answer them and near misses that do not, as examples.

Near misses are what the same document says of something else, and what other documents say of the same thing.
"""

from __future__ import annotations

import ast
import csv
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.grounding.sets import rows
from evals.training.grounding.examples import Example, Target
from evals.training.grounding.phrasings import CONFIDENTIALITY, CONTRACT, DISEASE
from guards.grounding.words import content

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _example(question: str, text: str, target: Target, source: str, group: str, place: str = "") -> Example:
    text = " ".join(text.split())
    return Example(
        text=" ".join(question.split()),
        evidence=f"{place}\n{text}" if place else text,
        target=target,
        source=source,
        group=group,
        weight=0.6,
    )


def bioasq_questions(data: Path, rng: random.Random) -> Iterator[Example]:
    """Experts' questions with their gold snippets; near misses are other questions' snippets that share most words."""
    passages = {each["id"]: each["text"] for each in rows(data / "questions/bioasq/passages.jsonl")}
    ids = list(passages)
    stems = [frozenset(content(passages[each])) for each in ids]
    for row in rows(data / "questions/bioasq/questions.jsonl"):
        gold = [each for each in row["gold_passages"] if each in passages]
        own = {each.split(":")[0] for each in gold}
        group = f"bioasq {row['question']}"
        for each in rng.sample(gold, min(3, len(gold))):
            yield _example(row["question"], passages[each], "answers", "bioasq questions", group)
        asked = frozenset(content(row["question"]))
        nearest = sorted(range(len(ids)), key=lambda at: -len(asked & stems[at]) / (8 + len(stems[at])))[:60]
        others = [ids[at] for at in nearest if ids[at].split(":")[0] not in own]
        # The very nearest are often right answers that nobody marked.
        for each in others[3:5] + rng.sample(others[5:], min(3, max(0, len(others) - 5))):
            yield _example(row["question"], passages[each], "silent", "bioasq questions", group)


def medquad(data: Path, rng: random.Random) -> Iterator[Example]:
    """Questions about a disease with the first sentences of their answers."""
    diseases = [_disease(path) for path in sorted((data / "documents/medical/medquad").rglob("*.xml"))]
    for name, answers in diseases:
        for asked, kind, text in answers:
            group = f"medquad {name}"
            question = rng.choice(DISEASE.get(kind, (asked,))).format(name) if rng.random() < 0.7 else asked
            yield _example(question, text, "answers", "medquad", group, name)
            others = [other for _, what, other in answers if what != kind]
            for other in rng.sample(others, min(1, len(others))):
                yield _example(question, other, "silent", "medquad", group, name)
            elsewhere = [
                (other, text_)
                for other, parts in rng.sample(diseases, 12)
                for _, what, text_ in parts
                if what == kind and other != name
            ]
            for other, text_ in elsewhere[:1]:
                yield _example(question, text_, "silent", "medquad", group, other)


def _disease(path: Path) -> tuple[str, list[tuple[str, str, str]]]:
    from defusedxml.ElementTree import parse

    root: Element = parse(path).getroot()
    answers = [
        (
            pair.findtext("Question") or "",
            next((each.get("qtype", "") for each in pair.iter("Question")), ""),
            " ".join((pair.findtext("Answer") or "").split()[:90]),
        )
        for pair in root.iter("QAPair")
    ]
    return (root.findtext("Focus") or "").strip(), [each for each in answers if len(each[2]) > 40]


def contracts(data: Path, rng: random.Random) -> Iterator[Example]:
    """Questions for the kinds of clauses that lawyers marked in commercial contracts."""
    with (data / "documents/legal/contracts_clauses.csv").open(encoding="utf-8", newline="") as file:
        contracts_ = list(csv.DictReader(file))
    for row in contracts_:
        clauses = {kind: [text for text in ast.literal_eval(row[kind] or "[]") if len(text) > 25] for kind in CONTRACT}
        name = _CAMEL.sub(" ", row["Filename"].split("_")[0])
        every = [(kind, text) for kind, texts in clauses.items() for text in texts]
        group = f"contracts {row['Filename']}"
        for kind, texts in clauses.items():
            apart = [text for other, text in every if other != kind and not _overlap(text, texts)]
            for asked in CONTRACT[kind]:
                question = f"In the {name} agreement, {asked[0].lower()}{asked[1:]}" if rng.random() < 0.3 else asked
                place = name if rng.random() < 0.7 else ""
                for text in texts[:2]:
                    yield _example(question, text, "answers", "contracts", group, place)
                for text in rng.sample(apart, min(len(apart), 2 if texts else 1)):
                    yield _example(question, text, "silent", "contracts", group, place)


def _overlap(text: str, others: Sequence[str]) -> bool:
    return any(text in other or other in text for other in others)


def confidentiality(data: Path, rng: random.Random) -> Iterator[Example]:
    """The statements of ContractNLI as questions."""
    content_ = json.loads((data / "grounding/contractnli.json").read_text(encoding="utf-8"))
    for document in content_["documents"]:
        spans = [document["text"][start:end] for start, end in document["spans"]]
        labels = document["annotation_sets"][0]["annotations"]
        group = f"contractnli {document['id']}"
        for key, question in CONFIDENTIALITY.items():
            right = set(labels[key]["spans"]) if key in labels else set()
            for index in sorted(right)[:1]:
                yield _example(question, spans[index], "answers", "contractnli questions", group)
            near = [j for i in sorted(right) for j in (i - 1, i + 1, i + 2) if 0 <= j < len(spans) and j not in right]
            wrong = {*rng.sample(near, min(1, len(near))), *rng.sample(range(len(spans)), min(1, len(spans)))} - right
            for index in sorted(wrong):
                yield _example(question, spans[index], "silent", "contractnli questions", group)


def pubmedqa_questions(data: Path, rng: random.Random) -> Iterator[Example]:
    """What an article asks, with its results; its background and its methods do not answer."""
    for row in rows(data / "questions/pubmedqa.jsonl"):
        group = f"pubmedqa {row['question']}"
        yield _example(row["question"], row["contexts"][-1], "answers", "pubmedqa questions", group)
        if len(row["contexts"]) > 1:
            other = rng.choice(row["contexts"][:-1])
            yield _example(row["question"], other, "silent", "pubmedqa questions", group)


ASKED: Mapping[str, Callable[[Path, random.Random], Iterator[Example]]] = {
    "bioasq questions": bioasq_questions,
    "medquad": medquad,
    "contracts": contracts,
    "contractnli questions": confidentiality,
    "pubmedqa questions": pubmedqa_questions,
}
