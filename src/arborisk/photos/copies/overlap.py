"""Do two pictures show the same pixels where a map lays the one on the other?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.features import LocalFeatures

_BLUR_PX: Final = 1.0  # so that a sharp and a soft copy look alike
_AROUND_PX: Final = 5.0  # what is compared is a pixel's difference from what surrounds it
_TILE_PX: Final = 24
_STEP_PX: Final = 8
_TEXTURE: Final = 4.0  # variance in grey levels; an even sky agrees with any other
_OTHER_TEXTURE: Final = 1.0
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two pictures agree where they overlap.

    Attributes:
        share: Overlap as a share of the first picture.
        correlation: Of all detail in it, -1 to 1.
        n_tiles: Tiles with detail in both.
        agreeing: Share of these tiles whose detail correlates by more than a half.
    """

    share: float
    correlation: float
    n_tiles: int
    agreeing: float


def overlap_of(first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64]) -> Overlap:
    """Lays the second picture on the first and compares detail, tile by tile.

    Args:
        first: Features of the one photo.
        second: Features of the other.
        matrix: From pixels of the first frame to those of the second, shape (2, 3).
    """
    import cv2

    height, width = first.grey.shape
    to_first = first.frame[0] / width, first.frame[1] / height
    to_second = np.array([second.grey.shape[1], second.grey.shape[0]]) / second.frame
    small = matrix * to_second[:, None]
    small[:, :2] *= to_first
    shrink = abs(np.linalg.det(small[:, :2])) ** 0.5
    other = second.grey
    if shrink > 1.2:
        other = cv2.GaussianBlur(other, (0, 0), 0.45 * shrink)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(
        other, small, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    seen = cv2.warpAffine(255 - second.empty, small, (width, height), flags=flags)
    both = ((seen > 250) & (first.empty == 0)).astype(np.uint8)
    both = cv2.erode(both, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT)
    weight = both.astype(np.float32)
    left, right = (_detail(one, weight) for one in (first.grey, laid))
    product, ours, theirs, inside = (
        cv2.boxFilter(one, -1, (_TILE_PX, _TILE_PX), borderType=cv2.BORDER_CONSTANT)[
            ::_STEP_PX, ::_STEP_PX
        ]
        for one in (left * right, left * left, right * right, weight)
    )
    full = np.maximum(inside, 0.01)
    has_detail = (inside > _HALF) & (ours > _TEXTURE * full) & (theirs > _OTHER_TEXTURE * full)
    agrees = product > _HALF * np.sqrt(np.maximum(ours * theirs, 1e-12))
    length = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return Overlap(
        float(weight.mean()),
        float((left * right).sum()) / length if length > 0 else 0.0,
        int(has_detail.sum()),
        float(agrees[has_detail].mean()) if has_detail.any() else 0.0,
    )


def _detail(grey: NDArray[np.uint8], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture less what surrounds each pixel, within the overlap."""
    import cv2

    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _BLUR_PX)
    number = np.maximum(cv2.GaussianBlur(weight, (0, 0), _AROUND_PX), 1e-3)
    around = cv2.GaussianBlur(soft * weight, (0, 0), _AROUND_PX) / number
    return np.asarray((soft - around) * weight, dtype=np.float32)
