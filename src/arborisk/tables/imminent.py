"""Rows of a table that a person rated Imminent: said first, whatever else is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable

from arborisk.scales import FailureLikelihood
from arborisk.tables.role_table import RoleTable
from arborisk.tables.text import fold

_WORD = "imminent"
_YES = ("true", "yes", "y", "1", "x", "ja", "oui", "si", "sim")


def imminent_rows(rows: RoleTable) -> tuple[int, ...]:
    """Index of each row whose likelihood of failure is, or may be, Imminent.

    A range that reaches to Imminent counts, and so does a cell that cannot be read and holds the
    word, or a column ``imminent`` that says yes: better said once too often.
    """
    flagged = imminent_flags(rows)
    if not rows.has("failure"):
        return tuple(sorted(flagged))
    read = rows.words("failure", FailureLikelihood)
    cells = rows.text("failure")
    rated = {
        row
        for row, reading in enumerate(read.values)
        if (reading is not None and FailureLikelihood.IMMINENT in reading.levels)
        or (row in read.problems and _WORD in fold(cells[row]))
    }
    return tuple(sorted(rated | flagged))


def imminent_flags(rows: RoleTable) -> set[int]:
    """Index of each row whose column ``imminent`` says yes."""
    return {row for row, cell in enumerate(rows.text("imminent")) if fold(cell) in _YES}


def names_of(rows: RoleTable, indices: Iterable[int]) -> list[str]:
    """Rows as they are called: the name of the tree, else the row."""
    trees = rows.text("tree")
    return [trees[index] or rows.name(index) for index in indices]
