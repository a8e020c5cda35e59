"""Places of the rows of a table: from its shapes, or from the columns that hold them."""

from __future__ import annotations

from collections.abc import Mapping

from arborisk.tables.choices import TableChoices
from arborisk.tables.column import Column
from arborisk.tables.columns import Columns
from arborisk.tables.places import Places, places_of
from arborisk.tables.sexagesimal import Axis, read_coordinate
from arborisk.tables.table import Table

_PAIRS = (("longitude", "latitude"), ("x", "y"))
_N_ROWS_TO_JUDGE = 500


def places_of_roles(table: Table, columns: Columns, choices: TableChoices) -> Places:
    """Places in WGS 84, or in a plane of the table's own.

    Shapes win, then latitude and longitude, one cell with both, and x and y, whose system the
    user or a crosswalk states.

    Raises:
        TableError: See `arborisk.tables.places.places_of`.
    """
    if table.shapes is not None and any(shape is not None for shape in table.shapes):
        return places_of(table, system=choices.places)
    for first, second in place_columns(columns):
        east, north = columns[first], columns[second] if second else None
        x, y = east.index, None if north is None else north.index
        if first == "longitude" and _in_degrees(table, columns):
            return places_of(table, x, y, system="EPSG:4326")
        crosswalk = columns.crosswalk
        of_crosswalk = crosswalk.places if crosswalk and first == "x" else ""
        stated = "" if first == "place" else choices.places or of_crosswalk
        found = places_of(table, x, y, system=stated)
        if found.known.any() or found.notes or found.problems:
            return found
    return Places.none(len(table))


def place_columns(columns: Mapping[str, Column]) -> list[tuple[str, str]]:
    """Roles that hold places, the surest first; ("place", "") for one cell with both."""
    pairs = [pair for pair in _PAIRS if all(role in columns for role in pair)]
    if "place" in columns:
        pairs.insert(1 if pairs[:1] == [_PAIRS[0]] else 0, ("place", ""))
    return pairs


def _in_degrees(table: Table, columns: Columns) -> bool:
    """Whether the columns headed latitude and longitude can hold degrees."""
    most = {"latitude": 90.0, "longitude": 180.0}
    seen = False
    axes: Mapping[str, Axis] = {"latitude": "north", "longitude": "east"}
    for role, limit in most.items():
        index = columns[role].index
        for row in table.rows[:_N_ROWS_TO_JUDGE]:
            try:
                value = read_coordinate(row[index], axes[role], decimal_comma=table.decimal_comma)
            except ValueError:
                continue
            seen = seen or value is not None
            if value is not None and abs(value) > limit and abs(value) > most["longitude"]:
                return False
    return seen
