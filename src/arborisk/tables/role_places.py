"""Places of the rows of a table: from its shapes, or from the columns that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from arborisk.tables.choices import TableChoices
from arborisk.tables.columns import Columns
from arborisk.tables.table import Table


def places_of_roles(table: Table, columns: Columns, choices: TableChoices) -> Any:  # noqa: ANN401
    """Places in WGS 84.

    Shapes win, then latitude and longitude, one cell with both, and x and y.
    """
    places = import_module("arborisk.tables.places")
    return places.places_of(table, **arguments(table, columns, choices))


def arguments(table: Table, columns: Columns, choices: TableChoices) -> Mapping[str, Any]:
    """What to ask for places."""
    return {"system": choices.places}
