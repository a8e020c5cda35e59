"""Colours and greys of other spaces turned to sRGB, in which networks learnt what green is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from PIL import Image, ImageCms

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
