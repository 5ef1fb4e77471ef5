"""The library: documents in, changed, found and out again."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF
from homes import contents, library

from corpus import provenance
from corpus.embedding import Hashing
from corpus.errors import HomeNotWritable, ManifestError, ModelMismatch, UnknownDocument, UsageError
from corpus.library import Library
from corpus.types import IngestReport, Progress
from corpus.vectors import InMemory

WARFARIN = (
    "# Warfarin\n\nThe starting value of warfarin is 5 mg daily.\n\n## Bleeding\n\nThe value to watch is the INR.\n"
)
BOLTS = "# Bolts\n\nThe value of the torque is 40 Nm for an M10 bolt.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents on disk."""
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "warfarin.md").write_text(WARFARIN)
    (tmp_path / "docs" / "deep" / "bolts.md").write_text(BOLTS)
    return tmp_path / "docs"


@pytest.fixture
def vectors() -> InMemory:
    return InMemory()


@pytest.fixture
def shelf(tmp_path: Path, vectors: InMemory) -> Iterator[Library]:
    with library(tmp_path / "home", vectors) as shelf:
        yield shelf


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def found(shelf: Library, query: str, **options: object) -> list[str]:
    result = shelf.search(query, include_unvalidated=True, **options)  # type: ignore[arg-type]
    return list(dict.fromkeys(hit.document.id for hit in result.hits))


def make_pdf(path: Path, *pages: str) -> None:
    pdf = FPDF()
    for text in pages:
        pdf.add_page()
        pdf.set_font("helvetica", size=12)
        pdf.multi_cell(0, 8, text)
    pdf.output(str(path))


def test_documents_come_in_and_only_changes_are_done_again(shelf: Library, folder: Path) -> None:
    report = shelf.ingest([folder], domain="medical")
    assert counts(report) == (2, 0, 0, 0)
    assert report.passages == sum(document.passages for document in shelf.documents()) > 2
    assert counts(shelf.ingest([folder], domain="medical")) == (0, 0, 2, 0)
    (folder / "warfarin.md").write_text(WARFARIN.replace("5 mg", "6 mg"))
    assert counts(shelf.ingest([folder], domain="medical")) == (0, 1, 1, 0)
    assert "6 mg" in shelf.page("warfarin", 1).text
    assert any("6 mg" in passage.text for passage in shelf.passages("warfarin"))
    (folder / "deep" / "bolts.md").unlink()
    assert counts(shelf.ingest([folder], domain="medical")) == (0, 0, 1, 1)
    assert [document.id for document in shelf.documents()] == ["warfarin"]


