"""Rows of an inventory that are no tree: stumps and empty sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arborisk.tables.column import Column, cells_of
from arborisk.tables.table import Table
from arborisk.tables.text import fold
from arborisk.tables.vocabulary import fits_of

_TELLING: Final = ("condition", "species", "genus")
_WORDS: Final = frozenset(
    """stump|stumps|stump only|tree stump|removed|tree removed|felled|gone|vacant|vacant site
vacant lot|vacant site small|vacant site medium|vacant site large|vacant planting site|empty
empty pit|empty site|empty tree pit|planting site|planting space|no tree|no plant|tree missing
baumstumpf|stubben|gefällt|entfernt|leere baumscheibe|souche|abattu|emplacement vide|tocón|alcorque
alcorque vacío|ceppo|stobbe|gekapt|verwijderd""".replace("\n", "|").split("|")
)
"""Cells that stand where a tree's condition or species would.

Source: general usage in inventories, from memory; NYC 2015 has "Stump" under status.
"""


def rows_without_tree(table: Table, columns: Mapping[str, Column]) -> dict[int, str]:
    """Index of each row that is no tree, to the sentence that says so."""
    found: dict[int, str] = {}
    told = [columns[role] for role in _TELLING if role in columns]
    cells = [(one.header, cells_of(table, one)) for one in told]
    read = {one.index for one in told}
    for place, header in enumerate(table.headers):
        if place not in read and any(fit.role in _TELLING[1:] for fit in fits_of(header)):
            cells.append((header, [row[place] for row in table.rows]))
    for header, column in cells:
        for index, cell in enumerate(column):
            if isinstance(cell, str) and fold(cell) in _WORDS:
                found.setdefault(index, f"no tree: {header} says {cell!r}")
    return found
