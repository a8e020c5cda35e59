"""What the score does while a photo is covered, place by place, or uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.maps import Floats, enlarged
from arborisk.explanation.opened import OpenedModel

SHARES: Final = (0.0, 0.05, 0.2, 0.5, 1.0)
"""Shares of a photo at which the score is asked; closer at the beginning, where a map tells."""
Cover = Literal["blur", "mean"]
"""What covered places show: the photo smoothed beyond recognition, or its mean colour."""
BLUR_SHARE: Final = 0.1
"""Spread of the smoothing as a share of the photo's side: sky, crown and ground keep a tone, and
nothing keeps a shape. A flat colour would put hard edges where there are none."""
BATCH: Final = 4
"""Pictures at a time; more is slower on processors with little memory close by."""


def covers_of(arrays: NDArray[np.uint8], cover: Cover = "blur") -> NDArray[np.uint8]:
    """What shows where a photo is covered, shape (n, size, size, channels).

    Args:
        arrays: Prepared photos, shape (n, size, size, channels).
        cover: See `Cover`.
    """
    from scipy import ndimage

    if cover == "mean":
        mean = arrays.mean(axis=(1, 2), keepdims=True)
        return np.asarray(np.broadcast_to(np.rint(mean), arrays.shape), dtype=np.uint8)
    spread = BLUR_SHARE * arrays.shape[1]
    smooth = ndimage.gaussian_filter(
        arrays.astype(np.float32), (0.0, spread, spread, 0.0), mode="nearest"
    )
    return np.asarray(np.rint(smooth), dtype=np.uint8)


def covered_places(maps: Floats, share: float) -> NDArray[np.bool_]:
    """The places of each map with its highest values, shape (n, side, side).

    Args:
        maps: Shape (n, side, side).
        share: Share of the places, 0 to 1; rounded to whole places.
    """
    flat = maps.reshape(len(maps), -1)
    # Equal values go in the order of places, the same every time.
    rank = np.argsort(np.argsort(-flat, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((rank < round(share * flat.shape[1])).reshape(maps.shape))


def deletion_curve(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    contrast: Contrast,
    maps: Floats,
    *,
    shares: Sequence[float] = SHARES,
) -> Floats:
    """Score while the places that a map marks are covered, the highest first.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels).
        covers: From `covers_of`.
        contrast: What is asked.
        maps: Shape (n, side, side).
        shares: Shares of the places covered.

    Returns:
        Shape (n, len(shares)).

    Source: Petsiuk, Das and Saenko (2018), RISE, BMVC, deletion metric.
    """
    columns = [
        scores(opened, mixed(arrays, covers, covered_places(maps, share)), contrast)
        for share in shares
    ]
    return np.stack(columns, axis=1)


def insertion_curve(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    contrast: Contrast,
    maps: Floats,
    *,
    shares: Sequence[float] = SHARES,
) -> Floats:
    """Score while these places are uncovered on a photo wholly covered; see `deletion_curve`."""
    return deletion_curve(opened, covers, arrays, contrast, maps, shares=shares)


def area_under(curve: Floats, shares: Sequence[float] = SHARES) -> Floats:
    """Mean height of curves over the shares, by trapezoids, shape (n,).

    >>> area_under(np.array([[1.0, 0.0, 0.0]]), (0.0, 0.5, 1.0)).tolist()
    [0.25]
    """
    widths = np.diff(np.asarray(shares))
    return np.asarray(((curve[:, 1:] + curve[:, :-1]) / 2) @ widths / widths.sum())


def mixed(
    arrays: NDArray[np.uint8], covers: NDArray[np.uint8], places: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Photos with some places covered, edges between them smooth, shape as the photos.

    Args:
        arrays: Shape (n, size, size, channels).
        covers: The same shape.
        places: Which are covered, shape (n, side, side).
    """
    weight = enlarged(places.astype(np.float32), arrays.shape[1])[..., None]
    return np.asarray(np.rint(arrays * (1 - weight) + covers * weight), dtype=np.uint8)


def scores(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Floats:
    """Score of each photo, shape (n,), without gradients."""
    found = [np.empty(0)]
    with torch.inference_mode():
        for start in range(0, len(arrays), BATCH):
            pictures = opened.pictures(arrays[start : start + BATCH])
            found.append(opened.score(pictures, contrast).double().numpy())
    return np.concatenate(found)
