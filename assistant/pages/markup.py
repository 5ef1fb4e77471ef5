"""Answers, citations and documents as HTML. Pure functions; all text from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape as _escape
from typing import Any
from urllib.parse import quote, urlencode

from assistant.conversations import Conversation, Exchange
from corpus.types import Document, Quarantined

STATUS_WORDS: Mapping[str, str] = {
    "validated": "validated",
    "unvalidated": "not validated",
    "superseded": "superseded by a newer edition",
    "withdrawn": "withdrawn",
    "expired": "expired",
}

FOOTER = "Plumbline shows what validated documents say. It is no substitute for professional judgement."


def escape(value: object) -> str:
    """Text as HTML, quotes and braces included: Gradio's templates must not see any of ours."""
    return _escape(str(value), quote=True).replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;")


def page_url(document_id: str, page: int, start: int = 0, end: int = 0) -> str:
    """Where a page of a document is shown, with the words from start to end marked."""
    span = "?" + urlencode({"start": start, "end": end}) if end > start else ""
    return f"/documents/{quote(document_id, safe='')}/pages/{page}{span}"


def conversation(exchanges: Sequence[Exchange]) -> str:
    """All that was said."""
    return "".join(question(each.question) + answer(each.answer) for each in exchanges)


def question(text: str) -> str:
    """What the person asked."""
    return f'<section class="turn asked" aria-label="Your question"><p>{escape(text)}</p></section>'


def working(stage: str, sentences: Iterable[Mapping[str, Any]] = ()) -> str:
    """An answer that is being made: the stage, and the sentences that have passed so far."""
    words = {
        "guard_in": "Reading the question",
        "retrieve": "Searching the documents",
        "generate": "Finding the sentences",
        "verify": "Checking every sentence against its source",
        "rank": "Choosing the best answer",
        "guard_out": "Last checks",
    }
    passed = "".join(f"<p>{escape(each['text'])}</p>" for each in sentences)
    stage_line = f'<p class="stage" role="status">{escape(words.get(stage, stage))}…</p>'
    return f'<section class="turn answer" aria-label="Answer" aria-busy="true">{passed}{stage_line}</section>'


def answer(given: Mapping[str, Any]) -> str:
    """A finished answer: sentences with their citation chips, what a reader must know, the sources."""
    status = given["status"]
    body = _sentences(given) if status == "answered" else _unanswered(given)
    notices = "".join(f'<p class="notice">{escape(each)}</p>' for each in given.get("notices", ()))
    findings = "".join(f"<li>{escape(each['reason'])}</li>" for each in given.get("findings", ()))
    removed = f'<details class="findings"><summary>What was set aside</summary><ul>{findings}</ul></details>'
    return (
        f'<section class="turn answer {escape(status)}" aria-label="Answer">{body}{notices}'
        f"{removed if findings else ''}{_sources(given)}{_meta(given)}</section>"
    )


def _sentences(given: Mapping[str, Any]) -> str:
    citations = {each["number"]: each for each in given["citations"]}
    return "".join(
        f"<p>{escape(each['text'])} {''.join(_chip(citations[number]) for number in each['citations'])}</p>"
        for each in given["sentences"]
    )


def _chip(citation: Mapping[str, Any]) -> str:
    where = f"{citation['title'] or citation['file']}, page {citation['page']}"
    url = page_url(citation["document_id"], citation["page"], citation["start"], citation["end"])
    return (
        f'<a class="chip" href="{escape(url)}" target="source" title="{escape(where)}" '
        f'aria-label="Source {citation["number"]}: {escape(where)}">{citation["number"]}</a>'
    )


def _unanswered(given: Mapping[str, Any]) -> str:
    if given["status"] == "abstained":
        near = "".join(
            f'<li><a href="{escape(page_url(each["id"], 1))}" target="source">'
            f"{escape(each['title'] or each['file'])}</a></li>"
            for each in given.get("nearest", ())
        )
        nearest = f'<p class="muted">The nearest documents:</p><ul>{near}</ul>' if near else ""
        return f"<p><strong>The documents don't say.</strong> {escape(given['reason'] or '')}</p>{nearest}"
    return f"<p>{escape(given['text'])}</p>"


def _sources(given: Mapping[str, Any]) -> str:
    items = "".join(
        f'<li value="{each["number"]}">{_chip(each)} <span class="title">{escape(each["title"] or each["file"])}</span>'
        f"{_edition(each)}, page {each['page']} {badge(each.get('status', ''))}"
        f"<blockquote>{escape(each['quote'])}</blockquote></li>"
        for each in given.get("citations", ())
    )
    return (
        f'<details class="sources"><summary>Sources and exact words</summary><ol>{items}</ol></details>'
        if items
        else ""
    )


def _edition(each: Mapping[str, Any]) -> str:
    return f" ({escape(each['edition'])})" if each.get("edition") else ""


def _meta(given: Mapping[str, Any]) -> str:
    if given["status"] != "answered":
        return ""
    total = float(given.get("timings_ms", {}).get("total", 0.0))
    return f'<p class="muted">Confidence {float(given["confidence"]):.0%}, {total:.0f} ms</p>'


def badge(status: str) -> str:
    """A document's status as a small mark with words."""
    return f'<span class="badge {escape(status)}">{escape(STATUS_WORDS.get(status, status))}</span>' if status else ""


def conversation_list(conversations: Sequence[Conversation], current: str) -> str:
    """Links to earlier conversations."""
    links = "".join(
        f'<li><a href="/?c={escape(each.id)}"{" aria-current=page" if each.id == current else ""}>'
        f"{escape(each.title)}</a></li>"
        for each in conversations
    )
    return (
        f'<nav aria-label="Conversations"><a class="new" href="/">New conversation</a>'
        f"<ul>{links or '<li class=muted>Nothing asked yet.</li>'}</ul></nav>"
    )


def document_table(documents: Sequence[Document]) -> str:
    """The corpus as a table."""
    return _table(
        "Documents",
        ("Document", "Domain", "Edition", "Status", "Validated by", "Pages"),
        (
            (
                f'<a href="{escape(page_url(each.id, 1))}" target="_blank">'
                f"{escape(each.provenance.title or each.file)}</a>"
                f'<br><span class="muted">{escape(each.id)}</span>',
                escape(each.domain),
                escape(each.provenance.edition),
                badge(each.status),
                escape(each.provenance.validated_by),
                str(each.pages),
            )
            for each in documents
        ),
    )


def quarantine_table(items: Sequence[Quarantined]) -> str:
    """What could not be read, and why."""
    if not items:
        return '<p class="muted">Nothing is in quarantine.</p>'
    return _table("Quarantine", ("File", "Reason"), ((escape(each.path), escape(each.reason)) for each in items))


def _table(label: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already. The table scrolls within its own box, by keyboard too."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
