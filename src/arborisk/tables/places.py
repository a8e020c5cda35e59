"""Where the rows of a table stand: longitude and latitude (WGS 84), from whatever the table has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from arborisk.tables.place_text import (
    Axis,
    check_swapped,
    odd_places,
    points_of_texts,
    read_coordinate,
)
from arborisk.tables.shape_points import point_of_shape
from arborisk.tables.systems import (
    PLANE,
    WGS84,
    Floats,
    can_be_degrees,
    is_plane,
    is_wgs84,
    system_words,
    to_wgs84,
)
from arborisk.tables.table import Table
from arborisk.wording.counts import agreeing, counted


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """A place for each row; arrays of shape (n_rows,).

    Attributes:
        longitude: Degrees (WGS 84), NaN where a row has no place.
        latitude: Degrees (WGS 84), NaN where a row has no place.
        problems: Index of a row to why its place cannot be used.
        system: The system that the table's coordinates are in, in words; "" without places.
        notes: What was taken for what; sentences.
        plane: East and north in metres of a plane of the table's own; then longitude and latitude
            are all NaN.
    """

    longitude: Floats
    latitude: Floats
    problems: Mapping[int, str] = field(default_factory=dict)
    system: str = ""
    notes: tuple[str, ...] = ()
    plane: tuple[Floats, Floats] | None = None

    @classmethod
    def none(cls, n_rows: int, *notes: str) -> Places:
        """Places of a table that has none."""
        return cls(np.full(n_rows, np.nan), np.full(n_rows, np.nan), notes=notes)

    def take(self, index: Sequence[int] | NDArray[np.int64]) -> Places:
        """Places of some rows; what was said of the table as a whole stays."""
        chosen = [int(one) for one in index]
        return Places(
            self.longitude[chosen],
            self.latitude[chosen],
            {new: self.problems[old] for new, old in enumerate(chosen) if old in self.problems},
            self.system,
            self.notes,
            None if self.plane is None else (self.plane[0][chosen], self.plane[1][chosen]),
        )

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each row has a place."""
        return np.isfinite(self.longitude if self.plane is None else self.plane[0])


def places_of(
    table: Table, x: int | None = None, y: int | None = None, *, system: str = ""
) -> Places:
    """Places of a table's rows.

    Args:
        table: As it was read.
        x: Index of the column with longitudes or eastward coordinates; with ``y`` None, of one
            column that holds a place in each cell ("48.85, 2.35", "POINT (2.35 48.85)", GeoJSON).
            None takes the table's shapes; polygons, lines and several points give their middle.
        y: Index of the column with latitudes or northward coordinates.
        system: Of the coordinates, such as ``EPSG:2261``, or ``metres`` for a plane of its own.
            "" takes what the table says: its shapes' system, degrees where the columns can only be
            degrees, and a plane where their headers end in ``_m``.

    Returns:
        A row whose place is missing, cannot be read, or lies far from all others has none; the
        last two are named in ``problems``. Columns whose system is not stated give no places and
        a note that says how to state it.

    Raises:
        TableError: A system that does not exist or cannot be that of these coordinates; longitude
            and latitude exchanged in the whole table.
        MissingDependencyError: A system other than WGS 84, without pyproj.
    """
    notes: list[str] = []
    if x is None:
        if table.shapes is None:
            return Places.none(len(table))
        east, north, problems = _of_shapes(table, notes)
        system = system or table.system
    elif y is None:
        east, north, problems = points_of_texts([row[x] for row in table.rows])
        system = system or WGS84
    else:
        east, north, problems = _of_columns(table, x, y)
    problems = {row: why for row, why in problems.items() if row not in table.problems}
    if not np.isfinite(east).any():
        found = Places.none(len(table), *notes)
        return Places(found.longitude, found.latitude, problems, notes=found.notes)
    named = (
        "its shapes"
        if x is None
        else ", ".join(table.headers[one] for one in (x, y) if one is not None)
    )
    system = system or _system_of(table, x, y, east, north)
    if not system:
        return Places.none(
            len(table),
            f"{named} are left alone: their coordinate system is not stated. Give it with "
            "--places, for example --places EPSG:2261.",
        )
    if is_plane(system):
        nowhere = np.full(len(table), np.nan)
        return Places(nowhere, nowhere, problems, system_words(system), tuple(notes), (east, north))
    return _on_earth(table, east, north, problems, system, notes)


def _on_earth(
    table: Table,
    east: Floats,
    north: Floats,
    problems: dict[int, str],
    system: str,
    notes: list[str],
) -> Places:
    longitude, latitude = to_wgs84(east, north, system, table.source)
    for row in np.flatnonzero(np.isfinite(east) & ~np.isfinite(longitude)).tolist():
        problems[row] = f"{system_words(system)} has no place {east[row]:g}, {north[row]:g}"
    problems |= odd_places(longitude, latitude)
    gone = list(problems)
    longitude, latitude = longitude.copy(), latitude.copy()
    longitude[gone] = latitude[gone] = np.nan
    check_swapped(longitude, latitude, table.source)
    if not is_wgs84(system):
        notes.append(f"Places are in {system_words(system)}.")
    return Places(longitude, latitude, problems, system_words(system), tuple(notes))


def _of_shapes(table: Table, notes: list[str]) -> tuple[Floats, Floats, dict[int, str]]:
    place = np.full((len(table), 2), np.nan)
    problems: dict[int, str] = {}
    kinds: Counter[str] = Counter()
    for row, shape in enumerate(table.shapes or ()):
        point, kind, problem = point_of_shape(shape)
        if problem:
            problems[row] = problem
        elif point is not None:
            place[row] = point
            kinds[kind] += kind != "Point"
    notes += [
        f"{counted(count, table.row_word)} {agreeing(count, 'has', 'have')} the shape {kind}: the "
        "middle is taken as the place."
        for kind, count in kinds.items()
        if count
    ]
    return place[:, 0], place[:, 1], problems


def _of_columns(table: Table, x: int, y: int) -> tuple[Floats, Floats, dict[int, str]]:
    problems: dict[int, str] = {}
    found = np.full((2, len(table)), np.nan)
    axes: tuple[Axis, Axis] = ("east", "north")
    for which, (axis, index) in enumerate(zip(axes, (x, y), strict=True)):
        header = table.headers[index]
        for row, cells in enumerate(table.rows):
            try:
                value = read_coordinate(cells[index], axis, decimal_comma=table.decimal_comma)
            except ValueError as error:
                problems.setdefault(row, f"{header}: {error}")
                continue
            if value is not None:
                found[which, row] = value
    half = np.flatnonzero(np.isfinite(found[0]) != np.isfinite(found[1])).tolist()
    for row in half:
        there, missing = (x, y) if np.isfinite(found[0, row]) else (y, x)
        problems.setdefault(
            row, f"{table.headers[there]} without {table.headers[missing]} is no place"
        )
    found[:, list(problems)] = np.nan
    return found[0], found[1], problems


def _system_of(table: Table, x: int | None, y: int | None, east: Floats, north: Floats) -> str:
    """The system that coordinates without one can only be in, or ""."""
    headers = [table.headers[one].casefold() for one in (x, y) if one is not None]
    if headers and all(one.endswith(("_m", "(m)", " m")) for one in headers):
        return PLANE
    named = any(word in one for one in headers for word in ("lon", "lng", "lat"))
    if named or can_be_degrees(east, north):
        return WGS84
    return ""
