"""Figures and their intervals."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.statistics import (
    Share,
    auc,
    bootstrap,
    mean,
    ndcg,
    paired_difference,
    ratio_of_medians,
    wilson,
)

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12)
TIMES = st.lists(st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3)), min_size=1, max_size=12)
FEW = settings(max_examples=40, deadline=None)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    total = draw(st.integers(0, 500))
    return Share(count=draw(st.integers(0, total)), total=total)


@given(shares())
def test_wilson_holds_the_share_and_stays_between_0_and_1(share: Share) -> None:
    low, high = share.interval
    assert 0 <= low <= high <= 1
    assert not share.total or low <= share.value <= high


@given(shares())
def test_wilson_is_the_same_seen_from_the_other_side(share: Share) -> None:
    low, high = share.interval
    other = wilson(share.total - share.count, share.total)
    assert other == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(st.integers(1, 50), st.integers(2, 20))
def test_wilson_narrows_with_more_cases(count: int, times: int) -> None:
    total = 2 * count
    width = [high - low for low, high in (wilson(count, total), wilson(count * times, total * times))]
    assert width[1] < width[0]


def test_wilson_gives_the_textbook_values() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("count", "total"), [(3, 2), (-1, 2)])
def test_a_count_outside_the_total_is_no_share(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(count, total)


def test_shares_read_well() -> None:
    assert str(Share(count=8, total=10)) == "8/10 = 80.0% [49.0%, 94.3%]"
    assert str(Share(count=0, total=0)) == "none"
    assert Share(count=0, total=0).value == 0.0


@FEW
@given(NUMBERS, st.integers(0, 9))
def test_bootstrap_stays_among_the_values_and_repeats_itself(values: list[float], seed: int) -> None:
    low, high = bootstrap(values, rounds=60, seed=seed)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    assert (low, high) == bootstrap(values, rounds=60, seed=seed)


def test_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    import random

    rng = random.Random(1)
    samples = [[rng.gauss(5, 2) for _ in range(40)] for _ in range(100)]
    intervals = [bootstrap(sample, rounds=200) for sample in samples]
    assert 85 <= sum(low <= 5 <= high for low, high in intervals) <= 100


def test_bootstrap_takes_any_statistic_and_refuses_nothing() -> None:
    assert bootstrap([1.0, 1.0, 9.0], median, rounds=100)[0] == 1.0
    with pytest.raises(ValueError, match="nothing to take samples from"):
        bootstrap([])


@FEW
@given(NUMBERS, st.floats(-100, 100))
def test_a_constant_lead_has_no_uncertainty(values: list[float], lead: float) -> None:
    found = paired_difference([value + lead for value in values], values, rounds=40)
    assert (found.value, found.low, found.high) == pytest.approx((lead, lead, lead), abs=1e-6)


def test_pairs_must_be_pairs() -> None:
    with pytest.raises(ValueError, match="shorter"):
        paired_difference([1.0, 2.0], [1.0])


@FEW
@given(TIMES, st.floats(0.1, 10))
def test_a_ratio_scales_with_what_is_measured(turns: list[tuple[float, float]], factor: float) -> None:
    ours, bare = [one for one, _ in turns], [other for _, other in turns]
    once = ratio_of_medians(ours, bare, rounds=40)
    more = ratio_of_medians([factor * one for one in ours], bare, rounds=40)
    assert once.low <= once.high
    assert once.value == pytest.approx(median(ours) / median(bare))
    assert more.value == pytest.approx(factor * once.value)


def test_a_slow_minute_that_slows_both_does_not_widen_the_ratio() -> None:
    machine = [1.0, 1.0, 7.0, 1.0, 3.0, 2.0, 5.0]
    found = ratio_of_medians([2 * each for each in machine], machine)
    assert (found.low, found.value, found.high) == (2.0, 2.0, 2.0)
    assert str(found) == "2 [2, 2]"


@pytest.mark.parametrize(("ours", "bare"), [([], []), ([1.0], [0.0]), ([-1.0], [1.0])])
def test_a_ratio_needs_something_on_both_sides(ours: list[float], bare: list[float]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        ratio_of_medians(ours, bare)


def test_mean_of_nothing_is_0() -> None:
    assert mean([]) == 0.0
    assert mean([1, 2]) == 1.5


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), max_size=30))
def test_auc_turns_round_with_the_scores(pairs: list[tuple[float, bool]]) -> None:
    scores, labels = [score for score, _ in pairs], [label for _, label in pairs]
    if len(set(labels)) < 2:
        with pytest.raises(ValueError, match="positives and negatives"):
            auc(scores, labels)
    else:
        assert auc(scores, labels) + auc([-score for score in scores], labels) == pytest.approx(1.0)


def test_auc_counts_ties_half() -> None:
    assert auc([1, 2, 2, 3], [False, True, False, True]) == (2 + 1.5) / 4


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.permutations("abcdefgh"))
def test_ndcg_is_1_exactly_when_the_relevant_come_first(relevant: set[str], ranking: list[str]) -> None:
    value = ndcg(ranking, relevant)
    assert 0 < value <= 1 + 1e-12
    assert (value > 1 - 1e-9) == (set(ranking[: len(relevant)]) == relevant)


def test_ndcg_of_nothing_relevant_is_0() -> None:
    assert ndcg(["a"], set()) == 0.0
    assert ndcg([], {"a"}) == 0.0
