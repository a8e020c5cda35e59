"""Open a photo file and check what can be checked before its pixels are decoded.

Read as they are: 8-bit grey, RGB, palette and alpha pictures, and the first picture of a phone's
multi-picture JPEG. Refused, because a choice that is the photographer's would have to be made
(which frame, which press, which tone curve): animations and multi-page files, CMYK, and more than
8 bits a channel.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image, ImageFile, UnidentifiedImageError

from arborisk.photos.files import (
    HEIC_REMEDY,
    MAX_PIXELS,
    MIN_SIDE_PX,
    RAW_SUFFIXES,
    problem,
    problem_from,
    refuse_special_file,
)
from arborisk.wording.counts import counted

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF")
_TIFF: Final = (b"II*\0", b"MM\0*")
_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", *_TIFF)
_END: Final = (b"\xff\xd9", b"IEND\xaeB`\x82")
_EIGHT_BIT_MODES: Final = frozenset(
    {"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "YCbCr"}
)
_HEIC_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_JPEG_START: Final = b"\xff\xd8\xff"


@contextmanager
def opened(path: Path) -> Iterator[ImageFile.ImageFile]:
    """Open a photo; its header is checked, its pixels are not decoded yet.

    Whatever goes wrong inside the ``with`` block while pixels are decoded is told as a
    `PhotoError` too. No warning of a decoder escapes.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    refuse_special_file(path)
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            start = file.read(64)
            if not start:
                raise problem(path, "empty", "a file of 0 bytes")
            file.seek(0)
            if start.startswith(b"RIFF") and path.stat().st_size < 8 + int.from_bytes(
                start[4:8], "little"
            ):
                raise problem(path, "truncated", "a WebP shorter than it says it is")
            if path.suffix.lower() in RAW_SUFFIXES and not start.startswith(_JPEG_START):
                # Pillow would take some of these for a TIFF and show their small preview.
                raise problem(path, "camera_raw", f"a camera raw file ({path.suffix.lower()})")
            if start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS and b"avif" not in start:
                picture = _open_heic(path, file)
            else:
                picture = _open_picture(path, file)
            _check_kind(path, picture)
            yield picture
    except Exception as error:  # decoders raise almost anything on damaged input
        raise problem_from(path, error) from error


def _open_picture(path: Path, file: BinaryIO) -> ImageFile.ImageFile:
    try:
        return Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise problem(path, "too_many_pixels", "a picture of over 178 million pixels") from error
    except UnidentifiedImageError as error:
        raise _unidentified(path) from error


def _unidentified(path: Path) -> Exception:
    """A picture of another format is named; one without its header is told from no picture."""
    with path.open("rb") as file:
        start = file.read(12)
        n_bytes = file.seek(0, os.SEEK_END)
        file.seek(max(0, n_bytes - 8))
        end = file.read()
    if start.startswith(_TIFF) and _tiff_directory(start) < n_bytes:
        return problem(path, "unsupported", "a TIFF of a kind that cannot be read here")
    if start.startswith(_MAGIC):
        if end.endswith(_END):
            return problem(path, "corrupt", "a picture whose header is damaged")
        return problem(path, "truncated", "the beginning of a picture whose end is missing")
    if start[4:8] == b"ftyp" and start[8:12] in _AVIF_BRANDS:
        return problem(path, "corrupt", "an AVIF that is damaged, or whose end is missing")
    try:
        with Image.open(path) as picture:
            return problem(path, "unsupported", f"a {picture.format} picture")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return problem(path, "not_an_image", "a file that holds no picture, whatever its name")


def _tiff_directory(start: bytes) -> int:
    """Where a TIFF says that its first directory lies, often at its end. Source: TIFF 6.0, 2."""
    return int.from_bytes(start[4:8], "little" if start.startswith(b"II") else "big")


def _open_heic(path: Path, file: BinaryIO) -> ImageFile.ImageFile:
    try:
        from pi_heif import HeifImageFile
    except ImportError as error:
        found = "a HEIC photo, and the package that reads those (pi-heif) is not installed"
        raise problem(path, "unsupported", found, remedy=HEIC_REMEDY) from error
    picture: ImageFile.ImageFile = HeifImageFile(file)
    return picture


def _check_kind(path: Path, picture: ImageFile.ImageFile) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        found = f"{width} x {height} pixels, over {MAX_PIXELS // 1_000_000} million"
        raise problem(path, "too_many_pixels", found)
    # Phones add a depth map or a preview to a JPEG (MPO) and several pictures to a HEIC: the first
    # is the photo. In the other formats several pictures are an animation or a document.
    n_pictures = getattr(picture, "n_frames", 1)
    if picture.format in ("PNG", "WEBP", "TIFF", "AVIF") and n_pictures > 1:
        raise problem(path, "animated", f"{counted(n_pictures, 'picture')} in one file")
    if picture.mode == "CMYK":
        raise problem(path, "cmyk", "a picture in print colours (CMYK)")
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16") or _is_16_bit_colour(picture):
        raise problem(path, "sixteen_bit", "a picture of more than 8 bits a channel")
    if picture.mode not in _EIGHT_BIT_MODES:
        raise problem(path, "unsupported", f"a picture in the colour space {picture.mode}")
    if min(width, height) < MIN_SIDE_PX:
        found = f"{width} x {height} pixels, under {MIN_SIDE_PX} a side"
        raise problem(path, "too_small", found)


def _is_16_bit_colour(picture: ImageFile.ImageFile) -> bool:
    """Pillow opens 16-bit colour as 8-bit RGB; only the raw mode of the data tells."""
    return any(";16" in str(tile.args) for tile in picture.tile)
