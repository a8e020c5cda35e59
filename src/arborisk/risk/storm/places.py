"""Where things stand, in metres that all of them share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats

DEGREES = "EPSG:4326"
"""Longitude and latitude, as in GeoJSON and from a GPS."""
METRES = "metres"
"""Columns x_m and y_m: east and north in metres of a system that the file does not name."""

WIDEST_DEG = 1.0
"""Extent south to north up to which one scale serves: half a degree from the middle, at 45° north,
a metre from west to east is wrong by 1 %."""
_RADIUS_M = 6_378_137.0
_FLATNESS_SQUARED = 0.00669437999014
"""Ellipsoid WGS 84: semi-major axis and squared eccentricity."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How coordinates become metres.

    Attributes:
        system: `DEGREES`, `METRES`, or another code whose unit is the metre.
        longitude: Origin in degrees; 0 where the unit is already the metre.
        latitude: Origin in degrees.
    """

    system: str
    longitude: float = 0.0
    latitude: float = 0.0

    @classmethod
    def around(cls, system: str, x: Floats, y: Floats, where: str) -> Frame:
        """A frame around the given coordinates.

        Raises:
            AssessmentError: Degrees out of range, or too far apart for one scale.
        """
        if system != DEGREES:
            return cls(system)
        if np.any(np.abs(y) > 85) or np.any(np.abs(x) > 180):
            raise AssessmentError(
                "longitudes from -180 to 180 and latitudes from -85 to 85 degrees",
                f"{x.min():g} to {x.max():g} and {y.min():g} to {y.max():g}",
                where,
                "Exchange the columns, or name metres x_m and y_m.",
            )
        if np.ptp(y) > WIDEST_DEG:
            raise AssessmentError(
                f"trees within {WIDEST_DEG:g}° of latitude",
                f"{np.ptp(y):.2f}°",
                where,
                "Split the file by district, or give projected metres.",
            )
        return cls(system, float(x.mean()), float(y.mean()))

    def metres(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """East and north in metres; degrees by the ellipsoid's radii at the origin.

        Source: meridional and transverse radii of curvature of WGS 84.
        """
        if self.system != DEGREES:
            return x, y
        east, north = self._radii()
        return np.radians(x - self.longitude) * east, np.radians(y - self.latitude) * north

    def back(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Coordinates of the file from metres: the inverse of `metres`."""
        if self.system != DEGREES:
            return x_m, y_m
        east, north = self._radii()
        return self.longitude + np.degrees(x_m / east), self.latitude + np.degrees(y_m / north)

    def _radii(self) -> tuple[float, float]:
        """Metres a radian to the east and to the north."""
        latitude = np.radians(self.latitude)
        bend = 1.0 - _FLATNESS_SQUARED * np.sin(latitude) ** 2
        north = _RADIUS_M * (1.0 - _FLATNESS_SQUARED) / bend**1.5
        return float(_RADIUS_M / np.sqrt(bend) * np.cos(latitude)), float(north)

    def check_same(self, system: str, where: str) -> None:
        """Refuses a file in another system; unnamed metres go with any system in metres.

        Raises:
            AssessmentError: Says which systems do not go together.
        """
        both = {self.system, system}
        if len(both) == 1 or (METRES in both and DEGREES not in both):
            return
        raise AssessmentError(
            f"coordinates in {self.system}, as the trees have",
            system,
            where,
            "Export both as longitude and latitude (EPSG:4326), or both in the same metres.",
        )
