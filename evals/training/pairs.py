"""Training pairs: a question, a text, and whether the text answers the question.

Only sources whose licence lets weights ship are used: BioASQ (CC BY 2.5), MedQuAD and CUAD contracts (CC BY 4.0),
ContractNLI (Apache-2.0), ExpertQA (MIT), HaluQuestQA (Apache-2.0), PubMedQA (MIT), and questions made from texts of US
agencies, EU acts and OpenStax (CC BY 3.0). Texts that do not answer are near misses: what the same document says of
something else, what other documents say of the same thing, and questions in which one word was swapped.
"""

from __future__ import annotations

import ast
import csv
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from evals.training.questions import CONFIDENTIALITY, CONTRACT, DISEASE, STATEMENT, STATEMENT_QUANTITY
from guards.grounding.words import content

if TYPE_CHECKING:
    from corpus.types import Matrix

Embed = Callable[[Sequence[str]], "Matrix"]
"""Texts to normalised vectors, for finding near misses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One training example."""

    question: str
    text: str
    """A sentence or short passage, with "place: " before it where it came with one."""
    answers: bool
    source: str


def all_pairs(data: Path, embed: Embed, *, seed: int = 7) -> list[Pair]:
    """Every pair from every source, shuffled. `data` is the folder with questions/, grounding/ and documents/."""
    rng = random.Random(seed)  # noqa: S311 - sampling, not secrets
    sources = (
        _bioasq(data, embed, rng),
        _medquad(data, rng),
        _contracts(data, rng),
        _contract_nli(data, rng),
        _experts(data, embed, rng),
        _pubmedqa(data, rng),
        _synthetic(data, rng),
    )
    pairs = [pair for source in sources for pair in source if 15 < len(pair.text) < 1200]
    rng.shuffle(pairs)
    return pairs


def _pair(question: str, text: str, answers: bool, source: str, place: str = "") -> Pair:
    text = " ".join(text.split())
    return Pair(
        question=" ".join(question.split()), text=f"{place}: {text}" if place else text, answers=answers, source=source
    )


