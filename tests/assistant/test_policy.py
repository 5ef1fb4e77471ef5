"""The policy head: what it learns, whom it trusts, what it keeps, and its commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import cli
from assistant.policy import figures, raters, training
from assistant.policy.features import FEATURES, features, lead
from assistant.policy.head import (
    Examples,
    Settings,
    _loss,
    _pairs,
    calibrate,
    calibrated,
    expected,
    fit,
    goodness,
    logits,
    order,
    prior,
    probabilities,
    score,
)
from assistant.policy.types import Choice, Head, Model, PolicyError, Version
from assistant.policy.versions import PRIOR, Versions
from assistant.ratings.types import Rating
from corpus.embedding import Hashing

TEXTS = st.text(max_size=80)
GOOD = "The oil filter of pump {n} is changed every {n} hours of operation."
BAD = "Please contact our website for more information about seals. Ask your dealer."


def rated(questions: int, *, rater: str = "ann", turned: bool = False, start: int = 0) -> list[Rating]:
    """Questions with a good, a middling and a bad answer."""
    found = []
    for n in range(start + 100, start + 100 + questions):
        question = f"How often is the oil filter of pump {n} changed?"
        for answer, rating in ((GOOD.format(n=n), 5), (f"Pump {n} has an oil filter.", 3), (BAD + f" {n}", 1)):
            value = float(6 - rating if turned else rating)
            found.append(Rating(question=question, answer=answer, rating=value, rater=rater))
    return found


def examples(size: int, seed: int = 0, levels: tuple[int, ...] = (1, 2, 3, 4, 5)) -> Examples:
    """Ratings that follow one feature."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, len(FEATURES)))
    raw = 3 + 1.2 * x[:, FEATURES.index("length")] + 0.7 * rng.normal(size=size)
    ratings = np.array(levels, dtype=float)[np.abs(raw[:, None] - np.array(levels)).argmin(axis=1)]
    return Examples(x=x, ratings=ratings, weights=np.ones(size), groups=np.arange(size) // 5)


def trained(ratings: list[Rating], current: Version | None = None) -> Version:
    return training.train(training.prepare(ratings, embedder=Hashing()), current=current)


# features


def test_unknown_features_are_usual_and_flagged() -> None:
    row = dict(zip(FEATURES, features("What is a pump?", [Choice(text="A pump moves oil.")])[0], strict=True))
    assert row["coverage"] == row["similarity"] == row["rank_log"] == row["agreement_mean"] == 0
    assert row["evidence"] < 0
    assert row["ranked"] < 0
    assert row["vectors"] < 0
    assert row["alone"] > 0
    assert features("What?", []).shape == (0, len(FEATURES))


def test_evidence_speaks_for_what_it_supports() -> None:
    evidence = ("The seal is replaced every 500 hours of operation.",)
    good = Choice(text="The seal is replaced every 500 hours.", evidence=evidence)
    bad = Choice(text="The seal is replaced every 900 hours.", evidence=evidence)
    choices = [replace(bad, id="bad"), replace(good, id="good")]
    scored = score(prior(), choices, features("When is the seal replaced?", choices))
    assert [each.id for each in order(scored)] == ["good", "bad"]


@given(st.text(max_size=60), st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=2)), min_size=1, max_size=5))
@settings(deadline=None, max_examples=60)
def test_a_ranking_is_a_permutation(question: str, texts: list[tuple[str, list[str]]]) -> None:
    choices = [Choice(id=str(n), text=text, evidence=tuple(e)) for n, (text, e) in enumerate(texts)]
    x = features(question, choices, embedder=Hashing())
    assert np.isfinite(x).all()
    assert np.abs(x).max() <= 4
    ordered = order(score(prior(), choices, x))
    assert sorted(each.id for each in ordered) == sorted(each.id for each in choices)
    assert all(1 <= each.rating <= 5 and 0 <= each.good <= 1 for each in ordered)


def test_long_answers_cost_linear_time() -> None:
    def seconds(size: int) -> float:
        choices = [Choice(text="- a: (b) see our. " * size, prior_rank=1), Choice(text="?:" * size)]
        start = time.process_time()
        features("a b see?", choices)
        return time.process_time() - start

    seconds(10)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.002)


