"""Numbers that sum up curves: means over trees, agreement in rank, steps back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Interval

Floats = NDArray[np.float64]

STEP_BACK = 0.1
"""A curve still counts as monotone if no step back is larger than this share of its whole range:
single leaves fall elsewhere from level to level, which moves any score a little."""
TOO_FEW_TREES = "too few trees for an interval"


def mean_interval(values: Floats, *, level: float = 0.95, most: float = np.inf) -> Interval:
    """Mean over trees with Student's t interval.

    Args:
        values: One a tree, shape (n_trees,); NaN where a tree has none.
        level: Coverage, in (0, 1).
        most: Size that no value can exceed; the interval stays within it.
    """
    from scipy import stats

    known = values[np.isfinite(values)]
    if len(known) < 2:
        value = float(known[0]) if len(known) else float("nan")
        return Interval(value, None, None, level, TOO_FEW_TREES)
    half = float(stats.t.ppf(0.5 + level / 2, len(known) - 1) * known.std(ddof=1)) / np.sqrt(
        len(known)
    )
    mean = float(known.mean())
    return Interval(mean, max(mean - half, -most), min(mean + half, most), level)


def mean_curve(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean over trees at each level and its 95 % interval: mean, low, high, each (n_levels,).

    Args:
        values: Shape (n_trees, n_levels), at least two trees.
    """
    found = [mean_interval(column) for column in values.T]
    return (
        np.array([one.value for one in found]),
        np.array([one.value if one.low is None else one.low for one in found]),
        np.array([one.value if one.high is None else one.high for one in found]),
    )


def rank_agreement(danger: Floats, critical_gust_ms: Floats) -> Floats:
    """Spearman's correlation, tree by tree, of a score and of how early mechanics fails the tree.

    Args:
        danger: Score that is meant to rise with the likelihood of failure, (n_trees, n_levels).
        critical_gust_ms: Shape (n_trees, n_levels); the lower, the earlier the tree fails.

    Returns:
        Shape (n_trees,): 1 where both put all levels in the same order, -1 where in the opposite
        one, 0 where the score never changes, NaN where the gust never does.
    """
    from scipy import stats

    first = stats.rankdata(danger, axis=1)
    second = stats.rankdata(-critical_gust_ms, axis=1)
    first -= first.mean(axis=1, keepdims=True)
    second -= second.mean(axis=1, keepdims=True)
    size = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    flat = (second**2).sum(axis=1) == 0
    agreement: Floats = (first * second).sum(axis=1) / np.where(size > 0, size, 1.0)
    return np.where(flat, np.nan, np.clip(agreement, -1.0, 1.0))


def never_steps_back(danger: Floats, critical_gust_ms: Floats) -> NDArray[np.bool_]:
    """Whether a tree's score only rises as mechanics fails it earlier, but for `STEP_BACK`.

    Args:
        danger: As in `rank_agreement`.
        critical_gust_ms: As in `rank_agreement`.

    Returns:
        Shape (n_trees,).
    """
    order = np.argsort(-critical_gust_ms, axis=1, kind="stable")
    rising = np.take_along_axis(danger, order, axis=1)
    back = (np.maximum.accumulate(rising, axis=1) - rising).max(axis=1)
    found: NDArray[np.bool_] = (rising[:, -1] > rising[:, 0]) & (
        back <= STEP_BACK * np.ptp(rising, axis=1)
    )
    return found


def typical_difference(values: Floats) -> float:
    """Mean size of the difference between two levels of one tree, all pairs alike.

    Args:
        values: Shape (n_trees, n_levels), at least two levels.
    """
    pairs = np.abs(values[:, :, None] - values[:, None, :])
    n_levels = values.shape[1]
    return float(pairs.sum() / (len(values) * n_levels * (n_levels - 1)))
