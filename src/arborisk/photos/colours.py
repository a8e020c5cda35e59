"""Colours of other spaces turned to sRGB, in which networks learnt what green is."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageCms

_NAMED_SRGB: Final = (b"sRGB", b"s\x00R\x00G\x00B")
"""How the name stands in a profile: as bytes, or with two bytes a letter (versions 2 and 4)."""


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture whose profile is not sRGB (phones' Display P3, Adobe RGB), turned to sRGB.

    Grey pictures stay as they are: these spaces agree on grey. So does a picture with a profile
    that cannot be read, or that is of another kind of colours.

    Args:
        image: The decoded picture.
        profile: Its embedded ICC profile, if it has one.

    Source: perceptual intent and the profile format of ICC.1:2022; by LittleCMS, as in Pillow.
    """
    if image.mode != "RGB" or not profile or any(name in profile for name in _NAMED_SRGB):
        return image
    transform = _to_srgb(profile)
    return image if transform is None else ImageCms.applyTransform(image, transform) or image


@lru_cache(maxsize=8)
def _to_srgb(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
