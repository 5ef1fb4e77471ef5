"""Homes that hold the real documents: made once, kept, and made anew when documents or readers change."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import corpus
from corpus.errors import UsageError
from corpus.types import DOMAINS, Document, Domain, IngestReport, Passage, Progress

if TYPE_CHECKING:
    from corpus.library import Library

DOCUMENTS = Path(__file__).parents[3] / "shared" / "data" / "documents"
"""Where the development data's documents lie: beside the checkout. They are not ours to ship."""

FOLDERS: Mapping[Domain, tuple[str, ...]] = {
    "medical": ("medical/fda_labels", "medical/medquad", "medical/openstax_anatomy/contents"),
    "legal": ("legal/contracts", "legal/GDPR_en.html", "legal/EU_AI_Act_2024.md"),
    "engineering": (
        "engineering/ocpp",
        "engineering/nist_sp800_63_3",
        "engineering/nasa_standards",
        "engineering/nasa_papers",
    ),
}
"""What is ingested for each domain, below the folder of documents."""

VALIDATED_BY = "the golden questions' run"

CODE = ("readers/*.py", "passages.py", "sentences.py", "embedding.py", "lexical.py", "database.py", "ingest/worker.py")
"""What decides how a document is stored, below `corpus/`."""

LENGTH = 12
"""Characters of a fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One of several editions of a work. Both stay current, so that each is cited when it is asked for."""

    file: str
    """Below the folder of documents."""
    series: str
    edition: str
    published: str
    """ISO 8601 date, as the document states it."""


EDITIONS: Mapping[Domain, tuple[Edition, ...]] = {
    "medical": (
        Edition(
            file="medical/fda_labels/fda_warfarin_highlights_2022.pdf",
            series="warfarin-label",
            edition="November 2022",
            published="2022-11-01",
        ),
        Edition(
            file="medical/fda_labels/fda_warfarin_label_2025.pdf",
            series="warfarin-label",
            edition="July 2025",
            published="2025-07-01",
        ),
    ),
    "legal": (),
    "engineering": (
        Edition(
            file="engineering/nasa_standards/nasa-std-5020.pdf",
            series="nasa-std-5020",
            edition="baseline",
            published="2012-03-12",
        ),
        Edition(
            file="engineering/nasa_standards/nasa-std-5020a_w-chg_1.pdf",
            series="nasa-std-5020",
            edition="A with change 1",
            published="2019-02-11",
        ),
    ),
}


def prepare(
    documents: Path, folder: Path, domains: Sequence[Domain], tell: Callable[[Progress], None] | None = None
) -> Path:
    """A home below `folder` with the documents of these domains and nothing else; a kept one if nothing has changed.

    Raises UsageError when the documents are missing or cannot be taken in, and what `Library.ingest` raises.
    """
    from assistant.build import open_library
    from assistant.settings import Settings

    paths = {domain: _paths(documents, domain) for domain in domains}
    name = "-".join(domains)
    home = folder.absolute() / f"{name}-{fingerprint(paths)}"
    for stale in folder.absolute().glob(f"{name}-{'?' * LENGTH}"):
        if stale != home:
            shutil.rmtree(stale, ignore_errors=True)
    with open_library(Settings(home=home)) as library:
        for domain in domains:
            _ingest(library, documents, domain, paths[domain], tell)
    return home


def passages(
    documents: Path, folder: Path, tell: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[Document, Passage]]:
    """Every passage of the documents of all domains, in the order of their documents, from the kept homes."""
    from assistant.build import open_library
    from assistant.settings import Settings

    for domain in DOMAINS:
        tell(f"passages: {domain}")
        with open_library(Settings(home=prepare(documents, folder, [domain]))) as library:
            for document in library.documents():
                yield from ((document, each) for each in library.passages(document.id))


def _ingest(
    library: Library, documents: Path, domain: Domain, paths: Sequence[Path], tell: Callable[[Progress], None] | None
) -> None:
    with TemporaryDirectory() as place:
        manifest = Path(place) / "manifest.toml"
        manifest.write_text(manifest_of(documents, EDITIONS[domain]), encoding="utf-8")
        report = library.ingest(paths, domain=domain, manifest=manifest, validated_by=VALIDATED_BY, progress=tell)
    _check(report)


def manifest_of(documents: Path, editions: Iterable[Edition]) -> str:
    """The manifest, TOML, that says which documents are editions of one work."""
    tables = []
    for each in editions:
        fields = {
            "file": str((documents / each.file).absolute()),
            "series": each.series,
            "edition": each.edition,
        }
        # A JSON string is a TOML string; a date stands bare.
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
        tables.append("\n".join(["[[document]]", *lines, f"published = {each.published}", ""]))
    return "\n".join(tables)


def fingerprint(paths: Mapping[Domain, Sequence[Path]]) -> str:
    """Changes with the documents' names, sizes and times, and with the code that reads, splits and indexes them."""
    digest = hashlib.sha256()
    for pattern in CODE:
        for file in sorted(Path(corpus.__file__).parent.glob(pattern)):
            digest.update(file.read_bytes())
    for domain, places in sorted(paths.items()):
        files = sorted(file for place in places for file in ([place] if place.is_file() else place.rglob("*")))
        for file in files:
            state = file.stat()
            digest.update(f"{domain} {file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:LENGTH]


def _paths(documents: Path, domain: Domain) -> list[Path]:
    paths = [documents / each for each in FOLDERS[domain]]
    for path in paths:
        if not path.exists():
            raise UsageError(f"the documents to ask about are not there: {path} (name their folder with --documents)")
    return paths


def _check(report: IngestReport) -> None:
    if lost := (*report.quarantined, *report.failed):
        raise UsageError(f"{len(lost)} of the documents could not be taken in, first {lost[0].path}: {lost[0].reason}")
