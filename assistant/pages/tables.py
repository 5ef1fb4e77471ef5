"""The corpus as tables: documents that may be cited or not, and files that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.pages.markup import badge, edition, escape, page_url
from corpus.types import Document, Quarantined, Statistics

LONGEST = 200
"""Rows of a table; who looks for more filters."""


def overview(statistics: Statistics) -> str:
    """How much there is, in one line a domain."""
    domains = dict.fromkeys(each.domain for each in statistics.tallies)
    items = []
    for domain in domains:
        mine = [each for each in statistics.tallies if each.domain == domain]
        citable = sum(each.documents for each in mine if each.status == "validated")
        items.append(
            f"<li><b>{escape(domain).capitalize()}</b> {citable} of {sum(each.documents for each in mine)} documents "
            f"may be cited, {sum(each.passages for each in mine):,} passages</li>"
        )
    if not items:
        return '<p class="muted">There is no document yet.</p>'
    return f'<ul class="overview" role="list">{"".join(items)}</ul>'


def document_table(documents: Sequence[Document], chosen: str = "") -> str:
    """The corpus, or the part of it that a filter left."""
    if not documents:
        return '<p class="muted">No document fits these filters.</p>'
    more = len(documents) - LONGEST
    note = f'<p class="muted">{more:,} more; filter to see them.</p>' if more > 0 else ""
    columns = ("Document", "Domain", "Edition", "Status", "Pages", "Passages", "Review")
    return _table("Documents", columns, (_row(each, chosen) for each in documents[:LONGEST])) + note


def _row(each: Document, chosen: str) -> tuple[str, ...]:
    known, title = each.provenance, escape(each.provenance.title or each.file)
    return (
        f'<a href="{escape(page_url(each.id, 1))}" target="_blank" rel="noopener">{title}</a>'
        f'<span class="muted">{escape(" · ".join(filter(None, (known.publisher, each.file))))}</span>',
        escape(each.domain),
        escape(known.edition),
        badge(each.status, known.validated_by, known.validated_on),
        f"{each.pages:,}",
        f"{each.passages:,}",
        f'<button type="button" data-choose="{escape(each.id)}" aria-pressed="{str(each.id == chosen).lower()}" '
        f'aria-label="Review {title}">Review</button>',
    )


def chosen_document(document: Document | None) -> str:
    """The document that is being reviewed."""
    if document is None:
        return '<p class="muted">Press “Review” beside a document to validate it or to take it out of use.</p>'
    known = document.provenance
    facts = " · ".join(filter(None, (known.publisher, edition(known.edition), document.file)))
    return (
        f'<p class="chosen"><a href="{escape(page_url(document.id, 1))}" target="_blank" rel="noopener">'
        f"{escape(known.title or document.file)}</a> {badge(document.status, known.validated_by, known.validated_on)}"
        f'<span class="muted">{escape(facts)}</span></p>'
    )


def quarantine_table(items: Sequence[Quarantined]) -> str:
    """What could not be read, and why."""
    if not items:
        return '<p class="muted">Nothing is in quarantine.</p>'
    rows = (
        (f"<span title='{escape(each.path)}'>{escape(Path(each.path).name)}</span>", escape(each.reason))
        for each in items[:LONGEST]
    )
    return _table("Quarantine", ("File", "Why it could not be read"), rows)


def _table(label: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already. The table scrolls within its own box, by keyboard too."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in zip(columns, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
