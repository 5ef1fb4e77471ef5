"""A passage as evidence: what it stands under, then its exact text."""

from __future__ import annotations

from corpus.types import Hit


def context(hit: Hit) -> str:
    """The passage's place in its document on one line; below it, for a table's row, the table's header."""
    place = " > ".join((hit.document.provenance.title, *hit.passage.headings))
    header = f"\n{hit.passage.table_header}" if hit.passage.table_header else ""
    return f"{place}{header}"


def evidence_text(hit: Hit) -> str:
    """Context and text, as a verifier reads them."""
    return f"{context(hit)}\n{hit.passage.text}"
