"""Tests of two settings by their scores in the folds of one split.

Two tests stand side by side. Welch's takes all scores for independent measurements. They are not:
the trainings of any two folds of K share (K - 2) / (K - 1) of their photos, so their scores vary
less than those of separate data sets would, and a difference looks surer than it is. The corrected
resampled t-test pairs the folds and adds the variance that shared training photos hide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FOLD_ROUNDING = 1e-9
"""A spread below this share of the largest score is rounding: the scores are all equal."""


@dataclass(frozen=True, slots=True)
class FoldDifference:
    """Mean difference of paired folds, with its test and interval.

    Attributes:
        value: Mean difference, in the unit of the scores.
        low: Lower end of the interval, or None where the differences have no spread.
        high: Upper end, or None likewise.
        p: Two-sided p value: 1 where all differences are 0, None where they are all the same other
            value (no spread to judge it by), or where there is one pair only.
    """

    value: float
    low: float | None
    high: float | None
    p: float | None


def welch_p(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """Two-sided p value of Welch's t-test, which allows unequal variances.

    It takes the scores for independent. Folds of one split are not: it is given because the paper
    that followed the deck prints it, beside `corrected_resampled_test`.

    Args:
        first: Scores of one setting, shape (n_first,), n_first >= 2.
        second: Scores of the other, shape (n_second,), n_second >= 2.

    Returns:
        The p value; 1 where neither varies and their means agree, None where neither varies and
        their means differ.

    Source: Welch (1947), Biometrika 34(1/2), 28-35. Same as ``scipy.stats.ttest_ind`` with
    ``equal_var=False``.
    """
    from scipy import special

    scale = _scale(first, second)
    gap = float(first.mean() - second.mean())
    parts = [_variance(one, scale) / len(one) for one in (first, second)]
    total = sum(parts)
    if total == 0:
        return 1.0 if abs(gap) <= FOLD_ROUNDING * scale else None
    freedom = total**2 / sum(
        part**2 / (len(one) - 1) for part, one in zip(parts, (first, second), strict=True)
    )
    return float(2 * special.stdtr(freedom, -abs(gap) / math.sqrt(total)))


def corrected_resampled_test(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    test_to_train: float,
    level: float = 0.95,
) -> FoldDifference:
    """Test and interval of ``second - first`` for folds that share training data.

    With d the J paired differences, t = mean(d) / sqrt((1 / J + n_test / n_train) var(d)) has
    J - 1 degrees of freedom. The ratio in it stands for the correlation that shared training photos
    give to the scores of two folds.

    Args:
        first: Scores of one setting in each fold (and repeat), shape (n_folds,).
        second: Scores of the other in the same folds, shape (n_folds,).
        test_to_train: Photos tested by photos trained on, n_test / n_train; 1 / (K - 1) for K
            folds.
        level: Coverage aimed at, in (0, 1).

    Source: Nadeau and Bengio (2003), Machine Learning 52(3), 239-281; for repeated folds as in
    Bouckaert and Frank (2004), PAKDD, LNCS 3056, 3-12.
    """
    from scipy import special

    difference = second - first
    value = float(difference.mean())
    n_folds, scale = len(difference), _scale(first, second)
    variance = _variance(difference, scale) if n_folds > 1 else 0.0
    if variance == 0:
        same = n_folds > 1 and abs(value) <= FOLD_ROUNDING * scale
        return FoldDifference(value, None, None, 1.0 if same else None)
    error = math.sqrt((1 / n_folds + test_to_train) * variance)
    reach = float(special.stdtrit(n_folds - 1, (1 + level) / 2)) * error
    p = float(2 * special.stdtr(n_folds - 1, -abs(value) / error))
    return FoldDifference(value, value - reach, value + reach, p)


def _scale(*scores: NDArray[np.float64]) -> float:
    """Largest score, by which rounding is told from spread."""
    return max(float(np.abs(one).max()) for one in scores)


def _variance(values: NDArray[np.float64], scale: float) -> float:
    """Variance with n - 1, and exactly 0 where only rounding varies."""
    spread = float(values.std(ddof=1))
    return 0.0 if spread <= FOLD_ROUNDING * scale else spread**2
