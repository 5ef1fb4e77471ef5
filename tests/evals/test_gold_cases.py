"""The golden questions: every row makes sense, and says what the documents say."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from corpus import readers
from corpus.errors import UsageError
from corpus.passages import clean
from corpus.types import DOMAINS, Domain
from evals.gold.cases import FOLDER, Case, load
from evals.gold.homes import FOLDERS

ROW: dict[str, Any] = {
    "id": "x-1",
    "domain": "legal",
    "question": "Who?",
    "kind": "fact",
    "answerable": True,
    "expected": [["he"]],
    "sources": [{"file": "a.pdf", "pages": [1]}],
}


def write(folder: Path, row: dict[str, Any] | str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n" + (row if isinstance(row, str) else json.dumps(row)), encoding="utf-8")
    return path


def test_ids_and_questions_are_there_once() -> None:
    cases = load()
    assert [each for each, count in Counter(case.id for case in cases).items() if count > 1] == []
    assert [each for each, count in Counter(case.question.lower() for case in cases).items() if count > 1] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_thirty_of_which_a_third_have_no_answer(domain: Domain) -> None:
    cases = load(domain=domain)
    kinds = Counter(case.kind for case in cases)
    assert len(cases) == 30
    assert kinds["unanswerable"] >= 4
    assert kinds["false_premise"] >= 4
    assert kinds["unanswerable"] + kinds["false_premise"] == 10
    assert len(kinds) >= 7


def test_development_questions_are_other_questions() -> None:
    golden = {case.question.lower() for case in load()}
    development = load(FOLDER / "development")
    assert len(development) >= 60
    assert [case.id for case in development if case.question.lower() in golden] == []


def test_false_premises_say_what_would_correct_them() -> None:
    assert [case.id for case in load() if case.kind == "false_premise" and not case.corrects] == []
    assert [case.id for case in load() if case.answerable and case.corrects] == []


def test_what_is_expected_is_not_given_away_by_the_question() -> None:
    given_away = [
        case.id
        for case in load()
        if case.answerable
        and all(any(re.search(each, case.question, re.IGNORECASE) for each in facts) for facts in case.expected)
    ]
    assert given_away == []


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_sources_say_what_is_expected(domain: Domain, shared_data: Path) -> None:
    files = _files(shared_data / "documents", domain)
    problems = [problem for case in load(domain=domain) for problem in _problems(case, files)]
    assert problems == []


def _problems(case: Case, files: dict[str, list[Path]]) -> list[str]:
    """What is wrong with a case's sources: files that are not there or not unique, facts on none of its pages."""
    pages = []
    for source in case.sources:
        found = files.get(source.file, [])
        if len(found) != 1:
            return [f"{case.id}: {source.file} is there {len(found)} times"]
        try:
            pages += [_page(found[0], number) for number in source.pages]
        except IndexError:
            return [f"{case.id}: {source.file} has fewer pages than {max(source.pages)}"]
    wanted = case.expected if case.answerable else ((case.corrects,) if case.corrects and case.sources else ())
    return [
        f"{case.id}: {facts} on none of its pages"
        for facts in wanted
        if not any(re.search(each, page, re.IGNORECASE) for each in facts for page in pages)
    ]


def _files(documents: Path, domain: Domain) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for each in FOLDERS[domain]:
        place = documents / each
        for path in [place] if place.is_file() else place.rglob("*"):
            files.setdefault(path.name, []).append(path)
    return files


@cache
def _page(path: Path, number: int) -> str:
    """A page as answers are matched, on one line. Only the pages asked for are read: whole files take minutes."""
    if path.suffix.lower() == ".pdf":
        text = _pdf(path).pages[number - 1].extract_text()
    else:
        text = readers.read(path.read_bytes(), path.name).pages[number - 1].text
    return " ".join(clean(text).split())


@cache
def _pdf(path: Path) -> PdfReader:
    return PdfReader(path)


def test_the_same_question_can_be_read_from_a_file_or_a_folder() -> None:
    assert load(FOLDER / "legal.jsonl") == load(domain="legal")
    assert load(FOLDER / "legal.jsonl", "medical") == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({**ROW, "domain": "cooking"}, "no domain 'cooking'"),
        ({**ROW, "kind": "riddle"}, "no kind 'riddle'"),
        ({**ROW, "answerable": False}, "cannot have answerable"),
        ({**ROW, "sources": []}, "needs expected facts and sources"),
        ({**ROW, "kind": "unanswerable", "answerable": False}, "cannot expect facts"),
        ({**ROW, "expected": [["("]]}, "no regular expression"),
        ({key: ROW[key] for key in ROW if key != "question"}, "'question' is missing"),
        ("[1]", "line 2"),
        ("{", "line 2"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, row: dict[str, Any] | str, says: str) -> None:
    with pytest.raises(UsageError, match=rf"questions\.jsonl, line 2: .*{re.escape(says.removeprefix('line 2'))}"):
        load(write(tmp_path, row))


def test_no_questions_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no questions at"):
        load(tmp_path)
    (tmp_path / "legal.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path)


def test_a_good_row_is_read_whole(tmp_path: Path) -> None:
    (case,) = load(write(tmp_path, {**ROW, "wrong": ["she"], "note": "why"}))
    assert (case.expected, case.wrong, case.note) == ((("he",),), ("she",), "why")
    assert (case.sources[0].file, case.sources[0].pages) == ("a.pdf", (1,))
