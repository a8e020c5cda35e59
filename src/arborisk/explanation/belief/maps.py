"""What a map is here, and how alike two maps are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.opened import OpenedModel

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
