"""The golden run from documents to report, with the real assistant on small corpora."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corpus.errors import UsageError
from corpus.library import Library
from corpus.starter import starter_paths
from evals.gold import homes
from evals.gold.__main__ import main
from evals.gold.cases import Case, Source
from evals.gold.homes import Edition, fingerprint, prepare
from evals.gold.run import run


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like that of the development data, with a document of the starter corpus and two editions."""
    folder = tmp_path / "documents"
    source, _ = starter_paths()["medical"]
    (folder / "med").mkdir(parents=True)
    shutil.copy(source / "metformin-prescribing.pdf", folder / "med")
    (folder / "eng").mkdir()
    (folder / "eng" / "old.md").write_text("# Bolt rules\n\nThe wrench must be calibrated every 5 years.\n")
    (folder / "eng" / "new.md").write_text(
        "# Bolt rules, second edition\n\nThe wrench must be calibrated every year.\n"
    )
    monkeypatch.setattr(homes, "FOLDERS", {"medical": ("med",), "legal": ("law",), "engineering": ("eng",)})
    monkeypatch.setattr(
        homes,
        "EDITIONS",
        {
            "medical": (),
            "legal": (),
            "engineering": (
                Edition(file="eng/old.md", series='bolt "rules"', edition="1", published="2001-01-01"),
                Edition(file="eng/new.md", series='bolt "rules"', edition="2", published="2011-01-01"),
            ),
        },
    )
    return folder


def opened(home: Path) -> Library:
    from assistant.build import open_library
    from assistant.settings import Settings

    return open_library(Settings(home=home))


def test_a_home_is_kept_until_documents_or_readers_change(documents: Path, tmp_path: Path) -> None:
    folder = tmp_path / "homes"
    steps: list[str] = []
    home = prepare(documents, folder, ["engineering"], lambda step: steps.append(step.stage))
    assert "indexing" in steps
    with opened(home) as library:
        found = {each.file: each.provenance for each in library.documents()}
    assert {name: (each.series, each.edition) for name, each in found.items()} == {
        "old.md": ('bolt "rules"', "1"),
        "new.md": ('bolt "rules"', "2"),
    }
    assert all(each.validated_by == homes.VALIDATED_BY for each in found.values())

    steps.clear()
    assert prepare(documents, folder, ["engineering"], lambda step: steps.append(step.stage)) == home
    assert "indexing" not in steps

    (documents / "eng" / "third.md").write_text("# More\n\nA third text.\n")
    other = prepare(documents, folder, ["engineering"])
    assert other != home
    assert [each.name for each in folder.iterdir()] == [other.name]


def test_the_fingerprint_follows_names_sizes_and_times(tmp_path: Path) -> None:
    seen = {fingerprint({"legal": [tmp_path]})}
    (tmp_path / "a.txt").write_text("a")
    seen.add(fingerprint({"legal": [tmp_path]}))
    seen.add(fingerprint({"legal": [tmp_path / "a.txt"]}) + " same file named outright")
    (tmp_path / "a.txt").write_text("ab")
    seen.add(fingerprint({"legal": [tmp_path]}))
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    seen.add(fingerprint({"legal": [tmp_path]}))
    seen.add(fingerprint({"medical": [tmp_path]}))
    assert len(seen) == 6


def test_missing_and_unreadable_documents_are_a_persons_to_mend(documents: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not there: .*law"):
        prepare(documents, tmp_path / "homes", ["legal"])
    (documents / "eng" / "empty.pdf").touch()
    with pytest.raises(UsageError, match=r"1 of the documents could not be taken in, first .*empty\.pdf"):
        prepare(documents, tmp_path / "homes", ["engineering"])


CASES = (
    Case(
        id="a",
        domain="medical",
        question="What is the maximum daily dose of immediate-release metformin in adults?",
        kind="fact",
        answerable=True,
        expected=(("2,?550",),),
        sources=(Source(file="metformin-prescribing.pdf", pages=(1, 2)),),
    ),
    Case(
        id="b",
        domain="engineering",
        question="What does a kilogram of gold cost in Zurich?",
        kind="unanswerable",
        answerable=False,
    ),
)


def test_questions_are_asked_without_their_domain_and_judged(documents: Path, tmp_path: Path) -> None:
    told: list[str] = []
    outcomes = run(CASES, documents=documents, folder=tmp_path / "homes", together=True, tell=told.append)
    assert [each.case.id for each in outcomes] == ["a", "b"]
    assert not outcomes[1].answered
    assert all(each.answer.question.domain is None for each in outcomes)
    assert outcomes[0].milliseconds > 0
    assert told[-1] == "asking engineering question 2/2"
    assert any(each.startswith("taking in the medical, engineering documents: ") for each in told)


def test_the_command_writes_its_reports(documents: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "mine.jsonl"
    row: dict[str, object] = {
        "id": "e",
        "domain": "engineering",
        "question": "How often is the wrench to be calibrated by the second edition?",
        "kind": "editions",
        "answerable": True,
        "expected": [["every year"]],
        "sources": [{"file": "new.md", "pages": [1]}],
    }
    questions.write_text(json.dumps(row))
    out = tmp_path / "out"
    options = ["--documents", str(documents), "--questions", str(questions), "--home", str(tmp_path / "homes")]
    assert main([*options, "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "answerable, right" in shown.out
    assert "gold.html" in shown.err
    report = json.loads((out / "gold.json").read_text("utf-8"))
    assert [each["id"] for each in report["outcomes"]] == ["e"]
    assert "calibrated by the second edition" in (out / "gold.html").read_text("utf-8")

    assert main([*options, "--out", str(out), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["engineering"]
    assert figures["answerable, right"] == report["figures"]["engineering"]["answerable, right"]


def test_missing_data_are_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--documents", str(tmp_path / "nowhere"), "--home", str(tmp_path / "homes")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "the documents to ask about are not there" in shown.err
    assert "Traceback" not in shown.err
    assert main(["--questions", str(tmp_path)]) == 2
    assert "no questions at" in capsys.readouterr().err
