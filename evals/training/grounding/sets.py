"""Published sets of claims with what their evidence says of them, as examples. Licences: INDEX.md beside the data.

`SHIPPED` names those whose licence lets weights ship. HealthVer's states none: it is read only to measure, and by the
run that shows what it would add, which ships nothing.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.grounding.sets import rows
from evals.training.grounding.examples import Example, Target, views
from evals.training.grounding.statements import statement
from guards.grounding.windows import windows
from guards.grounding.words import content

Loader = Callable[[Path, random.Random], Iterator[Example]]

NEGATIVES = 3
"""Windows of a contract that say nothing of a statement, for each statement."""
FOUND = 0.5
"""Share of an ideal answer's words that its snippets must have: with fewer it was written from elsewhere."""
_NUMBERED = re.compile(r"\s*\[\d+\]")


def wice(data: Path, rng: random.Random) -> Iterator[Example]:
    """Sentences of an encyclopedia against the pages they cite; "partially supported" is not supported."""
    for row in rows(data / "grounding/wice_oracle.jsonl"):
        target: Target = "supported" if row["label"] == "supported" else "unsupported"
        group = f"wice {row['meta']['claim_title']}"
        for evidence, what in views(row["claim"], [" ".join(row["evidence"])], target, rng, most=1):
            yield Example(text=row["claim"], evidence=evidence, target=what, source="wice", group=group, weight=1.5)


def healthver(data: Path, _: random.Random) -> Iterator[Example]:
    """Claims about COVID-19 against sentences of articles."""
    targets: Mapping[str, Target] = {"Supports": "supported", "Refutes": "contradicted", "Neutral": "unsupported"}
    with (data / "grounding/healthver.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(
                text=row["claim"],
                evidence=row["evidence"],
                target=targets[row["label"]],
                source="healthver",
                group=f"healthver {row['topic_ip']}",
            )


def contractnli(data: Path, rng: random.Random) -> Iterator[Example]:
    """The same seventeen statements against non-disclosure agreements, with the sentences that decide."""
    content_ = json.loads((data / "grounding/contractnli.json").read_text(encoding="utf-8"))
    targets: Mapping[str, Target] = {"Entailment": "supported", "Contradiction": "contradicted"}
    for document in content_["documents"]:
        text, spans = document["text"], document["spans"]
        for key, label in document["annotation_sets"][0]["annotations"].items():
            claim = content_["labels"][key]["hypothesis"]
            group = f"contractnli {document['id']}"
            gold = [spans[index] for index in label["spans"]]
            found = windows(claim, [text])
            silent = []
            for window in found:
                held = sum(any(p.start < end and start < p.end for p in window.places) for start, end in gold)
                if gold and held == len(gold):
                    yield Example(
                        text=claim,
                        evidence=window.text,
                        target=targets[label["choice"]],
                        source="contractnli",
                        group=group,
                    )
                elif not held:
                    silent.append(window.text)
            if gold and (evidence := _around(text, spans, label["spans"])):
                yield Example(
                    text=claim, evidence=evidence, target=targets[label["choice"]], source="contractnli", group=group
                )
            for window_text in rng.sample(silent, min(len(silent), 1 if gold else NEGATIVES)):
                yield Example(text=claim, evidence=window_text, target="unsupported", source="contractnli", group=group)


def _around(text: str, spans: Sequence[Sequence[int]], chosen: Sequence[int]) -> str:
    """The deciding sentences, each with the one before it."""
    wanted = sorted({near for index in chosen for near in (index - 1, index) if near >= 0})
    return " ".join(" ".join(text[spans[index][0] : spans[index][1]].split()) for index in wanted)


def expertqa(data: Path, rng: random.Random) -> Iterator[Example]:
    """Claims of cited answers against the pages they cite, as experts judged them."""
    for row in rows(data / "grounding/expertqa.jsonl"):
        for answer in row["answers"].values():
            for claim in answer["claims"]:
                if not claim["evidence"] or claim["support"] not in ("Complete", "Incomplete", "Partial"):
                    continue
                text = _NUMBERED.sub("", claim["claim_string"])
                evidence = [each.partition("\n\n")[2] for each in claim["evidence"] if "\n\n" in each]
                target: Target = "supported" if claim["support"] == "Complete" else "unsupported"
                for window, what in views(text, evidence, target, rng, most=1):
                    yield Example(
                        text=text,
                        evidence=window,
                        target=what,
                        source="expertqa",
                        group=f"expertqa {row['question']}",
                        weight=0.5,
                    )


