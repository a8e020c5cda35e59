"""Coordinate systems to longitude and latitude (WGS 84), and true metres around a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import MissingDependencyError, Remedy, TableError, option

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


Floats = NDArray[np.float64]

FARTHEST_M = 250_000.0
"""Distance east or west of the middle up to which a metre is right to 0.1 %: a transverse Mercator
map is too wide there by half the square of distance over Earth's radius, 0.08 %."""
_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_THIRD = _FLATTENING / (2 - _FLATTENING)
_ECCENTRICITY = np.sqrt(_FLATTENING * (2 - _FLATTENING))
_RADIUS_M = _SEMI_MAJOR_M / (1 + _THIRD) * (1 + _THIRD**2 / 4 + _THIRD**4 / 64)
"""Of a sphere whose meridian is as long as the ellipsoid's (WGS 84)."""
_BELOW_POLE = 1 - 1e-15
"""Largest sine of a latitude: at the pole itself the map has no direction."""
_TO_MAP = (
    _THIRD / 2 - 2 / 3 * _THIRD**2 + 5 / 16 * _THIRD**3,
    13 / 48 * _THIRD**2 - 3 / 5 * _THIRD**3,
    61 / 240 * _THIRD**3,
)
_FROM_MAP = (
    _THIRD / 2 - 2 / 3 * _THIRD**2 + 37 / 96 * _THIRD**3,
    1 / 48 * _THIRD**2 + 1 / 15 * _THIRD**3,
    17 / 480 * _THIRD**3,
)
"""Terms of Krüger's series to the third order: right to a millimetre within 3,000 km.

Source: Karney (2011), J. Geodesy 85(8), 475-485, equations 35 and 36.
"""


@dataclass(frozen=True, slots=True)
class Metres:
    """A transverse Mercator map of WGS 84 around a middle, without a scale of its own.

    Attributes:
        longitude: Middle, degrees.
        latitude: Middle, degrees.
    """

    longitude: float
    latitude: float

    @classmethod
    def around(cls, longitude: Floats, latitude: Floats, where: str = "the places") -> Metres:
        """A map whose middle is that of the places; those that are NaN do not count.

        Args:
            longitude: Degrees.
            latitude: Degrees.
            where: Table and its kind of rows, for messages.

        Raises:
            TableError: No place, or places so far apart that one map does not serve.
        """
        known = np.isfinite(longitude) & np.isfinite(latitude)
        if not known.any():
            raise TableError("at least one place", "none", where, "Add longitude and latitude.")
        # Longitudes run on over the date line.
        first = float(longitude[known][0])
        east = (longitude[known] - first + 180.0) % 360.0 - 180.0
        north = latitude[known]
        middle = first + (float(east.min()) + float(east.max())) / 2
        made = cls((middle + 180.0) % 360.0 - 180.0, (float(north.min()) + float(north.max())) / 2)
        widest = float(np.abs(made.to(longitude[known], north)[0]).max())
        if not widest <= FARTHEST_M:
            raise TableError(
                f"places within {2 * FARTHEST_M / 1000:.0f} km from west to east",
                f"{2 * widest / 1000:,.0f} km",
                where,
                "Split the table by district.",
            )
        return made

    def to(self, longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
        """East and north of the middle in metres."""
        east, north = _map(np.asarray(longitude) - self.longitude, np.asarray(latitude))
        return east, north - self._north()

    def back(self, east: Floats, north: Floats) -> tuple[Floats, Floats]:
        """Longitude and latitude in degrees: the inverse of `to`."""
        across = np.asarray(east) / _RADIUS_M
        up = (np.asarray(north) + self._north()) / _RADIUS_M
        level, bearing = up.copy(), across.copy()
        for order, term in enumerate(_FROM_MAP, start=1):
            level = level - term * np.sin(2 * order * up) * np.cosh(2 * order * across)
            bearing = bearing - term * np.cos(2 * order * up) * np.sinh(2 * order * across)
        sine = np.sin(level) / np.cosh(bearing)
        longitude = self.longitude + np.degrees(np.arctan2(np.sinh(bearing), np.cos(level)))
        return (longitude + 180.0) % 360.0 - 180.0, np.degrees(_geodetic(sine))

    def _north(self) -> float:
        return float(_map(np.zeros(1), np.array([self.latitude]))[1][0])


def _map(east_deg: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Metres from the middle meridian and from the equator."""
    sine = np.clip(np.sin(np.radians(latitude)), -_BELOW_POLE, _BELOW_POLE)
    conformal = np.sinh(np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    along = np.radians((east_deg + 180.0) % 360.0 - 180.0)
    level = np.arctan2(conformal, np.cos(along))
    bearing = np.arcsinh(np.sin(along) / np.hypot(conformal, np.cos(along)))
    up, across = level.copy(), bearing.copy()
    for order, term in enumerate(_TO_MAP, start=1):
        up = up + term * np.sin(2 * order * level) * np.cosh(2 * order * bearing)
        across = across + term * np.cos(2 * order * level) * np.sinh(2 * order * bearing)
    return _RADIUS_M * across, _RADIUS_M * up


def _geodetic(conformal_sine: Floats) -> Floats:
    """Latitude on the ellipsoid in radians from the sine of that on the conformal sphere."""
    isometric = np.arctanh(conformal_sine)
    sine = conformal_sine
    for _ in range(6):  # each step gains more than two digits
        sine = np.tanh(isometric + _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    return np.arcsin(sine)
