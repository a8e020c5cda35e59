"""Interval of a share of photos when photos of one group are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Spread


def effective_groups(photos: NDArray[np.float64]) -> float:
    """Number of equally large groups that carry as much information as these unequal ones.

    It is the number of groups where all are of one size, and near 1 where one holds most photos.

    Args:
        photos: Photos of each group, shape (n_groups,).

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> effective_groups(np.array([3.0, 3.0, 3.0, 0.0]))
    3.0
    """
    squares = float((photos**2).sum())
    return float(photos.sum()) ** 2 / squares if squares > 0 else 0.0


def share_interval(
    spread: Spread, *, n_if_certain: float, n_fewest: float, n_most: float, level: float
) -> tuple[float, float]:
    """Exact binomial interval with as many independent photos as the spread speaks of.

    The effective number is that of independent photos with the same variance, value (1 - value) /
    variance, made smaller where the variance itself is uncertain (few degrees of freedom).

    Args:
        spread: Score in [0, 1] with its jackknife variance.
        n_if_certain: Effective number where the variance is 0, as for a score of exactly 0 or 1;
            so that such a score gets an interval of honest width.
        n_fewest: Smallest effective number.
        n_most: Largest effective number.
        level: Coverage aimed at, in (0, 1).

    Returns:
        Lower and upper end, in [0, 1].

    Source: Clopper and Pearson (1934), Biometrika 26(4), 404-413, with the effective number of Korn
    and Graubard (1998), Survey Methodology 24(2), 193-201.
    """
    from scipy import special

    tail = (1 - level) / 2
    value = min(max(spread.value, 0.0), 1.0)
    number = n_if_certain
    if spread.variance > 0 and 0 < value < 1:
        widening = special.stdtrit(spread.freedom, tail) / special.ndtri(tail)
        number = value * (1 - value) / spread.variance / widening**2
        number = min(max(number, n_fewest), n_most)
    right = value * number
    low = special.betaincinv(right, number - right + 1, tail) if value > 0 else 0.0
    high = special.betaincinv(right + 1, number - right, 1 - tail) if value < 1 else 1.0
    return float(low), float(high)
