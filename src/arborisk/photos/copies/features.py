"""Local features of one photo: corners and blobs with what surrounds them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]

_TOLERANCE = 6  # grey levels that JPEG adds to an even border
_DARKEST, _BRIGHTEST = 12, 243
_LEAST_CONTENT = 0.03
"""Share of a row or column that is content; below it, the row is a bar."""


def empty_mask(grey: Grey) -> Grey:
    """Even areas that begin at the border, 255, else 0; shape as the picture's.

    A border that is black or white may be of any shape; one of another grey must be as even, and
    fills a whole side: an even sky does not.

    Args:
        grey: The picture, shape (height, width).
    """
    import cv2

    height, width = grey.shape
    mask = np.zeros((height + 2, width + 2), dtype=np.uint8)
    smooth = cv2.medianBlur(grey, 3)
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    for x, y in _seeds(width, height):
        level = int(smooth[y, x])
        if mask[y + 1, x + 1] == 0 and not _DARKEST < level < _BRIGHTEST:
            cv2.floodFill(smooth, mask, (x, y), 0, _TOLERANCE, _TOLERANCE, flags)
    found = mask[1:-1, 1:-1]
    for bar in _even_bars(smooth):
        found[bar] = 255
    return np.asarray(found, dtype=np.uint8)


def content_box(empty: Grey) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is not empty, in pixels; all where nothing is.

    Args:
        empty: See `empty_mask`.
    """
    height, width = empty.shape
    rows = np.flatnonzero((empty == 0).mean(axis=1) > _LEAST_CONTENT)
    columns = np.flatnonzero((empty == 0).mean(axis=0) > _LEAST_CONTENT)
    if len(rows) < 8 or len(columns) < 8:
        return 0, 0, width, height
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _seeds(width: int, height: int) -> list[tuple[int, int]]:
    across, down = (0, width // 2, width - 1), (0, height // 2, height - 1)
    return [(x, y) for x in across for y in down if (x, y) != (across[1], down[1])]


def _even_bars(grey: Grey) -> list[Any]:
    """Slices of rows and columns at the borders that are one even grey from end to end."""
    bars: list[Any] = []
    for axis in (0, 1):
        lines = grey if axis == 0 else grey.T
        for order in (slice(None), slice(None, None, -1)):
            inwards = lines[order]
            if not _are_even(inwards[:1])[0]:  # most photos have no bar
                continue
            even = _are_even(inwards)
            n = 0 if even.all() else int(np.argmin(even))
            # A sky changes from row to row; a bar does not.
            if n and np.ptp(np.median(inwards[:n], axis=1)) <= _TOLERANCE:
                part = slice(0, n) if order.step is None else slice(len(lines) - n, len(lines))
                bars.append((part, slice(None)) if axis == 0 else (slice(None), part))
    return bars


def _are_even(lines: Grey) -> NDArray[np.bool_]:
    """Which lines are one grey but for a few pixels, shape (n_lines,)."""
    low, high = np.percentile(lines, (2, 98), axis=1)
    return np.asarray(high - low <= _TOLERANCE)


SIDE_PX: Final = 224
"""Longer side at which features are looked for: found by trial; at 160 px halves of a photo lose
their match, more takes longer and finds no more (benchmarks/copies.py)."""
SMALL_PX: Final = 128
"""Longer side of the picture that is kept to compare pixels."""
MOST_FEATURES: Final = 220  # at most 256, so that their numbers fit a byte
_CONTRAST: Final = 0.015
_EDGE: Final = 12
_CELLS: Final = 6  # features are spread over 6 x 6 cells, so that each part of a photo has some
_AROUND_EMPTY_PX: Final = 5
_BESIDE_PX: Final = 4.0  # features this near are one at another turn or size
_MOST_BESIDE: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """What is kept of a photo to find its copies; about 48 kB.

    Attributes:
        place: Where each feature lies, in pixels of the `frame`, shape (n, 2), x and y.
        pose: How it is turned, in degrees, and its size, in octaves of pixels, shape (n, 2).
        beside: Numbers of the features that lie at the same place, itself among them and repeated
            to fill the row, shape (n, `_MOST_BESIDE`).
        descriptor: What surrounds it, turned upright: 128 numbers of SIFT, square roots of shares
            times 512, shape (n, 128).
        grey: The content at `SMALL_PX`, shape (height, width).
        empty_bits: Where that is empty, see `empty`; eight pixels a byte.
        frame: Width and height of the content at `SIDE_PX`, in pixels.
        content: Width and height of the content in the photo as it was given, in pixels.
    """

    place: NDArray[np.float32]
    pose: NDArray[np.float32]
    beside: NDArray[np.uint8]
    descriptor: NDArray[np.uint8]
    grey: NDArray[np.uint8]
    empty_bits: NDArray[np.uint8]
    frame: tuple[int, int]
    content: tuple[float, float]

    @property
    def empty(self) -> NDArray[np.uint8]:
        """Where the content is empty, 255, else 0; shape as that of `grey`."""
        bits = np.unpackbits(self.empty_bits, count=self.grey.size)
        return bits.reshape(self.grey.shape) * np.uint8(255)

    @property
    def n_bytes(self) -> int:
        """Bytes that its arrays take."""
        kept = (self.place, self.pose, self.beside, self.descriptor, self.grey, self.empty_bits)
        return sum(one.nbytes for one in kept)


def local_features(image: Image.Image, *, most: int = MOST_FEATURES) -> LocalFeatures:
    """Features of a photo's content, frames and bars left out.

    Pictures are brought half-way to a square first: so a copy that was stretched, or squeezed into
    a letterbox, differs less from its photo than it did.

    Args:
        image: The decoded photo, of any size.
        most: Features kept.

    Source: SIFT, Lowe (2004), International Journal of Computer Vision 60(2), 91-110; square roots
    of descriptors, Arandjelovic and Zisserman (2012), CVPR.
    """
    import cv2

    cv2.setNumThreads(1)  # photos are read in several processes already
    whole = image.convert("L")
    scale = min(1.0, 2 * SIDE_PX / max(whole.size))
    size = [max(16, round(side * scale)) for side in whole.size]
    near = np.asarray(whole.resize((size[0], size[1]), Image.Resampling.BOX))
    left, top, right, bottom = content_box(empty_mask(near))
    inside = near[top:bottom, left:right]
    content = ((right - left) * whole.width / size[0], (bottom - top) * whole.height / size[1])
    grey = _resized(inside, SIDE_PX)
    empty = empty_mask(grey)
    searched = 255 - cv2.dilate(empty, np.ones((_AROUND_EMPTY_PX, _AROUND_EMPTY_PX), np.uint8))
    sift = cv2.SIFT.create(nfeatures=0, contrastThreshold=_CONTRAST, edgeThreshold=_EDGE)
    found = sift.detect(grey, searched)
    height, width = grey.shape
    place, pose = np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    descriptor = np.zeros((0, 128), np.uint8)
    if found:
        kept = [found[one] for one in _spread(found, width, height, most)]
        described, raw = sift.compute(grey, kept)
        place = np.array([one.pt for one in described], dtype=np.float32)
        pose = np.array([(one.angle, math.log2(one.size)) for one in described], dtype=np.float32)
        shares = raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6)
        descriptor = np.minimum(np.round(512 * np.sqrt(shares)), 255).astype(np.uint8)
    small = _resized(grey, SMALL_PX, keep_shape=True)
    small_empty = cv2.resize(empty, small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    beside, bits = _beside(place), np.packbits(small_empty > 0)
    return LocalFeatures(place, pose, beside, descriptor, small, bits, (width, height), content)


def _beside(place: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Numbers of the features at the place of each."""
    n = len(place)
    across, down = place[:, 0], place[:, 1]
    near = np.abs(across[:, None] - across) < _BESIDE_PX
    near &= np.abs(down[:, None] - down) < _BESIDE_PX
    found = np.repeat(np.arange(n, dtype=np.uint8)[:, None], _MOST_BESIDE, axis=1)
    first, second = np.nonzero(near)
    rank = np.arange(len(first)) - np.searchsorted(first, np.arange(n))[first]
    few = rank < _MOST_BESIDE - 1  # the last column stays for the feature itself
    found[first[few], rank[few]] = second[few]
    return found


def _resized(
    grey: NDArray[np.uint8], side_px: int, *, keep_shape: bool = False
) -> NDArray[np.uint8]:
    """A picture whose longer side is `side_px`, brought half-way to a square."""
    import cv2

    height, width = grey.shape
    ratio = width / height
    if not keep_shape:
        ratio = float(np.clip(ratio, 1 / 9, 9) ** 0.5)
    size = (side_px, round(side_px / ratio)) if ratio >= 1 else (round(side_px * ratio), side_px)
    size = (max(size[0], 16), max(size[1], 16))
    way = cv2.INTER_AREA if size[0] * size[1] < width * height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=way), dtype=np.uint8)


def _spread(found: object, width: int, height: int, most: int) -> NDArray[np.int64]:
    """The strongest features, but at most twice each cell's share of them."""
    strength = np.array([one.response for one in found])  # type: ignore[attr-defined]
    place = np.array([one.pt for one in found])  # type: ignore[attr-defined]
    cell = np.minimum(place / (width, height) * _CELLS, _CELLS - 1).astype(np.int64)
    number = cell[:, 1] * _CELLS + cell[:, 0]
    order = np.argsort(-strength, kind="stable")
    by_cell = order[np.argsort(number[order], kind="stable")]
    counts = np.bincount(number, minlength=_CELLS**2)
    first = np.cumsum(counts) - counts
    rank = np.empty(len(number), dtype=np.int64)
    rank[by_cell] = np.arange(len(number)) - first[number[by_cell]]
    beyond = rank >= -(-2 * most // _CELLS**2)
    return np.lexsort((-strength, beyond))[:most]
