"""Time and place from a photo's XMP packet, for files whose EXIF a program has left out.

Source: XMP Specification part 2 (Adobe), exif:GPSLatitude as ``DDD,MM,SSk`` or ``DDD,MM.mmk``;
dates as ISO 8601.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from PIL import Image

_TIMES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")
_TAG_OF_TIFF: Final = 700
_PLACE: Final = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")
_MOST_BYTES: Final = 1_000_000


def xmp_text(image: Image.Image) -> str:
    """The packet of an opened picture; empty where there is none."""
    found = image.info.get("xmp") or getattr(image, "tag_v2", {}).get(_TAG_OF_TIFF) or b""
    if isinstance(found, bytes):
        found = found[:_MOST_BYTES].decode("utf-8", errors="replace")
    return found[:_MOST_BYTES] if isinstance(found, str) else ""


def time_in(text: str) -> datetime | None:
    """Local time of exposure in a packet; its zone, where stated, is left aside."""
    for name in _TIMES:
        try:
            return datetime.fromisoformat(_value(text, name)[:19])
        except ValueError:
            continue
    return None


def degrees_in(text: str, name: str, limit: float) -> float | None:
    """Signed degrees of ``exif:GPSLatitude`` or ``exif:GPSLongitude``; None where nonsense."""
    found = _PLACE.fullmatch(_value(text, name))
    if found is None:
        return None
    degrees = int(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    if degrees > limit:
        return None
    return -degrees if found[4] in "SW" else degrees


def _value(text: str, name: str) -> str:
    """A property, written as an attribute or as an element."""
    match = re.search(rf'{name}(?:\s*=\s*["\']|>)\s*([^"\'<]+)', text)
    return match[1].strip() if match else ""
