"""The one definition of photo -> array, for training, prediction and explanation alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.photos.decode import Box, DecodedPhoto, decoding
from arborisk.preprocess.settings import PreprocessSettings

DECODE_MARGIN: Final = 2.5
"""A photo is decoded at no less than this many times the target size, so that the cubic filter
still has pixels to average. The mean difference from a full decode stays within a grey level
(tests/preprocess/test_preprocess_prepare.py); at 2 it came close to that on fine leaves."""

SHARED_SIZE_PX: Final = 300
"""Under ``shared``, sizes up to this one come from the same decode, those up to twice it from
another, and so on. At 300 a 12-megapixel photo is still decoded at a quarter."""

_BAND_GREY: Final = 127  # letterbox bands: no contrast with mid grey, zero for EfficientNet-Lite


def prepare_image(
    image: Image.Image, settings: PreprocessSettings, *, seed: int = 0
) -> NDArray[np.uint8]:
    """Crop and resample a picture that stands upright.

    Resampling is cubic and antialiased (Pillow's BICUBIC), in the picture's own 8-bit tones.

    Args:
        image: Upright picture, any 8-bit mode.
        settings: What to make of it.
        seed: Chooses the place of a random crop; see `photo_seed`.

    Returns:
        Bytes 0 to 255, shape (size_px, size_px, channels).
    """
    return _prepare(image, (0.0, 0.0, float(image.width), float(image.height)), settings, seed)


def prepare_file(path: Path, settings: PreprocessSettings, *, seed: int = 0) -> NDArray[np.uint8]:
    """Decode a photo no larger than needed, then crop and resample as `prepare_image` does.

    Args:
        path: The photo.
        settings: What to make of it.
        seed: Chooses the place of a random crop; see `photo_seed`.

    Returns:
        Bytes 0 to 255, shape (size_px, size_px, channels).

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    return prepare_together(path, [settings], seed=seed)[0]


def prepare_together(
    path: Path, settings: Sequence[PreprocessSettings], *, seed: int = 0
) -> list[NDArray[np.uint8]]:
    """Several arrays of one photo, each as `prepare_file` gives it, from as few decodes as can be.

    Args:
        path: The photo.
        settings: What to make of it; what is ``shared`` comes from one decode up to 300 pixels.
        seed: Chooses the place of a random crop; see `photo_seed`.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    arrays: dict[PreprocessSettings, NDArray[np.uint8]] = {}
    for (at_least_px, channels), some in _by_decode(settings).items():
        with decoding(path, at_least_px=at_least_px, channels=channels) as decoded:
            arrays.update((one, prepare_decoded(decoded, one, seed=seed)) for one in some)
    return [arrays[one] for one in settings]


def decoding_for(path: Path, settings: PreprocessSettings) -> AbstractContextManager[DecodedPhoto]:
    """A photo decoded as `prepare_file` does it, for `prepare_decoded` and whatever else needs it.

    Its pixels are in the budget until the block ends.

    Args:
        path: The photo.
        settings: What is to be made of it.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    ((at_least_px, channels),) = _by_decode([settings])
    return decoding(path, at_least_px=at_least_px, channels=channels)


def prepare_decoded(
    decoded: DecodedPhoto, settings: PreprocessSettings, *, seed: int = 0
) -> NDArray[np.uint8]:
    """Crop and resample a photo that `arborisk.photos.decode_photo` gave; see `prepare_file`."""
    return _prepare(decoded.image, decoded.extent, settings, seed)


def decoded_side_px(settings: PreprocessSettings) -> int:
    """Shortest side at which a photo is decoded for these settings, in pixels."""
    size_px = settings.size_px
    if settings.shared:
        size_px = SHARED_SIZE_PX
        while size_px < settings.size_px:
            size_px *= 2
    return math.ceil(DECODE_MARGIN * size_px)


def photo_seed(sha256: str) -> int:
    """Seed of a photo's random crop: from its content, so that it is the same everywhere."""
    return int(sha256[:16], 16)


def _by_decode(
    settings: Sequence[PreprocessSettings],
) -> dict[tuple[int | None, Literal[1, 3]], list[PreprocessSettings]]:
    """Settings by what they need decoded: the shortest side (None is all of it) and channels."""
    found: dict[tuple[int | None, Literal[1, 3]], list[PreprocessSettings]] = {}
    for one in settings:
        at_least_px = None if one.exact else decoded_side_px(one)
        found.setdefault((at_least_px, 3 if one.shared else one.channels), []).append(one)
    return found


def _prepare(
    image: Image.Image, extent: Box, settings: PreprocessSettings, seed: int
) -> NDArray[np.uint8]:
    mode = "L" if settings.channels == 1 else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    size = settings.size_px
    if settings.crop == "letterbox":
        square = _letterboxed(image, extent, size)
    elif settings.crop == "stretch":
        square = _resampled(image, extent, (size, size))
    else:
        square = _resampled(image, seen_square(extent, settings, seed), (size, size))
    return np.array(square, dtype=np.uint8).reshape(settings.shape)


def seen_square(extent: Box, settings: PreprocessSettings, seed: int) -> Box:
    """The square that is cut out under the crops ``centre`` and ``random``.

    Args:
        extent: The whole photo: left, top, right, bottom.
        settings: Where along the long side the square lies.
        seed: Chooses the place of a random crop.
    """
    # 0 is at the left or top end of the long side, 1 at the other.
    place = 0.5 if settings.crop == "centre" else float(np.random.default_rng(seed).random())
    left, top, right, bottom = extent
    side = min(right - left, bottom - top)
    left += place * (right - left - side)
    top += place * (bottom - top - side)
    return left, top, left + side, top + side


def _resampled(image: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    """Cut out, then resample: the filter does not look past the cut, as in the deck's order."""
    left, top = math.floor(box[0]), math.floor(box[1])
    edges = (left, top, math.ceil(box[2]), math.ceil(box[3]))
    cut = image if edges == (0, 0, *image.size) else image.crop(edges)  # or it would be copied
    inside = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    return cut.resize(size, Image.Resampling.BICUBIC, box=inside)


def _letterboxed(image: Image.Image, extent: Box, size: int) -> Image.Image:
    left, top, right, bottom = extent
    shrink = size / max(right - left, bottom - top)
    width = max(1, round((right - left) * shrink))
    height = max(1, round((bottom - top) * shrink))
    whole = _resampled(image, extent, (width, height))
    grey = _BAND_GREY if image.mode == "L" else (_BAND_GREY,) * 3
    canvas = Image.new(image.mode, (size, size), grey)
    canvas.paste(whole, ((size - width) // 2, (size - height) // 2))
    return canvas


def seen_box(width_px: int, height_px: int, settings: PreprocessSettings, *, seed: int = 0) -> Box:
    """Rectangle of the upright photo that its array shows: left, top, right, bottom in pixels.

    Under ``letterbox`` it reaches beyond the photo, for the array does too.

    Args:
        width_px: Width of the photo, after EXIF orientation.
        height_px: Height of the photo.
        settings: How the array is made.
        seed: Chooses the place of a random crop; see `photo_seed`.

    >>> seen_box(400, 300, PreprocessSettings(crop="centre"))
    (50.0, 0.0, 350.0, 300.0)
    >>> seen_box(400, 300, PreprocessSettings(crop="letterbox"))
    (0.0, -50.0, 400.0, 350.0)
    """
    whole = (0.0, 0.0, float(width_px), float(height_px))
    if settings.crop == "stretch":
        return whole
    if settings.crop == "letterbox":
        side = max(width_px, height_px)
        left, top = (width_px - side) / 2, (height_px - side) / 2
        return left, top, left + side, top + side
    return seen_square(whole, settings, seed)


def on_photo(
    values: NDArray[np.floating],
    size_px: tuple[int, int],
    settings: PreprocessSettings,
    *,
    seed: int = 0,
    outside: float = 0.0,
) -> NDArray[np.float32]:
    """A map over the array as a map over the photo, smoothly enlarged.

    Args:
        values: Map over the array, any resolution, shape (h, w).
        size_px: Width and height of the result, which stands for the whole photo.
        settings: How the array was made.
        seed: As for `seen_box`.
        outside: Value where the photo was not seen.

    Returns:
        Shape (height, width).
    """
    width, height = size_px
    left, top, right, bottom = seen_box(width, height, settings, seed=seed)
    box_size = (max(1, round(right - left)), max(1, round(bottom - top)))
    enlarged = Image.fromarray(values.astype(np.float32)).resize(
        box_size, Image.Resampling.BILINEAR
    )
    found = Image.new("F", size_px, outside)
    found.paste(enlarged, (round(left), round(top)))
    return np.array(found, dtype=np.float32)
