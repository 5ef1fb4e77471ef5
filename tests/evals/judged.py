"""What the tests of the golden questions share: answers and cases in one line."""

from __future__ import annotations

from assistant.types import Answer, AnswerStatus, Citation, Question
from corpus.types import Document, Provenance
from evals.gold.cases import Case, Source


def document(file: str) -> Document:
    return Document(
        id=file,
        domain="legal",
        file=file,
        source=f"/{file}",
        sha256="0" * 64,
        media_type="application/pdf",
        pages=9,
        passages=1,
        provenance=Provenance(title=file),
        status="validated",
    )


def answer(text: str, *places: tuple[str, int], status: AnswerStatus = "answered") -> Answer:
    citations = tuple(
        Citation(number=number, document=document(file), page=page, start=0, end=5, quote="quote")
        for number, (file, page) in enumerate(places, start=1)
    )
    return Answer(
        id="x",
        question=Question(text="?"),
        status=status,
        text=text,
        citations=citations,
        generator="extractive",
        timings_ms={"total": 5.0},
    )


def case(
    *expected: tuple[str, ...], wrong: tuple[str, ...] = (), corrects: tuple[str, ...] = (), kind: str = "fact"
) -> Case:
    return Case(
        id="leg-1",
        domain="legal",
        question="How <much>?",
        kind=kind,
        answerable=bool(expected),
        expected=expected,
        wrong=wrong,
        corrects=corrects,
        sources=(Source(file="a.pdf", pages=(1, 2)),),
    )
