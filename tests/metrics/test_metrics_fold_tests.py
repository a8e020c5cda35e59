"""Tests on folds: values by hand and by scipy, and their size where nothing differs."""

import numpy as np
import pytest
from scipy import stats

from arborisk.metrics.paired_tests import corrected_resampled_test, holm, welch_p

ONE = np.array([27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4])
TWO = np.array([27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.4])


@pytest.mark.parametrize("first, second", [(ONE, TWO), (ONE[:4], TWO), (ONE, np.full(5, 21.0))])
def test_welch_is_that_of_scipy(first, second):
    if np.ptp(second) == 0:  # scipy warns of a variance of 0, and gives the same
        with pytest.warns(RuntimeWarning):
            expected = stats.ttest_ind(first, second, equal_var=False).pvalue
    else:
        expected = stats.ttest_ind(first, second, equal_var=False).pvalue
    assert welch_p(first, second) == pytest.approx(expected, rel=1e-12)


def test_the_corrected_test_by_hand():
    """Ten folds: mean(d) = 0.02, var(d) = 0.0032 / 9 by hand, n_test / n_train = 1 / 9.

    The variance of the mean is (1 / 10 + 1 / 9) * 0.0032 / 9 = 7.50617e-5, so t = 2.30845 with 9
    degrees of freedom, where the plain paired test has t = 3.35410.
    """
    gain = np.array([0.00, 0.04] * 4 + [0.02, 0.02])
    base = np.linspace(0.6, 0.8, 10)
    found = corrected_resampled_test(base, base + gain, test_to_train=1 / 9)
    assert found.value == pytest.approx(0.02)
    assert found.p == pytest.approx(2 * stats.t.sf(2.308450, 9), rel=1e-5)
    reach = 2.262157 * 0.00866382
    assert (found.low, found.high) == pytest.approx((0.02 - reach, 0.02 + reach), abs=1e-7)
    without = corrected_resampled_test(base, base + gain, test_to_train=0.0)
    assert without.p == pytest.approx(stats.ttest_rel(base + gain, base).pvalue)
    assert without.p < found.p


def test_scores_without_spread():
    base = np.array([0.7, 0.8, 0.75])
    same = corrected_resampled_test(base, base, test_to_train=0.5)
    assert (same.value, same.low, same.high, same.p) == (0.0, None, None, 1.0)
    # 0.1 in every fold but for rounding: nothing to judge it by, not certainty.
    shifted = corrected_resampled_test(base, base + 0.1, test_to_train=0.5)
    assert shifted.value == pytest.approx(0.1)
    assert shifted.p is shifted.low is shifted.high is None
    flat = np.full(3, 0.7)
    assert welch_p(flat, flat) == 1.0
    assert welch_p(flat, flat + 0.1) is None


def test_holm_by_hand():
    # Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1; 0.04 may not fall below 0.06.
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_corrected_test_keeps_its_size_where_the_plain_one_does_not():
    """Two guesses of a mean, compared over 15 random 80:20 splits of the same 50 numbers.

    Neither is better: one is trained on odd and one on even columns of noise. The training parts of
    two splits share most numbers, which is what the correction is for.
    """
    generator = np.random.default_rng(0)
    n, n_test, n_splits, n_samples = 50, 10, 15, 300
    p = {0.0: [], n_test / (n - n_test): []}
    for _ in range(n_samples):
        data = generator.standard_normal((n, 3))
        target, columns = data[:, 0], data[:, 1:]
        order = generator.permuted(np.tile(np.arange(n), (n_splits, 1)), axis=1)
        test, train = order[:, :n_test], order[:, n_test:]
        losses = []
        for column in columns.T:
            slope = (column[train] * target[train]).mean(1) / (column[train] ** 2).mean(1)
            losses.append(((target[test] - slope[:, None] * column[test]) ** 2).mean(1))
        for ratio, found in p.items():
            found.append(corrected_resampled_test(*losses, test_to_train=ratio).p)
    plain, corrected = (np.mean(np.array(found) < 0.05) for found in p.values())
    assert plain > 0.15
    assert corrected < 0.08
