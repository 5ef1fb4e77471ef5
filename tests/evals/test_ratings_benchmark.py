"""The benchmark of the policy head, on a few made-up ratings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.embedding import Hashing
from evals.benchmarks import ratings


def mediqa(file: Path, questions: range) -> None:
    rows = []
    for n in questions:
        answers = [
            {"text": f"Pump {n} is oiled every {n} hours.", "rating": 4, "system_rank": 2},
            {"text": f"Pump {n} has a filter.", "rating": 2, "system_rank": 1},
            {"text": f"See our website for resources {n}.", "rating": 1, "system_rank": 3},
        ]
        rows.append({"id": str(n), "question": f"How often is pump {n} oiled?", "answers": answers})
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "ratings"
    folder.mkdir()
    mediqa(folder / "mediqa_train1.jsonl", range(100, 112))
    mediqa(folder / "mediqa_train2.jsonl", range(200, 212))
    mediqa(folder / "mediqa_validation.jsonl", range(300, 305))
    rows = [
        {
            "question_text": f"Why is pump {n} loud?",
            "ans1_text": f"Pump {n} is loud since its bearing is worn, and it runs dry." if n % 2 else "No idea.",
            "ans2_text": "No idea." if n % 2 else f"Pump {n} is loud since its bearing is worn, and it runs dry.",
            "ans_preference": "Answer 1" if n % 2 else "Answer 2",
            "annotator": f"a{n % 3}",
        }
        for n in range(30)
    ]
    text = "\n".join(json.dumps(row) for row in [*rows, {**rows[0], "ans_preference": ""}])
    (folder / "haluquestqa.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_whole_table(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("corpus.embedding.MiniLM", Hashing)
    monkeypatch.setattr(ratings, "CURVE", (9, 1000))
    monkeypatch.setattr(ratings, "SEEDS", 1)
    out, vectors = tmp_path / "out", tmp_path / "vectors.npz"
    code = ratings.main(["--data", str(data), "--out", str(out), "--vectors", str(vectors)])
    report = json.loads((out / "ratings.json").read_text("utf-8"))
    assert code == (1 if report["missed"] else 0)
    assert report["system"] == {"mrr": 0.5, "mrr_interval": [0.5, 0.5], "first": 2.0, "first_interval": [2.0, 2.0]}
    assert report["head"]["mrr"] == report["best"]["mrr"] == 1.0
    assert report["head"]["first"] == 4.0
    assert list(report["curve"]) == ["9"]
    assert report["haluquestqa"]["pairs"] == 30
    assert report["haluquestqa"]["right"] == 1.0
    honest = [value for name, value in report["hostile"]["reliability"].items() if name.startswith("honest")]
    turned = [value for name, value in report["hostile"]["reliability"].items() if name.startswith("hostile")]
    assert len(honest) == ratings.HONEST
    assert len(turned) == ratings.HOSTILE
    assert min(honest) > max(turned)
    shown = capsys.readouterr().out
    assert "HaluQuestQA: 1.000" in shown
    assert "without prior_rank" in shown

    kept = ratings.Remembering(Hashing(), vectors)
    assert kept.texts(["a"]).shape == (1, kept.dimension)
    monkeypatch.setattr(Hashing, "query", lambda *_: pytest.fail("embedded again"))
    assert kept.query("How often is pump 100 oiled?").shape == (kept.dimension,)


def test_without_the_data_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ratings.main(["--data", str(tmp_path)]) == 2
    assert "no ratings at" in capsys.readouterr().err


def test_bars_that_are_missed_are_named() -> None:
    low = {"mrr": 0.5, "first": 2.0, "accuracy": 0.5, "spearman": 0.1, "ece": 0.3, "ece_cross_validated": 0.3}
    report = {
        "system": {"first": 3.0}, "best": {"first": 4.0}, "head": low, "prior": {"spearman": 0.5}, "curve": {},
        "haluquestqa": {"right": 0.5}, "hostile": {"share_of_gain_lost": {"accuracy": 0.9}},
    }  # fmt: skip
    assert len(ratings.missed(report)) == 8
