"""Intervals of a share of photos of groups: the number of independent photos has its limits."""

import numpy as np
import pytest
from scipy import stats

from arborisk.metrics.over_groups import Spread, share_interval


def ends(value, variance, **limits):
    usual = {"n_if_certain": 20, "n_fewest": 1, "n_most": 1000}
    spread = Spread(value, np.zeros(1), variance, 1e9)
    return share_interval(spread, **(usual | limits), level=0.95)


def exact(n_right, n):
    found = stats.binomtest(n_right, n).proportion_ci(method="exact")
    return pytest.approx((found.low, found.high))


def test_the_number_is_that_of_independent_photos_with_the_same_variance():
    assert ends(0.25, 0.25 * 0.75 / 80) == exact(20, 80)


def test_the_number_stays_between_its_limits():
    assert ends(0.25, 1e-9, n_most=40) == exact(10, 40)
    assert ends(0.25, 0.9, n_fewest=12) == exact(3, 12)


def test_a_score_of_one_stands_on_as_many_as_were_said():
    assert ends(1.0, 0.0) == exact(20, 20)
    assert ends(1.0 + 1e-12, 0.1) == exact(20, 20)  # rounding
