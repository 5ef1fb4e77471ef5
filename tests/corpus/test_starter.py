"""The starter corpus: complete, honest about itself, and rendered from its sources."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from corpus import provenance, starter
from corpus.embedding import Hashing
from corpus.library import Library
from corpus.starter import make_documents
from corpus.types import DOMAINS, Domain
from corpus.vectors import InMemory

PATHS = starter.starter_paths()
SOURCES = tuple(make_documents.sources())


def entries(domain: Domain) -> list[provenance.Entry]:
    return list(provenance.load(PATHS[domain][1]).values())


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def ids(domain: Domain) -> list[str]:
    return [
        identity
        for entry in entries(domain)
        for identity in ([row["id"] for row in rows(entry.file)] if entry.file.suffix == ".jsonl" else [entry.id])
    ]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_file_has_its_provenance(domain: Domain) -> None:
    folder, _ = PATHS[domain]
    listed = entries(domain)
    assert {entry.file for entry in listed} == set(folder.iterdir())
    assert len(listed) >= 10
    for entry in listed:
        known = entry.provenance
        assert known.sources, entry.file
        assert known.licence == "CC0-1.0"
        assert known.publisher == "Plumbline demonstration corpus"
        assert known.edition
        assert known.scope
        assert known.published is not None
        assert known.title or entry.file.suffix == ".jsonl"


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_status_can_be_seen(domain: Domain) -> None:
    listed = {entry.id: entry.provenance for entry in entries(domain)}
    day = date(2026, 11, 1)
    assert sum(bool(known.supersedes) for known in listed.values()) == 1
    for known in listed.values():
        for older in known.supersedes:
            assert listed[older].series == known.series != ""
            assert listed[older].published < known.published  # type: ignore[operator]
    assert any(known.valid_until and known.valid_until < day for known in listed.values())
    assert any(known.valid_until and known.valid_until > day for known in listed.values())
    assert sum(not known.validated_by for known in listed.values()) == 1


def test_ids_are_unique() -> None:
    assert [identity for identity, n in Counter(i for d in DOMAINS for i in ids(d)).items() if n > 1] == []


def test_formats() -> None:
    files = [path for folder, _ in PATHS.values() for path in folder.iterdir()]
    assert {path.suffix for path in files} == {".pdf", ".docx", ".md", ".html", ".txt", ".xml", ".jsonl"}
    for folder, _ in PATHS.values():
        assert sum(path.suffix == ".pdf" for path in folder.iterdir()) >= 3
    assert sum(path.stat().st_size for path in files) < 3_000_000


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_committed_rendering_is_that_of_its_source(source: Path) -> None:
    made, kept = make_documents.render(source), make_documents.target(source).read_bytes()
    if make_documents.target(source).suffix == ".docx":  # compression differs between builds of zlib, content does not
        assert contents(made) == contents(kept)
    else:
        assert made == kept, "run python -m corpus.starter.make_documents"


def contents(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {info.date_time for info in opened.infolist()} == {(2026, 1, 1, 0, 0, 0)}
        return {name: opened.read(name) for name in opened.namelist()}


def test_every_rendered_file_has_a_source() -> None:
    rendered = {p for folder, _ in PATHS.values() for p in folder.iterdir() if p.suffix in (".pdf", ".docx")}
    assert rendered == {make_documents.target(source) for source in SOURCES}


def test_pdfs_have_tables_running_lines_and_page_numbers() -> None:
    from pypdf import PdfReader

    columns = Counter(make_documents.parse(source.read_text("utf-8")).columns for source in SOURCES)
    assert columns[2] >= 3
    for source in SOURCES:
        target = make_documents.target(source)
        if target.suffix != ".pdf":
            continue
        parsed = make_documents.parse(source.read_text("utf-8"))
        pages = [page.extract_text() for page in PdfReader(target).pages]
        assert len(pages) >= 2
        for number, text in enumerate(pages, start=1):
            assert f"Page {number} of {len(pages)}" in text
            assert "A demonstration, not advice." in text
        words = re.sub(r"\s+", "", "".join(pages))
        for element in parsed.elements:
            for cell in (element.text, *(c for row in element.rows for c in row)):
                last = re.sub(r"\s+", "", cell)[-12:]
                assert last in words, f"{target.name} lost {cell!r}"


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_document_says_what_it_is(domain: Domain) -> None:
    texts = [p.read_text("utf-8") for p in PATHS[domain][0].iterdir() if p.suffix in (".md", ".html", ".txt", ".xml")]
    texts += [source.read_text("utf-8") for source in SOURCES if source.parent.parent.name == domain]
    texts += [row["text"] for p in PATHS[domain][0].glob("*.jsonl") for row in rows(p)]
    for text in texts:
        plain = " ".join(text.replace("*", "").split())
        assert re.search(
            r"demonstration text written for the Plumbline starter corpus[.;] [iI]t is not (medical|legal|engineering)",
            plain,
        ), plain[:80]


def test_examples_point_at_validated_current_documents() -> None:
    shown = starter.examples()
    assert Counter(example.domain for example in shown) == dict.fromkeys(DOMAINS, 3)
    for domain in DOMAINS:
        known = {entry.id: entry.provenance for entry in entries(domain)}
        replaced = {older for p in known.values() for older in p.supersedes}
        kinds = [example.kind for example in shown if example.domain == domain]
        assert {"table", "exception"} <= set(kinds)
        for example in shown:
            if example.domain == domain:
                found = known[example.document]
                assert found.validated_by
                assert found.valid_until is None or found.valid_until > date(2026, 11, 1)
                assert example.document not in replaced


def test_all_of_it_is_read_and_shows_every_status_that_documents_come_with(tmp_path: Path) -> None:
    library = Library.open(tmp_path, embedder=Hashing(), vectors=InMemory())
    try:
        for domain, (folder, manifest) in PATHS.items():
            report = library.ingest([folder], domain=domain, manifest=manifest)
            assert (report.quarantined, report.failed) == ((), ())
            assert report.added == len(ids(domain))
            statuses = Counter(document.status for document in library.documents(domain=domain))
            assert set(statuses) == {"validated", "superseded", "expired", "unvalidated"}
            assert statuses["validated"] >= 7
        for document in library.documents():
            assert document.passages
            assert (document.file.endswith(".pdf")) == (document.pages > 1)
    finally:
        library.close()


def test_a_source_without_a_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        make_documents.parse("# Title\n\nText.")


def test_long_tables_repeat_their_header_on_the_next_page() -> None:
    from pypdf import PdfReader

    body = "\n".join(f"| row {n} | {n} mg |" for n in range(90))
    source = make_documents.parse(f"<!-- format: pdf, columns: 1 -->\n\n# T\n\n| Name | Dose |\n|---|---|\n{body}")
    pages = PdfReader(io.BytesIO(make_documents._pdf(source))).pages
    assert len(pages) > 1
    assert all("Dose" in page.extract_text() for page in pages)


def test_main_writes_what_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in SOURCES[:2]:
        copy = tmp_path / source.relative_to(make_documents.HERE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
        (copy.parent.parent / "documents").mkdir(exist_ok=True)
    monkeypatch.setattr(make_documents, "HERE", tmp_path)
    make_documents.main()
    for source in SOURCES[:2]:
        made = make_documents.target(source)
        assert (tmp_path / made.relative_to(Path(starter.__file__).parent)).read_bytes()


def test_reading_the_examples_needs_no_development_tools() -> None:
    code = "import sys; from corpus import starter; starter.examples(); assert not {'fpdf', 'docx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_manifests_are_plain_toml() -> None:
    for _, manifest in PATHS.values():
        assert set(tomllib.loads(manifest.read_text("utf-8"))) == {"document"}
