"""Fingerprints of what a picture shows: a perceptual hash and a small grey square."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
