"""Probabilities that mean what they say, and some that do not."""

import numpy as np
import pytest
from scipy import stats

from arborisk.metrics.reliability import TOO_FEW, reliability_of


def drawn(n, seed=0, distort=1.0):
    random = np.random.default_rng(seed)
    chance = random.beta(0.7, 1.5, size=n)
    truth = (random.random(n) < chance).astype(np.int64)
    odds = (chance / (1 - chance)) ** distort
    said = odds / (1 + odds)
    return truth, np.column_stack([1 - said, said]), [str(row) for row in range(n)]


def test_right_probabilities_err_by_chance_alone():
    found = reliability_of(*drawn(1000))
    assert found.by_chance == pytest.approx(found.error.value, rel=0.8)
    assert found.error.low == 0


def test_overconfidence_is_more_than_chance():
    found = reliability_of(*drawn(1000, distort=3.0))
    assert found.error.low > 0.02
    assert found.error.low <= found.error.value <= found.error.high


def test_by_hand():
    # Four photos in two bins: said 0.2 twice, seen 1 of 2; said 0.8 twice, seen 1 of 2.
    said = np.array([0.2, 0.2, 0.8, 0.8])
    found = reliability_of(
        np.array([0, 1, 0, 1]), np.column_stack([1 - said, said]), ["a", "b", "c", "d"]
    )
    assert found.error.value == pytest.approx(0.3)
    assert (found.error.low, found.error.note) == (None, TOO_FEW)
    assert found.classes[1].said == pytest.approx([0.2, 0.8])
    assert found.classes[1].seen == pytest.approx([0.5, 0.5])
    # Both classes alike: reliability 0.09, resolution 0, uncertainty 0.25.
    parts = found.brier
    assert (parts.reliability, parts.resolution) == pytest.approx((0.18, 0.0))
    assert (parts.uncertainty, parts.within) == pytest.approx((0.5, 0.0))


def test_the_parts_sum_to_the_brier_score():
    truth, probability, groups = drawn(300, distort=2.0)
    brier = ((probability - np.eye(2)[truth]) ** 2).sum(axis=1).mean()
    assert reliability_of(truth, probability, groups).brier.total == pytest.approx(brier)


def test_a_share_of_a_bin_has_the_exact_interval_of_its_groups():
    """Said 0.2 ten times, seen twice; said 0.8 ten times, seen always; a photo a group."""
    said, truth = np.repeat([0.2, 0.8], 10), np.array([1] * 2 + [0] * 8 + [1] * 10)
    found = reliability_of(
        truth, np.column_stack([1 - said, said]), [str(row) for row in range(20)]
    ).classes[1]
    assert found.seen.tolist() == [0.2, 1.0]
    low, high = stats.binomtest(2, 10).proportion_ci(method="exact")
    assert (found.low[0], found.high[0]) == pytest.approx((low, high))
    assert (found.low[1], found.high[1]) == pytest.approx((0.025 ** (1 / 10), 1.0))
