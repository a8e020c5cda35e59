"""Rank correlation over photos that come in groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import spread_of
from arborisk.records import Interval

Floats = NDArray[np.float64]

ALL_BUT_ONE = 1.0 - 1e-9
"""Correlations are kept this far from 1, so that their Fisher transform is finite."""


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's correlation.

    Attributes:
        interval: With a 95 % interval over groups.
        p_value: Two-sided, of no correlation, or None where no group moves it.
    """

    interval: Interval
    p_value: float | None


def rank_correlation(
    values: Floats, score: Floats, number: NDArray[np.int64], *, level: float = 0.95
) -> RankCorrelation:
    """Correlation of the ranks where values are known; the unit is the group.

    The interval comes from leaving out one group at a time, on Fisher's scale.

    Args:
        values: Shape (n,); NaN where not known.
        score: Shape (n,).
        number: Number of each photo's group, (n,).
        level: Coverage, in (0, 1).
    """
    from scipy import stats

    known = np.isfinite(values)
    values, score, number = values[known], score[known], number[known]
    without = [
        _fisher(values[number != group], score[number != group]) for group in np.unique(number)
    ]
    spread = spread_of(_fisher(values, score), np.array(without))
    middle = float(np.tanh(spread.value))
    if spread.variance == 0.0:
        note = "no interval: no group differs from the others"
        return RankCorrelation(Interval(middle, None, None, level, note), None)
    deviation = np.sqrt(spread.variance)
    half = float(stats.t.ppf(0.5 + level / 2, spread.freedom)) * deviation
    ends = np.tanh([spread.value - half, spread.value + half])
    p_value = 2.0 * float(stats.t.sf(abs(spread.value) / deviation, spread.freedom))
    return RankCorrelation(Interval(middle, float(ends[0]), float(ends[1]), level), p_value)


def _fisher(values: Floats, score: Floats) -> float:
    """Fisher's transform of Spearman's correlation; 0 where either is always the same."""
    from scipy import stats

    first, second = stats.rankdata(values), stats.rankdata(score)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    correlation = float(np.corrcoef(first, second)[0, 1])
    return float(np.arctanh(np.clip(correlation, -ALL_BUT_ONE, ALL_BUT_ONE)))
