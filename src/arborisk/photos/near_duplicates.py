"""Near-duplicates: shifted and mirrored crops of one picture, found among thousands of photos.

Square crops of one 4:3 photo share at least two thirds of their side, so some shift of the one
makes the overlap equal. Plain correlation is high for any two photos with sky above and ground
below; what is left after a blurred copy is subtracted is high for the same picture only.

Every pair is compared at 16 x 16 pixels over all shifts, which is a matrix product for each shift;
the few pairs that come near are compared again at 32 x 32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.fingerprints import THUMBNAIL_SHAPE
from arborisk.records import Progress

Floats = NDArray[np.float32]

MIN_CORRELATION: Final = 0.6
"""Least correlation of a near-duplicate. Between crops of park photos it finds at least 95 %
of the pairs of one photo and at most 1 in 10,000 others, see
tests/photos/test_photos_near_duplicates.py."""

_COARSE_MIN_CORRELATION: Final = 0.5  # low: the second pass sorts out
_BLUR_PX: Final = {32: 2.0, 16: 1.5}  # standard deviation of the blur that is subtracted
_FLAT: Final = 1.0  # grey levels; a window that varies less shows nothing to compare
_BLOCK: Final = 1024  # photos a block; memory does not grow with the number of photos
_CHUNK: Final = 4096  # pairs compared at once in the second pass


@dataclass(frozen=True, slots=True)
class _Way:
    """How one picture may lie on another: mirrored or not, and shifted along one side."""

    along_px: int
    sideways: bool
    mirrored: bool


# At 16 pixels: up to 6 either way, a third of the side and room for rounding. The lab crops along
# the long side, which may lie or stand, so there is no shift along both sides at once.
_WAYS: Final = tuple(
    _Way(along_px, sideways, mirrored)
    for sideways in (True, False)
    for along_px in range(-6, 7)
    if sideways or along_px != 0
    for mirrored in (False, True)
)


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two photos that show the same picture, wholly or in part.

    Attributes:
        first: Index of the one photo.
        second: Index of the other, larger than `first`.
        correlation: Of the detail in their best overlap, `MIN_CORRELATION` to 1.
        mirrored: Whether they match when one of them is mirrored left to right.
    """

    first: int
    second: int
    correlation: float
    mirrored: bool


def find_near_duplicates(
    thumbnails: NDArray[np.uint8], *, progress: Progress | None = None
) -> list[NearDuplicate]:
    """Pairs of photos of which one is, or both are, a crop of the same picture.

    Found: the same photo at another size or brightness, square crops of one photo shifted by up to
    a third of their side along either side, a crop and its whole photo, and mirrored copies of
    these. Not found: rotated copies, and crops at clearly different magnification.

    Args:
        thumbnails: One `thumbnail` a photo, shape (n_photos, 32, 32).
        progress: Called with the number of blocks of pairs compared, and of all.

    Returns:
        Pairs, ordered by first and second index.
    """
    if thumbnails.shape[1:] != THUMBNAIL_SHAPE:
        raise ValueError(f"thumbnails of shape {thumbnails.shape[1:]}, not {THUMBNAIL_SHAPE}")
    starts = range(0, len(thumbnails), _BLOCK)
    blocks = [(row, column) for row in starts for column in starts if column >= row]
    found: list[NearDuplicate] = []
    for n_done, (row, column) in enumerate(blocks, start=1):
        first = thumbnails[row : row + _BLOCK]
        second = thumbnails[column : column + _BLOCK]
        best, way = _best_matches(_detail(_halved(first)), _detail(_halved(second)))
        near = best > _COARSE_MIN_CORRELATION
        if row == column:
            near = np.triu(near, k=1)
        for pair in _confirmed(_detail(first), _detail(second), np.argwhere(near), way[near]):
            found.append(replace(pair, first=row + pair.first, second=column + pair.second))
        if progress is not None:
            progress(n_done, len(blocks))
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _best_matches(first: Floats, second: Floats) -> tuple[Floats, NDArray[np.uint8]]:
    """Best correlation of each pair and the index of the way that gives it, (n_first, n_second)."""
    best = np.full((len(first), len(second)), -1.0, dtype=np.float32)
    way_of_best = np.zeros(best.shape, dtype=np.uint8)
    product = np.empty_like(best)
    for index, way in enumerate(_WAYS):
        left, right = _overlap(first, second, way)
        np.matmul(left, right.T, out=product)
        better = product > best
        np.copyto(best, product, where=better)
        np.copyto(way_of_best, np.uint8(index), where=better)
    return best, way_of_best


