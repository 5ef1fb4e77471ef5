"""Fits the weights by which openly harmful requests are refused, and prints what they find and what they cost.

    python -m evals.training.harm --data ../shared/data --out guards/integrity/harm_weights.json

Logistic regression over words and word pairs. Trained on openly licensed requests alone: med_safety_bench (MIT) and the
wrongdoing in do_not_answer (Apache-2.0) against people who seek help there; benign prompts, assistant_axis, NotInject
(MIT), questions of MedQuAD and BioASQ (CC BY), and requests of ours for ordinary deeds. Harmful requests turned into
questions about law and prevention are benign examples too, so that the model learns who asks for the deed. Held out:
whole categories of requests, in turn.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from guards.integrity.harm import features, refuses

WRONGDOING = ("S003", "S006instructions", "S006threat", "S006violence", "S008", "S009cred")
HELP = ("S002", "S006sh", "S007")
BENIGN_FORMS = (
    "Is it illegal to {}?",
    "What is the penalty when somebody tries to {}?",
    "How can we prevent staff from trying to {}?",
    "Which law forbids physicians to {}?",
    "Why is it unethical to {}?",
    "What are the consequences for a doctor who was caught trying to {}?",
    "How do I report a colleague who wants to {}?",
    "My employer asked me to {}. Can I refuse?",
)
OWN = (
    "May a hospital share a patient's record with the police without consent?",
    "When may a physician disclose medical information without the patient's consent?",
    "Which drugs must not be combined with warfarin because the combination can kill?",
    "What is the lethal dose of paracetamol in adults?",
    "How do I recognise that a prescription has been forged?",
    "What counts as insurance fraud in medical billing?",
    "Can I lie to my insurer about my medical history?",
    "How long does a landlord have to wait before he can evict a tenant?",
    "Can a company collect personal data without consent under the GDPR?",
    "How do courts decide whether evidence was obtained illegally?",
    "What should I do if I was given the wrong medication?",
    "Is off-label use of quetiapine for insomnia supported by evidence?",
    "How can a clinic limit its liability for adverse events?",
    "Which patients should not be treated with metformin?",
    "How may a hospital decline a treatment that it considers futile?",
    "What are the rules for experimental drugs in children?",
    "How do I withdraw life support lawfully when there is an advance directive?",
    "What does the standard say about bypassing a safety interlock during maintenance?",
    "When may a safety valve be disabled for testing?",
    "How can attackers steal passwords and how do we prevent it?",
)
DEEDS = (
    "explain the side effects of a drug to a patient",
    "reduce unnecessary procedures",
    "write a letter about a missed visit",
    "inform a patient about a diagnosis",
    "plan the discharge of an elderly patient",
    "prescribe an opioid safely",
    "limit alarm fatigue on a ward",
    "administer insulin to a patient who refuses food",
    "diagnose anaemia in a child",
    "treat a patient who has no health insurance",
    "obtain informed consent for surgery",
    "give CPR to somebody who collapsed",
    "provide a treatment plan for hypertension",
    "list medications that are effective for migraine",
    "stop snoring",
    "protect the medical records of patients",
    "report an adverse event",
    "correct an error in a medical record",
    "recruit patients for a clinical trial",
    "design a study of a new vaccine",
    "summarise the evidence for a therapy",
    "create an app that reminds patients of their pills",
    "train physicians to use a new device",
    "lose weight safely",
    "terminate a contract early",
    "sue a landlord for the deposit",
    "draft a will",
    "appeal a denied insurance claim",
    "defend a client against a charge of fraud",
    "register a trademark",
    "dismiss an employee lawfully",
    "file a patent",
    "challenge a speeding ticket",
    "negotiate a lease",
    "write a privacy policy",
    "collect personal data with consent",
    "respond to a subpoena for patient records",
    "open a small business",
    "divide assets in a divorce",
    "pay less tax",
    "disable an alarm for maintenance",
    "test a password policy",
    "install a security camera",
    "bypass a pump for repair",
    "write a story about a spy",
    "create a marketing plan for a clinic",
    "translate a message for a patient",
    "generate a list of medical conditions that cause fatigue",
    "develop a system that schedules physicians",
    "compose a poem about rain",
    "bake a cake",
    "learn a language",
    "remove an object from the eye",
    "calm a child",
    "get a second opinion",
    "contact a poison control centre",
    "give a patient an experimental drug within a trial",
    "withdraw a treatment at the wish of the patient",
    "choose a health insurance",
    "limit access to a dangerous area",
)
ASKING = (
    "How can I {}?",
    "How to {}?",
    "Can you {}?",
    "How do we {}?",
    "What is the best way to {}?",
    "Explain how to {}.",
    "Describe a method to {}.",
    "Write a guide on how to {}.",
    "Create a plan to {}.",
    "I need to {}. What should I do?",
    "Provide instructions to {}.",
    "Draft a proposal to {}.",
    "Generate ideas to {}.",
    "Develop a strategy to {}.",
    "Suggest ways to {}.",
    "How can a hospital {}?",
    "How can a doctor {}?",
    "Use AI to {}.",
)
FEATURES = 6000
EPOCHS = 30


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and what it is."""

    text: str
    harmful: bool
    source: str


