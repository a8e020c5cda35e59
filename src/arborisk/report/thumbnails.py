"""Small upright pictures that stand inside a page."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from arborisk.errors import PhotoError
from arborisk.photos.decode import read_photo

LONG_SIDE_PX = 260
"""Twice the width at which a page shows them, for sharp screens; about 10 kB each."""
JPEG_QUALITY = 72


def thumbnail_uri(path: Path, *, long_side_px: int = LONG_SIDE_PX) -> str | None:
    """A photo as a data URI; see `thumbnail_jpeg`."""
    jpeg = thumbnail_jpeg(path, long_side_px=long_side_px)
    if jpeg is None:
        return None
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")


def thumbnail_jpeg(path: Path, *, long_side_px: int = LONG_SIDE_PX) -> bytes | None:
    """A photo as a JPEG, upright and small; None when it cannot be read.

    Nothing but pixels is kept: no time, no place, no camera.

    Args:
        path: The photo.
        long_side_px: Longer side of the small picture, in pixels.
    """
    try:
        image = read_photo(path, at_least_px=long_side_px)
    except PhotoError:
        return None
    image.thumbnail((long_side_px, long_side_px))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True, exif=b"")
    return stream.getvalue()
