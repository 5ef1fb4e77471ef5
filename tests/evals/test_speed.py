"""The speed benchmark: that it measures both sides on the same work and reports what it saw."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.starter import starter_paths
from evals.benchmarks import __main__ as benchmarks
from evals.benchmarks import speed
from evals.benchmarks.speed import Bare, Measure, as_text, asking, ingesting, main, starting
from evals.gold.homes import prepare
from evals.statistics import Estimate

MEASURE = Measure(
    name="asking, warm",
    ours=0.0123,
    bare=1.5,
    ratio=Estimate(value=1.234, low=1.1, high=1.4),
    goal="at most 2",
    turns=7,
    notes={"pages": 3.0},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one of the starter corpus' PDFs."""
    place = tmp_path_factory.mktemp("speed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evals.gold.homes.FOLDERS", {"engineering": ("pipe-flow.txt",)})
        patch.setattr("evals.gold.homes.EDITIONS", {"engineering": ()})
        return prepare(starter_paths()["engineering"][0], place, ["engineering"])


@pytest.fixture
def told() -> list[str]:
    return []


QUESTIONS = ["Which formula gives the head loss in a pipe?", "What does a Reynolds number of 2000 mean?", "Why?"]


def test_asking_measures_as_many_turns_on_both_sides(home: Path, told: list[str]) -> None:
    found = asking(home, "engineering", QUESTIONS, rounds=2, tell=told.append)
    assert found.turns == 6
    assert found.ours > 0 < found.bare
    assert found.ratio.low <= found.ratio.value <= found.ratio.high
    assert found.ratio.value == pytest.approx(found.ours / found.bare)
    assert {"retrieve, median ms", "total, median ms", "first sentence, median ms"} <= set(found.notes)
    assert told[-1] == "asking: question 6/6"


def test_the_bare_side_takes_any_question(home: Path) -> None:
    with Bare(home, "engineering") as raw:
        assert all(raw.query(question) > 0 for question in ('what is "x" OR y*', "?", "NEAR(a b)", "Why not?"))


@pytest.mark.slow
def test_ingesting_gives_both_sides_the_same_text(told: list[str]) -> None:
    pdfs = sorted(starter_paths()["engineering"][0].glob("*.pdf"))[:1]
    found = ingesting(pdfs, rounds=1, tell=told.append)
    assert found.ratio.value == pytest.approx(found.bare / found.ours)
    assert found.notes["passages"] >= found.notes["pages"] >= 1
    assert told == ["ingesting: round 1/1, plumbline", "ingesting: round 1/1, bare loop"]


def test_nothing_to_ingest_is_a_persons_to_mend(told: list[str]) -> None:
    with pytest.raises(UsageError, match="not there"):
        ingesting([], rounds=1, tell=told.append)


@pytest.mark.slow
def test_starting_is_measured_in_new_processes(home: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "LIBRARIES", ("json", "csv"))
    found = starting(home, QUESTIONS, rounds=1, tell=told.append)
    assert found.turns == 1
    assert found.ours > found.bare > 0


def test_a_process_that_fails_is_no_measurement(home: Path, told: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RuntimeError, match="failed: "):
        starting(tmp_path / "file", QUESTIONS, rounds=1, tell=told.append)


@given(st.text(max_size=200), st.integers(1, 80))
def test_the_pieces_of_a_page_are_the_page(page: str, size: int) -> None:
    pieces = list(speed._pieces(page, size))
    assert "".join("".join(pieces).split()) == "".join(page.split())
    assert all(len(piece) <= 2 * size + 1 for piece in pieces)


def test_the_table_names_ratio_and_goal() -> None:
    lines = as_text([MEASURE, replace(MEASURE, name="other", notes={})]).splitlines()
    assert lines[1].split() == "asking, warm 12 ms 1.50 s 1.23 [1.1, 1.4] at most 2 7".split()
    assert lines[2] == "    pages: 3"


def test_the_report_says_on_what_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed, "_measure", lambda options, tell: [MEASURE])
    assert main(["--out", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "speed.json").read_text("utf-8"))
    assert report["measures"][0]["ratio"]["low"] == 1.1
    assert report["machine"]["cores"] >= 1


def test_missing_documents_are_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--documents", str(tmp_path / "nowhere"), "--home", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("arguments", "options"), [([], []), (["speed", "--json"], ["--json"]), (["--home", "h"], ["--home", "h"])]
)
def test_speed_is_what_is_measured_unless_another_is_named(
    arguments: list[str], options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(speed, "main", lambda given: seen.append(list(given)) or 0)
    monkeypatch.setattr("sys.argv", ["bench", *arguments])
    assert benchmarks.main() == 0
    assert seen == [options]


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("spede", 2)])
def test_the_benchmarks_are_named(
    argument: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", argument])
    assert benchmarks.main() == code
    assert "[speed|retrieval|integrity|guards|grounding|ratings]" in capsys.readouterr().err
