"""The arithmetic of the grounding benchmark, on made-up claims and verifiers that are scripted."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from evals.benchmarks import grounding
from evals.grounding import contenders as contending
from evals.grounding import errors, figures, report, sets, speed
from evals.grounding.contenders import Contender, Majority, contenders, judge
from evals.grounding.types import TABLES, Bar, Case, Figure, Judged
from evals.planted import FALSE_KINDS
from evals.statistics import grouped_bootstrap
from guards.errors import VerifierUnavailable
from guards.types import Claim, Label, Verdict

if TYPE_CHECKING:
    from corpus.types import Matrix

PASSAGES = errors.passages

PASSAGE = (
    "The blue pump must be inspected every 500 hours of service. The operator shall replace the seal if leakage "
    "exceeds 2 ml per minute. The log is kept for five years at the Hamburg office."
)


def case(
    text: str,
    supported: bool,
    name: str = "wice",
    group: str = "",
    kind: str = "",
    wrong: tuple[tuple[int, int], ...] = (),
) -> Case:
    return Case(
        claim=Claim(text=text, evidence=(PASSAGE,)),
        supported=supported,
        set=name,
        group=group or text,
        kind=kind,
        wrong=wrong,
    )


@dataclass
class Scripted:
    """Knows the cases; says the opposite of the truth for those in `mistaken`."""

    cases: Sequence[Case]
    mistaken: frozenset[str] = frozenset()
    name: str = "scripted-1"
    asked: list[int] = field(default_factory=list)

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        self.asked.append(len(claims))
        known = {each.claim.text: each for each in self.cases}
        found = []
        for claim in claims:
            right = known[claim.text]
            good = right.supported != (claim.text in self.mistaken)
            label: Label = "supported" if good else "contradicted"
            found.append(Verdict(label=label, score=float(good), unsupported=right.wrong))
        return tuple(found)


CASES = [
    *(case(f"true {name} {i}", True, name, f"{name} {i % 4}") for name in figures.SETS for i in range(6)),
    *(case(f"false {name} {i}", False, name, f"{name} {i % 4}") for name in figures.SETS for i in range(10)),
    *(case(f"it was reworded {i}", True, "planted", f"file {i}", "reworded") for i in range(4)),
    *(case(f"it has a number {i}", False, "planted", f"file {i}", "number", ((9, 15),)) for i in range(8)),
    case("an expert took this out", False, "experts", "q", "kept", ((3, 9), (10, 14))),
    case("an expert took that out", False, "experts", "r", "learnt", ((3, 9),)),
]


def silent(_: str) -> None:
    pass


def result(verifier: object, cases: Sequence[Case] = CASES) -> report.Result:
    return grounding.assess(Contender(name="it", verifier=verifier), cases, [], TABLES, silent)  # type: ignore[arg-type]


def values(found: report.Result) -> dict[str, float]:
    return {each.name: each.value for each in found.figures}


class TestKnownAnswers:
    def test_a_perfect_verifier_is_perfect(self) -> None:
        found = result(Scripted(CASES))
        them = values(found)
        for name in (*figures.SETS, "mean of sets", "wice, best threshold", "caught: all", "planted: all"):
            assert them[name] == 1.0
        for name in ("lost: all", "lost: reworded", "calibration error: all", "Brier score: wice"):
            assert them[name] == 0.0
        assert them["the best threshold"] == 1.0
        assert not found.missed

    def test_the_majority_is_half_right(self) -> None:
        them = values(result(None))
        for name in (*figures.SETS, "mean of sets", "mean of sets, best threshold"):
            assert them[name] == 0.5
        assert them["caught: all"] == them["lost: all"] == 1.0
        assert them["calibration error: all"] == pytest.approx(0.0)
        # It marks all five words, of which one is wrong: 2 / (2 + 4).
        assert them["planted: all"] == pytest.approx(1 / 3)

    def test_some_mistakes(self) -> None:
        mistaken = {"true wice 0", "true wice 1", "true wice 2", "false wice 0", "it was reworded 0"}
        mistaken |= {"it has a number 0", "it has a number 1"}
        found = result(Scripted(CASES, frozenset(mistaken)))
        them = values(found)
        assert them["wice"] == pytest.approx((3 / 6 + 9 / 10) / 2)
        assert them["mean of sets"] == pytest.approx((0.7 + 1 + 1) / 3)
        assert them["caught: number"] == them["caught: all"] == 6 / 8
        assert them["lost: all"] == 1 / 4
        assert them["Brier score: wice"] == 4 / 16
        assert {each.case.claim.text for each in found.missed} == {each for each in mistaken if each.startswith("it")}
        assert next(each for each in found.figures if each.name == "caught: all").interval == pytest.approx(
            (0.409, 0.929), abs=1e-3
        )

    def test_intervals_hold_their_value(self) -> None:
        found = result(Scripted(CASES, frozenset(each.claim.text for each in CASES[::3])))
        for each in found.figures:
            if each.interval:
                assert each.interval[0] <= each.value <= each.interval[1]

    def test_experts_corrections(self) -> None:
        found = {each.name: each for each in result(None).figures}
        assert found["experts' corrections"].total == 1
        assert found["the same with learnt claims"].total == 2
        # Of ten words, all marked, three are wrong.
        assert found["the same with learnt claims"].value == pytest.approx(6 / (6 + 7))

    def test_only_the_chosen_tables(self) -> None:
        found = grounding.assess(Contender(name="m", verifier=None), CASES, [], ("planted",), silent)
        assert {each.table for each in found.figures} == {"planted"}
        assert found.bins == ()

    def test_nothing_gives_nothing(self) -> None:
        assert result(None, []).figures == []


class TestWords:
    def test_f1_by_hand(self) -> None:
        text = "The pump weighs 12 tons today."
        false = case(text, False, "planted", wrong=((16, 23),))
        verdict = Verdict(label="contradicted", score=0.1, unsupported=((4, 8), (17, 18)))
        counted = figures.marks(Judged(case=false, verdict=verdict))
        assert counted == (1, 1, 1)  # "12" rightly, "pump" wrongly, "tons" not
        assert figures.f1([counted]) == 0.5
        assert figures.f1([counted, (2, 0, 0)]) == 6 / 8
        assert figures.f1([(0, 3, 2)]) == figures.f1([]) == 0.0

    def test_errors_that_are_the_whole_claim_are_left_out(self) -> None:
        whole = case("Another pump is here.", False, "planted", kind=FALSE_KINDS[0], wrong=((0, 20),))
        assert not figures.words_figures([Judged(case=whole, verdict=Verdict(label="supported", score=1.0))])

    @given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5), st.text(max_size=30))
    def test_marks_count_every_word_once(self, spans: list[tuple[int, int]], text: str) -> None:
        each = Judged(
            case=case(text, False, wrong=tuple(spans)),
            verdict=Verdict(label="unsupported", score=0.0, unsupported=tuple(spans)),
        )
        both, only_marked, only_wrong = figures.marks(each)
        assert only_marked == only_wrong == 0
        assert both <= len(sets.WORD.findall(text))
        assert figures.f1([figures.marks(each)]) == (1.0 if both else 0.0)


class TestThreshold:
    def test_one_for_all_sets(self) -> None:
        scores: Mapping[str, tuple[float, bool]] = {
            "a": (0.9, True),
            "b": (0.6, True),
            "c": (0.5, False),
            "d": (0.5, True),
            "e": (0.2, False),
        }
        judged = [
            Judged(case=case(text, label), verdict=Verdict(label="unsupported", score=score))
            for text, (score, label) in scores.items()
        ]
        # At 0.6: (2/3 + 1)/2; at 0.5: (1 + 1/2)/2.
        assert figures.best_threshold(judged) == 0.6
        found = {each.name: each.value for each in figures.judged_figures(judged)}
        assert found["wice"] == 0.5
        assert found["wice, best threshold"] == pytest.approx(5 / 6)

    def test_above_all_scores_where_nothing_gains(self) -> None:
        judged = [
            Judged(case=case(str(label), label), verdict=Verdict(label="supported", score=1.0 - label))
            for label in (True, False)
        ]
        assert figures.best_threshold(judged) > 1.0

    @given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30))
    def test_no_other_is_better(self, scored: list[tuple[float, bool]]) -> None:
        judged = [
            Judged(case=case(str(i), label), verdict=Verdict(label="supported", score=score))
            for i, (score, label) in enumerate(scored)
        ]

        def at(threshold: float) -> float:
            return figures.balanced_accuracy(figures.tallies(judged, lambda each: each.verdict.score >= threshold))

        best = at(figures.best_threshold(judged))
        assert all(best >= at(other) - 1e-9 for other in (0.0, 0.1, 0.3, 0.5, 0.9, 1.01))


class TestCalibration:
    def test_by_hand(self) -> None:
        scored = [(0.9, i != 0) for i in range(10)] + [(0.2, i < 4) for i in range(10)]
        # 0.9 is right 9 times in 10; 0.2 is right 4 times in 10.
        assert figures.calibration_error(scored) == pytest.approx(0.1)
        assert figures.brier(scored) == pytest.approx((9 * 0.01 + 0.81 + 4 * 0.64 + 6 * 0.04) / 20)
        assert [each.count for each in figures.bins(scored)] == [10, 10]

    @given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
    def test_bins_hold_all_in_order(self, scored: list[tuple[float, bool]]) -> None:
        found = figures.bins(scored)
        assert sum(each.count for each in found) == len(scored)
        assert len(found) <= figures.BINS
        assert [each.score for each in found] == sorted(each.score for each in found)
        assert 0.0 <= figures.calibration_error(scored) <= 1.0
        assert figures.calibration_error(scored) == figures.calibration_error(scored[::-1]) or not scored


class TestGroups:
    def test_whole_groups_are_sampled(self) -> None:
        groups = [[0.0] * 50, [1.0] * 50]
        low, high = grouped_bootstrap(groups, lambda some: sum(map(sum, some)) / sum(map(len, some)))
        assert (low, high) == (0.0, 1.0)  # of a hundred lone values it would be 0.4 to 0.6

    def test_none(self) -> None:
        with pytest.raises(ValueError, match="nothing"):
            grouped_bootstrap([], lambda _: 0.0)


WICE = [
    {"label": "supported", "claim": "A", "evidence": ["One.", "Two."], "meta": {"claim_title": "kept"}},
    {"label": "partially_supported", "claim": "B", "evidence": ["One."], "meta": {"claim_title": "kept"}},
    {"label": "supported", "claim": "C", "evidence": ["One."], "meta": {"claim_title": "learnt"}},
]
HEALTHVER = [
    {"claim": f"claim {i}", "evidence": "E", "label": label, "topic_ip": str(i)}
    for i, label in enumerate(("Supports", "Refutes", "Neutral"))
]
CONTRACTS = {
    "documents": [
        {
            "id": name,
            "text": "The whole agreement.",
            "annotation_sets": [{"annotations": {"n-1": {"choice": "Entailment"}, "n-2": {"choice": "NotMentioned"}}}],
        }
        for name in ("kept", "learnt")
    ],
    "labels": {"n-1": {"hypothesis": "One."}, "n-2": {"hypothesis": "Two."}},
}


def expert(support: str, claim: str, revised: str | None, page: str = "http://x\n\nThe page.") -> dict[str, object]:
    return {"claim_string": claim, "support": support, "revised_claim": revised, "evidence": [page]}


EXPERTS = [
    {
        "question": "kept",
        "answers": {
            "a": {
                "claims": [
                    expert("Partial", "Cats eat mice and cheese [1].", "Cats eat mice."),
                    expert("Partial", "Cats eat mice.", "Dogs, on the other hand, like bones."),
                    expert("Complete", "Cats eat mice and fish.", "Cats eat mice."),
                    expert("Incomplete", "Cats eat mice and fish.", None),
                    expert("Incomplete", "Cats eat mice and fish.", "Cats eat mice.", page="no page"),
                ]
            }
        },
    },
    {
        "question": "learnt",
        "answers": {"a": {"claims": [expert("Incomplete", "Dogs eat old bones.", "Dogs eat bones.")]}},
    },
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "grounding").mkdir(parents=True)
    for name, rows in ((sets.NEEDED[0], WICE), (sets.EXPERTS, EXPERTS)):
        (folder / name).write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    with (folder / sets.NEEDED[1]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(HEALTHVER[0]))
        writer.writeheader()
        writer.writerows(HEALTHVER)
    (folder / sets.NEEDED[2]).write_text(json.dumps(CONTRACTS), encoding="utf-8")
    return folder


def kept(group: str) -> bool:
    return group.endswith("kept")


class TestSets:
    def test_only_rows_that_are_kept_from_training(self, data: Path) -> None:
        found = sets.judged(data, sample=0, kept=kept)
        assert [(each.set, each.group, each.supported) for each in found] == [
            ("wice", "wice kept", True),
            ("wice", "wice kept", False),
            ("healthver", "healthver 0", True),
            ("healthver", "healthver 1", False),
            ("healthver", "healthver 2", False),
            ("contractnli", "contractnli kept", True),
            ("contractnli", "contractnli kept", False),
        ]
        assert found[0].claim == Claim(text="A", evidence=("One. Two.",))
        assert found[-1].claim == Claim(text="Two.", evidence=("The whole agreement.",))

    def test_a_sample_is_the_same_again(self, data: Path) -> None:
        found = sets.judged(data, sample=2, seed=3, kept=kept)
        assert sum(each.set == "healthver" for each in found) == 2
        assert found == sets.judged(data, sample=2, seed=3, kept=kept)

    def test_experts(self, data: Path) -> None:
        found = sets.experts(data, kept)
        assert [(each.claim.text, each.kind) for each in found] == [
            ("Cats eat mice and cheese.", "kept"),
            ("Dogs eat old bones.", "learnt"),
        ]
        assert [[each.claim.text[a:b] for a, b in each.wrong] for each in found] == [["and", "cheese"], ["old"]]
        assert found[0].claim.evidence == ("The page.",)

    def test_missing_data(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="--data"):
            sets.check(tmp_path)


class TestErrors:
    def test_planted(self) -> None:
        found = errors.planted([("pump.pdf", PASSAGE), ("other.pdf", PASSAGE.replace("blue", "red"))], sample=12)
        assert 0 < len(found) <= 12
        assert {each.supported for each in found} == {True, False}
        assert all(not each.wrong for each in found if each.supported)
        for each in found:
            assert each.group == ("pump.pdf" if "blue" in each.claim.evidence[0] else "other.pdf")

    def test_quotas(self) -> None:
        assert errors.shares({"a": 3, "b": 100, "c": 50}, 30) == {"a": 3, "c": 13, "b": 14}
        assert errors.shares({"a": 1, "b": 2}, 30) == {"a": 1, "b": 2}
        assert errors.shares({}, 30) == {}

    @given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=8), st.integers(0, 200))
    def test_quotas_are_fair(self, counts: dict[str, int], total: int) -> None:
        quota = errors.shares(counts, total)
        assert sum(quota.values()) == min(total, sum(counts.values()))
        whole = max(quota.values(), default=0)
        assert all(quota[name] == count or quota[name] >= whole - 1 for name, count in counts.items())


class Embedder:
    """Vectors of nothing."""

    name, dimension = "none", 2

    def texts(self, texts: Sequence[str]) -> Matrix:
        return np.ones((len(texts), 2), dtype=np.float32) / np.sqrt(np.float32(2))


class FakeModel:
    """Stands for the model; takes what it takes."""

    def __init__(self, model: Path | None = None, calibration: Path | None = None) -> None:
        self.name, self.calibration = f"fake {model.stem if model else 'shipped'}", calibration
        if model and model.stem == "broken":
            raise VerifierUnavailable("the weights are broken")

    def verify(self, claims: Sequence[Claim], *, question: str = "", domain: str = "") -> tuple[Verdict, ...]:
        return tuple(Verdict(label="unsupported", score=0.2) for _ in claims)


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of weights, and a module of the model that takes them."""
    module = ModuleType("guards.grounding.model")
    for name in ("shipped", "one", "two", "broken"):
        (tmp_path / f"{name}.onnx").touch()
    module.ModelVerifier, module.WEIGHTS = FakeModel, tmp_path / "shipped.onnx"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "guards.grounding.model", module)
    return tmp_path


