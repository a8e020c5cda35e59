"""Rank agreement, steps back, means over trees: answers worked by hand."""

import numpy as np
import pytest

from arborisk.explanation.responses.verdicts import (
    _verdict,
    mean_curve,
    mean_interval,
    never_steps_back,
    rank_agreement,
    typical_difference,
)
from arborisk.records import Interval

GUST = np.array([[40.0, 30.0, 20.0, 10.0]])


@pytest.mark.parametrize(
    ("danger", "expected"),
    [([1, 2, 3, 9], 1.0), ([4, 3, 2, 1], -1.0), ([5, 5, 5, 5], 0.0), ([1, 3, 2, 4], 0.8)],
)
def test_rank_agreement(danger, expected):
    assert rank_agreement(np.array([danger], float), GUST)[0] == pytest.approx(expected)


def test_where_the_gust_never_changes_there_is_no_rank():
    assert np.isnan(rank_agreement(np.array([[1.0, 2.0]]), np.array([[30.0, 30.0]]))[0])


@pytest.mark.parametrize(
    ("danger", "expected"),
    [
        ([0, 1, 2, 10], True),
        ([0, 5, 4.5, 10], True),  # back by a twentieth of the range
        ([0, 5, 3.5, 10], False),
        ([10, 5, 2, 0], False),
        ([1, 1, 1, 1], False),
    ],
)
def test_steps_back(danger, expected):
    assert never_steps_back(np.array([danger], float), GUST)[0] == expected


def test_mean_interval_is_students():
    found = mean_interval(np.array([1.0, 2.0, 3.0, np.nan]))
    assert found.value == 2.0
    assert found.high - 2.0 == pytest.approx(4.303 / np.sqrt(3), abs=1e-3)
    assert mean_interval(np.array([1.0])).low is None
    assert mean_interval(np.array([0.5, 1.0, 1.0]), most=1.0).high == 1.0


def test_mean_curve_and_typical_difference():
    values = np.array([[0.0, 1.0], [0.0, 3.0]])
    mean, low, high = mean_curve(values)
    assert mean.tolist() == [0.0, 2.0]
    assert low[0] == high[0] == 0.0
    assert low[1] < 2.0 < high[1]
    assert typical_difference(values) == 2.0


@pytest.mark.parametrize(
    ("change", "rank", "expected"),
    [
        ((0.2, 0.1, 0.3), (0.8, 0.6, 1.0), "follows physics"),
        ((-0.2, -0.3, -0.1), (-0.8, -1.0, -0.6), "goes against physics"),
        ((0.2, -0.1, 0.5), (0.8, 0.6, 1.0), "unclear"),
        ((0.2, 0.1, 0.3), (0.3, 0.1, 0.5), "unclear"),
        ((0.01, -0.02, 0.04), (0.8, 0.6, 1.0), "ignores it"),
        ((0.01, -0.2, 0.2), (0.0, -0.2, 0.2), "unclear"),
        ((0.2, 0.1, 0.3), None, "moves"),
        ((0.2, -0.1, 0.5), None, "does not move"),
    ],
)
def test_verdicts_by_the_thresholds(change, rank, expected):
    assert _verdict(Interval(*change), Interval(*rank) if rank else None) == expected