@pytest.mark.parametrize(
    ("text", "start"),
    [("Noonan syndrome: It is rare.", "Noonan syndrome"), ("One. Two.", "One"), ("x" * 300, "x" * 160), ("", "")],
)
def test_the_lead_ends_where_the_title_does(text: str, start: str) -> None:
    assert lead(text) == start


# head


def test_slope_and_curvature_are_those_of_the_loss() -> None:
    some = examples(60)
    some = replace(some, ratings=np.clip(some.ratings + np.linspace(-0.5, 0.5, 60), 1, 5))
    start = prior().model
    centre = np.array([*start.weights, *start.thresholds])
    at = centre + np.random.default_rng(1).normal(size=len(centre)) * 0.05
    arguments = (centre, np.ones(len(centre)), some, _pairs(some), 0.7)
    _, slope, curve = _loss(at, *arguments)
    for place in (0, 5, len(at) - 4, len(at) - 1):
        step = np.zeros(len(at))
        step[place] = 1e-5
        above, below = _loss(at + step, *arguments), _loss(at - step, *arguments)
        assert (above[0] - below[0]) / 2e-5 == pytest.approx(slope[place], abs=1e-4)
        assert (above[1] - below[1]) / 2e-5 == pytest.approx(curve[place], abs=1e-4)


@pytest.mark.parametrize("levels", [(1, 2, 3, 4, 5), (1, 2, 4, 5), (1, 4), (3,)])
def test_ratings_that_nobody_gave_do_no_harm(levels: tuple[int, ...]) -> None:
    some = examples(200, levels=levels)
    model = fit(some, Settings(penalty=3.0, pairwise=1.0 if len(levels) > 1 else 0.0))
    assert (np.diff(model.thresholds) > 0).all()
    assert probabilities(model, some.x).sum(axis=1) == pytest.approx(np.ones(200))
    if len(levels) > 1:
        assert figures.spearman(some.ratings, expected(model, some.x)) > 0.6


def test_without_ratings_the_prior_serves() -> None:
    assert fit(examples(0), Settings()) == prior().model


def test_few_ratings_leave_the_prior_nearly_as_it_is() -> None:
    weights = np.array(fit(examples(3), Settings(penalty=100.0)).weights)
    assert np.abs(weights - prior().model.weights).max() < 0.1


def test_fifty_thousand_ratings_take_seconds() -> None:
    start = time.process_time()
    fit(examples(50_000), Settings(pairwise=0.5))
    assert time.process_time() - start < 20


def test_calibration_takes_out_what_is_overstated() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=3000)
    good = (rng.random(3000) < 1 / (1 + np.exp(-true))).astype(float)
    first, second = calibrate(3 * true + 1, good, np.ones(3000))
    assert second == pytest.approx(1 / 3, abs=0.05)
    assert first == pytest.approx(-1 / 3, abs=0.1)
    head = Head(model=prior().model, calibration=(first, second))
    assert calibrated(head, np.zeros((1, len(FEATURES)))).shape == (1,)
    assert calibrate(-true, good, np.ones(3000))[1] > 0, "the order is never turned round"
    assert list(goodness(np.array([1.0, 3.0, 3.5, 4.0, 5.0]))) == [0, 0, 0.5, 1, 1]


# raters


def standings(*parts: list[Rating]) -> dict[str, Any]:
    return dict(training.prepare([each for part in parts for each in part], embedder=Hashing()).standings)


def test_hostile_and_careless_raters_lose_weight() -> None:
    rng = np.random.default_rng(0)
    careless = [replace(each, rating=float(rng.integers(1, 6))) for each in rated(20, rater="careless")]
    found = standings(
        rated(20, rater="ann"),
        rated(20, rater="bob"),
        rated(20, rater="eve"),
        rated(20, rater="hostile", turned=True),
        careless,
    )
    assert found["hostile"].reliability < 0.1
    assert found["careless"].reliability < 0.4
    assert min(found[name].reliability for name in ("ann", "bob", "eve")) > 0.8


