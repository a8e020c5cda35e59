"""What a table holds and what each command would make of it, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from arborisk.errors import TableError
from arborisk.tables.choices import TableChoices, mapping_text
from arborisk.tables.column import NO_COLUMN, Column, cells_of
from arborisk.tables.columns import Columns, accepted, find_columns
from arborisk.tables.commands import COMMANDS, LOOKED_AT, SCALES, Command, command_of
from arborisk.tables.imminent import called, imminent_rows
from arborisk.tables.numbers import read_number
from arborisk.tables.places import Places
from arborisk.tables.quantity_columns import number_column, quantity_column, two_units
from arborisk.tables.rating_words import isa_word
from arborisk.tables.read import read_table
from arborisk.tables.role_table import RoleTable, places_of_roles
from arborisk.tables.table import Cell, Table, is_missing
from arborisk.tables.vocabulary import role_of
from arborisk.tables.word_columns import cell_text, word_column
from arborisk.wording.counts import listed

_MOST_CODES = 20
_N_ROWS_TO_JUDGE = 500


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """One header.

    Attributes:
        header: As in the file.
        roles: Role to the commands that take the column for it; empty where none reads it.
        unit: Of its bare numbers, or "".
        unit_from: Who states the unit.
        why: Why it is taken for the role.
        example: Its first filled cell.
    """

    header: str
    roles: Mapping[str, tuple[str, ...]]
    unit: str
    unit_from: str
    why: str
    example: str


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """Rows that would be refused for reasons of one kind.

    Attributes:
        what: Column or place that the reasons are about.
        first: The first reason.
        rows: The rows, as messages call them.
    """

    what: str
    first: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a command cannot do without.

    Attributes:
        what: In a few words.
        remedy: What to do.
    """

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fitness:
    """What one command would make of the table.

    Attributes:
        command: Its name.
        purpose: What it does.
        missing: What it lacks; empty where it can run.
        optional: What rows do not say and an option can.
        refused: Rows that it would refuse.
        n_refused: How many rows these are together.
    """

    command: str
    purpose: str
    missing: tuple[Missing, ...]
    optional: tuple[str, ...]
    refused: tuple[RefusedRows, ...]
    n_refused: int


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A table as `arborisk table` shows it.

    Attributes:
        table: The table.
        title: Whose inventory it is by a crosswalk, or "".
        crosswalk: Name of the crosswalk, or "".
        seen: Its headers.
        places: Places of its rows.
        places_problem: Why there are none, or "".
        fitness: What each command would make of it.
        columns: Column of each role, over all commands looked at.
        open_units: Quantities whose unit nobody states.
        open_codes: Roles in words that hold numbers without a table of codes, and these numbers.
        notes: Sentences on what was passed over or taken.
        imminent: Trees or rows that somebody calls Imminent.
    """

    table: Table
    title: str
    crosswalk: str
    seen: tuple[SeenColumn, ...]
    places: Places
    places_problem: str
    fitness: tuple[Fitness, ...]
    columns: Mapping[str, Column]
    open_units: tuple[str, ...]
    open_codes: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]
    imminent: tuple[str, ...] = ()


def look_at(path: Path | str, choices: TableChoices | None = None, command: str = "") -> Look:
    """Looks at a table.

    Args:
        path: File, or ``FILE.gpkg:LAYER``, or ``FILE.xlsx:SHEET``.
        choices: What the user says of it.
        command: Command that it is for; "" for all.

    Raises:
        TableError: The file cannot be read as a table, or a choice does not fit it.
    """
    choices = choices or TableChoices()
    table = read_table(path, sheet=choices.sheet, layer=choices.layer)
    names = (command_of(command).name,) if command else LOOKED_AT
    found = {name: find_columns(table, choices, COMMANDS[name].roles) for name in names}
    with_places = find_columns(table, choices, COMMANDS["inventory"].roles)
    places, problem = Places.none(len(table)), ""
    try:
        places = places_of_roles(table, with_places, choices)
    except TableError as error:
        problem = str(error)
    columns: dict[str, Column] = {}
    for name in sorted(names, key=lambda one: one in ("import", "agree", "predict", "split")):
        for role, column in found[name].items():
            columns.setdefault(role, column)
    crosswalk = next((one.crosswalk for one in found.values()), None)
    fitness = [_fitness(table, COMMANDS[name], found[name], choices, places) for name in names]
    able = [one.command for one in fitness if not one.missing] or names
    chosen = [note for name in able for note in found[name].notes]
    notes = [*table.notes, *chosen, *places.notes]
    return Look(
        table,
        crosswalk.title if crosswalk else "",
        crosswalk.name if crosswalk else "",
        tuple(_seen(table, found)),
        places,
        problem,
        tuple(fitness),
        columns,
        tuple(role for role, one in columns.items() if _lacks_unit(table, one)),
        {role: codes for role, one in columns.items() if (codes := _codes(table, one))},
        tuple(dict.fromkeys(notes)),
        _imminent(table, Columns(columns, None, ()), choices),
    )


def _imminent(table: Table, columns: Columns, choices: TableChoices) -> tuple[str, ...]:
    rows = RoleTable(table, columns, choices, {}, ())
    return tuple(called(rows, imminent_rows(rows)))


def _seen(table: Table, found: Mapping[str, Columns]) -> Iterator[SeenColumn]:
    for index, header in enumerate(table.headers):
        roles: dict[str, list[str]] = {}
        column = None
        for name, columns in found.items():
            for role, one in columns.items():
                if one.index == index:
                    roles.setdefault(role, []).append(name)
                    column = one if column is None or one.unit else column
        cells = (cell_text(row[index]) for row in table.rows)
        yield SeenColumn(
            header,
            {role: tuple(names) for role, names in roles.items()},
            column.unit if column else "",
            column.unit_from if column else "",
            column.why if column else "",
            next(filter(None, cells), ""),
        )


def _fitness(
    table: Table, command: Command, columns: Columns, choices: TableChoices, places: Places
) -> Fitness:
    missing = [
        Missing(
            listed((_plain(role) for role in roles), last="or"),
            f"Say --column {roles[0]}=HEADER, or name a column {accepted(roles[0])}.",
        )
        for roles in command.needed
        if not any(role in columns for role in roles)
    ]
    if command.name == "agree" and "rater" not in columns and _n_rater_columns(table) < 2:
        remedy = "Say --column rater=HEADER, or give each rater a column."
        missing.append(Missing("raters", remedy))
    refused = _Refusals(table)
    for roles in command.needed:
        there = [columns[role].index for role in roles if role in columns]
        for row, cells in enumerate(table.rows if there else ()):
            if row not in table.problems and all(is_missing(cells[index]) for index in there):
                refused.add(row, _plain(roles[0]), f"no {_plain(roles[0])}")
    for role in (*command.measured, *command.numbers):
        if role in columns:
            read = number_column if role in command.numbers else quantity_column
            try:
                refused.add_all(columns[role].header, read(table, columns, role).problems)
            except TableError as error:
                what = f"unit of {_plain(role)} ({columns[role].header!r}: {error.found})"
                missing.append(Missing(what, error.remedy))
    for role in command.scales:
        if role in columns:
            words = word_column(table, columns, choices, role, SCALES[role])
            refused.add_all(columns[role].header, words.problems)
    if command.places:
        if not places.known.any():
            missing.append(
                Missing("places", "Add latitude and longitude, or give a map file of points.")
            )
        else:
            refused.add_all("place", places.problems)
            lacking = np.flatnonzero(~places.known).tolist()
            refused.add_all("place", dict.fromkeys(lacking, "no place"))
    optional = tuple(
        f"{_plain(role)}: {option}" for role, option in command.options if role not in columns
    )
    groups, n_refused = refused.groups()
    return Fitness(command.name, command.purpose, tuple(missing), optional, groups, n_refused)


class _Refusals:
    """Rows that would be refused, by what their first reasons are about."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._reasons: dict[int, tuple[str, str]] = {}
        self.add_all("row", table.problems)

    def add(self, row: int, what: str, reason: str) -> None:
        self._reasons.setdefault(row, (what, reason))

    def add_all(self, what: str, problems: Mapping[int, str]) -> None:
        for row, reason in problems.items():
            self.add(row, what, reason)

    def groups(self) -> tuple[tuple[RefusedRows, ...], int]:
        found: dict[str, list[int]] = {}
        for row in sorted(self._reasons):
            found.setdefault(self._reasons[row][0], []).append(row)
        return tuple(
            RefusedRows(what, self._reasons[rows[0]][1], tuple(map(self._table.name, rows)))
            for what, rows in sorted(found.items(), key=lambda item: -len(item[1]))
        ), len(self._reasons)


