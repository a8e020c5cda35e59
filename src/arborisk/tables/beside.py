"""Our columns beside those of the user, which are never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from arborisk.errors import ArboriskError, OutputError, Remedy, option
from arborisk.tables.read import read_table
from arborisk.tables.table import Cell, Table

LONGEST_NAME = 31
"""Characters that city layers keep of a column's name."""


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


def their_cells(table: Table) -> Iterator[dict[str, Cell]]:
    """Each row of the user's table by its headers, cells as they were read."""
    for row in table.rows:
        yield dict(zip(table.headers, row, strict=True))


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