@given(st.sampled_from([-1.0, -0.5, 0.5, 1.0]))
@settings(deadline=None, max_examples=4)
def test_a_raters_constant_offset_changes_nothing(offset: float) -> None:
    def with_offset(value: float) -> tuple[Any, Any]:
        mild = [replace(each, rating=(each.rating + 3) / 2 + value) for each in rated(15, rater="cy")]
        others = [replace(each, rating=(each.rating + 3) / 2) for name in ("a", "b") for each in rated(15, rater=name)]
        prepared = training.prepare([*mild, *others], embedder=Hashing())
        return prepared, fit(prepared.examples, Settings(penalty=30.0, pairwise=0.5))

    (plain, before), (shifted, after) = with_offset(0.0), with_offset(offset)
    assert shifted.standings["cy"].leniency - plain.standings["cy"].leniency == pytest.approx(offset, abs=0.45)
    assert shifted.standings["cy"].leniency - shifted.standings["a"].leniency == pytest.approx(offset, abs=0.1)
    assert shifted.standings["cy"].reliability == pytest.approx(plain.standings["cy"].reliability, abs=0.1)
    x = plain.examples.x
    one, other = logits(before, x), logits(after, x)
    assert np.corrcoef(one, other)[0, 1] > 0.98
    for group in range(15):
        rows = np.flatnonzero(plain.examples.groups == group)[:3]  # the three answers, as one rater saw them
        assert (np.argsort(-one[rows], kind="stable") == np.argsort(-other[rows], kind="stable")).all()


def test_a_single_rater_is_taken_at_their_word() -> None:
    values = np.array([1.0, 5.0])
    found = raters.correct(values, ["a", "a"], ["x", "y"], np.zeros((2, 3)), np.array([3.0, 3.0]))
    assert list(found.ratings) == [1, 5]
    assert found.standings["a"].reliability == 1


# training


def test_the_head_learns_and_says_how_well() -> None:
    version = trained(rated(30))
    assert version.promoted
    assert version.figures["ours"]["concordance"] > 0.95
    assert version.figures["gains"]["prior"]["questions"] == 30
    assert version.data["ratings"] == 90
    assert version.data["raters"] == 1
    choices = [Choice(id="bad", text=BAD), Choice(id="good", text=GOOD.format(n=7))]
    scored = score(version.head, choices, features("How often is the oil filter of pump 7 changed?", choices))
    assert [each.id for each in order(scored)] == ["good", "bad"]


def test_one_question_alone_can_be_learnt_from() -> None:
    version = trained(rated(1))
    assert version.settings["penalty"] == 100
    assert version.figures["gains"]["prior"]["measure"] == "closeness"


def test_no_ratings_are_an_error() -> None:
    with pytest.raises(PolicyError, match="no ratings"):
        training.prepare([])


def test_a_version_that_is_not_better_is_not_promoted() -> None:
    first = trained(rated(30))
    again = trained(rated(30), current=first)
    assert not again.promoted
    assert "not shown to be better" in again.why
    other = replace(first, head=replace(first.head, features="older"))
    assert "against the prior" in trained(rated(30), current=other).why


def test_a_better_version_is_promoted_over_a_bad_one() -> None:
    bad = Model(weights=tuple(-w for w in prior().model.weights), thresholds=prior().model.thresholds)
    current = replace(trained(rated(20)), folds=(bad,) * training.FOLDS)
    version = trained(rated(20), current=current)
    assert version.promoted
    assert "against the current" in version.why


def test_large_sets_choose_their_settings_on_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "SEARCH", 40)
    some = examples(200)
    assert training.choose(some, some.groups % training.FOLDS) in training.CHOICES


def test_the_same_question_has_the_same_fold_however_it_is_spaced() -> None:
    assert training.fold_of("What  is\nflu?") == training.fold_of("what is FLU?")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_calibration_error_is_a_share(values: list[float]) -> None:
    chances = np.array(values)
    assert 0 <= figures.ece(chances, (chances > 0.5).astype(float)) <= 1
    assert figures.ece(chances, chances) == pytest.approx(0, abs=1e-9)


def test_figures_of_little() -> None:
    assert figures.ece(np.array([]), np.array([])) == 0
    assert figures.spearman(np.ones(3), np.arange(3.0)) == 0
    one = replace(examples(4), groups=np.arange(4))
    assert figures.mean_concordance(one, np.arange(4.0)) == 0.5


