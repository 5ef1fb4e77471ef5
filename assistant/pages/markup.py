"""Answers, citations and conversations as HTML. Pure functions; all text from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape as _escape
from typing import Any
from urllib.parse import quote, urlencode

from assistant.conversations import Conversation, Exchange
from corpus.starter import Example
from corpus.types import DOMAINS

STATUS_WORDS: Mapping[str, str] = {
    "validated": "validated",
    "unvalidated": "not validated",
    "superseded": "superseded",
    "withdrawn": "withdrawn",
    "expired": "expired",
}

FOOTER = (
    "Plumbline shows what validated documents say. It is a demonstration, not advice: read the marked page before you "
    "rely on an answer."
)

_STAGES: Mapping[str, str] = {
    "guard_in": "Reading the question",
    "retrieve": "Searching the documents",
    "generate": "Finding the sentences",
    "verify": "Checking every sentence against its source",
    "rank": "Choosing the best answer",
    "guard_out": "Last checks",
    "total": "Altogether",
}

_PARTS: Mapping[str, str] = {
    "question": "Your question",
    "history": "What was said before",
    "document": "A document",
    "answer": "The answer",
}
"""Stage of a finding → what it is about."""

_LOGO = (
    '<svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true" focusable="false">'
    '<path d="M12 1v9" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>'
    '<path d="M8.2 10h7.6v4.2L12 23l-3.8-8.8z" fill="currentColor"/></svg>'
)


def escape(value: object) -> str:
    """Text as HTML, quotes and braces included: Gradio's templates must not see any of ours."""
    return _escape(str(value), quote=True).replace("{", "&#123;").replace("}", "&#125;").replace("$", "&#36;")


def page_url(document_id: str, page: int, start: int = 0, end: int = 0) -> str:
    """Where a page of a document is shown, with the words from start to end marked."""
    span = "?" + urlencode({"start": start, "end": end}) if end > start else ""
    return f"/documents/{quote(document_id, safe='')}/pages/{page}{span}"


def bar(current: str) -> str:
    """The head of every page: the name, and the way to the others. `current`: "ask", "corpus" or neither."""
    pages = (("ask", "/", "Ask"), ("corpus", "/corpus", "Corpus"))
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if name == current else ""}>{words}</a>' for name, path, words in pages
    )
    menu = (
        '<button type="button" class="menu" aria-label="Conversations" aria-expanded="false" aria-controls="left">'
        '<span aria-hidden="true">☰</span></button>'
        if current == "ask"
        else ""
    )
    return (
        f'<header class="bar">{menu}<a class="brand" href="/">{_LOGO}<span>Plumbline</span></a>'
        f'<nav aria-label="Pages">{links}</nav></header>'
    )


def welcome(examples: Iterable[Example], *, empty: bool) -> str:
    """What a new conversation begins with: what this is, and questions to try. `empty`: there is no document yet."""
    offered = {domain: [each for each in examples if each.domain == domain] for domain in DOMAINS}
    columns = "".join(
        f'<section><h2>{escape(domain).capitalize()}</h2><ul role="list">{"".join(map(_offer, few))}</ul></section>'
        for domain, few in offered.items()
        if few
    )
    first = '<p class="notice">There is no document yet: <a href="/corpus">take some in</a> first.</p>' if empty else ""
    offers = f'<div class="offers" role="group" aria-label="Questions to try">{columns}</div>' if columns else ""
    return (
        '<div class="welcome"><h1>What do the documents say?</h1>'
        "<p>Ask a medical, legal or engineering question. Every sentence of the answer is tied to the page and the "
        "exact words it rests on; where the validated documents are silent, so is Plumbline.</p>"
        f"{first}{offers}</div>"
    )


def _offer(example: Example) -> str:
    words = escape(example.question)
    return f'<li><button type="button" data-question="{words}">{words}</button></li>'


def conversation(exchanges: Sequence[Exchange]) -> str:
    """All that was said."""
    return "".join(question(each.question) + answer(each.answer) for each in exchanges)


