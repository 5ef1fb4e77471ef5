"""Documents for the first run: written for it from well-known facts, a demonstration and not advice.

Every domain has a folder with `documents/` (what is ingested), `manifest.toml` (provenance, with the primary sources
that each text rests on) and `src/` (the Markdown that the PDF and DOCX files are rendered from by `make_documents`;
never ingested). Among them are two editions of one work, products and laws that are easily mixed up, and documents
that are expired or that nobody has validated, so that every status can be seen at work.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.types import DOMAINS, Domain

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that the starter corpus answers, offered to people who see the chat page for the first time."""

    domain: Domain
    question: str
    kind: str
    """What makes it interesting, in a word or two: "table", "exception", "edition"."""
    document: str
    """Id of the document that answers it."""


def starter_paths() -> Mapping[Domain, tuple[Path, Path]]:
    """For each domain the folder to ingest and the manifest that goes with it."""
    return {domain: (_HERE / domain / "documents", _HERE / domain / "manifest.toml") for domain in DOMAINS}


def examples() -> tuple[Example, ...]:
    """The example questions, three a domain, in the order in which they are shown."""
    tables = tomllib.loads((_HERE / "examples.toml").read_text("utf-8"))["example"]
    return tuple(Example(**table) for table in tables)
