"""One column of a table and what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arborisk.tables.crosswalks import Codes
from arborisk.tables.table import Cell, Table, is_missing

NO_COLUMN = -1
"""Index of a role that no column of the file holds; all its cells stand in."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it holds.

    Attributes:
        role: See `arborisk.tables.vocabulary`.
        index: Its place among the headers; `NO_COLUMN` where it is in no file.
        header: As in the file.
        unit: Of its bare numbers; "" where nobody states one.
        unit_from: Who states it: ``header``, ``--units`` or a crosswalk; "" for nobody.
        codes: What its codes stand for; empty for none.
        why: Why it is taken for the role.
        standing_in: A cell a row for those that say nothing, see `arborisk.tables.fills`; None
            where nothing stands in.
    """

    role: str
    index: int
    header: str
    unit: str
    unit_from: str
    codes: Codes
    why: str
    standing_in: Sequence[Cell] | None = None


def cells_of(table: Table, column: Column) -> list[Cell]:
    """Cells of a column with their types, one a row; None where empty and nothing stands in."""
    own = (
        [None] * len(table)
        if column.index == NO_COLUMN
        else [row[column.index] for row in table.rows]
    )
    if column.standing_in is None:
        return own
    return [
        other if other is not None and is_missing(cell) else cell
        for cell, other in zip(own, column.standing_in, strict=True)
    ]
