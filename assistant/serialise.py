"""The nouns as JSON, exactly as the command line and the HTTP interface promise them. One place for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from assistant.types import Answer, AnswerSentence, Citation
from corpus.types import Document, Hit, IngestReport, Quarantined, SearchResult
from guards.types import Finding, Inspection, Message


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """An Answer as the interface has it, and beside that what a page shows: notices, nearest documents, domain."""
    return {
        "id": answer.id,
        "status": answer.status,
        "text": answer.text,
        "sentences": [sentence_to_json(sentence) for sentence in answer.sentences],
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "findings": [asdict(finding) for finding in answer.findings],
        "generator": answer.generator,
        "policy_version": answer.policy_version,
        "timings_ms": {stage: round(value, 2) for stage, value in answer.timings_ms.items()},
        "trace_id": answer.trace_id,
        "question": answer.question.text,
        "domain": answer.domain,
        "notices": list(answer.notices),
        "urgent": list(answer.urgent),
        "nearest": [document_to_json(document) for document in answer.nearest],
    }


def sentence_to_json(sentence: AnswerSentence) -> dict[str, Any]:
    """One sentence of an answer."""
    return {"text": sentence.text, "citations": list(sentence.citations), "support": round(sentence.support, 4)}


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """One citation, with what is known of its document."""
    document, provenance = citation.document, citation.document.provenance
    return {
        "number": citation.number,
        "document_id": document.id,
        "file": document.file,
        "title": provenance.title,
        "edition": provenance.edition,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "url": provenance.url,
        "validated_by": provenance.validated_by,
        "validated_on": _day(provenance.validated_on),
        "status": document.status,
        "publisher": provenance.publisher,
    }


def document_to_json(document: Document) -> dict[str, Any]:
    """A document with provenance and status."""
    provenance = {
        name: _day(value) if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(document.provenance).items()
    }
    return {
        "id": document.id,
        "domain": document.domain,
        "file": document.file,
        "source": document.source,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "pages": document.pages,
        "passages": document.passages,
        "status": document.status,
        "superseded_by": document.superseded_by,
        **provenance,
    }


def quarantined_to_json(item: Quarantined) -> dict[str, Any]:
    """A file that could not be read."""
    return asdict(item)


def search_to_json(result: SearchResult, *, id: str = "") -> dict[str, Any]:  # noqa: A002 - the interface's name
    """What a search found."""
    return {"id": id, "domain": result.domain, "hits": [hit_to_json(hit) for hit in result.hits]}


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """One hit of a search."""
    passage = hit.passage
    return {
        "passage_id": passage.id,
        "document_id": passage.document_id,
        "file": hit.document.file,
        "score": round(hit.score, 6),
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }


def inspection_to_json(
    inspection: Inspection,
    messages: Sequence[Message],
    *,
    id: Any,  # noqa: A002 - the interface's name
    seconds: float,
) -> dict[str, Any]:
    """What the Prompt Integrity Service found in a text, or in the messages when there are any."""
    redacted: str | list[dict[str, str]] = inspection.texts[0]
    if messages:
        redacted = [
            {"role": message.role, "content": text} for message, text in zip(messages, inspection.texts, strict=True)
        ]
    return {
        "id": id,
        "action": inspection.action,
        "findings": [finding_to_json(finding) for finding in inspection.findings],
        "redacted": redacted,
        "seconds": round(seconds, 6),
    }


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """One finding; `message` only where there are several."""
    fields = {**asdict(finding), "score": round(finding.score, 4)}
    return {name: value for name, value in fields.items() if name != "message" or value is not None}


def report_to_json(report: IngestReport) -> dict[str, Any]:
    """What an ingestion did."""
    values: Mapping[str, Any] = asdict(report)
    return {**values, "quarantined": list(values["quarantined"]), "failed": list(values["failed"])}


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
