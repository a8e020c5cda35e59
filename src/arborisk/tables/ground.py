"""Metres on the ground that the layers of one question share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.tables.metres import Floats, Metres
from arborisk.tables.places import Places


@dataclass(frozen=True, slots=True)
class Ground:
    """How coordinates become metres, and metres coordinates.

    Attributes:
        map: A map around the trees; None for a plane that is in metres already.
    """

    map: Metres | None = None

    @classmethod
    def around(cls, places: Places, where: str) -> Ground:
        """Metres around places, or those of their own plane.

        Args:
            places: Of the trees.
            where: Table, for messages.

        Raises:
            TableError: No place, or places too far apart for one map.
        """
        if places.plane is not None:
            return cls()
        return cls(Metres.around(places.longitude, places.latitude, where))

    @classmethod
    def about(cls, places: Places) -> Ground | None:
        """Metres about the middle of places over any distance, to tell rows apart; None without.

        Lengths are true near the middle and a few percent too long a thousand kilometres away.
        """
        if not places.known.any():
            return None
        if places.plane is not None:
            return cls()
        known = places.known
        return cls(
            Metres(
                float(np.median(places.longitude[known])), float(np.median(places.latitude[known]))
            )
        )

    def of(self, places: Places) -> tuple[Floats, Floats]:
        """East and north of each place in metres; NaN where a row has none."""
        if self.map is None:
            return places.plane or (places.longitude, places.latitude)
        return self.map.to(places.longitude, places.latitude)

    def to(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Metres of longitudes and latitudes; of a plane, what came."""
        return (x, y) if self.map is None else self.map.to(x, y)

    def back(self, east: Floats, north: Floats) -> tuple[Floats, Floats]:
        """The inverse of `to`."""
        return (east, north) if self.map is None else self.map.back(east, north)
