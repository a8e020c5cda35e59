"""What a table says of a tree beside its ratings, as keys of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from arborisk.errors import TableError
from arborisk.risk.details import SIZES
from arborisk.tables.quantities import Quantity
from arborisk.tables.role_table import RoleTable

_TEXTS: Final = {
    "species": ("species",),
    "address": ("address", "street"),
    "date": ("inspected_at",),
    "next_inspection": ("next_inspection",),
}
"""Key of a form to the roles that may hold it, the better first."""


def details_of_rows(table: RoleTable, rows: Sequence[int]) -> Mapping[str, Any]:
    """Keys of a form, from the first of a tree's rows that says each; those not said are left out.

    A size whose unit nobody states is left out too: it does not enter the rating.

    Args:
        table: An inventory by its roles.
        rows: Rows of one tree.
    """
    found: dict[str, Any] = {}
    for key, roles in _TEXTS.items():
        cells = [table.text(role)[row] for role in roles for row in rows]
        found[key] = next(filter(None, cells), "")
    found["notes"] = list(dict.fromkeys(filter(None, (table.text("note")[row] for row in rows))))
    found |= dict(_sizes(table, rows)) | dict(_place(table, rows))
    return {key: value for key, value in found.items() if value not in ("", [])}


def _sizes(table: RoleTable, rows: Sequence[int]) -> Iterator[tuple[str, str]]:
    for key, unit in SIZES.items():
        try:
            column = table.quantity(key)
        except TableError:
            continue
        for row in rows:
            value, deviation = float(column.value[row]), float(column.deviation[row])
            if value > 0:
                yield key, Quantity(value, deviation, unit=unit).words
                break


def _place(table: RoleTable, rows: Sequence[int]) -> Iterator[tuple[str, float]]:
    try:
        places = table.places
    except TableError:
        return
    for row in rows:
        latitude, longitude = float(places.latitude[row]), float(places.longitude[row])
        if np.isfinite(latitude) and np.isfinite(longitude):
            yield "latitude", round(latitude, 7)
            yield "longitude", round(longitude, 7)
            return
