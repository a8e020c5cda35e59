"""Whole shapes of a layer, in longitude and latitude: lines, outlines, areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.errors import MissingDependencyError, TableError
from arborisk.tables.metres import Floats
from arborisk.tables.place_checks import check_swapped
from arborisk.tables.places import Places
from arborisk.tables.systems import (
    WGS84,
    can_be_degrees,
    is_plane,
    system_words,
    to_wgs84,
)
from arborisk.tables.table import Shape, Table

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


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
