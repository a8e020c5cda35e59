"""What can be wrong with a photo file, as a stable short code and a sentence that helps."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from arborisk.errors import PhotoError

MAX_PIXELS: Final = 178_000_000
"""Largest photo read, in pixels. A little below the size at which Pillow itself refuses (178.9
million), above any common camera; a file that claims more is taken for a decompression bomb."""

MIN_SIDE_PX: Final = 16
"""Shortest side read, in pixels: fewer can be an icon or a rule of a page, but show no tree."""

_EXPECTED: Final = "a photo (JPEG, PNG, WebP, TIFF, BMP, AVIF or HEIC)"

_REMEDY: Final = {
    "missing": "Check the path, or take the photo off the list.",
    "unreadable": "Check that you may read the file, and that the disk or share is in reach.",
    "empty": "Copy the photo again from the camera or the original folder.",
    "truncated": "Copy the photo again from the camera or the original folder.",
    "not_an_image": "Remove the file, or export it as a JPEG with a photo program.",
    "corrupt": "Copy the photo again, or open it in a photo program and save it as a JPEG.",
    "damaged": "Copy the photo again; if it still looks torn or half grey, take it off the list.",
    "too_many_pixels": "Export a smaller copy as a JPEG; a few thousand pixels a side are plenty.",
    "too_small": "Copy the photo itself, not an icon of it.",
    "unsupported": "Export the photo as a JPEG.",
    "camera_raw": "Export it as a JPEG with a photo program, or use the JPEG of the same exposure.",
    "cmyk": "Export the photo as an RGB (sRGB) JPEG; print colours depend on a press.",
    "sixteen_bit": "Export the photo as an 8-bit JPEG, so that you choose how tones are mapped.",
    "animated": "Save the one frame or page that shows the tree as a JPEG.",
}

REASONS: Final = tuple(_REMEDY)
"""Every reason code that this package gives; the codes are stable."""

HEIC_REMEDY: Final = "Install it with: pip install '.[heic]' -c constraints.txt, or export a JPEG."


def problem(path: Path, reason: str, found: str, *, remedy: str | None = None) -> PhotoError:
    """The error for one photo.

    Args:
        path: The photo.
        reason: One of `REASONS`.
        found: What was found instead of a usable photo.
        remedy: What to do now; by default the usual remedy for the reason.
    """
    return PhotoError(reason, _EXPECTED, found, str(path), remedy or _REMEDY[reason])


def problem_from(path: Path, error: Exception) -> PhotoError:
    """The error for whatever the operating system or a decoder raised on a photo."""
    if isinstance(error, PhotoError):
        return error
    if isinstance(error, FileNotFoundError):
        return problem(path, "missing", "no such file")
    if isinstance(error, PermissionError):
        return problem(path, "unreadable", "a file that may not be read (permission denied)")
    if isinstance(error, IsADirectoryError):
        return problem(path, "unreadable", "a folder")
    if isinstance(error, OSError) and error.errno is not None:
        return problem(path, "unreadable", f"an error of the system: {error.strerror}")
    text = str(error).strip() or type(error).__name__
    if any(word in text.lower() for word in ("truncated", "unexpected end", "premature end")):
        return problem(path, "truncated", "a picture whose end is missing")
    return problem(path, "corrupt", f"damaged picture data ({text})")
