"""Intervals of means over groups."""

import numpy as np
import pytest
from scipy import stats

from arborisk.explanation.belief.maps import (
    FEWEST_GROUPS,
    TOO_FEW,
    above,
    below,
    mean_interval,
)
from arborisk.metrics.over_groups import NO_SPREAD
from arborisk.records import Interval


def test_with_one_photo_a_group_it_is_nearly_the_t_interval_of_the_mean():
    values = np.random.default_rng(2).normal(1.0, 1.0, 40)
    found = mean_interval(values, [str(n) for n in range(40)])
    low, high = stats.t.interval(0.95, 39, loc=values.mean(), scale=stats.sem(values))
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(low, abs=0.05)
    assert found.high == pytest.approx(high, abs=0.05)


def test_photos_of_one_group_do_not_narrow_it():
    values = np.random.default_rng(2).normal(size=10)
    alone = mean_interval(values, list("abcdefghij"))
    same = mean_interval(np.tile(values, 5), list("abcdefghij") * 5)
    assert (same.low, same.high) == pytest.approx((alone.low, alone.high))


def test_too_few_groups_give_no_ends():
    found = mean_interval(np.arange(5.0), list("abcde"))
    assert (found.low, found.high, found.note) == (None, None, TOO_FEW)
    assert FEWEST_GROUPS == 6
    assert mean_interval(np.arange(6.0), list("abcdef")).low is not None


def test_no_difference_gives_no_ends():
    assert mean_interval(np.ones(8), list("abcdefgh")).note == NO_SPREAD


def test_above_and_below_need_the_whole_interval():
    assert above(Interval(1.0, 0.1, 2.0)) and not below(Interval(1.0, 0.1, 2.0))
    assert below(Interval(-1.0, -2.0, -0.1))
    assert not above(Interval(1.0, -0.1, 2.0))
    assert not above(Interval(1.0, None, None)) and not below(Interval(-1.0, None, None))
