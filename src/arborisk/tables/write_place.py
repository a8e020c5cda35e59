"""The point of a row that is written, for formats of maps."""

from __future__ import annotations

import struct
from math import isfinite

from arborisk.tables.fields import Row

Place = tuple[str, str]
"""Names of the cells with longitude and latitude in degrees (WGS 84)."""


def point_of(row: Row, place: Place | None) -> tuple[float, float] | None:
    """Longitude and latitude; None where there is none on Earth."""
    if place is None:
        return None
    try:
        longitude, latitude = (float(row[name]) for name in place)
    except (KeyError, TypeError, ValueError):
        return None
    on_earth = isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90
    return (longitude, latitude) if on_earth else None


def point_binary(point: tuple[float, float] | None) -> bytes | None:
    """A point as well-known binary, little-endian.

    Source: OGC Simple Features 1.2.1, section 8.2.
    """
    return None if point is None else struct.pack("<BIdd", 1, 1, *point)
