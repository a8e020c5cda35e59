"""Where the array of a photo lies in the photo, for whatever is drawn back onto it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.photos.decode import Box
from arborisk.preprocess.prepare import seen_square
from arborisk.preprocess.settings import PreprocessSettings


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
