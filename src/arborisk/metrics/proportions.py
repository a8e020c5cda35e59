"""Interval of a share of photos when photos of one group are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Floats, Spread, Spreads


def effective_groups(photos: NDArray[np.float64]) -> float:
    """Number of equally large groups that carry as much information as these unequal ones.

    It is the number of groups where all are of one size, and near 1 where one holds most photos.

    Args:
        photos: Photos of each group, shape (n_groups,).

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> effective_groups(np.array([3.0, 3.0, 3.0, 0.0]))
    3.0
    """
    return float(effective_numbers(photos))


def effective_numbers(photos: Floats) -> Floats:
    """`effective_groups` of many samples: shape (..., n_groups) to (...)."""
    squares = np.asarray((photos**2).sum(axis=-1))
    above = np.asarray(photos.sum(axis=-1) ** 2)
    return np.asarray(np.divide(above, squares, out=np.zeros(squares.shape), where=squares > 0))


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

    Source: the effective number of Korn and Graubard (1998), Survey Methodology 24(2), 193-201.
    """
    one = Spreads(
        *(np.array([part]) for part in (spread.value, 0.0, spread.variance, spread.freedom))
    )
    low, high = share_intervals(
        one, n_if_certain=n_if_certain, n_fewest=n_fewest, n_most=n_most, level=level
    )
    return float(low[0]), float(high[0])


def share_intervals(
    spreads: Spreads, *, n_if_certain: float, n_fewest: float, n_most: float, level: float
) -> tuple[Floats, Floats]:
    """`share_interval` of many scores at once: lower and upper ends, shape (n_scores,) each."""
    from scipy import special

    tail = np.array((1 - level) / 2)
    value = np.clip(spreads.value, 0.0, 1.0)
    moves = (spreads.variance > 0) & (value > 0) & (value < 1)
    widening = special.stdtrit(spreads.freedom, tail) / special.ndtri(tail)
    number = np.divide(
        value * (1 - value), spreads.variance * widening**2, out=np.ones_like(value), where=moves
    )
    number = np.where(moves, np.clip(number, n_fewest, n_most), n_if_certain)
    return exact_ends(value, number, tail)


def exact_ends(value: Floats, number: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Exact binomial ends for shares of a number of independent photos that need not be whole.

    Args:
        value: Shares in [0, 1].
        number: Independent photos, above 0.
        tail: Share of intervals that may miss on either side.

    Source: Clopper and Pearson (1934), Biometrika 26(4), 404-413.
    """
    from scipy import special

    right = value * number
    wrong = number - right
    low = np.where(value > 0, special.betaincinv(np.maximum(right, _LEAST), wrong + 1, tail), 0.0)
    high = special.betaincinv(right + 1, np.maximum(wrong, _LEAST), 1 - tail)
    return low, np.where(value < 1, high, 1.0)


_LEAST = 1e-12
"""Stands for no photo at all, where the end that it would give is not used."""
