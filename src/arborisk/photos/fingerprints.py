"""Fingerprints of what a picture shows: a perceptual hash and a small grey square."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.records import Progress

THUMBNAIL_SHAPE: Final = (32, 32)
"""Rows and columns of a thumbnail."""

_BAR_TOLERANCE: Final = 6  # grey levels that JPEG adds to an even bar
_BESIDE_WORDS: Final = 0.25  # share of a line of a bar that words leave free
_FREE: Final = 0.9  # and of its last line
_HASH_SIDE: Final = 8
_DCT_SIDE: Final = 32


def perceptual_hash(image: Image.Image) -> str:
    """64-bit perceptual hash, 16 hexadecimal digits, the same as ``imagehash.phash`` gives.

    Which of the 64 lowest frequencies of the 32 x 32 grey picture lie above their median. It is
    meant for exchange with other tools; `find_near_duplicates` finds more.

    Source: pHash (Zauner 2010, thesis, University of Applied Sciences Upper Austria, 3.2.1), in the
    form of ImageHash 4.3.
    """
    small = image.convert("L").resize((_DCT_SIDE, _DCT_SIDE), Image.Resampling.LANCZOS)
    pixels = np.asarray(small, dtype=np.float64)
    low = _COSINES @ pixels @ _COSINES.T
    bits = (low > np.median(low)).ravel()
    return np.packbits(bits).tobytes().hex()


def within_bars(grey: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a picture within its frame and caption strips, in pixels.

    A bar begins at the border with a line of one even grey, goes on while lines have some of that
    grey beside words, and ends with a line that is free of them; at most a quarter of a
    side. An even sky is no bar unless it begins with such a line, and then it shows nothing either.

    Args:
        grey: The picture, shape (height, width).
    """
    height, width = grey.shape
    top, bottom = _bar(grey), _bar(grey[::-1])
    left, right = _bar(grey.T), _bar(grey.T[::-1])
    return left, top, width - right, height - bottom


def _bar(lines: NDArray[np.uint8]) -> int:
    """Lines of the bar that a picture begins with, 0 for none."""
    low, high = np.percentile(lines[0], (2, 98))
    if high - low > _BAR_TOLERANCE:
        return 0
    most = lines[: len(lines) // 4]
    level = float(np.median(lines[0]))
    same = (np.abs(most - level) <= _BAR_TOLERANCE).mean(axis=1)
    goes_on = same > _BESIDE_WORDS
    n = len(most) if goes_on.all() else int(np.argmin(goes_on))
    return int(np.flatnonzero(same[:n] > _FREE)[-1]) + 1


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """The middle square of a picture, grey, at `THUMBNAIL_SHAPE`; for near-duplicate search.

    Frames and caption strips are left out: what many pictures share links none of them.
    """
    grey = image.convert("L")
    first_x, first_y, last_x, last_y = within_bars(np.asarray(grey))
    width, height = last_x - first_x, last_y - first_y
    side = min(width, height)
    left, top = first_x + (width - side) / 2, first_y + (height - side) / 2
    small = grey.resize(
        THUMBNAIL_SHAPE, Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    return np.asarray(small, dtype=np.uint8)


def _cosines() -> NDArray[np.float64]:
    """First rows of the type-II discrete cosine transform, shape (8, 32)."""
    frequency = np.arange(_HASH_SIDE)[:, None]
    position = np.arange(_DCT_SIDE)[None, :] + 0.5
    return np.asarray(2.0 * np.cos(np.pi * frequency * position / _DCT_SIDE), dtype=np.float64)


_COSINES: Final = _cosines()


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
