"""Intervals of scores that are no plain share of photos: class averages, kappa, log-loss, Brier."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from arborisk.metrics.jackknife import Spread
from arborisk.metrics.proportions import share_interval
from arborisk.metrics.sums import SMALLEST_PROBABILITY

LARGEST_LOG_LOSS = -math.log(SMALLEST_PROBABILITY)


def average_interval(
    parts: Sequence[Spread], ends: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Interval of the plain average of scores of the classes, from the intervals of these.

    Distances to the ends add up like standard errors, with the correlations of the jackknife. So
    the width that an all-right class gets from its own few groups is kept, where the variance of
    the average would count it as certain.

    Args:
        parts: Scores of the classes.
        ends: Their intervals.

    Source: method of variance estimates recovery, Zou and Donner (2008), Statistics in Medicine
    27(10), 1693-1702.
    """
    shift = np.array([part.shift for part in parts])
    length = np.sqrt((shift**2).sum(axis=1, keepdims=True))
    direction = np.divide(shift, length, out=np.zeros_like(shift), where=length > 0)
    correlation = direction @ direction.T
    np.fill_diagonal(correlation, 1.0)
    values = np.array([part.value for part in parts])
    down = (values - np.array([low for low, _ in ends])) / len(parts)
    up = (np.array([high for _, high in ends]) - values) / len(parts)
    value = float(values.mean())
    low = value - math.sqrt(max(float(down @ correlation @ down), 0.0))
    high = value + math.sqrt(max(float(up @ correlation @ up), 0.0))
    return max(low, 0.0), min(high, 1.0)


def rescaled_interval(
    spread: Spread, *, lowest: float, highest: float, n_if_certain: float, level: float
) -> tuple[float, float]:
    """Interval of a score between other bounds than 0 and 1, as of a share between the bounds.

    Args:
        spread: Score in [lowest, highest].
        lowest: Smallest possible value.
        highest: Largest possible value.
        n_if_certain: See `arborisk.metrics.proportions.share_interval`.
        level: Coverage aimed at, in (0, 1).
    """
    width = highest - lowest
    share = Spread(
        (spread.value - lowest) / width,
        spread.shift / width,
        spread.variance / width**2,
        spread.freedom,
    )
    low, high = share_interval(
        share, n_if_certain=n_if_certain, n_fewest=1.0, n_most=math.inf, level=level
    )
    return lowest + width * low, lowest + width * high


def log_loss_interval(spread: Spread, *, level: float) -> tuple[float, float]:
    """Interval of log-loss: t interval of its logarithm, longer upwards where losses are skewed.

    A sample without the rare, large losses has too small a mean and too small a variance at once.
    The upper end is therefore the larger of two: that of the logarithm, and that of a t statistic
    corrected for skewness.

    Args:
        spread: Log-loss above 0, with a variance above 0.
        level: Coverage aimed at, in (0, 1).

    Source: Hall (1992), Journal of the Royal Statistical Society B 54(1), 221-228 (cubic
    transformation).
    """
    from scipy import special

    error = math.sqrt(spread.variance)
    reach = float(special.stdtrit(spread.freedom, (1 + level) / 2))
    # The exponent is bounded so that a hopeless case gives the largest log-loss, not an overflow.
    factor = math.exp(min(reach * error / spread.value, 500.0))
    second, third = (spread.shift**2).mean(), (spread.shift**3).mean()
    skew = float(third / second**1.5 / math.sqrt(len(spread.shift)))
    corrected = reach
    if abs(skew) > 1e-6:
        corrected = -3 / skew * (float(np.cbrt(1 - skew * (reach + skew / 6))) - 1)
    high = max(spread.value * factor, spread.value + corrected * error)
    return spread.value / factor, min(high, LARGEST_LOG_LOSS)
