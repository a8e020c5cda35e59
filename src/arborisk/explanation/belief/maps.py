"""What a map is here, and how alike two maps are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.opened import OpenedModel
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import ratio_over_groups, t_interval
from arborisk.records import Interval

MapMaker = Callable[[OpenedModel, NDArray[np.uint8], Contrast], NDArray[np.float32]]
"""Makes one map a photo, any resolution, shape (n, h, w): high where the photo speaks for the
class asked about. Signed maps are below 0 where it speaks against."""
Floats = NDArray[np.float64]

GRID_SIDE: Final = 14
"""Places along each side of a photo on which maps are compared and photos covered: the last map of
the default model at 224 px. Finer grain than a fourteenth of the photo is not what a person reads
off a map, and differs by chance between maps that say the same."""
CONSTANT = 1e-12
"""Spread below which a map says nothing."""


def on_grid(maps: NDArray[np.floating], side: int = GRID_SIDE) -> Floats:
    """Maps averaged, or smoothly enlarged, to a grid over the photo.

    Args:
        maps: Shape (n, h, w).
        side: Places along a side.

    Returns:
        Shape (n, side, side).
    """
    values = torch.from_numpy(np.asarray(maps, dtype=np.float64))[:, None]
    if min(values.shape[2:]) >= side:
        found = torch.nn.functional.adaptive_avg_pool2d(values, side)
    else:
        found = torch.nn.functional.interpolate(
            values, size=(side, side), mode="bilinear", align_corners=False
        )
    return np.asarray(found[:, 0].numpy(), dtype=np.float64)


def enlarged(maps: NDArray[np.floating], size: int) -> NDArray[np.float32]:
    """Maps smoothly brought to the size of the photo, shape (n, size, size)."""
    values = torch.from_numpy(np.asarray(maps, dtype=np.float32))[:, None]
    found = torch.nn.functional.interpolate(
        values, size=(size, size), mode="bilinear", align_corners=False
    )
    return np.asarray(found[:, 0].numpy())


def rank_correlation(first: Floats, second: Floats) -> Floats:
    """Spearman's correlation of each pair of maps, shape (n,).

    0 where either map is constant: a map that says nothing resembles nothing.

    Args:
        first: Shape (n, ...), n maps.
        second: The same shape.

    >>> ramp = np.arange(4.0).reshape(1, 2, 2)
    >>> rank_correlation(ramp, np.exp(ramp)).tolist(), rank_correlation(ramp, -ramp).tolist()
    ([1.0], [-1.0])
    """
    from scipy import stats

    ranks = [stats.rankdata(maps.reshape(len(maps), -1), axis=1) for maps in (first, second)]
    centred = [rank - rank.mean(axis=1, keepdims=True) for rank in ranks]
    length = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    shared = (centred[0] * centred[1]).sum(axis=1)
    found: Floats = np.divide(shared, length, out=np.zeros(len(first)), where=length > CONSTANT)
    return found


def centre_blob(n_maps: int, side: int = GRID_SIDE) -> Floats:
    """The map of somebody who always points at the middle of the photo, shape (n, side, side)."""
    away = np.linspace(-1.0, 1.0, side)
    blob = np.exp(-2.0 * (away[:, None] ** 2 + away[None, :] ** 2))
    return np.repeat(blob[None], n_maps, axis=0)


def random_maps(n_maps: int, seed: int, side: int = GRID_SIDE) -> Floats:
    """Smooth maps of chance, shape (n, side, side).

    Smooth, because scattered single places, covered one by one, spoil a picture in a way that no
    map of a network does: it would be too easy to beat.
    """
    from scipy import ndimage

    noise = np.random.default_rng(seed).standard_normal((n_maps, side, side))
    return np.asarray(ndimage.gaussian_filter(noise, (0.0, side / 10, side / 10)))


FEWEST_GROUPS: Final = FEWEST["groups for a mean over photos"]
"""Groups below which no interval is given. With five, even differences that all point one way come
about by luck alone in 1 of 16 tries (2 x 1/32), which is more than 5 %."""
ANYWHERE: Final = (-math.inf, math.inf)
CORRELATION: Final = (-1.0, 1.0)
"""Least and largest correlation."""
TOO_FEW = "too few groups for an interval"


def mean_interval(
    values: NDArray[np.float64],
    groups: Sequence[str],
    *,
    level: float = 0.95,
    within: tuple[float, float] = ANYWHERE,
) -> Interval:
    """Mean over photos with a t interval that treats the group as the unit.

    Args:
        values: One a photo, shape (n,), n at least 1.
        groups: Group of each photo: photos of one group are not independent.
        level: Coverage aimed at, in (0, 1).
        within: Least and largest value that can be; the ends stay inside.

    Returns:
        Without ends below `FEWEST_GROUPS` groups, or where nothing differs; the note says why.

    Source: delete-one-group jackknife with its own degrees of freedom, see
    `arborisk.metrics.over_groups.t_interval`.
    """
    value = float(values.mean())
    _, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    sums, counts = np.bincount(group, values), np.bincount(group)
    if len(counts) < FEWEST_GROUPS:
        return Interval(value, None, None, level, TOO_FEW)
    return t_interval(ratio_over_groups(sums, counts), level, within=within)


def above(interval: Interval, limit: float = 0.0) -> bool:
    """Whether the whole interval lies above a limit; False without one."""
    return interval.low is not None and interval.low > limit


def below(interval: Interval, limit: float = 0.0) -> bool:
    """Whether the whole interval lies below a limit; False without one."""
    return interval.high is not None and interval.high < limit