def question(text: str) -> str:
    """What the person asked."""
    return f'<section class="turn asked" aria-label="Your question"><p>{escape(text)}</p></section>'


def working(stage: str, sentences: Sequence[Mapping[str, Any]] = (), *, urgent: Sequence[str] = ()) -> str:
    """An answer that is being made: what to do now, the sentences that have passed so far, and what is being done."""
    passed = "".join(map(_urgent, urgent)) + "".join(f"<p>{escape(_unmarked(each['text']))}</p>" for each in sentences)
    return (
        f'<section class="turn answer" aria-label="Answer" aria-busy="true">{passed}'
        f'<p class="stage"><span aria-hidden="true"></span>{escape(_STAGES.get(stage, stage))}…</p></section>'
    )


def failed(text: object) -> str:
    """Something that went wrong, said in one line."""
    return f'<section class="turn answer refused" role="alert"><p>{escape(text)}</p></section>'


def answer(given: Mapping[str, Any]) -> str:
    """A finished answer: sentences with their citation chips, what a reader must know, the sources.

    `given` is what `serialise.answer_to_json` makes; empty while the answer is still being made.
    """
    if not given:
        return working("Still being answered")
    status = given["status"]
    urgent = given.get("urgent", ())
    first = "".join(map(_urgent, urgent))
    notices = "".join(
        f'<p class="notice" role="note">{escape(each)}</p>' for each in given.get("notices", ()) if each not in urgent
    )
    body = _sentences(given) + _sources(given) if status == "answered" else _unanswered(given)
    return (
        f'<section class="turn answer {escape(status)}" aria-label="Answer">{first}{notices}{body}{_set_aside(given)}'
        f"{_made(given)}</section>"
    )


def _urgent(text: str) -> str:
    """What to do now: before everything else, and said at once by a screen reader."""
    return f'<p class="notice urgent" role="alert"><strong>Do this now.</strong> {escape(text)}</p>'


def _set_aside(given: Mapping[str, Any]) -> str:
    """What the guards took out or kept back, and why; nothing where they let everything through."""
    found = [each for each in given.get("findings", ()) if each.get("action") != "hold"]
    if not found:
        return ""
    items = "".join(
        f"<li><b>{escape(_PARTS.get(each.get('stage', ''), 'The answer'))}:</b> {escape(each['reason'])}</li>"
        for each in found
    )
    return f'<details class="aside" open><summary>What was set aside and why</summary><ul>{items}</ul></details>'


def _sentences(given: Mapping[str, Any]) -> str:
    citations = {each["number"]: each for each in given["citations"]}
    return "".join(
        f'<p class="sentence">{escape(_unmarked(each["text"]))}'
        f'<span class="chips">{"".join(_chip(citations[number]) for number in each["citations"])}</span></p>'
        for each in given["sentences"]
    )


def _unmarked(text: str) -> str:
    """A list's item without its bullet: here every sentence is a line of its own."""
    return text.removeprefix("- ").removeprefix("• ").removeprefix("* ")


def _where(citation: Mapping[str, Any]) -> str:
    return f"{citation['title'] or citation['file']}, page {citation['page']}"


def _citation_url(citation: Mapping[str, Any]) -> str:
    return page_url(citation["document_id"], citation["page"], citation["start"], citation["end"])


def _chip(citation: Mapping[str, Any]) -> str:
    where, number = escape(_where(citation)), int(citation["number"])
    return (
        f'<a class="chip" href="{escape(_citation_url(citation))}" data-source title="{where}" '
        f'aria-label="Source {number}: {where}">{number}</a>'
    )


def _sources(given: Mapping[str, Any]) -> str:
    """Every citation with its document, status and exact words."""
    items = "".join(
        f'<li value="{each["number"]}"><a href="{escape(_citation_url(each))}" data-source>'
        f'<b aria-hidden="true">{each["number"]}</b> {escape(each["title"] or each["file"])}</a>'
        f'<span class="facts">{_facts(each)}</span><blockquote>{escape(each["quote"])}</blockquote></li>'
        for each in given.get("citations", ())
    )
    count = len(given.get("citations", ()))
    return (
        f'<details class="sources"><summary>{count} {"source" if count == 1 else "sources"}, word for word</summary>'
        f'<ol role="list">{items}</ol></details>'
    )


