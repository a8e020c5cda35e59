"""True metres around a place: a plane in which distances are those on the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import TableError

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
