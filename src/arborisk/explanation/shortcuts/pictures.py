"""Alterations of photos: what is kept, greyed, filled in, pasted or changed a little."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Photos = NDArray[np.uint8]
Masks = NDArray[np.bool_]

BORDER_SHARE = 0.1
"""Width of the border over the side of the photo; such a border is 36 % of the photo."""


def border_mask(size_px: int) -> Masks:
    """The border of the frame, shape (size, size)."""
    width = max(1, round(BORDER_SHARE * size_px))
    mask = np.ones((size_px, size_px), dtype=bool)
    mask[width:-width, width:-width] = False
    return mask


def pasted(photos: Photos, others: Photos, where: Masks) -> Photos:
    """Photos with pixels of others in their place.

    Args:
        photos: Shape (n, size, size, c).
        others: Same shape.
        where: One mask for all, shape (size, size), or one each.
    """
    return np.where(where[..., None], others, photos)


def only(photos: Photos, where: Masks) -> Photos:
    """Photos whose rest is their mean colour of what is kept, so that nothing else is told.

    Args:
        photos: Shape (n, size, size, c).
        where: What is kept, shape (size, size).
    """
    mean = photos[:, where].mean(axis=1).round().astype(np.uint8)
    return np.where(where[None, ..., None], photos, mean[:, None, None])


def filled(photos: Photos, masks: Masks) -> Photos:
    """Photos with what the masks cover replaced by a blur of what surrounds it.

    Colours are averaged around each pixel over what is not covered, at two widths: near by where
    there is something near by, else from farther away.

    Args:
        photos: Shape (n, size, size, c).
        masks: Shape (n, size, size); widened by a fiftieth of the side.
    """
    from scipy.ndimage import binary_dilation

    reach = max(1, photos.shape[1] // 50)
    result = photos.copy()
    for number, (photo, mask) in enumerate(zip(photos, masks, strict=True)):
        if not mask.any():
            continue
        wide = binary_dilation(mask, iterations=reach)
        result[number][wide] = _surroundings(photo, wide)[wide]
    return result


def _surroundings(photo: Photos, mask: Masks) -> Photos:
    from scipy.ndimage import gaussian_filter

    free = (~mask).astype(np.float64)
    found = np.full(photo.shape, 127.0)
    if free.any():
        found[:] = photo[~mask].mean(axis=0)
    for width in (photo.shape[0] / 6, photo.shape[0] / 20):
        weight = gaussian_filter(free, width)
        near = weight > 0.02
        for channel in range(photo.shape[2]):
            total = gaussian_filter(photo[..., channel] * free, width)
            found[near, channel] = total[near] / weight[near]
    return found.round().clip(0, 255).astype(np.uint8)


def brighter(photos: Photos, factor: float) -> Photos:
    """Photos with all values times a factor."""
    changed: Photos = np.clip(photos * factor, 0, 255).round().astype(np.uint8)
    return changed


def tinted(photos: Photos, amount: float) -> Photos:
    """Photos made warmer: red times 1 + amount, blue times 1 - amount; grey ones stay."""
    if photos.shape[3] == 1:
        return photos
    factors = np.array([1 + amount, 1.0, 1 - amount])
    changed: Photos = np.clip(photos * factors, 0, 255).round().astype(np.uint8)
    return changed


def blurred(photos: Photos, width_px: float) -> Photos:
    """Photos out of focus by a Gaussian of this standard deviation."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(photos, (0, width_px, width_px, 0)), dtype=np.uint8)


def stored(photos: Photos, quality: int) -> Photos:
    """Photos stored as JPEG of this quality, and read again."""
    found = np.empty_like(photos)
    for number, photo in enumerate(photos):
        stream = io.BytesIO()
        Image.fromarray(photo[..., 0] if photo.shape[2] == 1 else photo).save(
            stream, "JPEG", quality=quality
        )
        found[number] = np.asarray(Image.open(stream)).reshape(photo.shape)
    return found