def _facts(citation: Mapping[str, Any]) -> str:
    known = [
        citation.get("publisher"),
        edition(citation.get("edition", "")),
        f"page {citation['page']}",
        citation["file"],
    ]
    mark = badge(citation.get("status", ""), citation.get("validated_by", ""), citation.get("validated_on", ""))
    return f"{mark}<br>{escape(' · '.join(each for each in known if each))}, page {citation['page']}"


def _unanswered(given: Mapping[str, Any]) -> str:
    if given["status"] == "held":
        return (
            '<p class="verdict">Held for a human.</p>'
            "<p>No answer is given here: this question needs a person who can judge it. "
            f"{escape(given['reason'] or '')}</p>"
        )
    if given["status"] != "abstained":
        return f"<p>{escape(given['text'])}</p>"
    near = "".join(
        f'<li><a href="{escape(page_url(each["id"], 1))}" data-source>{escape(each["title"] or each["file"])}</a>'
        f" {badge(each['status'])}</li>"
        for each in given.get("nearest", ())
    )
    nearest = f'<p class="muted">These came nearest:</p><ul class="nearest">{near}</ul>' if near else ""
    return (
        f'<p class="verdict">The documents don\'t say.</p><p>{escape(given["reason"] or "")}</p>{nearest}'
        '<p class="muted">Other words, or another domain, may find more; a document that is not validated is not '
        "searched.</p>"
    )


def _made(given: Mapping[str, Any]) -> str:
    """How the answer came about, for who wants to know."""
    times = given.get("timings_ms", {})
    rows = "".join(
        f"<tr><th scope=row>{escape(_STAGES.get(stage, stage))}</th><td>{float(value):,.0f} ms</td></tr>"
        for stage, value in times.items()
    )
    facts = [f"Domain: {given['domain']}" if given.get("domain") else ""]
    if given["status"] == "answered":
        facts += [f"Confidence: {float(given['confidence']):.0%}", f"Written by: {given['generator']}"]
    return (
        '<details class="made"><summary>How this was made</summary>'
        f"<p>{escape(' · '.join(each for each in facts if each))}</p>"
        + (f"<table><tbody>{rows}</tbody></table>" if rows else "")
        + "</details>"
    )


def edition(name: str) -> str:
    """An edition's name so that it can stand alone: "2" becomes "edition 2"."""
    return f"edition {name}" if name.isdigit() and len(name) < 4 else name


def badge(status: str, by: object = "", on: object = "") -> str:
    """A document's status as a small mark with words, and who validated it when."""
    if not status:
        return ""
    signed = f' <span class="by">by {escape(by)}{f", {escape(on)}" if on else ""}</span>' if by else ""
    return f'<span class="badge {escape(status)}">{escape(STATUS_WORDS.get(status, status))}</span>{signed}'


def conversation_list(conversations: Sequence[Conversation], current: str) -> str:
    """Earlier conversations, each with what can be done with it."""
    items = "".join(_conversation_item(each, each.id == current) for each in conversations)
    return (
        '<nav aria-label="Conversations"><a class="new" href="/" data-open="">New conversation</a>'
        f'<ul role="list">{items or "<li class=muted>Nothing asked yet.</li>"}</ul></nav>'
    )


def _conversation_item(each: Conversation, current: bool) -> str:
    ident, title = escape(each.id), escape(each.title)
    return (
        f'<li><a href="/?c={ident}" data-open="{ident}"{" aria-current=page" if current else ""}>{title}</a>'
        f'<details><summary aria-label="More for {title}">⋯</summary><div>'
        f'<button type="button" data-rename="{ident}">Rename</button>'
        f'<button type="button" data-remove="{ident}">Delete</button></div></details></li>'
    )


def said(text: str, role: str = "status") -> str:
    """A message on what has been done (`status`) or could not be (`alert`)."""
    return f'<p class="said" role="{role}">{escape(text)}</p>'
