"""A row of units between the headers and the first row: its units belong to the headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from arborisk.tables.table import Cell, Table
from arborisk.tables.text import fold
from arborisk.tables.units import find_unit, unit_in_header
from arborisk.wording.lists import listed

_NO_UNITS: Final = frozenset(
    {
        "-",
        "--",
        "text",
        "string",
        "id",
        "no",
        "number",
        "unit",
        "units",
        "einheit",
        "decimal degrees",
    }
)
"""What such rows say of columns that have no unit."""
_EDGES: Final = " ()[]{}."


def with_unit_row(table: Table) -> Table:
    """The table with the units of its first row written into its headers, if it is such a row.

    Every filled cell of such a row is a unit, and one at least is a length.
    """
    if not len(table) or 0 in table.problems:
        return table
    units = _units(table.rows[0])
    if not units:
        return table
    headers = tuple(
        f"{header} ({units[place]})" if place in units and not unit_in_header(header) else header
        for place, header in enumerate(table.headers)
    )
    if len(set(headers)) < len(headers):
        return table
    taken = listed([repr(headers[place]) for place in units])
    note = f"{table.name(0).capitalize()} holds units, which are taken into the headers: {taken}."
    return replace(
        table,
        headers=headers,
        rows=table.rows[1:],
        numbers=table.numbers[1:],
        problems={row - 1: why for row, why in table.problems.items()},
        urgent=frozenset(row - 1 for row in table.urgent),
        shapes=None if table.shapes is None else table.shapes[1:],
        notes=(*table.notes, note),
    )


def _units(cells: Sequence[Cell]) -> dict[int, str]:
    """Units by column; none where the row is another."""
    found = {}
    for place, cell in enumerate(cells):
        if cell is None:
            continue
        if not isinstance(cell, str):
            return {}
        unit = find_unit(cell.strip(_EDGES))
        if unit is None and fold(cell).strip(_EDGES) not in _NO_UNITS:
            return {}
        if unit is not None and unit.dimension != "angle":
            found[place] = unit.name
    lengths = (find_unit(one) for one in found.values())
    return found if any(one and one.dimension == "length" for one in lengths) else {}
