"""JPEGs decoded strictly: what the decoder only warns of is told as damage.

Pillow passes the warnings of libjpeg over: a JPEG whose second half is missing, closed with a
proper end mark, comes out half grey and without a word. `simplejpeg` decodes with the same library
to the same pixels in the same time (``python benchmarks/decoders.py``) and tells them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageFile

from arborisk.photos.problems import problem

_END_MARK: Final = b"\xff\xd9"
_DAMAGE: Final = ("corrupt jpeg data", "premature end")
"""Beginnings, in lower case, of libjpeg's warnings of lost data; others are of odd headers.
Source: libjpeg, jerror.h."""
_EXTRANEOUS: Final = re.compile(r"(\d+) extraneous bytes before marker 0xd9")


def can_decode_strictly() -> bool:
    """Whether the decoder that tells its warnings is installed."""
    try:
        import simplejpeg  # noqa: F401
    except ImportError:
        return False
    return True


def decode_jpeg(path: Path, picture: ImageFile.ImageFile, mode: str, scale: int) -> Image.Image:
    """Pixels of an opened JPEG, in full or at a fraction; no pixel of it is decoded before.

    Args:
        path: The photo, for messages.
        picture: As Pillow opened it, not drafted.
        mode: "RGB" or "L".
        scale: Divisor of both sides: 1, 2, 4 or 8.

    Returns:
        Mode `mode`, or the picture's own where `simplejpeg` is not installed.

    Raises:
        PhotoError: ``truncated`` or ``damaged``.
        ValueError: The decoder gave the file up.
    """
    try:
        import simplejpeg
    except ImportError:
        return _by_pillow(picture, mode, scale)
    assert picture.fp is not None  # opened() closes it only after its block
    picture.fp.seek(0)
    data = picture.fp.read()
    width, height = picture.size
    asked: dict[str, Any] = {
        "colorspace": "GRAY" if mode == "L" else "RGB",
        "min_height": -(-height // scale),
        "min_width": -(-width // scale),
    }
    try:
        pixels = simplejpeg.decode_jpeg(data, **asked)
    except ValueError as error:
        warning = str(error)
        if warning.lower().startswith(_DAMAGE) and not _is_padding(data, warning):
            reason = "truncated" if "end of JPEG file" in warning else "damaged"
            raise problem(
                path, reason, f"picture data with a gap or an error ({warning})"
            ) from None
        pixels = simplejpeg.decode_jpeg(data, strict=False, **asked)  # or it fails again
    return Image.fromarray(pixels[:, :, 0] if mode == "L" else pixels)


def _is_padding(data: bytes, warning: str) -> bool:
    """Whether the bytes too many are zeros before the end mark, as some cameras write them."""
    found = _EXTRANEOUS.search(warning)
    end = data.rfind(_END_MARK)
    return found is not None and data[:end].endswith(bytes(int(found[1])))


def _by_pillow(picture: ImageFile.ImageFile, mode: str, scale: int) -> Image.Image:
    if scale > 1 or mode == "L":
        width, height = picture.size
        picture.draft(mode, (width // scale, height // scale))
    picture.load()
    return picture