# versions


@pytest.fixture
def version() -> Version:
    return trained(rated(6))


def test_versions_are_kept_promoted_and_rolled_back(home: Path, version: Version) -> None:
    versions = Versions(home)
    assert versions.serving() == (PRIOR, prior())
    assert versions.current() is None
    assert versions.all() == ()
    second = replace(version, id="20990101T000000000000-0123abcd", promoted=False)
    versions.add(replace(version, promoted=True))
    versions.add(second)
    assert versions.serving() == (version.id, version.head)
    assert versions.get(version.id) == replace(version, promoted=True)
    assert [each.id for each in versions.all()] == [version.id, second.id]
    versions.promote(second.id)
    versions.promote(second.id)
    assert versions.serving_id() == second.id
    assert [versions.rollback(), versions.rollback()] == [version.id, PRIOR]
    with pytest.raises(PolicyError, match="nothing to go back to"):
        versions.rollback()
    with pytest.raises(PolicyError, match="there is no version"):
        versions.promote("../../etc/passwd")


def test_damage_is_one_clear_error(home: Path, version: Version) -> None:
    versions = Versions(home)
    versions.add(replace(version, promoted=True))
    file = versions.folder / f"{version.id}.json"
    whole = json.loads(file.read_text("utf-8"))
    for damage in ({**whole, "head": {}}, {**whole, "head": {**whole["head"], "features": "older"}}, []):
        file.write_text(json.dumps(damage), encoding="utf-8")
        with pytest.raises(PolicyError, match=r"cannot be read|other features"):
            versions.serving()
        assert versions.current() is None
    assert versions.all() == ()
    short = {**whole["head"], "model": {**whole["head"]["model"], "thresholds": [1.0]}}
    file.write_text(json.dumps({**whole, "head": short}), encoding="utf-8")
    with pytest.raises(PolicyError, match="thresholds"):
        versions.serving()
    for text in ("{", '{"served": 1}'):
        (versions.folder / "serving.json").write_text(text, encoding="utf-8")
        with pytest.raises(PolicyError, match="cannot be read"):
            versions.serving()


def test_a_failed_write_leaves_what_serves(home: Path, version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = Versions(home)
    versions.add(replace(version, promoted=True))
    before = sorted(versions.folder.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PolicyError, match="No space left"):
        versions.add(replace(version, id="20990101T000000000000-0123abcd", promoted=True))
    assert sorted(versions.folder.iterdir()) == before
    assert versions.serving_id() == version.id


def test_two_trainings_at_once_are_told_apart(home: Path) -> None:
    with Versions(home).lock(), pytest.raises(PolicyError, match="another training"), Versions(home).lock():
        pass
    with Versions(home).lock():
        pass


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PolicyError, match="cannot write"), Versions(tmp_path / "file").lock():
        pass


KILLED = """
import sys, time
from pathlib import Path
from assistant.policy import versions
real = versions.os.fsync
def stuck(descriptor):
    print("writing", flush=True)
    time.sleep(60)
versions.os.fsync = stuck
store = versions.Versions(Path(sys.argv[1]))
with store.lock():
    found = store.all()[0]
    import dataclasses
    store.add(dataclasses.replace(found, id="20990101T000000000000-0123abcd", promoted=True))
"""


def test_a_killed_training_leaves_what_serves(home: Path, version: Version) -> None:
    versions = Versions(home)
    versions.add(replace(version, promoted=True))
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(home)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    with pytest.raises(PolicyError, match="another training"), versions.lock():
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert versions.serving() == (version.id, version.head)
    assert [each.id for each in versions.all()] == [version.id]
    with versions.lock():
        pass


# commands


