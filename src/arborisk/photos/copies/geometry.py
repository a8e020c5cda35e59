"""The affine map that carries features of one photo onto those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.features import LocalFeatures

Floats = NDArray[np.float32]

FEWEST_ALIKE: Final = 8
"""Features at different places that one map must carry over. Of pairs of other photos chance gave
at most 6 (benchmarks/copies.py)."""
_RATIO: Final = 0.9
"""A match must be nearer than the second nearest by this factor (Lowe 2004, section 7.1)."""
_MOST_MATCHES: Final = 80
_BESIDE_PX: Final = 4.0  # a second match this near is the same feature at another turn
_OFF_PX: Final = 4.0
_ROUNDS: Final = 1000
_CONFIDENCE: Final = 0.995
_STRETCH: Final = 2.3
_SCALES: Final = (0.28, 3.4)

# A mirrored picture has the rows of its descriptors' 4 x 4 cells in reverse, and its 8 directions
# the other way round.
_ROW, _COLUMN, _DIRECTION = np.meshgrid(range(4), range(4), range(8), indexing="ij")
MIRRORED: Final = (((3 - _ROW) * 4 + _COLUMN) * 8 + (-_DIRECTION) % 8).ravel()
"""Order of a descriptor's numbers in the mirrored picture."""


@dataclass(frozen=True, slots=True, eq=False)
class AffineMap:
    """How one picture lies on another.

    Attributes:
        matrix: From pixels of the first frame to those of the second, shape (2, 3).
        mirrored: Whether it turns the picture over.
        n_alike: Features at different places that it carries over.
    """

    matrix: NDArray[np.float64]
    mirrored: bool
    n_alike: int


def unit(descriptor: NDArray[np.uint8]) -> Floats:
    """Descriptors of length 1, shape (n, 128)."""
    floats = descriptor.astype(np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", floats, floats))[:, None]
    return np.asarray(floats / np.maximum(length, 1e-6))


def find_maps(first: LocalFeatures, second: LocalFeatures) -> list[AffineMap]:
    """Maps that carry over enough features, the best first; at most one for each way up."""
    found = []
    left, right = unit(first.descriptor), unit(second.descriptor)
    for mirrored in (False, True):
        matches = _matches(left, right[:, MIRRORED] if mirrored else right, second.place)
        one = _fit(first.place[matches[:, 0]], second.place[matches[:, 1]], mirrored)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: -one.n_alike)


def _matches(left: Floats, right: Floats, place: Floats) -> NDArray[np.int64]:
    """Nearest features that are clearly nearer than any at another place, shape (n, 2)."""
    if len(left) < 3 or len(right) < 3:
        return np.zeros((0, 2), dtype=np.int64)
    alike = left @ right.T
    best = alike.argmax(axis=1)
    rows = np.arange(len(left))
    nearest = alike[rows, best]
    across, down = place[:, 0], place[:, 1]
    beside = np.abs(across - across[best][:, None]) < _BESIDE_PX
    beside &= np.abs(down - down[best][:, None]) < _BESIDE_PX
    alike[beside] = -1
    second = alike.max(axis=1)
    ratio = np.sqrt(np.maximum(2 - 2 * nearest, 0) / np.maximum(2 - 2 * second, 1e-9))
    kept = np.flatnonzero(ratio < _RATIO)
    kept = kept[np.argsort(ratio[kept], kind="stable")][:_MOST_MATCHES]
    return np.stack([kept, best[kept]], axis=1)


def _fit(first: Floats, second: Floats, mirrored: bool) -> AffineMap | None:
    import cv2

    if len(first) < FEWEST_ALIKE:
        return None
    cv2.setRNGSeed(0)  # the same pair, the same map
    matrix, inside = cv2.estimateAffine2D(
        first,
        second,
        method=cv2.RANSAC,
        ransacReprojThreshold=_OFF_PX,
        maxIters=_ROUNDS,
        confidence=_CONFIDENCE,
        refineIters=5,
    )
    if matrix is None or not _is_a_copy(matrix[:, :2], mirrored):
        return None
    apart = np.unique(np.round(first[inside.ravel() > 0] / 3), axis=0)
    return AffineMap(matrix, mirrored, len(apart)) if len(apart) >= FEWEST_ALIKE else None


def _is_a_copy(linear: NDArray[np.float64], mirrored: bool) -> bool:
    """Whether a map is one that a crop, a turn or a stretch makes."""
    large, small = np.linalg.svd(linear, compute_uv=False)
    return bool(
        (np.linalg.det(linear) < 0) == mirrored
        and large < _STRETCH * small
        and large < _SCALES[1]
        and small > _SCALES[0]
    )
