"""Decode photos: upright, 8 bits a channel, and no larger than is asked for.

A JPEG holds blocks of 8 x 8 pixels as cosine coefficients. A decoder can turn each block into
4 x 4, 2 x 2 or 1 pixel straight away, which for a 12-megapixel photo saves most of the work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageFile

from arborisk.photos.budget import room_for
from arborisk.photos.checks import check_after_decoding
from arborisk.photos.colours import way_to_srgb
from arborisk.photos.exif import facts_of, orientation_of
from arborisk.photos.jpeg import decode_jpeg
from arborisk.photos.opening import opened
from arborisk.records import PhotoFacts

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; may end inside a pixel."""

_TRANSPOSE: Final = Image.Transpose
# EXIF orientation -> (how to turn the picture upright, sides swapped, then mirrored in x, in y).
_UPRIGHT: Final = {
    2: (_TRANSPOSE.FLIP_LEFT_RIGHT, False, True, False),
    3: (_TRANSPOSE.ROTATE_180, False, True, True),
    4: (_TRANSPOSE.FLIP_TOP_BOTTOM, False, False, True),
    5: (_TRANSPOSE.TRANSPOSE, True, False, False),
    6: (_TRANSPOSE.ROTATE_270, True, True, False),
    7: (_TRANSPOSE.TRANSVERSE, True, True, True),
    8: (_TRANSPOSE.ROTATE_90, True, False, True),
}

_SEE_THROUGH: Final = ("LA", "La", "PA", "RGBA", "RGBa")
_STRIP_ROWS: Final = 256
_JPEG: Final = ("JPEG", "MPO")

LARGE_PIXELS: Final = 25_000_000
"""Decoded pixels from which a picture is averaged down to what is asked for."""


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """A decoded photo.

    Attributes:
        image: Upright, mode "RGB" or "L".
        extent: Part of `image` that the photo fills. A photo of 4,030 pixels decoded at an eighth
            has 504 columns and fills 503.75 of them.
        facts: What the header says; the size there is that of the photo, not of `image`.
    """

    image: Image.Image
    extent: Box
    facts: PhotoFacts


@contextmanager
def decoding(
    path: Path, *, at_least_px: int | None = None, channels: Literal[1, 3] = 3
) -> Iterator[DecodedPhoto]:
    """A photo decoded as `decode_photo` does it, its pixels in the budget until the block ends.

    Args:
        path: The photo.
        at_least_px: See `decode_photo`.
        channels: See `decode_photo`.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    with ExitStack() as held:
        with opened(path) as picture:
            facts = facts_of(picture)
            orientation = orientation_of(picture)
            to_srgb = way_to_srgb(picture)
            mode: Literal["RGB", "L"] = "L" if channels == 1 else "RGB"
            decoded_mode = mode if to_srgb is None else to_srgb.mode
            scale = 1 if at_least_px is None else _scale(picture, at_least_px)
            n_pixels = picture.width * picture.height // scale**2
            held.enter_context(room_for(_pixels_on_the_way(picture, n_pixels)))
            image = _flat(_pixels(path, picture, decoded_mode, scale), decoded_mode)
            if to_srgb is not None:
                image = _flat(to_srgb(image), mode)
            if n_pixels >= LARGE_PIXELS and at_least_px is not None:
                shrink = next((s for s in (8, 4, 2) if min(image.size) // s >= at_least_px), 1)
                image, scale = image.reduce(shrink), scale * shrink
        yield _upright(image, scale, orientation, facts)


def decode_photo(
    path: Path, *, at_least_px: int | None = None, channels: Literal[1, 3] = 3
) -> DecodedPhoto:
    """Decode a photo, upright, in sRGB.

    Where the picture may be large and is soon done with, `decoding` bounds how many there are.

    Args:
        path: The photo.
        at_least_px: Smallest short side of the decoded picture that is enough; a JPEG is then
            decoded at 1/2, 1/4 or 1/8 where that still holds, and any other picture of 25 million
            pixels or more is averaged down to that once decoded. None decodes in full.
        channels: 3 for RGB, 1 for grey (luma, Source: ITU-R BT.601, as Pillow's "L").

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    with decoding(path, at_least_px=at_least_px, channels=channels) as decoded:
        return decoded


def read_photo(path: Path, *, at_least_px: int | None = None, exact: bool = False) -> Image.Image:
    """A photo as an upright RGB picture of 8 bits a channel.

    Args:
        path: The photo.
        at_least_px: Smallest short side that is enough, see `decode_photo`.
        exact: Decode in full, whatever `at_least_px` says.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    return decode_photo(path, at_least_px=None if exact else at_least_px).image


def read_facts(path: Path) -> PhotoFacts:
    """Size, time and place from a photo's header; no pixel is decoded.

    Raises:
        PhotoError: The file is no usable photo. A file cut off after its header passes here.
    """
    with opened(path) as picture:
        return facts_of(picture)


def _upright(image: Image.Image, scale: int, orientation: int, facts: PhotoFacts) -> DecodedPhoto:
    """A picture decoded at 1 / `scale`, turned upright."""
    width, height = facts.width / scale, facts.height / scale
    if orientation == 1:
        return DecodedPhoto(image, (0.0, 0.0, width, height), facts)
    method, _, mirrored_x, mirrored_y = _UPRIGHT[orientation]
    image = image.transpose(method)
    left = image.width - width if mirrored_x else 0.0
    top = image.height - height if mirrored_y else 0.0
    return DecodedPhoto(image, (left, top, left + width, top + height), facts)


def _pixels_on_the_way(picture: ImageFile.ImageFile, n_pixels: int) -> int:
    """Pixels that count while a picture is decoded to `n_pixels`.

    Of a progressive JPEG all coefficients are held at once, at any scale.
    """
    return picture.width * picture.height if picture.info.get("progressive") else n_pixels


def _scale(picture: ImageFile.ImageFile, at_least_px: int) -> int:
    """The divisor of the smallest picture that is enough; 1 for all but JPEG."""
    if picture.format not in _JPEG:
        return 1
    return next((s for s in (8, 4, 2) if min(picture.size) // s >= at_least_px), 1)


def _pixels(path: Path, picture: ImageFile.ImageFile, mode: str, scale: int) -> Image.Image:
    """The decoded picture; its mode may still be another one."""
    if picture.format in _JPEG:
        return decode_jpeg(path, picture, mode, scale)
    picture.load()
    check_after_decoding(path, picture)
    return picture


def _flat(picture: Image.Image, mode: str) -> Image.Image:
    """One mode for all; what is see-through stands on white, as in a browser."""
    if picture.mode not in _SEE_THROUGH and "transparency" not in picture.info:
        return picture if picture.mode == mode else picture.convert(mode)
    flat = Image.new(mode, picture.size)
    for top in range(0, picture.height, _STRIP_ROWS):  # whole, it would take four copies
        box = (0, top, picture.width, min(top + _STRIP_ROWS, picture.height))
        strip = picture.crop(box)
        strip.info = picture.info
        rgba = strip.convert("RGBA")
        on_white = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        flat.paste(on_white.convert(mode), box)
    return flat
