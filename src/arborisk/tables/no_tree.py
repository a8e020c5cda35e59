"""Rows of an inventory that are no tree: stumps and empty sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arborisk.tables.column import Column, cells_of
from arborisk.tables.table import Table
from arborisk.tables.text import fold

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
    for role in _TELLING:
        if role not in columns:
            continue
        for index, cell in enumerate(cells_of(table, columns[role])):
            if isinstance(cell, str) and fold(cell) in _WORDS:
                found.setdefault(index, f"no tree: {columns[role].header} says {cell!r}")
    return found
