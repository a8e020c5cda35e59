"""Exact numbers of what may be promised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from arborisk.calibration.misses import (
    attainable_coverage,
    binomial_at_most,
    groups_needed,
    misses_allowed,
    order_statistic_quantile,
)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_binomial_sums_are_those_of_scipy(successes, trials, chance):
    expected = stats.binom.cdf(successes, trials, chance)
    assert binomial_at_most(successes, trials, chance) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("rank", "sample", "level"), [(1, 1, 0.5), (28, 30, 0.05), (91, 100, 0.9)])
def test_order_statistics_follow_a_beta_distribution(rank, sample, level):
    expected = stats.beta.ppf(level, rank, sample + 1 - rank)
    assert order_statistic_quantile(rank, sample, level) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("n_groups", "low", "high"), [(30, 0.80, 0.97), (100, 0.85, 0.94), (8, 1.0, 1.0)]
)
def test_coverage_that_so_many_groups_can_bring_at_90_percent(n_groups, low, high):
    found = attainable_coverage(n_groups, 0.9)
    assert found == pytest.approx((low, high), abs=0.006)


def test_the_deck_s_56_probable_trees_cannot_prove_5_percent():
    assert groups_needed(0.05, 0.95) == 59
    assert [misses_allowed(n, 0.05, 0.95) for n in (56, 58, 59, 92, 93)] == [-1, -1, 0, 0, 1]


@given(st.integers(1, 300), st.floats(0.01, 0.5), st.floats(0.5, 0.99))
def test_one_miss_more_would_break_the_promise(n_groups, miss_rate, confidence):
    allowed = misses_allowed(n_groups, miss_rate, confidence)
    assert (allowed < 0) == (n_groups < groups_needed(miss_rate, confidence))
    if allowed >= 0:
        assert stats.binom.cdf(allowed, n_groups, miss_rate) <= 1 - confidence + 1e-9
    if allowed < n_groups:
        assert stats.binom.cdf(allowed + 1, n_groups, miss_rate) > 1 - confidence - 1e-9