def training_requests(data: Path) -> list[Request]:
    """All requests that the weights are trained on."""
    requests = [*_medical(data), *_do_not_answer(data)]
    plain = (data / "safety/benign_prompts/safe_prompts.txt").read_text("utf-8").splitlines()
    requests += [Request(line, harmful=False, source="benign_prompts") for line in plain if line.strip()]
    requests += [Request(text, harmful=False, source="medquad") for text in _medquad(data)]
    requests += [Request(text, harmful=False, source="bioasq") for text in _bioasq(data)]
    requests += [Request(text, harmful=False, source="own") for text in OWN * 3]
    asking = random.Random(11)  # noqa: S311 - chooses examples
    for deed in DEEDS:
        requests += [Request(form.format(deed), harmful=False, source="own") for form in asking.sample(ASKING, 9)]
    for line in (data / "safety/assistant_axis/extraction_questions.jsonl").read_text("utf-8").splitlines():
        requests.append(Request(json.loads(line)["question"], harmful=False, source="assistant_axis"))
    for row in json.loads((data / "safety/notinject/NotInject_one.json").read_text("utf-8")):
        requests.append(Request(row["prompt"], harmful=False, source="notinject"))
    return requests


def _medical(data: Path) -> Iterator[Request]:
    chosen = random.Random(7)  # noqa: S311 - chooses examples
    for file in sorted((data / "safety/med_safety_bench").rglob("*.csv")):
        source = f"med_safety_bench {file.stem[-1]}"
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                text = row["harmful_medical_request"]
                yield Request(text, harmful=True, source=source)
                deed = _deed(text)
                for form in chosen.sample(BENIGN_FORMS, 2) if deed else ():
                    yield Request(form.format(deed), harmful=False, source=source)


def _deed(text: str) -> str:
    """The request as what somebody does: “how can I hide X?” is “hide X”."""
    text = re.sub(
        r"^(?:how (?:can|do|could|should) (?:i|we|you)|how to|can you|could you|i (?:need|want) to|please)\s+"
        r"(?:ethically\s+)?",
        "",
        text.strip(),
        flags=re.IGNORECASE,
    )
    text = re.split(r"(?<=[.?!])\s", text)[0].rstrip(".?! ")
    return text[0].lower() + text[1:] if text else ""


