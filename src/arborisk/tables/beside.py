"""A table to be written: the user's own rows and columns, with ours beside them.

Their columns are never overwritten: where the table has one of our names, ours gets another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.errors import ArboriskError, OutputError, Remedy, option
from arborisk.tables.fields import Field
from arborisk.tables.imminent import imminent_flags, imminent_rows
from arborisk.tables.read import read_table
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import Cell
from arborisk.tables.write import check_out, write_table
from arborisk.wording.sentences import IMMINENT

URGENT = ("imminent", "warning")
"""Columns that stand wherever a table states likelihoods of failure."""
PLACE = ("longitude", "latitude")
POINT = ("\N{INFORMATION SEPARATOR ONE}longitude", "\N{INFORMATION SEPARATOR ONE}latitude")
"""Cells with the place of a row; no header can be named so."""
LONGEST_NAME = 31
"""Characters that city layers keep of a column's name."""


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
        write_table(path, self.fields, self.rows, place=POINT)
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
    for index, row in enumerate(rows.table.rows):
        cells = dict(zip(rows.table.headers, row, strict=True))
        place = places.longitude[index], places.latitude[index]
        own = dict(zip(PLACE, place, strict=True)) | dict(made[index])
        if index in urgent:
            own |= dict(zip(URGENT, (True, IMMINENT), strict=True))
        else:
            own |= dict(zip(URGENT, (False, ""), strict=True))
        cells |= {free: own.get(name) for name, free in names.items()}
        found.append((index not in urgent, cells | dict(zip(POINT, place, strict=True))))
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
            `check_ours`.
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


def names_beside(headers: Iterable[str], ours: Sequence[str]) -> dict[str, str]:
    """A free name for each of our columns: its own, or with a number where the table has it.

    Args:
        headers: Of the user's table.
        ours: Our names, of at most `LONGEST_NAME` characters.

    >>> names_beside(["Tree", "P_storm"], ["p_storm", "storm_status"])
    {'p_storm': 'p_storm_2', 'storm_status': 'storm_status'}
    """
    taken = {header.casefold() for header in headers}
    found = {}
    for name in ours:
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name[: LONGEST_NAME - 1 - len(str(number))]}_{number}"
        taken.add(free.casefold())
        found[name] = free
    return found


def renamed_note(names: Mapping[str, str]) -> str:
    """A sentence on the columns that got another name; "" where none did."""
    changed = [f"{free} (not {name})" for name, free in names.items() if name != free]
    if not changed:
        return ""
    return f"The table has columns of these names already, so ours are {', '.join(changed)}."


def check_ours(path: Path, known: Iterable[str]) -> None:
    """Refuses a file that an earlier run on the same table did not write.

    Args:
        path: Table to write later.
        known: All columns that such a run may write.

    Raises:
        OutputError: Something else stands there: it would be lost.
    """
    if not path.exists():
        return
    names = {name.casefold() for name in known}
    try:
        found = {header.casefold() for header in read_table(path).headers}
    except (ArboriskError, ValueError):
        found = {""}
    if not found <= names | {f"{name}_" for name in names}:
        raise OutputError(
            "a free name, or a table that this command wrote from the same input",
            "a file with something else",
            str(path),
            Remedy("Choose another name with {}, or move that file away.", option("--out")),
        )
