"""What a reader must know beside an answer: which edition it rests on, where that applies, whether it is current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.types import Document
from guards.policies import load


def notices(cited: Iterable[Document], found: Iterable[Document]) -> Iterator[str]:
    """A line or two for each document that is cited; `found` are all that were retrieved, newer editions included."""
    current = list(found)
    for document in {each.id: each for each in cited}.values():
        name = document.provenance.title
        if document.status == "superseded":
            yield f"“{name}” is an older edition; it has been superseded by {document.superseded_by}."
        elif document.status == "expired":
            yield f"“{name}” was valid until {document.provenance.valid_until} and has expired."
        elif document.status != "validated":
            yield f"“{name}” is {document.status}: nobody stands behind it."
        elif newer := _newer_edition(document, current):
            yield f"This rests on {_edition(document)}; there is a later one, {_edition(newer)}."
        if load()[document.domain].name_scope:
            yield _applies(document)


def _applies(document: Document) -> str:
    """Scope and edition, or that they are not known."""
    known = document.provenance
    edition = known.edition or (f"published {known.published}" if known.published else "")
    scope, name = known.scope.rstrip("."), known.title
    if scope and edition:
        return f"“{name}”, edition {edition}, applies to: {scope}."
    if scope:
        return f"“{name}”, edition not stated, applies to: {scope}."
    if edition:
        return f"“{name}”, edition {edition}, does not state where it applies: check that it covers your case."
    return f"“{name}” states neither edition nor where it applies: check that it covers your case."


def _newer_edition(document: Document, others: Iterable[Document]) -> Document | None:
    own = document.provenance
    if not own.series or own.published is None:
        return None
    later = [
        other
        for other in others
        if other.provenance.series == own.series
        and other.provenance.published is not None
        and other.provenance.published > own.published
    ]
    return max(later, key=lambda other: str(other.provenance.published), default=None)


def _edition(document: Document) -> str:
    provenance = document.provenance
    return f"“{provenance.title}”" + (f" ({provenance.edition})" if provenance.edition else "")
