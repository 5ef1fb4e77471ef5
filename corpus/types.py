"""The nouns of the corpus. All frozen; `dataclasses.replace` makes a changed copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float32]
    """One embedding, L2-normalised, shape (dimension,)."""

    Matrix = npt.NDArray[np.float32]
    """Embeddings as rows, each L2-normalised, shape (rows, dimension)."""

Domain = Literal["medical", "legal", "engineering"]
DOMAINS: tuple[Domain, ...] = ("medical", "legal", "engineering")

Status = Literal["unvalidated", "validated", "superseded", "withdrawn", "expired"]
"""`validated` alone is citable by default. `superseded` and `expired` follow from provenance and today's date."""

Span = tuple[int, int]
"""Half-open character range; what it counts from is said where it is used."""

BlockKind = Literal["paragraph", "list_item", "table_row", "code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as text. Formats without pages have a single page, number 1."""

    number: int
    """Counts from 1, as a PDF viewer counts."""
    text: str
    """The page's canonical text. For PDF: what pypdf extracts, to the byte (re-ordered only where the file's own
    order is not the reading order). For Markdown and plain text: the decoded file itself. Every span refers to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One structural unit of a page, in reading order: what the splitter works with."""

    page: int
    """Number of the page it stands on."""
    start: int
    """First character in the page's text."""
    end: int
    """One past the last character in the page's text."""
    kind: BlockKind = "paragraph"
    headings: tuple[str, ...] = ()
    """Titles of the sections it stands in, outermost first, cleaned: ("7 DRUG INTERACTIONS", "7.1 …")."""
    table_header: str = ""
    """For a table row: the table's caption and header row as clean text; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Text that a file holds and a person does not see where it is shown."""

    text: str
    page: int
    how: str
    """In words for a person: "in the colour of its background", "too small to read"…"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file as read: pages, and the blocks worth citing. Running headers, footers and page numbers are in no block."""

    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    title: str = ""
    """The document's own title where it states one, else empty."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the file says of itself (author, url, published…); never trusted as provenance."""
    hidden: tuple[HiddenText, ...] = ()
    """What of its text cannot be seen, as far as the format tells; the same text may stand in `pages` too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A citable stretch of one page: contiguous, within one section, short enough for the embedder's window."""

    id: str
    """Stable while the document's bytes are: `<document id>#<ordinal>@<first 8 of sha256>`."""
    document_id: str
    ordinal: int
    """Position in the document, from 0."""
    page: int
    start: int
    """First character in the page's text."""
    end: int
    """One past the last character in the page's text."""
    text: str
    """Exactly `page.text[start:end]`."""
    sentences: tuple[Span, ...]
    """Where its sentences (or rows, or list items) stand within `text`; sorted, not overlapping."""
    headings: tuple[str, ...] = ()
    table_header: str = ""


class Screen(Protocol):
    """Says of a document that has just been read whether it may be taken in.

    It is called in the processes that read files, so it must be a function of a module. It must not raise: what it
    raises quarantines the file as unreadable.
    """

    def __call__(self, parsed: Parsed, passages: Sequence[Passage]) -> str:
        """Why the document is quarantined, in words for a person; empty when it may be taken in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a document comes from and who stands behind it. Everything optional is empty or None when unknown."""

    title: str
    publisher: str = ""
    edition: str = ""
    series: str = ""
    """Documents that are editions of one work share this; the newest current one is preferred."""
    published: date | None = None
    valid_until: date | None = None
    scope: str = ""
    """Jurisdiction or scope of application, in words: "European Union", "adults in the US"."""
    licence: str = ""
    url: str = ""
    sources: tuple[str, ...] = ()
    """Primary sources that the document itself rests on."""
    supersedes: tuple[str, ...] = ()
    """Ids of the documents that this one replaces."""
    validated_by: str = ""
    validated_on: date | None = None
    withdrawn_by: str = ""
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document in the corpus, as listed and cited."""

    id: str
    domain: Domain
    file: str
    """File name without folders, as citations show it."""
    source: str
    """Where it was read from: absolute path, with `#<id>` for one line of a JSON Lines file."""
    sha256: str
    """Of the file's bytes (of the line's, for JSON Lines)."""
    media_type: str
    """application/pdf, text/markdown, …"""
    pages: int
    passages: int
    provenance: Provenance
    status: Status
    """As of the day it was looked up."""
    superseded_by: str = ""
    """Id of the document that replaces it, if one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A file that could not be read, or may not be taken in, and why, in words for a person."""

    path: str
    reason: str
    sha256: str = ""
    since: str = ""
    """ISO 8601 time of the latest attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage found for a query, with its scores and the document that it stands in."""

    passage: Passage
    document: Document
    score: float
    """Fused score; higher is better; comparable only within one search."""
    dense: float
    """Cosine of query and passage, -1 to 1; 0 when only the words found it."""
    lexical: float
    """BM25 of the passage, 0 and up; 0 when only the vectors found it."""
    sentence_scores: tuple[float, ...] = ()
    """Cosine of the query and each of the passage's sentences, from vectors stored at ingestion."""
    met: float = 0.0
    """How well the passage's words meet the query's, -1 to 1 (see `reading`); 0 where it was not read."""
    sentences_met: tuple[float, ...] = ()
    """The same for each of its sentences; empty where it was not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What one query found."""

    query: str
    hits: tuple[Hit, ...]
    """Best first."""
    domain: Domain | None
    """The domain asked for, or the one that the hits point to; None when nothing was found."""
    query_vector: Vector | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One path that was not taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What one ingestion did. Counts are documents except where said."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    quarantined: tuple[Failure, ...] = ()
    """Files that cannot be read or that the screen refuses; kept in the quarantine list."""
    failed: tuple[Failure, ...] = ()
    """Files that could be tried again: gone while reading, not permitted, clashing ids."""
    passages: int = 0
    """Passages written in this run."""
    seconds: float = 0.0


Stage = Literal["waiting", "checking", "reading", "indexing", "finishing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an ingestion has come; handed to the caller after every file, and while waiting."""

    stage: Stage
    """`waiting`: another ingestion holds this home. `reading`: `file` has been read.
    `indexing`: vectors are being made."""
    done: int = 0
    """Files dealt with so far."""
    total: int = 0
    """Files in all."""
    file: str = ""
    """Name of the file just dealt with, without folders."""
    passages: int = 0
    """Passages indexed so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much of one domain has one status."""

    domain: Domain
    status: Status
    documents: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How much is in the corpus."""

    tallies: tuple[Tally, ...]
    """One for each domain and status that occurs."""
    quarantined: int
    """Files that could not be read."""