def _sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[.!?;])\s+(?=[A-Z(\d])", " ".join(text.split()))
    return [part.strip() for part in parts if len(part.strip()) > 25]


def _rows(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _sample(rng: random.Random, items: Sequence[Any], count: int) -> list[Any]:
    return rng.sample(list(items), min(count, len(items)))


def _bioasq(data: Path, embed: Embed, rng: random.Random) -> Iterator[Pair]:
    passages, questions = (_rows(data / "questions/bioasq" / name) for name in ("passages.jsonl", "questions.jsonl"))
    article = [passage["id"].split(":")[0] for passage in passages]
    at = {passage["id"]: index for index, passage in enumerate(passages)}
    vectors, asked = embed([each["text"] for each in passages]), embed([each["question"] for each in questions])
    for row, vector in zip(questions, asked, strict=True):
        gold = [at[each] for each in row["gold_passages"] if each in at]
        for index in _sample(rng, gold, 5):
            yield _pair(row["question"], passages[index]["text"], True, "bioasq")
        if row.get("ideal_answer") and rng.random() < 0.4:
            ideal = row["ideal_answer"][0]
            yield _pair(row["question"], (_sentences(ideal) or [ideal])[0], True, "bioasq")
        own = {article[index] for index in gold}
        nearest = [int(i) for i in (-(vectors @ vector)).argsort()[:60] if article[int(i)] not in own]
        # The very nearest are often right answers that nobody marked.
        for index in nearest[2:5] + _sample(rng, nearest[5:], 5):
            yield _pair(row["question"], passages[index]["text"], False, "bioasq")


def _medquad(data: Path, rng: random.Random) -> Iterator[Pair]:
    from defusedxml.ElementTree import parse

    diseases: list[tuple[str, list[tuple[str, str, list[str]]]]] = []
    for path in sorted((data / "documents/medical/medquad").rglob("*.xml")):
        root: Element = parse(path).getroot()
        answers = [
            (
                pair.findtext("Question") or "",
                next((each.get("qtype", "") for each in pair.iter("Question")), ""),
                _sentences(pair.findtext("Answer") or ""),
            )
            for pair in root.iter("QAPair")
        ]
        diseases.append(((root.findtext("Focus") or "").strip(), [each for each in answers if each[2]]))
    for name, answers in diseases:
        for asked, kind, sentences in answers:
            question = rng.choice(DISEASE.get(kind, (asked,))).format(name) if rng.random() < 0.7 else asked
            for sentence in sentences[:2]:
                yield _pair(question, sentence, True, "medquad", name)
            others = [sentence for _, other, those in answers if other != kind for sentence in those]
            for sentence in _sample(rng, others, 3):
                yield _pair(question, sentence, False, "medquad", name)
            elsewhere = [
                (other, those[0])
                for other, parts in rng.sample(diseases, 12)
                for _, what, those in parts
                if what == kind and other != name
            ]
            for other, sentence in elsewhere[:2]:
                yield _pair(question, sentence, False, "medquad", other)


def _contracts(data: Path, rng: random.Random) -> Iterator[Pair]:
    with (data / "documents/legal/contracts_clauses.csv").open(encoding="utf-8", newline="") as file:
        contracts = list(csv.DictReader(file))
    for row in contracts:
        clauses = {kind: [text for text in ast.literal_eval(row[kind] or "[]") if len(text) > 25] for kind in CONTRACT}
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", row["Filename"].split("_")[0])
        every = [(kind, text) for kind, texts in clauses.items() for text in texts]
        for kind, texts in clauses.items():
            apart = [
                text for other, text in every if other != kind and not any(text in own or own in text for own in texts)
            ]
            for asked in CONTRACT[kind]:
                question = f"In the {name} agreement, {asked[0].lower()}{asked[1:]}" if rng.random() < 0.3 else asked
                for text in texts[:2]:
                    yield _pair(question, text, True, "contracts", name if rng.random() < 0.7 else "")
                for text in _sample(rng, apart, 4 if texts else 2):
                    yield _pair(question, text, False, "contracts", name if rng.random() < 0.7 else "")


def _contract_nli(data: Path, rng: random.Random) -> Iterator[Pair]:
    content_ = json.loads((data / "grounding/contractnli.json").read_text(encoding="utf-8"))
    for document in content_["documents"]:
        spans = [document["text"][start:end] for start, end in document["spans"]]
        labels = document["annotation_sets"][0]["annotations"]
        for key, question in CONFIDENTIALITY.items():
            if key not in labels:
                continue
            right = set(labels[key]["spans"]) if labels[key]["choice"] != "NotMentioned" else set()
            for index in sorted(right)[:2]:
                yield _pair(question, spans[index], True, "contractnli")
            near = [j for i in sorted(right) for j in (i - 1, i + 1, i + 2) if 0 <= j < len(spans) and j not in right]
            wrong = {*_sample(rng, near, 2), *_sample(rng, range(len(spans)), 2)} - right
            for index in sorted(wrong):
                yield _pair(question, spans[index], False, "contractnli")


def _experts(data: Path, embed: Embed, rng: random.Random) -> Iterator[Pair]:
    asked: list[tuple[str, list[str]]] = []
    for row in _rows(data / "grounding/expertqa.jsonl"):
        claims = next(iter(row["answers"].values()))["claims"]
        useful = ("Very relevant", "A bit relevant")
        asked.append((row["question"], [c["claim_string"] for c in claims if c.get("informativeness") in useful]))
    for row in _rows(data / "ratings/haluquestqa.jsonl"):
        asked.append((row["question_text"], _sentences(row["ans2_text"])[:4]))
    vectors = embed([question for question, _ in asked])
    likeness = vectors @ vectors.T
    for index, (question, answers) in enumerate(asked):
        for answer in answers[:3]:
            yield _pair(question, answer, True, "experts")
        near = [int(other) for other in (-likeness[index]).argsort()[1:9]]
        for other in _sample(rng, near, 4):
            if asked[other][1] and likeness[index, other] < 0.85:
                yield _pair(question, rng.choice(asked[other][1]), False, "experts")


def _pubmedqa(data: Path, rng: random.Random) -> Iterator[Pair]:
    for row in _rows(data / "questions/pubmedqa.jsonl"):
        if conclusion := row.get("long_answer"):
            yield _pair(row["question"], (_sentences(conclusion) or [conclusion])[0], True, "pubmedqa")
        if len(row["contexts"]) > 1 and (method := _sentences(row["contexts"][1])):
            yield _pair(row["question"], rng.choice(method), False, "pubmedqa")


def _texts(data: Path, rng: random.Random) -> Iterator[str]:
    from pypdf import PdfReader

    documents = data / "documents"
    markdown = [
        *sorted((documents / "engineering/nist_sp800_63_3").rglob("*.md")),
        *_sample(rng, sorted((documents / "medical/openstax_anatomy/contents").glob("*.md")), 60),
        documents / "legal/EU_AI_Act_2024.md",
        documents / "legal/GDPR_en.html",
    ]
    for path in markdown:
        text = path.read_text(encoding="utf-8", errors="replace")
        yield re.sub(r"<[^>]+>|[*_#`|]|\]\([^)]*\)|\[", "", text)
    for folder in ("medical/fda_labels", "engineering/nasa_standards"):
        for path in sorted((documents / folder).glob("*.pdf")):
            yield "\n".join(page.extract_text() for page in PdfReader(path).pages[:60])


def _synthetic(data: Path, rng: random.Random) -> Iterator[Pair]:
    """A few words of a sentence make a question; sentences with fewer of them do not answer it."""
    for text in _texts(data, rng):
        sentences = [s for s in _sentences(text) if 50 < len(s) < 350 and len(set(content(s))) >= 6]
        if len(sentences) >= 12:
            yield from _from_sentences(sentences, rng)


def _from_sentences(sentences: Sequence[str], rng: random.Random) -> Iterator[Pair]:
    stems = [set(content(sentence)) for sentence in sentences]
    count = min(len(sentences), max(15, min(120, len(sentences) // 3)))
    for index in rng.sample(range(len(sentences)), count):
        words = [word for word in re.findall(r"[A-Za-z][A-Za-z\-]+", sentences[index]) if content(word)]
        if len(words) < 5:
            continue
        picked = [words[at] for at in sorted(rng.sample(range(len(words)), rng.randint(2, 4)))]
        phrase = " ".join(picked).lower()
        counts = bool(re.search(r"\d", sentences[index])) and rng.random() >= 0.4
        question = rng.choice(STATEMENT_QUANTITY if counts else STATEMENT).format(phrase)
        yield _pair(question, sentences[index], True, "synthetic")
        asked = set(content(phrase))
        rest = [other for other in range(len(sentences)) if other != index and len(asked & stems[other]) < len(asked)]
        near = sorted(rest, key=lambda other: -len(asked & stems[other]) - 0.01 * rng.random())[:6]
        for other in near[:3]:
            yield _pair(question, sentences[other], False, "synthetic")
        if near and len(picked) >= 3:
            strange = [
                word
                for word in re.findall(r"[A-Za-z][a-z\-]{4,}", sentences[rng.choice(near)])
                if content(word) and not set(content(word)) <= stems[index]
            ]
            if strange:
                picked[rng.randrange(len(picked))] = rng.choice(strange)
                swapped = rng.choice(STATEMENT).format(" ".join(picked).lower())
                yield _pair(swapped, sentences[index], False, "synthetic")
