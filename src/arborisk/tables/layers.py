"""Whole shapes of a layer in longitude and latitude, and whether layers belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.errors import MissingDependencyError, TableError
from arborisk.tables.place_text import check_swapped
from arborisk.tables.places import Places
from arborisk.tables.systems import (
    WGS84,
    Floats,
    Metres,
    can_be_degrees,
    is_plane,
    system_words,
    to_wgs84,
)
from arborisk.tables.table import Shape, Table

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


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


MEET_M = 1_000.0
"""Gap in metres from which two layers do not belong together: no tree reaches a tenth of it."""
METRES_A_DEGREE = 111_200.0
"""Of latitude, to half a percent."""


def do_not_meet(first: Places, second: Places, names: tuple[str, str]) -> str:
    """Why two layers cannot belong together, as a sentence; "" where they can.

    Args:
        first: Places of one, trees for example.
        second: Places or corners of the other.
        names: What stands there, for example ``("trees", "lines")``.
    """
    one, other = names
    if (first.plane is None) != (second.plane is None):
        plane = names[first.plane is None]
        return (
            f"The {plane} are in metres of a plane of their own and the other layer on Earth: "
            "state the system of both, for example with --places EPSG:2261."
        )
    gap_km = _gap_km(first, second)
    if not gap_km > MEET_M / 1000:
        return ""
    told = f"The {one} and the {other} lie {_kilometres(gap_km)} apart"
    if first.plane is None:
        for swapped, name in ((first, one), (second, other)):
            turned = Places(swapped.latitude, swapped.longitude)
            pair = (turned, second) if swapped is first else (first, turned)
            if np.nanmax(np.abs(turned.latitude)) <= 90 and _gap_km(*pair) <= MEET_M / 1000:
                return (
                    f"{told}, and meet once longitude and latitude of the {name} are exchanged: "
                    f"correct the columns or coordinates of the {name}."
                )
    return f"{told}: they do not belong together. Check the files and their coordinate systems."


def _kilometres(gap_km: float) -> str:
    return f"{gap_km:,.0f} km" if gap_km >= 10 else f"{gap_km:.1f} km"


def _gap_km(first: Places, second: Places) -> float:
    """Gap between the rectangles around two layers, in kilometres; 0 where one has no place."""
    boxes = []
    for places in (first, second):
        known = places.known
        if not known.any():
            return 0.0
        east, north = places.plane or (places.longitude, places.latitude)
        boxes.append((east[known], north[known]))
    if first.plane is None:
        middle = float(np.median(boxes[0][0])), float(np.median(boxes[0][1]))
        boxes = [_rough_metres(*middle, *box) for box in boxes]
    (east, north), (other_east, other_north) = boxes
    return float(np.hypot(_gap(east, other_east), _gap(north, other_north))) / 1000


def _gap(one: Floats, other: Floats) -> float:
    """How far two ranges lie apart; 0 where they meet."""
    return max(0.0, float(one.min() - other.max()), float(other.min() - one.max()))


def _rough_metres(
    east_deg: float, north_deg: float, longitude: Floats, latitude: Floats
) -> tuple[Floats, Floats]:
    """East and north of a middle on a sphere, over any distance."""
    east = (longitude - east_deg + 180) % 360 - 180
    scale = np.cos(np.radians(np.clip((latitude + north_deg) / 2, -89, 89)))
    return east * METRES_A_DEGREE * scale, (latitude - north_deg) * METRES_A_DEGREE


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """A shape for each row of a layer.

    Attributes:
        shapes: In longitude and latitude (WGS 84), or in metres of a plane of the layer's own;
            None where a row has none that can be used.
        problems: Index of a row to why it has none.
        system: The system that the layer is in, in words.
        in_plane: Whether it is a plane of the layer's own.
    """

    shapes: Sequence[BaseGeometry | None]
    problems: Mapping[int, str]
    system: str
    in_plane: bool = False

    def corners(self) -> Places:
        """All corners of all shapes, to see where the layer lies."""
        import shapely

        x, y = shapely.get_coordinates([one for one in self.shapes if one is not None]).T
        if not self.in_plane:
            return Places(x, y, system=self.system)
        nowhere = np.full(len(x), np.nan)
        return Places(nowhere, nowhere, system=self.system, plane=(x, y))


def require_shapely() -> None:
    """Says how to install shapely where it is missing.

    Raises:
        MissingDependencyError: It is not installed.
    """
    try:
        import shapely  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError("shapely", "geo", "shapes of lines and buildings") from error


def shapes_of(table: Table) -> Shapes:
    """Shapes of a layer's rows.

    Raises:
        TableError: No shape at all, a system that nobody states or that cannot be the layer's,
            or longitude and latitude exchanged.
        MissingDependencyError: shapely is not installed, or pyproj for another system.
    """
    require_shapely()
    import shapely

    if table.shapes is None:
        raise TableError(
            "a layer of shapes", "a table without shapes", table.source,
            "Give GeoJSON, GeoPackage or a shapefile.",
        )  # fmt: skip
    found: list[BaseGeometry | None] = []
    problems = dict(table.problems)
    for row, shape in enumerate(table.shapes):
        read, why = _read(shape)
        found.append(read)
        if why:
            problems.setdefault(row, why)
    good = [row for row, shape in enumerate(found) if shape is not None]
    if not good:
        return Shapes(found, problems, "")
    some = np.array([found[row] for row in good], dtype=object)
    x, y = shapely.get_coordinates(some).T
    system = table.system or (WGS84 if can_be_degrees(x, y) else "")
    if not system:
        raise TableError(
            "a layer that states its coordinate system", "one that does not", table.source,
            "Export it again with its system; a shapefile needs its .prj file beside it.",
        )  # fmt: skip
    if is_plane(system):
        return Shapes(found, problems, system_words(system), in_plane=True)

    def turned(corners: Floats) -> Floats:
        return np.column_stack(to_wgs84(corners[:, 0], corners[:, 1], system, table.source))

    made = shapely.transform(some, turned)
    longitude, latitude = shapely.get_coordinates(made).T
    check_swapped(longitude, latitude, table.source)
    for row, shape in zip(good, made, strict=True):
        whole = bool(np.isfinite(shapely.get_coordinates(shape)).all())
        found[row] = shape if whole else None
        if not whole:
            problems[row] = f"its {shape.geom_type} has a corner outside of {system_words(system)}"
    return Shapes(found, problems, system_words(system))


def _read(shape: Shape | None) -> tuple[BaseGeometry | None, str]:
    """A shape of two dimensions, or why there is none."""
    import shapely
    from shapely.errors import ShapelyError

    if shape is None:
        return None, "it has no shape"
    try:
        with np.errstate(invalid="ignore"):  # corners that are no number are named below
            if isinstance(shape, bytes):
                read = shapely.from_wkb(shape, on_invalid="ignore")
            else:
                read = shapely.geometry.shape(shape)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        read = None
    if read is None:
        return None, "its shape cannot be read"
    if read.is_empty:
        return None, f"its {read.geom_type} is empty"
    corners = shapely.get_coordinates(read)
    wrong = int((~np.isfinite(corners)).any(axis=1).sum())
    if wrong:
        return None, f"its {read.geom_type} has {wrong} of {len(corners)} corners that are no place"
    return shapely.force_2d(read), ""
