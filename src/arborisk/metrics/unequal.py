"""Independent photos that groups of unequal size stand for.

The jackknife sees only what happened in this sample. Where a few large groups hold many of the
photos, a sample in which these happen to be told right (or that has few of them) has a score that
is too good and a spread that is too small, at once. So the spread is also worked out from how alike
photos of *any* group are and from the sizes alone, and the larger of the two counts.
"""

from __future__ import annotations

import numpy as np

from arborisk.metrics.jackknife import Floats, Spreads
from arborisk.metrics.proportions import effective_numbers

ALIKE_UNTIL_SHOWN = 5.0
"""Groups that speak for photos of a group being all alike, beside those of the sample.

So that few groups with an error do not pass for proof that photos of a group are independent.
Source: benchmarks/promises.py; with 2 the shapes of a few large groups fell below 0.93."""

ALIKE_UNTIL_FITTED = 20.0
"""The same for scores that are no shares: a line is fitted there, which needs more groups.
Source: benchmarks/promises.py, one tree in a hundred of 60 photos."""


def independent_photos(spreads: Spreads, right: Floats, photos: Floats, tail: Floats) -> Floats:
    """Number of independent photos with the same uncertainty, for a score that is a share.

    Args:
        spreads: Score of each sample, right over photos.
        right: Photos of each group that count as right, shape (n_samples, n_groups).
        photos: Photos of each group that the score is a share of, same shape.
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        From 1 to the number of photos; where the score is 0 or 1, the effective number of groups.

    Source: value (1 - value) / variance, made smaller for few degrees of freedom: Korn and Graubard
    (1998), Survey Methodology 24(2), 193-201; the variance from the sizes: the design effect of
    Kish (1965), Survey Sampling, section 5.4.
    """
    value, n_photos = spreads.value, photos.sum(axis=-1)
    groups = effective_numbers(photos)
    moves = (spreads.variance > 0) & (value > 0) & (value < 1)
    largest = np.divide(
        n_photos, groups, out=np.ones(groups.shape), where=groups > 0
    )  # the size of the group of a photo, on average
    by_sizes = n_photos / (1 + alikeness(value, right, photos) * (largest - 1))
    by_sizes = by_sizes / widening(np.maximum(groups - 1, 1.0), tail) ** 2
    by_shift = np.divide(value * (1 - value), spreads.variance, out=by_sizes.copy(), where=moves)
    by_shift = by_shift / widening(spreads.freedom, tail) ** 2
    number = np.clip(np.minimum(by_shift, by_sizes), 1.0, np.maximum(n_photos, 1.0))
    return np.where(moves, number, np.maximum(groups, 1.0))


def alikeness(value: Floats, right: Floats, photos: Floats) -> Floats:
    """How alike photos of one group are, from 0 (independent) to 1 (all right or all wrong).

    The correlation of two photos of a group, over all groups of two and more, each weighed by its
    photos; drawn towards 1 where few groups show both outcomes.

    Args:
        value: Score of each sample, shape (n_samples,).
        right: See `independent_photos`.
        photos: See `independent_photos`.

    Source: moment estimate of the intraclass correlation of shares: Ridout, Demetrio and Firth
    (1999), Biometrics 55(1), 137-148.
    """
    off = (right - photos * value[..., None]) ** 2
    own = right * (1 - value[..., None]) ** 2 + (photos - right) * value[..., None] ** 2
    several = photos >= 2
    weight = np.divide(1.0, photos, out=np.zeros(photos.shape), where=several)
    pairs = (weight * photos * (photos - 1)).sum(axis=-1) * value * (1 - value)
    together = (weight * (off - own)).sum(axis=-1)
    found = np.divide(together, pairs, out=np.ones(pairs.shape), where=pairs > 0)
    shown = np.minimum(
        ((right > 0) & several).sum(axis=-1), ((photos > right) & several).sum(axis=-1)
    )
    drawn = (found * shown + ALIKE_UNTIL_SHOWN) / (shown + ALIKE_UNTIL_SHOWN)
    return np.asarray(np.clip(drawn, 0.0, 1.0))


def sure_variance(spreads: Spreads, photos: Floats, tail: Floats) -> Floats:
    """Variance of a score that is no share, as a normal interval would need it.

    As `independent_photos`: the larger of the jackknife's and of one from the sizes, each made
    larger for few degrees of freedom. The variance of a group's mean over its n photos is taken as
    a + b / n and fitted over all groups alike, however large.

    Args:
        spreads: Score of each sample.
        photos: Photos of each group, shape (n_samples, n_groups).
        tail: Share of intervals that may miss on either side, shape (n_samples,).
    """
    n_photos = photos.sum(axis=-1)
    n_groups = photos.shape[-1]
    several = np.maximum(photos, 1.0)
    # Shifts are of the group's sum, as a share of the mean size: so this is of its mean.
    squared = (spreads.shift * (n_photos / n_groups)[..., None] / several) ** 2
    less = 1 / several
    level, mean_less = squared.mean(axis=-1), less.mean(axis=-1)
    weight = (less - mean_less[..., None]) ** 2
    slope_below = weight.sum(axis=-1)
    slope_above = ((less - mean_less[..., None]) * squared).sum(axis=-1)
    slope = np.divide(
        slope_above, slope_below, out=np.zeros(level.shape), where=slope_below > 1e-12
    )
    alike = np.clip(level - slope * mean_less, 0.0, level)
    # Where all but a few groups are of one size, these few alone tell the slope.
    shown = np.minimum(effective_numbers(squared), effective_numbers(weight))
    alike = (alike * shown + level * ALIKE_UNTIL_FITTED) / (shown + ALIKE_UNTIL_FITTED)
    own = np.divide(level - alike, mean_less)
    by_sizes = ((alike[..., None] + own[..., None] / several) * photos**2).sum(axis=-1)
    by_sizes = by_sizes / n_photos**2
    groups = effective_numbers(photos)
    by_sizes = by_sizes * widening(np.maximum(groups - 1, 1.0), tail) ** 2
    by_shift = spreads.variance * widening(spreads.freedom, tail) ** 2
    return np.asarray(np.maximum(by_shift, by_sizes))


def widening(freedom: Floats, tail: Floats) -> Floats:
    """How much further Student's t reaches than the normal distribution, at least 1."""
    from scipy import special

    reach: Floats = special.stdtrit(freedom, tail) / special.ndtri(tail)
    return reach
