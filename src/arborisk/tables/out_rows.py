"""A table to be written: the user's own rows and columns, with ours beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.tables.beside import check_ours, names_beside, renamed_note, their_cells
from arborisk.tables.fields import Field
from arborisk.tables.imminent import imminent_flags, imminent_rows
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import Cell
from arborisk.tables.write import check_out, write_table
from arborisk.wording.sentences import IMMINENT

URGENT = ("imminent", "warning")
"""Columns that stand wherever a table states likelihoods of failure."""
PLACE = ("longitude", "latitude")
_HIDDEN = ("\N{INFORMATION SEPARATOR ONE}longitude", "\N{INFORMATION SEPARATOR ONE}latitude")
"""Cells with the place of a row; no header can be named so."""


@dataclass(frozen=True, slots=True)
class OutRows:
    """What is written.

    Attributes:
        fields: The user's columns, then ours.
        rows: Cells by column, rows rated Imminent first, the others in their order.
        notes: What is to be said of names that were taken, or places that are lost.
    """

    fields: tuple[Field, ...]
    rows: tuple[Mapping[str, Cell], ...]
    notes: tuple[str, ...]

    def write(self, path: Path) -> Path:
        """Writes the rows in the format that the name asks for; gives the path."""
        write_table(path, self.fields, self.rows, place=_HIDDEN)
        return path


def beside(rows: RoleTable, ours: Sequence[str], made: Sequence[Mapping[str, Cell]]) -> OutRows:
    """The user's table with our columns beside it.

    Args:
        rows: The table; cells keep their types.
        ours: Our columns, in order.
        made: Our cells of each row.
    """
    names = names_beside(rows.table.headers, [*_always(rows), *ours])
    places, urgent = rows.places, set(imminent_rows(rows))
    found = []
    for index, cells in enumerate(their_cells(rows.table)):
        place = places.longitude[index], places.latitude[index]
        own = dict(zip(PLACE, place, strict=True)) | dict(made[index])
        if index in urgent:
            own |= dict(zip(URGENT, (True, IMMINENT), strict=True))
        else:
            own |= dict(zip(URGENT, (False, ""), strict=True))
        cells |= {free: own.get(name) for name, free in names.items()}
        found.append((index not in urgent, cells | dict(zip(_HIDDEN, place, strict=True))))
    found.sort(key=lambda item: item[0])
    fields = [Field(header) for header in (*rows.table.headers, *names.values())]
    notes = [renamed_note(names)]
    if places.plane is not None:
        notes.append(
            "Places are in metres of a plane of their own, so map files have none: state their "
            "system with --places."
        )
    return OutRows(
        tuple(fields), tuple(cells for _, cells in found), tuple(one for one in notes if one)
    )


def check_beside(path: Path, rows: RoleTable, ours: Sequence[str]) -> None:
    """Refuses a place for `beside` before any work is done.

    Args:
        path: Table to write later.
        rows: The user's table.
        ours: All columns that any run of the command may add.

    Raises:
        OutputError, MissingDependencyError: See `arborisk.tables.write.check_out`, and
            `arborisk.tables.beside.check_ours`.
    """
    check_out(path)
    mine = [*_always(rows), *ours]
    check_ours(path, [*rows.table.headers, *names_beside(rows.table.headers, mine).values()])


def _always(rows: RoleTable) -> list[str]:
    """Columns beside ours: what was rated Imminent, and places that came otherwise."""
    told = imminent_flags(rows) == set(imminent_rows(rows)) and rows.has("imminent")
    urgent = URGENT if (rows.has("failure") or imminent_rows(rows)) and not told else ()
    own = rows.has("longitude") and rows.has("latitude")
    placed = PLACE if not own and rows.places.plane is None and rows.places.known.any() else ()
    return [*urgent, *placed]
