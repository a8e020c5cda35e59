"""Rows of an inventory that are no tree: stumps and empty sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from arborisk.tables.cell_words import words_about
from arborisk.tables.column import Column, cells_of
from arborisk.tables.table import Table
from arborisk.tables.text import fold
from arborisk.tables.vocabulary import fits_of

_TELLING: Final = ("condition", "species", "genus")


def rows_without_tree(table: Table, columns: Mapping[str, Column]) -> dict[int, str]:
    """Index of each row that is no tree, to the sentence that says so."""
    found: dict[int, str] = {}
    told = [columns[role] for role in _TELLING if role in columns]
    cells = [(one.header, cells_of(table, one)) for one in told]
    read = {one.index for one in told}
    for place, header in enumerate(table.headers):
        if place not in read and any(fit.role in _TELLING[1:] for fit in fits_of(header)):
            cells.append((header, [row[place] for row in table.rows]))
    words = words_about("vacancy")
    for header, column in cells:
        for index, cell in enumerate(column):
            if isinstance(cell, str) and fold(cell) in words:
                found.setdefault(index, f"no tree: {header} says {cell!r}")
    return found