def _n_rater_columns(table: Table) -> int:
    """Columns whose filled cells are, half of them or more, likelihoods of failure."""
    count = 0
    for index in range(len(table.headers)):
        filled = [row[index] for row in table.rows[:_N_ROWS_TO_JUDGE] if row[index] is not None]
        words = sum(isinstance(cell, str) and isa_word(cell) is not None for cell in filled)
        count += bool(filled) and 2 * words >= len(filled)
    return count


def _lacks_unit(table: Table, column: Column) -> bool:
    entry = role_of(column.role)
    if entry is None or not entry.dimension or column.unit or column.codes:
        return False
    return any(map(_is_number, cells_of(table, column)))


def _codes(table: Table, column: Column) -> tuple[str, ...]:
    """Bare numbers in a column of words that has no table of codes."""
    if column.role not in SCALES or column.codes:
        return ()
    cells = {cell_text(cell) for cell in cells_of(table, column) if _is_number(cell)}
    return tuple(sorted(cells))[:_MOST_CODES]


def _is_number(cell: Cell) -> bool:
    try:
        return not isinstance(cell, bool) and read_number(cell) is not None
    except ValueError:
        return False


def _plain(role: str) -> str:
    return role.replace("_", " ")


def map_text(look: Look, choices: TableChoices) -> str:
    """A map file with what was taken, to be edited and kept.

    Args:
        look: At the table.
        choices: With which it was looked at.
    """
    in_file = {role: one for role, one in look.columns.items() if one.index != NO_COLUMN}
    kept = replace(
        choices,
        columns={role: one.header for role, one in in_file.items()},
        units={role: one.unit for role, one in in_file.items() if one.unit},
        codes={role: one.codes for role, one in look.columns.items() if one.codes},
        crosswalk=look.crosswalk,
    )
    return mapping_text(
        kept,
        comments={role: _meaning(role) for role in kept.columns},
        not_read=not_read(look),
        open_units={role: two_units(role)[0] for role in look.open_units},
        open_codes=look.open_codes,
    )


def _meaning(role: str) -> str:
    entry = role_of(role)
    if entry is None:
        return ""
    return entry.meaning if entry.name == role else f"standard deviation: {entry.meaning}"


def not_read(look: Look) -> Sequence[str]:
    """Headers that no command looked at reads."""
    return [one.header for one in look.seen if not one.roles]