class TestContenders:
    def test_majority(self) -> None:
        claims = [Claim(text="It is.", evidence=())]
        assert Majority(share=0.7).verify(claims)[0].label == "supported"
        assert Majority(share=0.3).verify(claims)[0].unsupported == ((0, 6),)

    def test_sets_are_judged_one_by_one(self) -> None:
        verifier = Scripted(CASES)
        found = judge(Contender(name="it", verifier=verifier), CASES, silent)
        order = [*figures.SETS, "planted", "experts"]
        assert [each.case for each in found] == sorted(CASES, key=lambda each: order.index(each.set))
        assert verifier.asked == [16, 16, 16, 12, 2]

    def test_the_model_that_ships(self, weights: Path) -> None:
        found = contenders(Embedder(), (), silent)  # type: ignore[arg-type]
        assert [(each.name, each.model) for each in found] == [
            ("majority", False),
            ("words and vectors", False),
            ("model", True),
        ]

    def test_a_model_that_is_not_there_is_left_out(self, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[str] = []
        (weights / "shipped.onnx").unlink()
        assert len(contenders(Embedder(), (), told.append)) == 2  # type: ignore[arg-type]
        monkeypatch.setitem(sys.modules, "guards.grounding.model", None)
        assert len(contenders(Embedder(), (), told.append)) == 2  # type: ignore[arg-type]
        assert len(told) == 2
        assert all(each.startswith("the model is left out: ") for each in told)

    def test_named_weights_with_their_calibration(self, weights: Path) -> None:
        (weights / "one.json").touch()
        found = contenders(Embedder(), (weights / "one.onnx", weights / "two.onnx"), silent)  # type: ignore[arg-type]
        assert [each.name for each in found[2:]] == ["one", "two"]
        assert [each.verifier.calibration for each in found[2:]] == [weights / "one.json", None]  # type: ignore[union-attr]

    def test_named_weights_must_be_there(self, weights: Path) -> None:
        for name, message in (("three", "no weights at"), ("broken", "are broken")):
            with pytest.raises(UsageError, match=message):
                contenders(Embedder(), (weights / f"{name}.onnx",), silent)  # type: ignore[arg-type]


class TestSpeed:
    def test_turns_differ_and_are_the_same_again(self) -> None:
        found = speed.turns(3)
        assert found == speed.turns(3)
        assert len({each.claims[0].text for each in found}) == 3
        for turn in found:
            assert len(turn.claims) == 10
            assert all(len(each.evidence) == 5 for each in turn.claims)
            assert len(turn.first.evidence) == 1
            assert all(len(each.text.split()) in speed.WORDS for each in (*turn.claims, turn.first))

    def test_figures(self) -> None:
        them = [Contender(name="majority", verifier=None), Contender(name="m", verifier=FakeModel())]  # type: ignore[arg-type]
        found = speed.measure(them, Embedder(), repeats=3, tell=silent)  # type: ignore[arg-type]
        assert list(found) == ["m"]
        assert [each.name for each in found["m"]][:3] == [
            "ten sentences, p50",
            "ten sentences, p95",
            "ten sentences, times embedding",
        ]
        assert all(each.value > 0 and each.total == 3 for each in found["m"])


class TestReport:
    def test_cells(self) -> None:
        figure = Figure(table="judged", name="wice", value=0.7, interval=(0.65, 0.75), total=9)
        assert report.cell(figure) == "  70.0% [65.0, 75.0]"
        assert report.cell(replace(figure, bar=Bar(limit=0.74, least=True))) == "x 70.0% [65.0, 75.0]"
        assert report.cell(replace(figure, unit="ms", value=90, interval=None)) == "  90 ms"
        assert report.cell(replace(figure, unit="times", value=2, interval=(1, 3))) == "  ×2.00 [1.00, 3.00]"
        assert report.asked(Bar(limit=0.03, least=False), "number") == "≤ 0.030"

    def test_html_is_escaped(self) -> None:
        cases = [case("<script>", False, "planted", kind="number", wrong=((1, 7),))]
        found = result(Scripted(cases, frozenset({"<script>"})), cases)
        page = report.as_html([found], ["a < b"])
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        assert "a &lt; b" in page

    def test_several_weights_are_one_column(self) -> None:
        ways = [
            result(Scripted(CASES, frozenset(wrong))) for wrong in ([], ["it was reworded 0"], ["it was reworded 1"])
        ]
        those = [Contender(name=f"seed {i}", verifier=None, model=True) for i in range(3)]
        results = [replace(each, name=f"seed {i}") for i, each in enumerate(ways)]
        found = grounding.together(those, results)
        assert [each.seed for each in found] == [True, True, True, False]
        lost = next(each for each in found[-1].figures if each.name == "lost: all")
        assert lost.value == pytest.approx(0.5 / 3)
        assert lost.interval == (0.0, 0.25)
        text = report.as_text(found, ["a note"])
        assert "3 models" in text
        assert "seed 0" not in text
        assert "seed 0" in report.as_html(found, [])
        assert grounding.together(those[:1], results[:1]) == results[:1]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No homes, no real embedder, and a recipe that keeps what is called so."""
    monkeypatch.setattr(errors, "passages", lambda *_: [("pump.pdf", PASSAGE)])
    monkeypatch.setattr("corpus.embedding.MiniLM", Embedder)
    monkeypatch.setattr(sets.judged, "__kwdefaults__", {**(sets.judged.__kwdefaults__ or {}), "kept": kept})
    monkeypatch.setattr(sets.experts, "__defaults__", (kept,))


@pytest.mark.usefixtures("offline", "weights")
class TestCommand:
    def run(self, data: Path, out: Path, *more: str) -> int:
        return grounding.main(["--data", str(data), "--out", str(out), "--repeats", "2", *more])

    def test_tables_files_and_json(self, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run(data, tmp_path / "out") == 0
        text = capsys.readouterr().out
        for title in report.TITLES.values():
            assert title in text
        assert "wice: 2 claims of 1 groups, 50% supported" in text
        assert "<svg" in (tmp_path / "out/grounding.html").read_text("utf-8")
        assert self.run(data, tmp_path / "out", "--json", "--only", "judged,calibration") == 0
        printed = json.loads(capsys.readouterr().out)
        assert printed == json.loads((tmp_path / "out/grounding.json").read_text("utf-8"))
        assert [each["name"] for each in printed["results"]] == ["majority", "words and vectors", "model"]
        assert {each["table"] for each in printed["results"][0]["figures"]} == {"judged", "calibration"}

    def test_missing_data_is_one_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for table in TABLES[:4]:
            assert self.run(tmp_path / "nowhere", tmp_path / "out", "--only", table) == 2
            lines = capsys.readouterr().err.strip().splitlines()
            assert len([each for each in lines if each.startswith("plumbline: no grounding/")]) == 1

    def test_missing_documents(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="no documents"):
            PASSAGES(tmp_path / "documents", tmp_path, silent)

    def test_unknown_tables(self, data: Path, tmp_path: Path) -> None:
        with pytest.raises(SystemExit):
            self.run(data, tmp_path, "--only", "colour")


def test_passages_of_unseen_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    @dataclass
    class Named:
        file: str = ""
        id: str = ""
        text: str = ""

    class Library:
        def __enter__(self) -> Library:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def documents(self) -> list[Named]:
            return [Named(file=name, id=name) for name in ("cited.pdf", "learnt.pdf", "OCPP-2.pdf")]

        def passages(self, document: str) -> list[Named]:
            return [Named(text=f"{document} says")]

    recipe = ModuleType("evals.training.grounding.recipe")
    recipe.unseen, recipe.part = lambda: {"cited.pdf"}, lambda group: "measured" if kept(group) else "learnt"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "evals.training.grounding", ModuleType("evals.training.grounding"))
    monkeypatch.setitem(sys.modules, "evals.training.grounding.recipe", recipe)
    monkeypatch.setattr("evals.gold.homes.prepare", lambda documents, homes, domains: homes / domains[0])
    monkeypatch.setattr("assistant.build.open_library", lambda _: Library())
    found = errors.passages(tmp_path, tmp_path, silent)
    assert found[:2] == [("cited.pdf", "cited.pdf says"), ("OCPP-2.pdf", "OCPP-2.pdf says")]
    assert len(found) == 6
    assert sets.measured("wice kept")
    assert not sets.measured("wice learnt")


def test_the_batch_is_what_it_says() -> None:
    many = [replace(CASES[0], claim=Claim(text=f"{i}", evidence=())) for i in range(contending.BATCH + 1)]
    verifier = Scripted(many)
    judge(Contender(name="it", verifier=verifier), many, silent)
    assert verifier.asked == [contending.BATCH, 1]
