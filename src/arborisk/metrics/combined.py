"""Intervals of scores that are no plain share of photos: class averages, kappa, log-loss, Brier."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from arborisk.metrics.jackknife import Floats, Spread, Spreads
from arborisk.metrics.proportions import effective_numbers, exact_ends, share_interval
from arborisk.metrics.scores import quadratic_weighted_kappa
from arborisk.metrics.sums import SMALLEST_PROBABILITY
from arborisk.metrics.unequal import sure_variance

LARGEST_LOG_LOSS = -math.log(SMALLEST_PROBABILITY)

Ends = tuple[Floats, Floats]
"""Lower and upper ends, shape (n_samples,) each; NaN where there is none."""


def average_ends(parts: Sequence[Spreads], ends: Sequence[Ends]) -> Ends:
    """Ends for the plain average of scores of the classes, from the intervals of these.

    Distances to the ends add up like standard errors, with the correlations of the jackknife. So
    the width that an all-right class gets from its own few groups is kept, where the variance of
    the average would count it as certain.

    Args:
        parts: Scores of the classes.
        ends: Their intervals.

    Source: method of variance estimates recovery, Zou and Donner (2008), Statistics in Medicine
    27(10), 1693-1702.
    """
    shift = np.stack([part.shift for part in parts], axis=-2)
    length = np.sqrt((shift**2).sum(axis=-1, keepdims=True))
    direction = np.divide(shift, length, out=np.zeros_like(shift), where=length > 0)
    correlation = direction @ direction.swapaxes(-1, -2)
    classes = np.arange(len(parts))
    correlation[..., classes, classes] = 1.0
    values = np.stack([part.value for part in parts], axis=-1)
    down = (values - np.stack([low for low, _ in ends], axis=-1)) / len(parts)
    up = (np.stack([high for _, high in ends], axis=-1) - values) / len(parts)
    reach = [
        np.sqrt(np.maximum(np.einsum("...i,...ij,...j->...", one, correlation, one), 0.0))
        for one in (down, up)
    ]
    value = values.mean(axis=-1)
    return np.maximum(value - reach[0], 0.0), np.minimum(value + reach[1], 1.0)


def rescaled_ends(
    spreads: Spreads, photos: Floats, *, lowest: float, highest: float, tail: Floats
) -> Ends:
    """Ends for a mean over photos between other bounds than 0 and 1, as of a share between them.

    Args:
        spreads: Scores in [lowest, highest].
        photos: Photos of each group, shape (n_samples, n_groups).
        lowest: Smallest possible value.
        highest: Largest possible value.
        tail: Share of intervals that may miss on either side, shape (n_samples,).
    """
    width = highest - lowest
    share = np.clip((spreads.value - lowest) / width, 0.0, 1.0)
    variance = sure_variance(spreads, photos, tail) / width**2
    number = np.divide(
        share * (1 - share), variance, out=effective_numbers(photos), where=variance > 0
    )
    low, high = exact_ends(share, np.maximum(number, 1.0), tail)
    return lowest + width * low, lowest + width * high


def kappa_ends(spreads: Spreads, confusion: Floats, *, tail: Floats) -> Ends:
    """Ends for weighted kappa: as of a share between -1 and 1, longer upwards.

    A model that says a class in hardly any group has a kappa that no group moves far, whether or
    not it would ever be right. So the upper end is not below the kappa with as many more groups of
    a class told right as a sample without any cannot rule out.

    Args:
        spreads: Kappa of each sample.
        confusion: Photos of each group by true and predicted class, shape (n_samples, n_groups, k,
            k).
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        NaN where no group moves kappa.

    Source: none seen in n when -ln(tail) are expected: Poisson; Hanley and Lippman-Hand (1983),
    JAMA 249(13), 1743-1745, give it as 3 for one side of 95 %.
    """
    photos = confusion.sum(axis=(-2, -1))
    low, high = rescaled_ends(spreads, photos, lowest=-1.0, highest=1.0, tail=tail)
    total = confusion.sum(axis=-3)
    usual_size = (photos**2).sum(axis=-1) / photos.sum(axis=-1)
    more = -np.log(tail) * usual_size
    for index in range(confusion.shape[-1]):
        better = total.copy()
        better[..., index, index] += more
        high = np.maximum(high, quadratic_weighted_kappa(better))
    moves = spreads.variance > 0
    return np.where(moves, low, np.nan), np.where(moves, np.minimum(high, 1.0), np.nan)


def rescaled_interval(
    spread: Spread, *, lowest: float, highest: float, n_if_certain: float, level: float
) -> tuple[float, float]:
    """Interval of one score between other bounds than 0 and 1, as of a share between the bounds.

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


def log_loss_ends(spreads: Spreads, photos: Floats, *, tail: Floats) -> Ends:
    """Ends for log-loss: t interval of its logarithm, longer upwards where losses are skewed.

    A sample without the rare, large losses has too small a mean and too small a variance at once.
    The upper end is therefore the larger of two: that of the logarithm, and that of a t statistic
    corrected for skewness.

    Args:
        spreads: Log-loss of each sample.
        photos: Photos of each group, shape (n_samples, n_groups).
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        NaN where no group moves the log-loss.

    Source: Hall (1992), Journal of the Royal Statistical Society B 54(1), 221-228 (cubic
    transformation).
    """
    from scipy import special

    moves = spreads.variance > 0
    value = np.where(moves, spreads.value, 1.0)
    reach = -special.ndtri(tail) * np.sqrt(sure_variance(spreads, photos, tail))
    # The exponent is bounded so that a hopeless case gives the largest log-loss, not an overflow.
    factor = np.exp(np.minimum(reach / value, 500.0))
    far = -special.stdtrit(spreads.freedom, tail)
    second = np.where(moves, (spreads.shift**2).mean(axis=-1), 1.0)
    skew = (spreads.shift**3).mean(axis=-1) / second**1.5 / math.sqrt(spreads.shift.shape[-1])
    safe = np.where(np.abs(skew) > 1e-6, skew, 1e-6)
    corrected = -3 / safe * (np.cbrt(1 - safe * (far + safe / 6)) - 1)
    high = np.maximum(value * factor, value + corrected * np.sqrt(spreads.variance))
    high = np.minimum(high, LARGEST_LOG_LOSS)
    return np.where(moves, value / factor, np.nan), np.where(moves, high, np.nan)
