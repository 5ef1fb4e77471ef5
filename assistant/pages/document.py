"""One page of a document on a page of its own: its picture or text with the quoted words marked, and its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.pages.assets import address
from assistant.pages.markup import badge, bar, edition, escape, page_url
from corpus.types import Document, Page

AROUND = 6000
"""Characters of text shown on both sides of a quote; a statute of one page is too long to show whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of a document is shown, and how."""

    document: Document
    page: Page
    start: int = 0
    """First character of the quote in the page's text; nothing is marked unless start < end."""
    end: int = 0
    drawn: tuple[int, int] | None = None
    """Width and height of the page's picture in pixels; None: there is none and its text is shown."""
    places: Sequence[tuple[float, float, float, float]] = ()
    """Where the quote stands on the picture: left, top, right, bottom, each as a share of its width or height."""
    superseded_by: Document | None = None
    panel: bool = False
    """Within the chat's source panel, and so without the bar."""

    @property
    def quote(self) -> str:
        """The quoted words."""
        return self.page.text[self.start : self.end] if 0 <= self.start < self.end <= len(self.page.text) else ""


def document_page(shown: Shown) -> str:
    """The whole HTML page."""
    document, number = shown.document, shown.page.number
    known, title = document.provenance, escape(document.provenance.title or document.file)
    mark = badge(document.status, known.validated_by, known.validated_on)
    facts = escape(" · ".join(filter(None, (known.publisher, edition(known.edition), document.file))))
    quote = f'<blockquote aria-label="Quoted words">{escape(shown.quote)}</blockquote>' if shown.quote else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}, page {number} · Plumbline</title>"
        f'<link rel="stylesheet" href="{address("style.css")}"></head>'
        f'<body class="document{" in-panel" if shown.panel else ""}">{"" if shown.panel else bar("")}'
        f'<main><h1>{title}</h1><p class="facts">{mark}<br>{facts}</p>{_warning(shown)}{quote}'
        f"{_navigation(shown)}{_body(shown)}{_provenance(document)}</main></body></html>"
    )


def _warning(shown: Shown) -> str:
    newer = shown.superseded_by
    if newer is None:
        return ""
    link = f'<a href="{escape(_url(shown, newer, 1))}">{escape(newer.provenance.title or newer.file)}</a>'
    return f'<p class="notice">A newer document replaces this one: {link}</p>'


def _url(shown: Shown, document: Document, number: int) -> str:
    return page_url(document.id, number) + ("?panel=1" if shown.panel else "")


def _navigation(shown: Shown) -> str:
    document, number = shown.document, shown.page.number
    before = f'<a rel="prev" href="{escape(_url(shown, document, number - 1))}">Previous</a>' if number > 1 else ""
    after = (
        f'<a rel="next" href="{escape(_url(shown, document, number + 1))}">Next</a>' if number < document.pages else ""
    )
    return (
        f'<nav aria-label="Pages of this document">{before}<span>Page {number} of {document.pages}</span>{after}</nav>'
    )


def _body(shown: Shown) -> str:
    if shown.drawn is not None:
        return _picture(shown, *shown.drawn)
    text = shown.page.text
    if not shown.quote:
        return f"<pre>{escape(text)}</pre>"
    first, last = max(0, shown.start - AROUND), min(len(text), shown.end + AROUND)
    whole = f'<p><a href="{escape(_url(shown, shown.document, shown.page.number))}">Show the whole text</a></p>'
    before, after = escape(text[first : shown.start]), escape(text[shown.end : last])
    return (
        f'<pre>{"… " if first else ""}{before}<mark id="quote">{escape(shown.quote)}</mark>{after}'
        f"{' …' if last < len(text) else ''}</pre>{whole if first or last < len(text) else ''}"
    )


def _picture(shown: Shown, width: int, height: int) -> str:
    """The page's picture, the marks laid over it: they can be scrolled to, and the picture is the same for all."""
    source = page_url(shown.document.id, shown.page.number) + ".png"
    span = f"?start={shown.start}&end={shown.end}" if shown.quote else ""
    marks = "".join(
        f'<mark{" id=quote" if index == 0 else ""} style="left:{left:.3%};top:{top:.3%};width:{right - left:.3%};'
        f'height:{bottom - top:.3%}"></mark>'
        for index, (left, top, right, bottom) in enumerate(shown.places)
    )
    words = f", the words “{shown.quote}” marked" if marks else ""
    missed = (
        '<p class="muted">The words were not found on the picture; above they are as the file gives them.</p>'
        if shown.quote and not marks
        else ""
    )
    return (
        f'{missed}<figure><a href="{escape(source + span)}" target="_blank" rel="noopener" title="The picture alone">'
        f'<img src="{escape(source)}" width="{width}" height="{height}" alt="Page {shown.page.number}{escape(words)}">'
        f"{marks}</a></figure>"
    )


def _provenance(document: Document) -> str:
    known = document.provenance
    facts = {
        "File": document.file,
        "Publisher": known.publisher,
        "Edition": known.edition,
        "Published": known.published or "",
        "Valid until": known.valid_until or "",
        "Scope": known.scope,
        "Licence": known.licence,
        "Rests on": "; ".join(known.sources),
        "Validated by": f"{known.validated_by}, {known.validated_on}" if known.validated_by else "nobody yet",
        "Withdrawn by": f"{known.withdrawn_by}, {known.withdrawn_on}" if known.withdrawn_by else "",
        "Superseded by": document.superseded_by,
        "SHA-256": document.sha256,
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in facts.items() if fact)
    return f"<h2>Provenance</h2><dl>{rows}{_address(known.url)}</dl>"


def _address(url: str) -> str:
    """A link where the manifest gives a web address, and only then: `javascript:` stays text."""
    if not url:
        return ""
    shown = escape(url)
    if url.lower().startswith(("https://", "http://")):
        shown = f'<a href="{shown}" target="_blank" rel="noopener noreferrer">{shown}</a>'
    return f"<dt>Address</dt><dd>{shown}</dd>"
