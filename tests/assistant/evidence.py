"""Evidence made by hand, for tests of what happens after retrieval."""

from __future__ import annotations

from assistant.types import Admitted, Question, Retrieved
from corpus.sentences import split_sentences
from corpus.types import Document, Hit, Passage, Provenance, SearchResult


def retrieved(question: str, *texts: str, title: str = "Manual", headings: tuple[str, ...] = ()) -> Retrieved:
    """A question with one hit for each text, in order."""
    document = Document(
        id="manual",
        domain="engineering",
        file="manual.md",
        source="/somewhere/manual.md",
        sha256="0" * 64,
        media_type="text/markdown",
        pages=1,
        passages=len(texts),
        provenance=Provenance(title=title, edition="2", validated_by="Ada"),
        status="validated",
    )
    hits = tuple(
        Hit(
            passage=Passage(
                id=f"manual#{ordinal}@00000000",
                document_id="manual",
                ordinal=ordinal,
                page=1,
                start=0,
                end=len(text),
                text=text,
                sentences=split_sentences(text),
                headings=headings,
            ),
            document=document,
            score=1.0 / (ordinal + 1),
            dense=0.5,
            lexical=1.0,
        )
        for ordinal, text in enumerate(texts)
    )
    return Retrieved(
        admitted=Admitted(question=Question(text=question), text=question),
        result=SearchResult(query=question, hits=hits, domain="engineering"),
    )
