"""What a number of groups can promise: exact binomial arithmetic, without SciPy."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BISECTIONS = 60
"""Halvings of an interval of length 1: far below the rounding of a float."""
RANGE = 0.9
"""Share of calibration samples whose coverage lies inside `attainable_coverage`."""


def binomial_at_most(successes: int, trials: int, chance: float) -> float:
    """P(X <= successes) of a binomial X.

    >>> round(binomial_at_most(0, 59, 0.05), 4)
    0.0485
    """
    if successes >= trials or chance <= 0:
        return 1.0
    if successes < 0 or chance >= 1:
        return 0.0
    return min(1.0, float(_chances(trials, chance)[: successes + 1].sum()))


def _chances(trials: int, chance: float) -> NDArray[np.float64]:
    """P(X = 0), P(X = 1), ... of a binomial X, shape (trials + 1,); `chance` in (0, 1)."""
    number = np.arange(trials + 1)
    logs = _log_choices(trials) + number * math.log(chance)
    return np.asarray(np.exp(logs + (trials - number) * math.log1p(-chance)))


@lru_cache(maxsize=64)
def _log_choices(trials: int) -> NDArray[np.float64]:
    """Log of the number of ways to choose 0, 1, ... of so many, shape (trials + 1,)."""
    number = np.arange(1, trials + 1)
    return np.concatenate([[0.0], np.cumsum(np.log((trials - number + 1) / number))])


def order_statistic_quantile(rank: int, sample: int, level: float) -> float:
    """Quantile of Beta(rank, sample + 1 - rank): the rank-th smallest of ``sample`` uniforms.

    Args:
        rank: 1 to ``sample``.
        sample: Numbers drawn.
        level: Quantile asked for, in (0, 1).
    """
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        # The rank-th smallest is at most x when at least ``rank`` numbers are at most x.
        if 1 - binomial_at_most(rank - 1, sample, middle) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def attainable_coverage(n_groups: int, coverage: float) -> tuple[float, float]:
    """Range of the coverage that sets really have when so many groups calibrated them.

    Asked for 90 %, sets cover 90 % on average over all calibration samples that might have been
    drawn; the one sample at hand is luckier or not. The range holds 9 in 10 of such samples.

    Args:
        n_groups: Groups that calibrate.
        coverage: Coverage asked for, in (0, 1).

    Returns:
        Lower and upper end; (1, 1) where so few groups leave sets that hold every class.

    Source: Vovk (2012), Conditional validity of inductive conformal predictors, section 3:
    the coverage of a split-conformal set is that of an order statistic.

    >>> [round(end, 2) for end in attainable_coverage(30, 0.9)]
    [0.8, 0.97]
    """
    rank = math.ceil((n_groups + 1) * coverage - 1e-9)
    if rank > n_groups:
        return 1.0, 1.0
    tail = (1 - RANGE) / 2
    return (
        order_statistic_quantile(rank, n_groups, tail),
        order_statistic_quantile(rank, n_groups, 1 - tail),
    )


def groups_needed(miss_rate: float, confidence: float) -> int:
    """Fewest groups of a class from which a miss rate can be promised: those with no miss at all.

    >>> groups_needed(0.05, 0.95)
    59
    """
    return math.ceil(math.log(1 - confidence) / math.log1p(-miss_rate) - 1e-12)


def misses_allowed(n_groups: int, miss_rate: float, confidence: float) -> int:
    """Most misses among so many groups that still prove a miss rate; -1 where none are few enough.

    Args:
        n_groups: Groups of the class that must not be missed.
        miss_rate: Largest share of them that may be missed, in (0, 1).
        confidence: Least chance that the promise holds, in (0, 1).

    >>> misses_allowed(58, 0.05, 0.95), misses_allowed(59, 0.05, 0.95)
    (-1, 0)
    >>> misses_allowed(93, 0.05, 0.95)
    1
    """
    at_most = np.cumsum(_chances(n_groups, miss_rate))
    return int(np.searchsorted(at_most, 1 - confidence, side="right")) - 1