@pytest.fixture
def plumbline(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("assistant.build.make_embedder", lambda _: Hashing())

    def run(*arguments: object) -> tuple[int, list[Any], str]:
        with pytest.raises(SystemExit) as finished:
            cli.main([str(each) for each in (*arguments, "--home", home)])
        captured = capsys.readouterr()
        lines = captured.out.splitlines()
        return (
            int(str(finished.value.code)),
            [json.loads(x) if "--json" in arguments else x for x in lines],
            captured.err,
        )

    return run


def lines(file: Path, rows: list[Any]) -> Path:
    file.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return file


def row(rating: Rating) -> dict[str, Any]:
    return {name: getattr(rating, name) for name in ("question", "answer", "rating", "rater")}


def test_train_list_show_promote_rollback(plumbline: Any, tmp_path: Path) -> None:
    file = lines(tmp_path / "ratings.jsonl", [row(each) for each in rated(12)])
    code, [trained_], _ = plumbline("policy", "train", "--ratings", file, "--json")
    assert code == 0
    assert trained_["promoted"]
    assert trained_["serving"]
    assert trained_["bad_rows"] == []
    name = trained_["version"]
    assert plumbline("policy", "list", "--json")[1][0]["serving"] == name
    assert plumbline("policy", "show", "--json")[1][0]["figures"] == trained_["figures"]
    assert plumbline("policy", "rollback", "--json")[1][0]["version"] == "prior"
    assert plumbline("policy", "show")[1] == ["prior, serving: nothing has been learnt from ratings yet"]
    assert plumbline("policy", "list")[1][0].startswith("* prior")
    assert f"{name}, serving" in plumbline("policy", "promote", name)[1][0]
    code, out, _ = plumbline("policy", "train", "--ratings", file)
    assert code == 0
    assert "not promoted" in out[1]


def test_bad_rows_are_listed_and_good_ones_kept(plumbline: Any, tmp_path: Path) -> None:
    good = row(rated(1)[0])
    bad = [
        "nope", "[]", {**good, "rating": 6}, {**good, "rating": True}, {**good, "rating": None}, {**good, "rater": ""},
        {**good, "answer": 3}, {**good, "evidence": "x"}, {**good, "prior_rank": 0}, {**good, "domain": []},
        '{"question": "q", "answer": "a", "rater": "r", "rating": NaN}',
    ]  # fmt: skip
    file = lines(tmp_path / "ratings.jsonl", [*bad, *[row(each) for each in rated(8)]])
    code, [trained_], err = plumbline("policy", "train", "--ratings", file, "--json")
    assert code == 1
    assert trained_["data"]["ratings"] == 24
    assert [each["line"] for each in trained_["bad_rows"]] == list(range(1, len(bad) + 1))
    assert "line 3: 'rating' is not between 1 and 5" in err
    only = lines(tmp_path / "bad.jsonl", bad)
    code, _, err = plumbline("policy", "train", "--ratings", only)
    assert code == 2
    assert "there is no rating that can be used" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("train",), ("list", "--ratings", "x"), ("promote",), ("promote", "gone"), ("show", "gone"),
        ("rollback",), ("rollback", "x"), ("forget",), ("train", "--ratings", "/nowhere/x.jsonl"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(plumbline: Any, arguments: tuple[str, ...]) -> None:
    code, out, err = plumbline("policy", *arguments)
    assert (code, out, err.count("\n")) == (2, [], 1)


def test_rank(plumbline: Any, tmp_path: Path) -> None:
    candidates = [{"id": "b", "text": BAD}, {"id": "g", "text": GOOD.format(n=4), "prior_rank": 1}]
    question = "How often is the oil filter of pump 4 changed?"
    rows = [
        {"id": 7, "question": question, "candidates": candidates},
        {"id": 8, "question": question, "candidates": []},
        {"id": 9, "question": question, "candidates": [{"id": "a"}]},
        {"id": 10, "question": question, "candidates": [{"text": "a"}]},
        {"id": 11, "question": question, "candidates": ["a"]},
        {"id": 12, "question": question, "candidates": [candidates[0], candidates[0]]},
        "nope",
    ]
    file = lines(tmp_path / "questions.jsonl", rows)
    code, out, err = plumbline("rank", "--input", file, "--json")
    assert code == 1
    assert out[0]["id"] == 7
    assert out[0]["ranking"] == ["g", "b"]
    assert set(out[0]["scores"]) == set(out[0]["probability_good"]) == {"g", "b"}
    assert [each["line"] for each in out[1:]] == [2, 3, 4, 5, 6, 7]
    assert err.count("\n") == 6
    code, out, _ = plumbline("rank", "--input", lines(file, rows[:1]))
    assert code == 0
    assert out[0] == "7"
    assert out[1].endswith("g")
