"""Numbers that were worked out by hand, and ends that must not be crossed."""

import math

import numpy as np
import pytest

from arborisk.metrics.drawn import never_certain
from arborisk.metrics.scores import majority_scores


def test_no_chance_is_0_or_1():
    assert never_certain(0.0) == 1e-6
    assert never_certain(1.0) == 1 - 1e-6
    assert never_certain(0.25) == 0.25
    assert never_certain(0.0, 9) == pytest.approx(0.05)  # half a case in ten draws
    assert never_certain(1.0, 9) == pytest.approx(0.95)
    assert math.isnan(never_certain(math.nan))


def test_one_answer_for_all_is_the_commonest_class_with_the_shares_as_probabilities():
    found = majority_scores(np.array([1, 0, 1]), class_names=("a", "b", "c"), ordered=True)
    assert (found["recall_a"], found["recall_b"]) == (0.0, 1.0)
    assert found["log_loss"] == pytest.approx(-(2 * math.log(2 / 3) + math.log(1 / 3)) / 3)
    one = majority_scores(np.array([2]), class_names=("a", "b", "c"), ordered=True)
    assert one["accuracy"] == 1.0


def test_mcnemar_without_a_disagreement_shows_nothing():
    pytest.importorskip("scipy")
    from arborisk.metrics.paired_tests import mcnemar_p

    assert mcnemar_p(0, 0) == 1.0
    assert mcnemar_p(1, 8) == pytest.approx(0.0390625)
    assert mcnemar_p(8, 1) == mcnemar_p(1, 8)
    assert mcnemar_p(4, 4) == 1.0


@pytest.mark.parametrize(("n", "m"), [(10, 10), (10, 100), (40, 12)])
def test_a_perfect_ranking_is_as_uncertain_as_the_rarer_kind_is_small(n, m):
    pytest.importorskip("scipy")
    from arborisk.metrics.intervals import area_ends

    score = np.arange(float(n + m))
    area, low, high = area_ends(score, score >= m, level=0.95)
    assert (area, high) == (1.0, 1.0)
    assert 0.69 <= round(low, 2) < 1.0
    worst, lowest, highest = area_ends(-score, score >= m, level=0.95)
    assert (worst, lowest) == (0.0, 0.0)
    assert highest == pytest.approx(1 - low)


def test_the_ends_of_a_ranking_hold_it_and_close_in_with_more_trees():
    pytest.importorskip("scipy")
    from arborisk.metrics.intervals import area_ends

    generator = np.random.default_rng(0)
    width = {}
    for n in (20, 200):
        score = np.concatenate([generator.normal(1, 1, n), generator.normal(0, 1, n)])
        area, low, high = area_ends(score, np.arange(2 * n) < n, level=0.95)
        assert 0 < low < area < high < 1
        wide = area_ends(score, np.arange(2 * n) < n, level=0.99)
        assert wide[1] < low and wide[2] > high
        width[n] = high - low
    assert width[200] < 0.5 * width[20]
