"""A table by what its columns hold: the way in which every command reads one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from arborisk.errors import TableError
from arborisk.scales import Scale
from arborisk.tables.choices import TableChoices
from arborisk.tables.column import Column, cells_of
from arborisk.tables.columns import Columns, find_columns, need
from arborisk.tables.commands import command_of
from arborisk.tables.place_text import Axis, read_coordinate
from arborisk.tables.places import Places, places_of
from arborisk.tables.quantity_columns import QuantityColumn, number_column, quantity_column
from arborisk.tables.rating_words import WordReading
from arborisk.tables.read import read_table
from arborisk.tables.table import Cell, Table, fold, words_about
from arborisk.tables.vocabulary import fits_of
from arborisk.tables.word_columns import ReadColumn, date_column, texts, word_column

if TYPE_CHECKING:
    from arborisk.tables.places import Places


L = TypeVar("L", bound=Scale)


@dataclass(frozen=True, eq=False)
class RoleTable:
    """A table by what its columns hold.

    Attributes:
        table: As it was read.
        columns: Columns by role, for the roles that the command looks for.
        choices: What the user said of it.
        problems: Index of a row to why nothing of it can be used.
        notes: Sentences on what was passed over, chosen between or taken.
    """

    table: Table
    columns: Columns
    choices: TableChoices
    problems: Mapping[int, str]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.table)

    def has(self, role: str) -> bool:
        """Whether there is a column of a role."""
        return role in self.columns

    def header(self, role: str) -> str:
        """Header of a role's column, or the role where there is none; for messages."""
        return self.columns[role].header if role in self.columns else role

    def cells(self, role: str) -> list[Cell]:
        """Cells of a role with their types; None where empty, or where there is no column."""
        if role not in self.columns:
            return [None] * len(self.table)
        return cells_of(self.table, self.columns[role])

    def text(self, role: str) -> list[str]:
        """Cells of a role as text; "" where empty, or where there is no column."""
        return texts(self.cells(role))

    def quantity(self, role: str) -> QuantityColumn:
        """A quantity in its canonical unit (m, cm, m/s, deg), with its doubt.

        ``dbh`` is taken from a girth too: by pi.

        Raises:
            TableError: Bare numbers, and nobody states their unit.
        """
        return quantity_column(self.table, self.columns, role)

    def number(self, role: str) -> QuantityColumn:
        """Plain numbers, with their standard deviation where a column states it."""
        return number_column(self.table, self.columns, role)

    def words(self, role: str, scale: type[L]) -> ReadColumn[WordReading[L]]:
        """Words of a scale."""
        return word_column(self.table, self.columns, self.choices, role, scale)

    def dates(self, role: str) -> ReadColumn[date]:
        """Days; a day of inspection that has not come yet is a slip, and is not taken."""
        found = date_column(self.cells(role))
        last = date.today() + timedelta(days=1)  # it is tomorrow already somewhere
        early = [row for row, day in enumerate(found.values) if day is not None and day > last]
        if role != "inspected_at" or not early:
            return found
        values = [None if day is not None and day > last else day for day in found.values]
        why = {row: f"{found.values[row]} has not come yet" for row in early}
        return ReadColumn(values, {**found.problems, **why})

    @cached_property
    def places(self) -> Places:
        """Places in WGS 84, from the shapes of the table or its columns; NaN where there is none.

        Raises:
            TableError: Coordinates whose system nobody states.
        """
        return places_of_roles(self.table, self.columns, self.choices)

    @cached_property
    def imminent(self) -> tuple[int, ...]:
        """Index of each row that says Imminent, see `arborisk.tables.imminent`."""
        from arborisk.tables.imminent import find_imminent

        return find_imminent(self)

    def where(self, index: int) -> str:
        """File and row, for messages."""
        return self.table.where(index)

    def name(self, index: int) -> str:
        """A row, for messages: ``row 7``."""
        return self.table.name(index)

    def select(self, indices: Sequence[int]) -> RoleTable:
        """Some of the rows, in the order given."""
        shapes = self.table.shapes
        table = replace(
            self.table,
            rows=[self.table.rows[index] for index in indices],
            numbers=[self.table.numbers[index] for index in indices],
            shapes=None if shapes is None else [shapes[index] for index in indices],
            problems=_kept(self.table.problems, indices),
            urgent=frozenset(new for new, old in enumerate(indices) if old in self.table.urgent),
        )
        chosen = {
            role: column
            if column.standing_in is None
            else replace(column, standing_in=[column.standing_in[index] for index in indices])
            for role, column in self.columns.items()
        }
        return replace(
            self,
            table=table,
            columns=replace(self.columns, by_role=chosen),
            problems=_kept(self.problems, indices),
        )