def test_a_document_says_what_it_is(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical")
    document = shelf.document("warfarin")
    assert (document.file, document.source) == ("warfarin.md", str(folder / "warfarin.md"))
    assert (document.domain, document.status, document.media_type) == ("medical", "unvalidated", "text/markdown")
    assert (document.pages, document.provenance.title) == (1, "Warfarin")
    for passage in shelf.passages("warfarin"):
        page = shelf.page("warfarin", passage.page)
        assert page.text[passage.start : passage.end] == passage.text


def test_everything_is_in_step(shelf: Library, folder: Path, vectors: InMemory) -> None:
    shelf.ingest([folder], domain="medical")
    (folder / "warfarin.md").write_text(BOLTS.replace("40", "50"))
    shelf.ingest([folder / "warfarin.md"], domain="legal")
    held = contents(shelf.home, vectors)
    pieces = [passage.id for document in shelf.documents() for passage in shelf.passages(document.id)]
    assert sorted(held["vectors"]["medical"] + held["vectors"]["legal"]) == sorted(pieces)  # type: ignore[index]
    assert held["words"] == held["vectors"]
    assert held["sentences"] == len(pieces)
    assert held["loose"] == []
    assert shelf.document("warfarin").domain == "legal"


def test_an_update_is_found_and_the_old_text_is_not(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical")
    assert found(shelf, "starting value of warfarin", k=1) == ["warfarin"]
    (folder / "warfarin.md").write_text("# Zebras\n\nThe value of stripes is camouflage.\n")
    shelf.ingest([folder], domain="medical")
    assert found(shelf, "stripes camouflage", k=1) == ["warfarin"]
    assert not any("5 mg" in hit.passage.text for hit in shelf.search("5 mg warfarin", include_unvalidated=True).hits)


def test_only_validated_documents_are_found_unless_asked(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical")
    assert shelf.search("value").hits == ()
    document = shelf.validate("bolts", by=" Ann ")
    assert (document.status, document.provenance.validated_by) == ("validated", "Ann")
    assert document.provenance.validated_on == provenance.today()
    assert [hit.document.id for hit in shelf.search("value").hits] == ["bolts"]
    assert shelf.withdraw("bolts", by="Bob").status == "withdrawn"
    assert shelf.search("value").hits == ()
    with pytest.raises(UsageError, match="withdrawn by Bob"):
        shelf.validate("bolts", by="Ann")
    shelf.ingest([folder], domain="medical", validated_by="Ann")
    (folder / "deep" / "bolts.md").write_text(BOLTS + "\nA value more.\n")
    shelf.ingest([folder], domain="medical", validated_by="Ann")
    assert shelf.document("bolts").status == "withdrawn"
    assert [document.id for document in shelf.documents(status="validated")] == ["warfarin"]
    shelf.remove("bolts")
    shelf.ingest([folder], domain="medical", validated_by="Ann")
    assert shelf.document("bolts").status == "validated"


def test_new_bytes_need_a_new_validation(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical", validated_by="Ann")
    (folder / "warfarin.md").write_text(WARFARIN.replace("5", "50"))
    shelf.ingest([folder], domain="medical")
    assert {item.id: item.status for item in shelf.documents()} == {"bolts": "validated", "warfarin": "unvalidated"}


def test_removing_takes_everything_out(shelf: Library, folder: Path, vectors: InMemory) -> None:
    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams, once a day, with water.")
    empty = contents(shelf.home, vectors)
    shelf.ingest([folder], domain="medical")
    for document in shelf.documents():
        shelf.remove(document.id)
    assert contents(shelf.home, vectors) == empty
    with pytest.raises(UnknownDocument, match="'label'"):
        shelf.remove("label")


def test_a_removal_does_not_wait_for_an_ingestion(shelf: Library, folder: Path, vectors: InMemory) -> None:
    shelf.ingest([folder], domain="medical")
    removed: list[str] = []

    def remove_meanwhile(progress: Progress) -> None:
        if not removed:
            removed.append("bolts")
            shelf.remove("bolts")

    shelf.ingest([folder / "warfarin.md"], domain="medical", progress=remove_meanwhile)
    assert [document.id for document in shelf.documents()] == ["warfarin"]
    assert vectors.count("medical") == len(shelf.passages("warfarin"))


def test_an_original_opens_after_the_source_has_gone(shelf: Library, folder: Path) -> None:
    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams.", "The second page has a value too.")
    data = (folder / "label.pdf").read_bytes()
    shelf.ingest([folder], domain="medical")
    (folder / "label.pdf").unlink()
    kept = shelf.original("label")
    assert kept
    assert kept.read_bytes() == data
    assert shelf.document("label").pages == 2
    assert "second page" in shelf.page("label", 2).text
    assert shelf.original("bolts") is None
    shelf.ingest([folder], domain="medical")
    assert not kept.exists()


def test_a_moved_file_stays_the_document_it_was(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical", validated_by="Ann")
    (folder / "warfarin.md").rename(folder / "deep" / "coumadin.md")
    assert counts(shelf.ingest([folder], domain="medical")) == (0, 1, 1, 0)
    document = shelf.document("warfarin")
    assert (document.file, document.status) == ("coumadin.md", "validated")
    assert counts(shelf.ingest([folder], domain="medical")) == (0, 0, 2, 0)


def test_files_of_the_same_name_and_of_the_same_bytes_are_apart(shelf: Library, tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "read me.md").write_text(BOLTS)
        assert counts(shelf.ingest([tmp_path / name], domain="legal")) == (1, 0, 0, 0)
    ids = [document.id for document in shelf.documents()]
    assert len(ids) == 2
    assert ids[0] == "read-me"
    assert ids[1].startswith("read-me-")
    assert counts(shelf.ingest([tmp_path / "x", tmp_path / "y"], domain="legal")) == (0, 0, 2, 0)


def test_unreadable_files_are_listed_until_they_can_be_read(shelf: Library, folder: Path) -> None:
    bad = folder / "broken.pdf"
    bad.write_bytes(b"%PDF-1.4 and then nothing of use")
    (folder / "empty.txt").write_bytes(b"")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "program.exe").write_bytes(b"MZ\x90\0\3\0\0\0\xff\xff" + bytes(range(256)) * 20)
    report = shelf.ingest([folder], domain="medical")
    assert counts(report) == (2, 0, 0, 0)
    listed = {Path(item.path).name: item.reason for item in shelf.quarantined()}
    assert set(listed) == {"broken.pdf", "empty.txt", "program.exe"}
    assert all(listed.values())
    assert {Path(item.path).name for item in report.quarantined} == set(listed)
    assert shelf.statistics().quarantined == 3
    make_pdf(bad, "Now it has a value that can be read.")
    (folder / "empty.txt").unlink()
    report = shelf.ingest([folder], domain="medical")
    assert counts(report) == (1, 0, 2, 0)
    assert [Path(item.path).name for item in shelf.quarantined()] == ["program.exe"]


def test_a_document_whose_new_version_is_broken_stays(shelf: Library, folder: Path) -> None:
    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams.")
    shelf.ingest([folder], domain="medical")
    (folder / "label.pdf").write_bytes(b"%PDF-1.4 truncat")
    (report,) = shelf.ingest([folder], domain="medical").quarantined
    assert report.reason.endswith("the version that was read before stays in use")
    assert "five milligrams" in shelf.page("label", 1).text
    assert shelf.original("label") is not None


def test_a_file_that_vanishes_or_may_not_be_read_is_reported(
    shelf: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.ingest import originals, sources

    real = sources.sha256

    def sha256(path: Path) -> str:
        if path.name == "bolts.md":
            raise PermissionError(13, "Permission denied", str(path))
        digest = real(path)
        if path.name == "warfarin.md":
            path.unlink()
        return digest

    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams.")
    monkeypatch.setattr(sources, "sha256", sha256)

    def keep(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(originals, "keep", keep)
    report = shelf.ingest([folder], domain="medical")
    assert {Path(item.path).name: item.reason for item in report.failed} == {
        "bolts.md": "Permission denied",
        "warfarin.md": "No such file or directory",
        "label.pdf": "it vanished while it was being read",
    }
    assert shelf.documents() == ()


def test_a_file_that_changes_while_it_is_read_is_reported(
    shelf: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.ingest import sources

    monkeypatch.setattr(sources, "sha256", lambda _: "0" * 64)
    report = shelf.ingest([folder / "warfarin.md"], domain="medical")
    assert [item.reason for item in report.failed] == ["it changed while it was being read; run again"]
    assert shelf.documents() == ()


def test_a_file_that_is_far_too_large_is_not_read(
    shelf: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus import readers

    monkeypatch.setattr(readers, "LARGEST_FILE", 10)
    report = shelf.ingest([folder], domain="medical")
    assert len(report.quarantined) == 2
    assert "larger than" in report.quarantined[0].reason


# -- manifests


def write_manifest(folder: Path, **fields: str) -> Path:
    lines = "".join(f"{key} = {value}\n" for key, value in fields.items())
    path = folder / "manifest.toml"
    path.write_text(f'[[document]]\nfile = "warfarin.md"\n{lines}')
    return path


def test_a_manifest_gives_provenance_and_later_changes_it(shelf: Library, folder: Path) -> None:
    manifest = write_manifest(
        folder, id='"label"', publisher='"Agency"', validated_by='"Ann"', validated_on="2026-01-02"
    )
    assert counts(shelf.ingest([folder], domain="medical", manifest=manifest)) == (2, 0, 0, 0)
    document = shelf.document("label")
    assert (document.provenance.publisher, document.provenance.title) == ("Agency", "Warfarin")
    assert document.status == "validated"
    assert counts(shelf.ingest([folder], domain="medical", manifest=manifest)) == (0, 0, 2, 0)
    write_manifest(folder, id='"label"', publisher='"Ministry"')
    assert counts(shelf.ingest([folder], domain="medical", manifest=manifest)) == (0, 1, 1, 0)
    assert shelf.document("label").provenance.publisher == "Ministry"
    assert shelf.document("label").provenance.validated_on == date(2026, 1, 2)
    write_manifest(folder, id='"renamed"', title='"A new title"')
    assert counts(shelf.ingest([folder], domain="medical", manifest=manifest)) == (0, 1, 1, 0)
    assert [item.id for item in shelf.documents()] == ["bolts", "renamed"]
    assert shelf.document("renamed").provenance.title == "A new title"
    assert found(shelf, "new title", k=1) == ["renamed"], "the title is indexed with the text"


def test_a_title_that_a_person_gave_outlives_new_bytes(shelf: Library, folder: Path) -> None:
    manifest = write_manifest(folder, title='"Given"')
    shelf.ingest([folder], domain="medical", manifest=manifest)
    for name, text in (("warfarin.md", WARFARIN), ("deep/bolts.md", BOLTS)):
        (folder / name).write_text(text.replace("# ", "# About "))
    shelf.ingest([folder], domain="medical")
    assert {item.id: item.provenance.title for item in shelf.documents() if item.id != "manifest"} == {
        "warfarin": "Given",
        "bolts": "About Bolts",
    }


def test_a_checksum_that_differs_fails_the_file(shelf: Library, folder: Path) -> None:
    manifest = write_manifest(folder, sha256=f'"{"0" * 64}"')
    report = shelf.ingest([folder], domain="medical", manifest=manifest)
    (failure,) = report.failed
    assert "the manifest says 000" in failure.reason
    assert [item.id for item in shelf.documents()] == ["bolts"]


def test_an_id_that_another_file_has_is_refused(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder / "deep"], domain="medical")
    report = shelf.ingest([folder], domain="medical", manifest=write_manifest(folder, id='"bolts"'))
    (failure,) = report.failed
    assert failure.reason == f"the id 'bolts' already belongs to {folder / 'deep' / 'bolts.md'}"


def test_supersession_follows_the_newer_document(shelf: Library, folder: Path) -> None:
    (folder / "old.md").write_text("# Old label\n\nThe value was 4 mg.\n")
    manifest = write_manifest(folder, supersedes='["old"]')
    shelf.ingest([folder], domain="medical", manifest=manifest, validated_by="Ann")
    assert (shelf.document("old").status, shelf.document("old").superseded_by) == ("superseded", "warfarin")
    assert shelf.document("warfarin").provenance.supersedes == ("old",)
    assert "old" not in [hit.document.id for hit in shelf.search("value 4 mg").hits]
    shelf.remove("warfarin")
    assert shelf.document("old").status == "validated"


def test_a_circle_across_two_manifests_is_refused(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="medical", manifest=write_manifest(folder, supersedes='["bolts"]'))
    (folder / "manifest.toml").write_text('[[document]]\nfile = "deep/bolts.md"\nsupersedes = ["warfarin"]\n')
    with pytest.raises(ManifestError, match="in a circle"):
        shelf.ingest([folder], domain="medical", manifest=folder / "manifest.toml")


# -- JSON Lines


def write_rows(path: Path, count: int, **changed: str) -> None:
    rows = [
        {"id": f"r{n}", "text": changed.get(f"r{n}", f"Row {n} has the value {n * 7}."), "url": f"https://x/{n}"}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_every_line_is_a_document(shelf: Library, tmp_path: Path, vectors: InMemory) -> None:
    rows = tmp_path / "rows.jsonl"
    write_rows(rows, 600)
    assert counts(shelf.ingest([rows], domain="legal", validated_by="Ann")) == (600, 0, 0, 0)
    document = shelf.document("r599")
    assert (document.source, document.file, document.provenance.url) == (f"{rows}#r599", "rows.jsonl", "https://x/599")
    assert found(shelf, "Row 431 value 3017", k=1) == ["r431"]
    write_rows(rows, 500, r7="Row 7 has another value.")
    assert counts(shelf.ingest([rows], domain="legal", validated_by="Ann")) == (0, 1, 499, 100)
    assert vectors.count("legal") == 500
    assert counts(shelf.ingest([rows], domain="legal", validated_by="Ann")) == (0, 0, 500, 0)
    rows.unlink()
    assert counts(shelf.ingest([tmp_path], domain="legal")) == (0, 0, 0, 500)


def test_bad_lines_are_listed_and_nothing_is_concluded_from_what_is_missing(shelf: Library, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    write_rows(rows, 300)
    shelf.ingest([rows], domain="legal")
    lines = rows.read_text().splitlines()
    lines[280] = "{broken"
    rows.write_text("\n".join([*lines, lines[3].replace("value", "other value")]))
    report = shelf.ingest([rows], domain="legal")
    assert counts(report) == (0, 0, 299, 0)
    reasons = {item.path.removeprefix(str(rows)): item.reason for item in report.quarantined}
    assert set(reasons) == {"#281", "#r3"}
    assert reasons["#r3"] == "its id occurs twice in the file"
    assert shelf.document("r280")
    write_rows(rows, 300)
    shelf.ingest([rows], domain="legal")
    assert shelf.quarantined() == ()


def test_a_file_full_of_bad_lines_is_summed_up(shelf: Library, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("not json\n" * 700)
    report = shelf.ingest([tmp_path], domain="legal")
    assert len(report.quarantined) == 101
    assert report.quarantined[-1].reason == "600 more of its lines could not be read"


def test_rows_keep_their_own_title_under_a_manifest(shelf: Library, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"id": "x", "title": "Own", "text": "A value of text."}\n')
    manifest = tmp_path / "m.csv"
    manifest.write_text("file,title,publisher,url,validated_by\nrows.jsonl,File,Agency,https://all,Ann\n")
    assert counts(shelf.ingest([tmp_path], domain="legal", manifest=manifest)) == (1, 0, 0, 0)
    known = shelf.document("x").provenance
    assert (known.title, known.publisher, known.url) == ("Own", "Agency", "https://all")
    assert counts(shelf.ingest([tmp_path], domain="legal", manifest=manifest)) == (0, 0, 1, 0)
    manifest.write_text(f"file,sha256\nrows.jsonl,{'0' * 64}\n")
    assert "the manifest says" in shelf.ingest([tmp_path], domain="legal", manifest=manifest).failed[0].reason


def test_a_row_whose_id_is_taken_is_refused(shelf: Library, folder: Path) -> None:
    shelf.ingest([folder], domain="legal")
    (folder / "rows.jsonl").write_text('{"id": "bolts", "text": "A value of text."}\n')
    (failure,) = shelf.ingest([folder], domain="legal").failed
    assert "already belongs to" in failure.reason


# -- the rest


def test_progress_counts_files_and_passages(shelf: Library, folder: Path) -> None:
    seen: list[Progress] = []
    report = shelf.ingest([folder], domain="medical", progress=seen.append)
    assert seen[0].stage == "checking"
    assert seen[-1] == Progress(stage="finishing", done=2, total=2, file=seen[-1].file, passages=report.passages)
    assert {item.file for item in seen if item.stage == "reading"} == {"warfarin.md", "bolts.md"}
    assert [item.done for item in seen] == sorted(item.done for item in seen)


def test_another_model_is_refused(shelf: Library, folder: Path, vectors: InMemory) -> None:
    other = Hashing(name="other")
    with Library.open(shelf.home, embedder=other, vectors=vectors) as empty:  # nothing is indexed yet: any will do
        shelf.ingest([folder], domain="medical")
        with pytest.raises(ModelMismatch, match="'other'"):
            empty.ingest([folder], domain="medical")
    with pytest.raises(ModelMismatch, match="or ingest into a new home"):
        Library.open(shelf.home, embedder=other, vectors=vectors)


def test_lost_vectors_are_made_again(
    shelf: Library, folder: Path, vectors: InMemory, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.ingest([folder], domain="medical")
    held = contents(shelf.home, vectors)
    before = shelf.search("torque of a bolt", include_unvalidated=True)
    vectors.delete("medical", vectors.ids("medical")[1:])
    vectors.add("medical", ["stray#0@0"], before.query_vector[None, :])  # type: ignore[index]
    with caplog.at_level(logging.WARNING):
        shelf.ingest([folder], domain="medical")
    assert "mending" in caplog.text
    assert contents(shelf.home, vectors) == held
    after = shelf.search("torque of a bolt", include_unvalidated=True)
    assert [(hit.passage.id, round(hit.dense, 4)) for hit in after.hits] == [
        (hit.passage.id, round(hit.dense, 4)) for hit in before.hits
    ]


def test_mistakes_are_one_clear_line(shelf: Library, folder: Path) -> None:
    for mistake, message in (
        (lambda: shelf.ingest([folder / "none"], domain="medical"), "no such file or folder"),
        (lambda: shelf.ingest([folder], domain="cooking"), "no such domain: 'cooking'"),  # type: ignore[arg-type]
        (lambda: shelf.document("none"), "no document with id 'none'"),
        (lambda: shelf.passages("none"), "no document with id 'none'"),
        (lambda: shelf.page("none", 1), "no document with id 'none'"),
        (lambda: shelf.original("none"), "no document with id 'none'"),
        (lambda: shelf.validate("none", by="Ann"), "no document with id 'none'"),
        (lambda: shelf.validate("none", by=" "), "a name is needed"),
    ):
        with pytest.raises(UsageError) as caught:
            mistake()
        assert message in str(caught.value)
        assert "\n" not in str(caught.value)
    shelf.ingest([folder], domain="medical")
    with pytest.raises(UsageError, match="has no page 9; its pages are 1 to 1"):
        shelf.page("bolts", 9)


def test_a_reader_changes_nothing(shelf: Library, folder: Path, vectors: InMemory) -> None:
    shelf.ingest([folder], domain="medical")
    with library(shelf.home, vectors, writable=False) as reader:
        assert len(reader.documents()) == 2
        for change in (
            lambda: reader.ingest([folder], domain="medical"),
            lambda: reader.validate("bolts", by="Ann"),
            lambda: reader.remove("bolts"),
        ):
            with pytest.raises(HomeNotWritable, match="for reading only"):
                change()


def test_a_home_inside_the_folder_is_not_ingested(folder: Path, vectors: InMemory) -> None:
    make_pdf(folder / "label.pdf", "The value of the dose is five milligrams.")
    with library(folder / "home", vectors) as shelf:
        assert counts(shelf.ingest([folder], domain="medical")) == (3, 0, 0, 0)
        assert counts(shelf.ingest([folder], domain="medical")) == (0, 0, 3, 0)


def test_opening_a_warm_home_is_quick(shelf: Library, folder: Path, vectors: InMemory) -> None:
    shelf.ingest([folder], domain="medical")
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        with library(shelf.home, vectors) as again:
            again.documents()
        best = min(best, time.perf_counter() - started)
    assert best < 0.15
