"""Tests on paired answers: by hand, by enumeration, swapped, and their size by simulation."""

import itertools

import numpy as np
import pytest
from scipy import stats

from arborisk.metrics.intervals import TOO_FEW
from arborisk.metrics.paired_tests import (
    N_RANDOM_PATTERNS,
    PairedSums,
    mcnemar_p,
    paired_differences,
    sign_flip_p,
)
from arborisk.metrics.scores import scores, sums_by_group

NAMES = ("Im", "Pr")


def paired(truth, said, groups):
    """Sums of two models that answer with certainty."""
    one, other = (sums_by_group(truth, np.eye(2)[answers], groups) for answers in said)
    return PairedSums(one, other, NAMES, ordered=True)


@pytest.mark.parametrize("one, other", [(1, 8), (8, 1), (0, 0), (3, 3), (40, 61)])
def test_mcnemar_is_the_exact_binomial(one, other):
    expected = stats.binomtest(one, one + other).pvalue if one + other else 1.0
    assert mcnemar_p(one, other) == pytest.approx(expected)
    if {one, other} == {1, 8}:
        assert mcnemar_p(one, other) == 0.0390625  # 2 (1 + 9) / 2^9


def test_three_groups_by_enumeration():
    truth = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 0])
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
    said = np.array([[0, 1, 0, 1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 1, 1, 0]])
    found = sign_flip_p(paired(truth, said, groups))
    for metric in ("accuracy", "macro_f1", "quadratic_weighted_kappa", "log_loss"):
        gaps = []
        for swaps in itertools.product([False, True], repeat=3):
            swapped = np.isin(groups, np.flatnonzero(swaps))
            both = np.where(swapped, said[::-1], said)
            values = [
                scores(truth, np.eye(2)[row], class_names=NAMES, ordered=True)[metric]
                for row in both
            ]
            gaps.append(values[1] - values[0])
        expected = np.mean(np.abs(gaps) >= abs(gaps[0]) - 1e-9)
        assert found[metric] == pytest.approx(expected), metric


def test_swapping_the_models_turns_the_difference_round():
    generator = np.random.default_rng(1)
    truth = np.repeat(generator.integers(0, 2, 80), 3)
    said = np.where(generator.random((2, 240)) < [[0.2], [0.3]], 1 - truth, truth)
    groups = np.repeat(np.arange(80), 3)
    there, back = paired(truth, said, groups), paired(truth, said[::-1], groups)
    assert sign_flip_p(there, seed=3) == sign_flip_p(back, seed=3)
    assert sign_flip_p(there, seed=3) != sign_flip_p(there, seed=4)
    one, other = paired_differences(there), paired_differences(back)
    for name in one:
        assert one[name].value == pytest.approx(-other[name].value)
        assert one[name].low == pytest.approx(-other[name].high)


def test_too_few_trees_of_a_class_have_no_interval():
    truth = np.repeat([0] * 40 + [1] * 5, 2)
    said = np.array([truth, np.zeros_like(truth)])
    found = paired_differences(paired(truth, said, np.repeat(np.arange(45), 2)))
    assert (found["macro_f1"].low, found["macro_f1"].note) == (None, TOO_FEW)
    assert found["accuracy"].high - found["accuracy"].low > 0.05


def test_where_trees_have_many_photos_only_the_test_over_trees_keeps_its_size():
    """Two models equally good, each right or wrong on whole trees of 6 photos."""
    generator = np.random.default_rng(2)
    n_trees, n_samples = 40, 80
    by_photo, by_tree, covered = [], [], []
    groups = np.repeat(np.arange(n_trees), 6)
    for _ in range(n_samples):
        truth = np.repeat(generator.integers(0, 2, n_trees), 6)
        wrong = np.repeat(generator.random((2, n_trees)) < 0.3, 6, axis=1)
        wrong ^= generator.random(wrong.shape) < 0.05
        said = np.where(wrong, 1 - truth, truth)
        right = said == truth
        only = [int((right[own] & ~right[1 - own]).sum()) for own in (0, 1)]
        by_photo.append(mcnemar_p(*only))
        pair = paired(truth, said, groups)
        by_tree.append(sign_flip_p(pair)["accuracy"])
        interval = paired_differences(pair)["macro_f1"]
        covered.append(interval.low is None or interval.low <= 0 <= interval.high)
    assert np.mean(np.array(by_photo) < 0.05) > 0.25
    assert np.mean(np.array(by_tree) < 0.05) < 0.10
    assert np.mean(covered) > 0.9


def test_no_p_value_is_0():
    """20 trees that all speak for one model: of 2^20 patterns 2 are as far, and few are drawn."""
    truth = np.arange(20) % 2
    found = sign_flip_p(paired(truth, np.array([truth, 1 - truth]), np.arange(20)))
    assert 1 / (N_RANDOM_PATTERNS + 1) <= found["accuracy"] < 3 / N_RANDOM_PATTERNS


def test_of_two_trees_of_equal_weight_one_for_each_model_every_pattern_is_as_far():
    truth, groups = np.array([0, 1, 0, 1]), np.arange(4)
    said = np.array([[1, 1, 0, 1], [0, 0, 0, 1]])
    assert sign_flip_p(paired(truth, said, groups))["accuracy"] == 1.0


@pytest.mark.parametrize(("n_groups", "has_interval"), [(14, False), (15, True)])
def test_fifteen_groups_of_the_rarest_class_are_just_enough(n_groups, has_interval):
    truth = np.repeat([0, 1], n_groups)
    said = np.stack([truth, truth])
    said[0, ::3] = 1 - said[0, ::3]
    found = paired_differences(paired(truth, said, np.arange(2 * n_groups)))
    assert (found["macro_f1"].low is not None) == has_interval
    assert found["accuracy"].low is not None  # of all groups there are twice as many