def bioasq(data: Path, rng: random.Random) -> Iterator[Example]:
    """Ideal and exact answers against the snippets they were written from, and against those of other questions."""
    passages = {each["id"]: each["text"] for each in rows(data / "questions/bioasq/passages.jsonl")}
    every = list(passages.values())
    stems = [frozenset(content(text)) for text in every]
    for row in rows(data / "questions/bioasq/questions.jsonl"):
        gold = [passages[each] for each in row["gold_passages"] if each in passages]
        claims: list[tuple[str, Target]] = []
        if row["ideal_answer"]:
            known = frozenset().union(*(content(text) for text in gold)) if gold else frozenset()
            for sentence in _sentences(row["ideal_answer"][0])[:3]:
                words = content(sentence)
                if words and sum(word in known for word in words) >= FOUND * len(words):
                    claims.append((sentence, "supported"))
        claims += _exact(row)
        group = f"bioasq {row['question']}"
        for text, target in claims:
            for evidence, what in views(text, gold, target, rng):
                yield Example(text=text, evidence=evidence, target=what, source="bioasq", group=group, weight=0.7)
        if claims and gold:
            text = rng.choice(claims)[0]
            own = set(gold)
            words_ = frozenset(content(text))
            nearest = sorted(range(len(every)), key=lambda at: -len(words_ & stems[at]))[:40]
            others = [every[at] for at in nearest if every[at] not in own][3:20]
            for other in rng.sample(others, min(2, len(others))):
                yield Example(text=text, evidence=other, target="unsupported", source="bioasq", group=group, weight=0.5)


def _exact(row: Any) -> list[tuple[str, Target]]:
    """A yes-no question's answers as claims, or a short answer behind its question."""
    question, exact = row["question"], row.get("exact_answer")
    if row["type"] == "yesno" and isinstance(exact, str):
        return yes_no(question, exact.lower())
    if row["type"] == "factoid" and exact:
        first = exact[0][0] if isinstance(exact[0], list) else exact[0]
        return [(f"{question} {str(first).strip()}", "supported")]
    return []


def yes_no(question: str, answer: str) -> list[tuple[str, Target]]:
    """What may be claimed of a yes-no question: the statement, and a bare "Yes." and "No." behind the question."""
    right: Target = {"yes": "supported", "no": "contradicted"}.get(answer, "unsupported")  # type: ignore[assignment]
    turned: Target = {"yes": "contradicted", "no": "supported"}.get(answer, "unsupported")  # type: ignore[assignment]
    claims: list[tuple[str, Target]] = [(f"{question} Yes.", right), (f"{question} No.", turned)]
    if said := statement(question):
        claims += [(said, right), (said, right)]
    return claims


def pubmedqa(data: Path, rng: random.Random) -> Iterator[Example]:
    """What an article asks of itself, and what it concludes, against its abstract without the conclusion."""
    every = rows(data / "questions/pubmedqa.jsonl")
    for index, row in enumerate(every):
        group = f"pubmedqa {row['question']}"
        claims = yes_no(row["question"], row["decision"])
        conclusion = _sentences(row["long_answer"])[:1]
        for text, target in claims:
            for evidence, what in views(text, row["contexts"], target, rng, most=1):
                yield Example(text=text, evidence=evidence, target=what, source="pubmedqa", group=group)
            result = row["contexts"][-1]
            for evidence, what in views(text, [result], target, rng, most=1):
                yield Example(text=text, evidence=evidence, target=what, source="pubmedqa", group=group)
        for text in conclusion:
            for evidence, what in views(text, row["contexts"], "supported", rng, most=1):
                yield Example(text=text, evidence=evidence, target=what, source="pubmedqa", group=group, weight=0.5)
            other = every[index - 1]["contexts"]
            for evidence, what in views(text, other, "unsupported", rng, most=1):
                yield Example(text=text, evidence=evidence, target=what, source="pubmedqa", group=group, weight=0.3)


def _sentences(text: str) -> list[str]:
    from corpus.sentences import split_sentences

    spans = split_sentences(text)
    return [" ".join(text[start:end].split()) for start, end in spans if end - start > 25]


SHIPPED: Mapping[str, Loader] = {
    "wice": wice,
    "contractnli": contractnli,
    "expertqa": expertqa,
    "bioasq": bioasq,
    "pubmedqa": pubmedqa,
}
"""ODC-BY and CC BY-SA, Apache-2.0, MIT, CC BY 2.5, MIT: whose licence lets weights ship."""
