from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.types import Document, Hit, Passage, Provenance
from evals.gold.cases import Case, Source
from evals.training.answering import ANSWER, Asked, fit_choice, learn
from evals.training.logistic import fit_logistic


def hit(text: str, score: float, ordinal: int) -> Hit:
    document = Document(
        id="m", domain="medical", file="m.md", source="m.md", sha256="0" * 64, media_type="text/markdown", pages=1,
        passages=2, provenance=Provenance(title="M"), status="validated",
    )  # fmt: skip
    passage = Passage(
        id=f"m#{ordinal}", document_id="m", ordinal=ordinal, page=1, start=0, end=len(text), text=text,
        sentences=((0, len(text)),),
    )  # fmt: skip
    return Hit(passage=passage, document=document, score=score, dense=score, lexical=0.0)


@pytest.fixture
def asked() -> list[Asked]:
    """Questions whose right passage always has the higher score; the last has no answer."""
    case = Case(
        id="1", domain="medical", question="What is the dose?", kind="fact", answerable=True, expected=(("5 mg",),),
        sources=(Source(file="m.md", pages=(1,)),),
    )  # fmt: skip
    rows = [
        Asked(case, (hit("Dose: 5 mg.", 0.9 - n / 100, 0), hit("Dose: 7 g.", 0.4, 1)), (1.0, -1.0), {1: True, 2: False})
        for n in range(20)
    ]
    silent = replace(case, answerable=False, kind="unanswerable", expected=(), sources=())
    return [
        *rows,
        Asked(silent, (hit("Colour: 5.", 0.2, 0), hit("Size: 7.", 0.2, 1)), (-1.0, -1.0), {1: False, 2: False}),
    ]


def test_the_choice_learns_what_tells_the_right_passage(asked: list[Asked]) -> None:
    assert fit_choice(asked)["score"] > 1.0


def test_the_answer_learns_when_to_be_silent(asked: list[Asked]) -> None:
    _, answer = learn(asked)
    assert set(answer) == {"bias", *ANSWER}
    assert answer["cosine"] > 0


def test_a_logistic_regression_finds_the_sign() -> None:
    rows = [dict.fromkeys(ANSWER, float(value)) for value in (0, 1, 2, 3)]
    weights = fit_logistic(rows, [False, False, True, True], ANSWER)
    assert all(weights[name] > 0 for name in ANSWER)