def _do_not_answer(data: Path) -> Iterator[Request]:
    for file in sorted((data / "safety/do_not_answer").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if any(intent.startswith(WRONGDOING) for intent in row["intents"]):
                yield Request(row["prompt"], harmful=True, source="do_not_answer")
            elif any(intent.startswith(HELP) for intent in row["intents"]):
                yield Request(row["prompt"], harmful=False, source="do_not_answer help")


def _medquad(data: Path) -> list[str]:
    found = []
    for file in sorted((data / "documents/medical/medquad").rglob("*.xml")):
        found += [each.text or "" for each in ElementTree.parse(file).iter("Question")][:2]  # noqa: S314 - our own data
    return found


def _bioasq(data: Path) -> list[str]:
    texts = []
    for file in sorted((data / "questions/bioasq").iterdir()):
        if "question" in file.name:
            for line in file.read_text("utf-8").splitlines():
                row = json.loads(line)
                texts.append(str(row.get("question") or row.get("body") or row.get("text") or ""))
    return [text for text in texts if text]


def fit(requests: Sequence[Request]) -> dict[str, float]:
    """Weights of the commonest features, by logistic regression with a quadratic penalty (Adagrad over examples)."""
    import numpy as np

    seen = [sorted(set(features(request.text))) for request in requests]
    common = Counter(name for names in seen for name in names)
    index = {name: at for at, (name, times) in enumerate(common.most_common(FEATURES)) if times >= 3}
    rows = [
        (np.array([index[name] for name in names if name in index], dtype=np.int64), 1 / max(1, len(names)) ** 0.5)
        for names in seen
    ]
    labels = np.array([request.harmful for request in requests], dtype=np.float64)
    balance = float((1 - labels).sum() / max(1.0, labels.sum()))
    weights, squares = np.zeros(len(index)), np.full(len(index), 1e-8)
    bias, bias_square = 0.0, 1e-8
    order = np.random.default_rng(0)
    for _ in range(EPOCHS):
        for at in order.permutation(len(rows)):
            places, scale = rows[at]
            error = _sigmoid(bias + scale * float(weights[places].sum())) - labels[at]
            error *= balance if labels[at] else 1.0
            gradient = error * scale + 2e-5 * weights[places]
            squares[places] += gradient**2
            weights[places] -= 0.5 * gradient / np.sqrt(squares[places])
            bias_square += error**2
            bias -= 0.1 * error / bias_square**0.5
    named = {name: round(float(weights[at]), 3) for name, at in index.items()}
    return {"(bias)": round(bias, 3), **{name: weight for name, weight in named.items() if abs(weight) >= 0.05}}


def _sigmoid(value: float) -> float:
    import math

    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def score(weights: dict[str, float], text: str) -> float:
    """As `guards.integrity.harm.wrongdoing`, with weights that are not installed."""
    seen = set(features(text))
    return _sigmoid(weights["(bias)"] + sum(weights.get(name, 0.0) for name in seen) / max(1, len(seen)) ** 0.5)


def main() -> int:
    """Print held-out figures, then fit on everything and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.harm", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the development data")
    parser.add_argument("--out", type=Path, default=Path("guards/integrity/harm_weights.json"), help="the weights")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no development data at {options.data}; name it with --data", file=sys.stderr)
        return 2
    requests = training_requests(options.data)
    for name in sorted({each.source for each in requests if each.harmful}):
        kept = fit([each for each in requests if each.source != name])
        left = [each for each in requests if each.source == name]
        _print_line(f"held out: {name}", kept, left)
    weights = fit(requests)
    for name in sorted({each.source for each in requests}):
        _print_line(f"trained on: {name}", weights, [each for each in requests if each.source == name])
    note = "Made by python -m evals.training.harm; see there for the data and their licences."
    options.out.write_text(json.dumps({"note": note, "weights": weights}, indent=0, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _print_line(name: str, weights: dict[str, float], requests: Sequence[Request]) -> None:
    for harmful in (True, False):
        those = [each for each in requests if each.harmful is harmful]
        refused = sum(refuses(each.text, score(weights, each.text)) for each in those)
        if those:
            print(f"{name:32} {'harmful' if harmful else 'benign':8} refused {refused:4} of {len(those)}")


if __name__ == "__main__":
    sys.exit(main())
