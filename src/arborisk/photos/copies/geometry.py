"""The affine map that carries features of one photo onto those of another."""

from __future__ import annotations

from collections.abc import Sequence
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
_OFF_PX: Final = 4.0
_ROUNDS: Final = 300
_CONFIDENCE: Final = 0.995
_STRETCH: Final = 2.3
_SCALES: Final = (0.28, 3.4)
_NEAR_PX: Final = 8.0
_NEAR_SHARE: Final = 0.35
_NEAR_TURN_DEG: Final = 30.0
_NEAR_OCTAVES: Final = 0.8
"""How far a match may be from where another one's turn and size put it: near it in pixels and as a
share of the distance between the two. A picture stretched 1.5 times bends turns by 23 degrees."""

# A mirrored picture has the rows of its descriptors' 4 x 4 cells in reverse, and its 8 directions
# the other way round.
_ROW, _COLUMN, _DIRECTION = np.meshgrid(range(4), range(4), range(8), indexing="ij")
MIRRORED: Final = (((3 - _ROW) * 4 + _COLUMN) * 8 + (-_DIRECTION) % 8).ravel()
"""Order of a descriptor's numbers in the mirrored picture."""
BOTH_WAYS: Final = (False, True)


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


def find_maps(
    first: LocalFeatures, second: LocalFeatures, ways: Sequence[bool] = BOTH_WAYS
) -> list[AffineMap]:
    """Maps that carry over enough features, the best first; at most one for each way up.

    Args:
        first: Features of the one photo.
        second: Features of the other.
        ways: Whether to look for it as it lies, mirrored, or both.
    """
    found = []
    left, right = unit(first.descriptor), unit(second.descriptor)
    for mirrored in ways:
        matches = _matches(left, right[:, MIRRORED] if mirrored else right, second.beside)
        one = _fit(first, second, matches, mirrored)
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: -one.n_alike)


def _matches(left: Floats, right: Floats, beside: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Nearest features that are clearly nearer than any at another place, shape (n, 2)."""
    if len(left) < 3 or len(right) < 3:
        return np.zeros((0, 2), dtype=np.int64)
    alike = left @ right.T
    best = alike.argmax(axis=1)
    rows = np.arange(len(left))
    nearest = alike[rows, best]
    alike[rows[:, None], beside[best]] = -1
    second = alike.max(axis=1)
    ratio = np.sqrt(np.maximum(2 - 2 * nearest, 0) / np.maximum(2 - 2 * second, 1e-9))
    kept = np.flatnonzero(ratio < _RATIO)
    kept = kept[np.argsort(ratio[kept], kind="stable")][:_MOST_MATCHES]
    return np.stack([kept, best[kept]], axis=1)


def _fit(
    first: LocalFeatures, second: LocalFeatures, matches: NDArray[np.int64], mirrored: bool
) -> AffineMap | None:
    import cv2

    if len(matches) < FEWEST_ALIKE:
        return None
    ours, theirs = first.place[matches[:, 0]], second.place[matches[:, 1]]
    agreeing = _agreeing(
        ours, theirs, first.pose[matches[:, 0]], second.pose[matches[:, 1]], mirrored
    )
    if agreeing.sum() < FEWEST_ALIKE:
        return None
    cv2.setRNGSeed(0)  # the same pair, the same map
    matrix, _ = cv2.estimateAffine2D(
        ours[agreeing],
        theirs[agreeing],
        method=cv2.RANSAC,
        ransacReprojThreshold=_OFF_PX,
        maxIters=_ROUNDS,
        confidence=_CONFIDENCE,
        refineIters=5,
    )
    if matrix is None or not _is_a_copy(matrix[:, :2], mirrored):
        return None
    off = ours @ matrix[:, :2].T + matrix[:, 2] - theirs
    carried = np.einsum("ij,ij->i", off, off) < _OFF_PX**2
    apart = np.unique(np.round(ours[carried] / 3), axis=0)
    return AffineMap(matrix, mirrored, len(apart)) if len(apart) >= FEWEST_ALIKE else None


def _agreeing(
    ours: Floats, theirs: Floats, pose: Floats, their_pose: Floats, mirrored: bool
) -> NDArray[np.bool_]:
    """The largest set of matches that lie where one of them says, by its turn and its size.

    Chance seldom brings three together, so that other photos need no search for a map.

    Args:
        ours: Places of the matched features, shape (n, 2).
        theirs: In the other picture.
        pose: Turns in degrees and sizes in octaves, shape (n, 2).
        their_pose: In the other picture.
        mirrored: Whether the other picture is turned over.

    Returns:
        Shape (n,).
    """
    flip = -1 if mirrored else 1
    turn_deg = their_pose[:, 0] - flip * pose[:, 0]
    octaves = their_pose[:, 1] - pose[:, 1]
    cosine = np.exp2(octaves) * np.cos(np.radians(turn_deg))
    sine = np.exp2(octaves) * np.sin(np.radians(turn_deg))
    step, their_step = ours[None] - ours[:, None], theirs[None] - theirs[:, None]
    across, down = step[..., 0], flip * step[..., 1]
    off_across = cosine[:, None] * across - sine[:, None] * down - their_step[..., 0]
    off_down = sine[:, None] * across + cosine[:, None] * down - their_step[..., 1]
    away_squared = their_step[..., 0] ** 2 + their_step[..., 1] ** 2
    other_turn = np.abs((turn_deg[None] - turn_deg[:, None] + 180) % 360 - 180)
    agree = off_across**2 + off_down**2 < _NEAR_PX**2 + _NEAR_SHARE**2 * away_squared
    agree &= other_turn < _NEAR_TURN_DEG
    agree &= np.abs(octaves[None] - octaves[:, None]) < _NEAR_OCTAVES
    return np.asarray(agree[agree.sum(axis=1).argmax()])


def _is_a_copy(linear: NDArray[np.float64], mirrored: bool) -> bool:
    """Whether a map is one that a crop, a turn or a stretch makes."""
    large, small = np.linalg.svd(linear, compute_uv=False)
    return bool(
        (np.linalg.det(linear) < 0) == mirrored
        and large < _STRETCH * small
        and large < _SCALES[1]
        and small > _SCALES[0]
    )


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
