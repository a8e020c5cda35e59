"""What a photo's header says of orientation, time and place; nonsense there is 'not stated'."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Final, SupportsFloat

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from arborisk.records import PhotoFacts

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


_TIME_TAGS: Final = (Base.DateTimeOriginal, Base.DateTimeDigitized)
FIRST_YEAR: Final = 1990
"""Earliest year of exposure that is believed; the first digital cameras were sold about then."""
_AHEAD: Final = timedelta(days=1)  # the header states no time zone
_SWAPPED_SIDES: Final = (5, 6, 7, 8)


def orientation_of(image: Image.Image) -> int:
    """Orientation that is still to be applied, 1 to 8; 1 where none is stated.

    By EXIF, else by XMP. A TIFF is turned by Pillow itself while it is decoded.

    Source: Exif 2.32 (CIPA DC-008-2019), tag 0x0112.
    """
    return 1 if image.format == "TIFF" else _stated_orientation(image)


def _stated_orientation(image: Image.Image) -> int:
    value = _directory(image, None).get(Base.Orientation, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _lies_on_its_side(image: Image.Image) -> bool:
    """Whether width and height will change places while an opened picture is turned upright.

    Those of a TIFF already have where its own tag says so, but not where only its XMP does.
    """
    if Base.Orientation in getattr(image, "tag_v2", ()):
        return False
    return _stated_orientation(image) in _SWAPPED_SIDES


def facts_of(image: Image.Image) -> PhotoFacts:
    """Size (upright), time and place of an opened photo whose pixels are not decoded yet.

    The time is that of exposure, else of digitisation, else of the file as a whole (which a photo
    program may have changed), as the camera's local clock said it.
    """
    width, height = image.size
    if _lies_on_its_side(image):
        width, height = height, width
    details, place = _directory(image, IFD.Exif), _directory(image, IFD.GPSInfo)
    stated = [details.get(tag) for tag in _TIME_TAGS]
    stated.append(_directory(image, None).get(Base.DateTime))
    times = [time for time in map(_time, stated) if time is not None]
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "N", "S", 90.0)
    longitude = _degrees(
        place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "E", "W", 180.0
    )
    packet = xmp_text(image)
    if not times and (time := time_in(packet)) is not None:
        times = [time]
    if latitude is None or longitude is None:
        latitude = degrees_in(packet, "exif:GPSLatitude", 90.0)
        longitude = degrees_in(packet, "exif:GPSLongitude", 180.0)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        latitude = longitude = None  # half a place is none; cameras without a fix write 0, 0
    likely = [time for time in times if _is_likely(time)]
    remark = ""
    if times and not likely:
        remark = f"the header says {times[0]:%Y-%m-%d %H:%M}, which cannot be: not used"
    return PhotoFacts(
        width=width,
        height=height,
        taken_at=likely[0] if likely else None,
        latitude=latitude,
        longitude=longitude,
        heading_deg=_heading(place.get(GPS.GPSImgDirection)),
        remark=remark,
    )


def _directory(image: Image.Image, ifd: IFD | None) -> dict[int, object]:
    """The tags of one EXIF directory; empty where it is absent or damaged."""
    try:
        # Not image.getexif(): for a PNG that decodes the pixels, and would hide their damage here.
        exif = Image.Image.getexif(image)
        return dict(exif) if ifd is None else dict(exif.get_ifd(ifd))
    except Exception:  # a damaged header raises almost anything; the photo is still a photo
        return {}


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    return value.strip(" \0\t\r\n") if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    """A time as Exif writes it; hour 24 is the first of the day stated.

    Source: phones that format with Java's ``kk`` (hour 1 to 24) write ``24:05:00`` just after
    midnight, on the new day's date.
    """
    text = _text(value)[:19]
    if text[11:13] == "24":
        text = f"{text[:11]}00{text[13:]}"
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _is_likely(time: datetime) -> bool:
    """Whether a digital photo can be of that time: clocks that were never set say 1970 or 1980."""
    return time.year >= FIRST_YEAR and time <= datetime.now() + _AHEAD


def _number(value: object) -> float | None:
    if not isinstance(value, SupportsFloat):
        return None
    try:
        number = float(value)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _degrees(
    value: object, reference: object, positive: str, negative: str, limit: float
) -> float | None:
    """Degrees, minutes, seconds and a hemisphere as signed degrees; None where any is wrong."""
    given = value if isinstance(value, tuple) else (value,)  # some write all in one rational
    if len(given) not in (1, 3):
        return None
    parts = [_number(part) for part in given]
    side = _text(reference)[:1].upper()
    if side not in (positive, negative):
        return None
    total = 0.0
    for part, unit in zip(parts, (1.0, 60.0, 3600.0), strict=False):
        if part is None or part < 0:
            return None
        total += part / unit
    if total > limit:
        return None
    return total if side == positive else -total


def _heading(value: object) -> float | None:
    heading = _number(value)
    return heading % 360.0 if heading is not None and 0 <= heading <= 360 else None
