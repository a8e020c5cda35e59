"""Fingerprints of what a picture shows: a perceptual hash and a small grey square."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

THUMBNAIL_SHAPE: Final = (32, 32)
"""Rows and columns of a thumbnail."""

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


def thumbnail(image: Image.Image) -> NDArray[np.uint8]:
    """The middle square of a picture, grey, at `THUMBNAIL_SHAPE`; for near-duplicate search."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    small = image.convert("L").resize(
        THUMBNAIL_SHAPE, Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    return np.asarray(small, dtype=np.uint8)


def _cosines() -> NDArray[np.float64]:
    """First rows of the type-II discrete cosine transform, shape (8, 32)."""
    frequency = np.arange(_HASH_SIDE)[:, None]
    position = np.arange(_DCT_SIDE)[None, :] + 0.5
    return np.asarray(2.0 * np.cos(np.pi * frequency * position / _DCT_SIDE), dtype=np.float64)


_COSINES: Final = _cosines()
