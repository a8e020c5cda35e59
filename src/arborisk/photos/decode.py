"""Decode photos: upright, 8 bits a channel, and no larger than is asked for.

A JPEG holds blocks of 8 x 8 pixels as cosine coefficients. A decoder can turn each block into
4 x 4, 2 x 2 or 1 pixel straight away, which for a 12-megapixel photo saves most of the work.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from PIL import Image, ImageCms, ImageFile

from arborisk.photos.exif import facts_of, orientation_of
from arborisk.photos.files import problem
from arborisk.photos.opening import opened
from arborisk.photos.workers import room_for
from arborisk.records import PhotoFacts

_NAMED_SRGB: Final = (b"sRGB", b"s\x00R\x00G\x00B")
"""How the name stands in a profile: as bytes, or with two bytes a letter (versions 2 and 4)."""
_MODES: Final[dict[str, Literal["RGB", "L"]]] = {"RGB": "RGB", "GRAY": "L"}
"""What a profile speaks of, as the mode of a picture."""
_GREY: Final = frozenset({"1", "L", "LA", "La"})


@dataclass(frozen=True, slots=True)
class ToSrgb:
    """The way from one space to sRGB.

    Attributes:
        mode: Mode in which a picture must be given to it.
        transform: Of the colour management system.
    """

    mode: Literal["RGB", "L"]
    transform: ImageCms.ImageCmsTransform

    def __call__(self, image: Image.Image) -> Image.Image:
        """A picture of mode `mode` in sRGB, in the same mode."""
        turned = ImageCms.applyTransform(image, self.transform) or image
        return turned if turned.mode == self.mode else turned.convert(self.mode)


def way_to_srgb(picture: Image.Image) -> ToSrgb | None:
    """How the colours of an opened picture are turned to sRGB; None where they stay as they are.

    Phones write Display P3, cameras Adobe RGB, scanners greys of another gamma. A picture stays as
    it is with a profile that is sRGB's own, that cannot be read, or that speaks of other colours
    than it has.

    Source: perceptual intent and the profile format of ICC.1:2022; by LittleCMS, as in Pillow.
    """
    profile = picture.info.get("icc_profile")
    if not isinstance(profile, bytes) or any(name in profile for name in _NAMED_SRGB):
        return None
    way = _way(profile) if profile else None
    if way is not None and way.mode == "L" and picture.mode not in _GREY:
        return None
    return way


@lru_cache(maxsize=8)
def _way(profile: bytes) -> ToSrgb | None:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(given.profile.xcolor_space.strip())
        if mode is None:
            return None
        made = ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return ToSrgb(mode, made)


def check_after_decoding(path: Path, picture: ImageFile.ImageFile) -> None:
    """Refuses a decoded picture whose file contradicts itself.

    Raises:
        PhotoError: ``damaged``.
    """
    if picture.format == "PNG" and not png_sums_hold(path.read_bytes()):
        raise problem(path, "damaged", "a PNG whose data differ from their checksum")


def png_sums_hold(data: bytes) -> bool:
    """Whether each chunk up to the end of a PNG has its checksum.

    Source: PNG specification, third edition (W3C 2025), 5.3: length, type, data, CRC-32 of both.
    """
    view, place = memoryview(data), 8
    while place + 12 <= len(data):
        length = int.from_bytes(view[place : place + 4])
        end = place + 8 + length
        if zlib.crc32(view[place + 4 : end]) != int.from_bytes(view[end : end + 4]):
            return False
        if data[place + 4 : place + 8] == b"IEND":
            return True
        place = end + 4
    return False


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