def _confirmed(
    first: Floats, second: Floats, pairs: NDArray[np.int64], way_of_pair: NDArray[np.uint8]
) -> Iterator[NearDuplicate]:
    """Those of the pairs that match at full size too, at or beside twice the coarse shift."""
    for index in np.unique(way_of_pair):
        coarse = _WAYS[index]
        ways = _ways_beside(coarse)
        ours = pairs[way_of_pair == index]
        for start in range(0, len(ours), _CHUNK):
            chunk = ours[start : start + _CHUNK]
            left, right = first[chunk[:, 0]], second[chunk[:, 1]]
            overlaps = (_overlap(left, right, way) for way in ways)
            best = np.max([np.einsum("ij,ij->i", *overlap) for overlap in overlaps], axis=0)
            for (i, j), correlation in zip(chunk.tolist(), best.tolist(), strict=True):
                if correlation >= MIN_CORRELATION:
                    yield NearDuplicate(i, j, min(1.0, correlation), coarse.mirrored)


def _ways_beside(coarse: _Way) -> list[_Way]:
    """Ways at full size that the coarse picture cannot tell apart; no shift has two directions."""
    directions = (True, False) if coarse.along_px == 0 else (coarse.sideways,)
    return [
        _Way(2 * coarse.along_px + extra, sideways, coarse.mirrored)
        for sideways in directions
        for extra in (-1, 0, 1)
    ]


def _overlap(first: Floats, second: Floats, way: _Way) -> tuple[Floats, Floats]:
    """Overlapping windows as vectors of mean 0 and length 1: their products are correlations."""
    if way.mirrored:
        second = second[:, :, ::-1]
    return _unit(_window(first, way, way.along_px)), _unit(_window(second, way, -way.along_px))


def _window(pictures: Floats, way: _Way, along_px: int) -> Floats:
    kept = slice(max(along_px, 0), pictures.shape[-1] + min(along_px, 0))
    return pictures[:, :, kept] if way.sideways else pictures[:, kept, :]


def _unit(windows: Floats) -> Floats:
    """Vectors of mean 0 and length 1, or of zeros where a window shows nothing."""
    vectors = windows.reshape(len(windows), -1)
    vectors = vectors - vectors.mean(axis=1, keepdims=True)
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    shows_nothing = length < _FLAT * vectors.shape[1] ** 0.5
    scale = np.where(shows_nothing, 0.0, 1.0 / np.maximum(length, 1e-6))
    return np.asarray(vectors * scale, dtype=np.float32)


def _halved(thumbnails: NDArray[np.uint8]) -> Floats:
    side = thumbnails.shape[-1] // 2
    quads = thumbnails.reshape(len(thumbnails), side, 2, side, 2)
    return np.asarray(quads.mean(axis=(2, 4)), dtype=np.float32)


def _detail(pictures: NDArray[np.uint8] | Floats) -> Floats:
    """Pictures less their blurred copies."""
    floats = pictures.astype(np.float32)
    blur = _blur_matrix(floats.shape[-1])
    return np.asarray(floats - blur @ floats @ blur.T)


def _blur_matrix(side: int) -> Floats:
    """Gaussian blur of a row of pixels, whose weights add up to 1 at the borders too."""
    position = np.arange(side, dtype=np.float32)
    distance = position[:, None] - position[None, :]
    weight = np.exp(-0.5 * (distance / _BLUR_PX[side]) ** 2)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float32)