def _kept(problems: Mapping[int, str], indices: Sequence[int]) -> dict[int, str]:
    return {new: problems[old] for new, old in enumerate(indices) if old in problems}


def read_role_table(
    path: Path | str,
    choices: TableChoices | None = None,
    *,
    needed: Iterable[str] | None = None,
    command: str = "",
) -> RoleTable:
    """Reads a table for a command.

    Args:
        path: File, or ``FILE.gpkg:LAYER``, or ``FILE.xlsx:SHEET``.
        choices: What the user says of it.
        needed: Roles that must be there, ``a|b`` for either; None for those of the command.
        command: See `arborisk.tables.commands`; "" looks for every role.

    Raises:
        TableError: What `read_table` and `find_columns` refuse; no rows; or a needed role without
            a column, with the headers seen, the names accepted and the option that says which.
    """
    choices = choices or TableChoices()
    table = read_table(path, sheet=choices.sheet, layer=choices.layer)
    return role_table_of(table, choices, needed=needed, command=command)


def role_table_of(
    table: Table,
    choices: TableChoices | None = None,
    *,
    needed: Iterable[str] | None = None,
    command: str = "",
) -> RoleTable:
    """A table that was read already; see `read_role_table`."""
    choices, asked = choices or TableChoices(), command_of(command)
    columns = find_columns(table, choices, asked.roles if command else None)
    wanted = asked.needed if needed is None else [tuple(one.split("|")) for one in needed]
    for roles in wanted:
        need(table, columns, *roles, purpose=asked.purpose)
    if not len(table):
        raise TableError("rows below the headers", "none", table.source, "Fill the table.")
    notes = [*table.notes, *columns.notes]
    if columns.crosswalk is not None:
        notes.append(
            f"Read as {columns.crosswalk.title} (crosswalk {columns.crosswalk.name}), by its "
            "headers."
            if not choices.crosswalk
            else f"Read as {columns.crosswalk.title}."
        )
    problems = {**rows_without_tree(table, columns), **table.problems}
    return RoleTable(table, columns, choices, problems, tuple(notes))


def check_needed(rows: RoleTable, command: str) -> None:
    """Refuses a table without the columns of a command, where reading it did not.

    Raises:
        TableError: See `read_role_table`.
    """
    asked = command_of(command)
    for roles in asked.needed:
        need(rows.table, rows.columns, *roles, purpose=asked.purpose)


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


_PAIRS = (("longitude", "latitude"), ("x", "y"))
_N_ROWS_TO_JUDGE = 500


def places_of_roles(table: Table, columns: Columns, choices: TableChoices) -> Places:
    """Places in WGS 84, or in a plane of the table's own.

    Shapes win, then latitude and longitude, one cell with both, and x and y, whose system the
    user or a crosswalk states.

    Raises:
        TableError: See `arborisk.tables.places.places_of`.
    """
    if table.shapes is not None and any(shape is not None for shape in table.shapes):
        return places_of(table, system=choices.places)
    for first, second in place_columns(columns):
        east, north = columns[first], columns[second] if second else None
        x, y = east.index, None if north is None else north.index
        if first == "longitude" and _in_degrees(table, columns):
            return places_of(table, x, y, system="EPSG:4326")
        crosswalk = columns.crosswalk
        of_crosswalk = crosswalk.places if crosswalk and first == "x" else ""
        stated = "" if first == "place" else choices.places or of_crosswalk
        found = places_of(table, x, y, system=stated)
        if found.known.any() or found.notes or found.problems:
            return found
    return Places.none(len(table))


def place_columns(columns: Mapping[str, Column]) -> list[tuple[str, str]]:
    """Roles that hold places, the surest first; ("place", "") for one cell with both."""
    pairs = [pair for pair in _PAIRS if all(role in columns for role in pair)]
    if "place" in columns:
        pairs.insert(1 if pairs[:1] == [_PAIRS[0]] else 0, ("place", ""))
    return pairs


def _in_degrees(table: Table, columns: Columns) -> bool:
    """Whether the columns headed latitude and longitude can hold degrees."""
    most = {"latitude": 90.0, "longitude": 180.0}
    seen = False
    axes: Mapping[str, Axis] = {"latitude": "north", "longitude": "east"}
    for role, limit in most.items():
        index = columns[role].index
        for row in table.rows[:_N_ROWS_TO_JUDGE]:
            try:
                value = read_coordinate(row[index], axes[role], decimal_comma=table.decimal_comma)
            except ValueError:
                continue
            seen = seen or value is not None
            if value is not None and abs(value) > limit and abs(value) > most["longitude"]:
                return False
    return seen
