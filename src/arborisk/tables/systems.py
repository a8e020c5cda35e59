"""Coordinate systems: any that PROJ knows, to longitude and latitude (WGS 84)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from arborisk.errors import MissingDependencyError, Remedy, TableError, option
from arborisk.tables.metres import Floats

if TYPE_CHECKING:
    from pyproj import CRS

WGS84 = "OGC:CRS84"
"""Longitude and latitude in degrees, as in GeoJSON and from a GPS."""
PLANE = "metres"
"""East and north in metres of a plane that is not tied to Earth: a plot, a survey of its own."""
_WGS84_NAMES = re.compile(r"(EPSG:+|:)?(4326|4979|CRS84h?)", re.IGNORECASE)
_OPTION = option("--places EPSG:2261")
_BESIDE_DEG = 1.0
"""Degrees beside the area of a system up to which its places are believed: areas are drawn as
rectangles along borders, and trees stand outside them."""


def is_wgs84(system: str) -> bool:
    """Whether a system is longitude and latitude as a GPS gives them, under its usual names."""
    return bool(_WGS84_NAMES.fullmatch(system.strip().rpartition("crs:")[2].rpartition(":")[2]))


def is_plane(system: str) -> bool:
    """Whether a system is a plane in metres of its own."""
    return system.strip().casefold() in (PLANE, "m", "plane")


def in_metres(system: str) -> bool:
    """Whether a system is a map in metres."""
    if is_plane(system) or is_wgs84(system):
        return False
    known = _known(system, "--places")
    return bool(known.is_projected and known.axis_info[0].unit_conversion_factor == 1.0)


def system_words(system: str) -> str:
    """A system as it is called in messages."""
    if is_plane(system):
        return "metres of a plane of their own"
    if is_wgs84(system):
        return "longitude and latitude (WGS 84)"
    known = _known(system, "--places")
    code = known.to_authority()
    return f"{known.name} ({':'.join(code)})" if code else str(known.name)


def to_wgs84(x: Floats, y: Floats, system: str, where: str) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees; NaN where a system reaches no such place.

    Args:
        x: Eastward coordinates.
        y: Northward coordinates.
        system: A code such as ``EPSG:2261``, or a definition as map files hold it.
        where: Table, for messages.

    Raises:
        TableError: No such system; one without a place on Earth; or coordinates that lie outside
            the area for which it is made, so that it cannot be theirs.
        MissingDependencyError: Another system than WGS 84, without pyproj.
    """
    if is_wgs84(system):
        _check_degrees(x, y, where)
        return x, y
    known = _known(system, where)
    from pyproj import Transformer

    turn = Transformer.from_crs(known, WGS84, always_xy=True)
    longitude, latitude = turn.transform(x, y)
    lost = ~(np.isfinite(longitude) & np.isfinite(latitude))
    longitude = np.where(lost, np.nan, longitude)
    latitude = np.where(lost, np.nan, latitude)
    _check_area(known, system_words(system), longitude, latitude, where)
    return longitude, latitude


def can_be_degrees(x: Floats, y: Floats) -> bool:
    """Whether coordinates without a system can only be longitude and latitude.

    They lie within the range and near each other. A plot of a few hundred metres has small
    numbers too, but not with so many digits.
    """
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return False
    east, north = x[known], y[known]
    within = (np.abs(east) <= 180) & (np.abs(north) <= 90)
    fine = np.abs(east * 1000 - np.round(east * 1000)) > 1e-6
    narrow = np.ptp(east) < 10 and np.ptp(north) < 10
    return bool(within.all() and narrow and fine.mean() > 0.5)


def _check_degrees(x: Floats, y: Floats, where: str) -> None:
    """Refuses numbers that are most of them no degrees: the system is another."""
    known = np.isfinite(x) & np.isfinite(y)
    off = known & ((np.abs(x) > 180) | (np.abs(y) > 90))
    if off.sum() > 0.5 * known.sum():
        first = int(np.flatnonzero(off)[0])
        raise TableError(
            "longitude and latitude in degrees",
            f"{x[first]:g} and {y[first]:g}",
            where,
            Remedy(
                "Give the system that they are in, for example {}, or export the layer in "
                "longitude and latitude.",
                _OPTION,
            ),
        )


@lru_cache(maxsize=64)
def _known(system: str, where: str) -> CRS:
    try:
        from pyproj import CRS
        from pyproj.exceptions import CRSError
    except ImportError as error:
        raise MissingDependencyError(
            "pyproj", "geo", "coordinates other than longitude and latitude"
        ) from error
    try:
        known = CRS.from_user_input(int(system) if system.strip().isdigit() else system)
    except CRSError as error:
        raise TableError(
            "a coordinate system such as EPSG:2261",
            repr(system[:80]),
            where,
            Remedy("Give its code, for example {}.", _OPTION),
        ) from error
    if not (known.is_geographic or known.is_projected):
        raise TableError(
            "a coordinate system of places on Earth",
            repr(str(known.name)),
            where,
            Remedy("Give the one that the coordinates are in, for example {}.", _OPTION),
        )
    return known


def _check_area(known: CRS, words: str, longitude: Floats, latitude: Floats, where: str) -> None:
    """Refuses a system that most of the places lie far outside of."""
    area = known.area_of_use
    there = np.isfinite(longitude)
    if area is None or not there.any():
        return
    width = (area.east - area.west) % 360 or 360
    from_west = (longitude[there] - area.west + _BESIDE_DEG) % 360
    inside = (
        (from_west <= width + 2 * _BESIDE_DEG)
        & (latitude[there] >= area.south - _BESIDE_DEG)
        & (latitude[there] <= area.north + _BESIDE_DEG)
    )
    if inside.mean() < 0.5:
        place = int(np.flatnonzero(there)[int(np.flatnonzero(~inside)[0])])
        raise TableError(
            f"coordinates in {words}, made for {area.name.rstrip('.')}",
            f"a place at longitude {longitude[place]:.2f}, latitude {latitude[place]:.2f}",
            where,
            Remedy(
                "Check the unit (feet or metres) and the system, and give the right one, for "
                "example {}.",
                _OPTION,
            ),
        )
