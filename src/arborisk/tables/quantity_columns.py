"""Columns of numbers, quantities and probabilities, in canonical units and with their doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, pi
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, TableError, command, option
from arborisk.tables.column import Column, cells_of
from arborisk.tables.numbers import has_decimal_comma, read_number, shown
from arborisk.tables.quantities import NoUnitError, Quantity, QuantityError, read_quantity
from arborisk.tables.table import Cell, Table, is_missing
from arborisk.tables.units import Dimension
from arborisk.tables.vocabulary import DEVIATION, role_of

Floats = NDArray[np.float64]
_TWO_UNITS: Final = {"length": ("ft", "m"), "speed": ("mph", "m/s"), "angle": ("deg", "rad")}
_STEM_UNITS: Final = ("in", "cm")
_STEM: Final = ("dbh", "girth")


@dataclass(frozen=True, slots=True, eq=False)
class QuantityColumn:
    """Numbers of a role; arrays of shape (n_rows,).

    Attributes:
        value: In the role's canonical unit; NaN where nothing is stated or it cannot be read.
        deviation: Standard deviation where the table states one, else NaN.
        problems: Index of a row to why its cell cannot be read.
        notes: Index of a row to what was taken, where that is worth saying.
    """

    value: Floats
    deviation: Floats
    problems: Mapping[int, str]
    notes: Mapping[int, str]


def quantity_column(table: Table, columns: Mapping[str, Column], role: str) -> QuantityColumn:
    """A quantity of a table; all NaN without a column.

    Args:
        table: The table.
        columns: Its columns by role.
        role: Of kind quantity or share. A diameter is taken from a girth where it has none.

    Raises:
        TableError: Bare numbers, and nobody states their unit.
    """
    found = _column(table, columns, role)
    if role != "dbh" or "girth" not in columns:
        return found
    girth = _column(table, columns, "girth")
    lacking = np.isnan(found.value)
    return QuantityColumn(
        np.where(lacking, girth.value / pi, found.value),
        np.where(lacking, girth.deviation / pi, found.deviation),
        {**girth.problems, **found.problems},
        {**girth.notes, **found.notes},
    )


def number_column(table: Table, columns: Mapping[str, Column], role: str) -> QuantityColumn:
    """Plain numbers of a table; all NaN without a column."""
    return _column(table, columns, role, plain=True)


def _column(
    table: Table, columns: Mapping[str, Column], role: str, *, plain: bool = False
) -> QuantityColumn:
    n = len(table)
    value, deviation = np.full(n, np.nan), np.full(n, np.nan)
    problems: dict[int, str] = {}
    notes: dict[int, str] = {}
    column = columns.get(role)
    if column is None:
        return QuantityColumn(value, deviation, problems, notes)
    read = _Cells(table, column, plain=plain)
    for row, found in enumerate(read.all()):
        if isinstance(found, str):
            problems[row] = found
        else:
            value[row], deviation[row] = found.value, found.deviation
            if found.note:
                notes[row] = found.note
    doubt = columns.get(role + DEVIATION)
    if doubt is not None:
        stated = _Cells(table, doubt, plain=plain, unit=column.unit).all()
        for row, found in enumerate(stated):
            if isinstance(found, str) or found.value < 0:
                said = found if isinstance(found, str) else f"{found.value:g}, below 0"
                problems.setdefault(row, f"standard deviation {said}")
            elif not isnan(found.value):
                deviation[row] = found.value
    return QuantityColumn(value, deviation, problems, notes)


def two_units(role: str) -> tuple[str, str]:
    """Two units that a quantity is often in, for messages."""
    entry = role_of(role)
    assert entry is not None
    return _STEM_UNITS if entry.name in _STEM else _TWO_UNITS[entry.dimension]


class _Cells:
    """Cells of one column; each different one is read once."""

    def __init__(self, table: Table, column: Column, *, plain: bool, unit: str = "") -> None:
        entry = role_of(column.role)
        assert entry is not None
        self.table, self.column, self.entry = table, column, entry
        self.cells: Sequence[Cell] = cells_of(table, column)
        self.plain = plain or entry.kind not in ("quantity", "share")
        self.dimension = cast(Dimension, entry.dimension or "share")
        self.unit = column.unit or unit
        self.comma = has_decimal_comma(self.cells, otherwise=table.decimal_comma)

    def all(self) -> list[Quantity | str]:
        """A quantity in the canonical unit, or why there is none, for each row."""
        known: dict[object, Quantity | str] = {}
        found = []
        for cell in self.cells:
            key = cell if isinstance(cell, str | int | float | None) else repr(cell)
            if isinstance(cell, bool):
                key = repr(cell)
            if key not in known:
                known[key] = self._read(cell)
            found.append(known[key])
        return found

    def _read(self, cell: Cell) -> Quantity | str:
        try:
            if self.plain:
                number = read_number(cell, decimal_comma=self.comma)
                return Quantity(np.nan if number is None else number)
            read = read_quantity(
                cell,
                self.dimension,
                unit=self.unit,
                decimal_comma=self.comma,
                codes=self.column.codes or None,
            )
            return read if read.is_missing else read.to(self.entry.unit or "share")
        except NoUnitError as error:
            raise self._no_unit(str(error)) from error
        except (QuantityError, ValueError) as error:
            return f"{self.column.header}: {error}"

    def _no_unit(self, found: str) -> TableError:
        role = self.column.role.removesuffix(DEVIATION)
        options = [option(f"--units {role}={unit}") for unit in two_units(role)]
        return TableError(
            f"the unit of the {role.replace('_', ' ')}, in the header {self.column.header!r}, in "
            "its cells or by an option",
            found,
            self.table.source,
            Remedy("Say {} or {}: it is never guessed.", *options),
        )


PREFIX: Final = "p_"
"""Begins the header of a class's probability."""
_ROUNDING: Final = 0.005
"""By how much each probability of a row may be rounded: two decimals."""
WRITE_AGAIN: Final = Remedy(
    "Write the predictions again: {}.", command("predict MODEL PHOTOS --out predictions.csv")
)


def probability_columns(table: Table) -> dict[str, int]:
    """Class of each column of probabilities, with the index of the column."""
    return {
        header.removeprefix(PREFIX): index
        for index, header in enumerate(table.headers)
        if header.startswith(PREFIX) and header != PREFIX
    }


def read_probabilities(
    table: Table, columns: Sequence[int], rows: Sequence[int]
) -> NDArray[np.float64]:
    """Probabilities of the classes in some rows, scaled to sum to exactly 1.

    Args:
        table: As it was read.
        columns: Index of each class's column.
        rows: Indices of the rows that hold an answer.

    Returns:
        Shape (n_rows, n_classes).

    Raises:
        TableError: A blank, no number, one below 0 or above 1, or a row whose sum is not 1; names
            row and column.
    """
    found = np.empty((len(rows), len(columns)))
    for place, row in enumerate(rows):
        for one, column in enumerate(columns):
            found[place, one] = _probability(table, row, column)
    total = found.sum(axis=1)
    for place in map(
        int, np.flatnonzero(np.abs(total - 1) > _ROUNDING * max(1, len(columns)) + 1e-9)
    ):
        names = ", ".join(table.headers[column] for column in columns)
        raise TableError(
            f"{names} that sum to 1",
            f"a sum of {total[place]:.4g}",
            table.where(rows[place]),
            WRITE_AGAIN,
        )
    return np.asarray(found / total[:, None], dtype=np.float64)


def _probability(table: Table, row: int, column: int) -> float:
    cell = table.rows[row][column]
    try:
        value = None if is_missing(cell) else read_number(cell, decimal_comma=table.decimal_comma)
        if value is not None and 0 <= value <= 1:
            return value
        found = "nothing" if value is None else shown(cell)
    except ValueError as error:
        found = str(error)
    raise TableError(
        "a probability from 0 to 1",
        found,
        f"{table.where(row)}, column {table.headers[column]}",
        WRITE_AGAIN,
    )


def answered_rows(table: Table, answer: int | None, columns: Sequence[int]) -> list[int]:
    """Rows of a model's table that hold an answer.

    A row with neither answer nor probabilities has none: a photo that failed, or shows no tree.

    Args:
        table: As it was read.
        answer: Column of the answer in words, None where the table has none.
        columns: Columns of probabilities, if any.

    Raises:
        TableError: A row that cannot be read, an answer in a row whose status is failed, or one
            without its probabilities; names row and column.
    """
    for row, why in table.problems.items():
        raise TableError("a whole row", why, table.where(row), WRITE_AGAIN)
    status = table.headers.index("status") if "status" in table.headers else None
    found = []
    for row, cells in enumerate(table.rows):
        stated = answer is not None and not is_missing(cells[answer])
        given = any(not is_missing(cells[column]) for column in columns)
        failed = status is not None and str(cells[status]).strip().lower() == "failed"
        if failed and (stated or given):
            index = answer if stated and answer is not None else columns[0]
            raise TableError(
                "no answer where the status is failed",
                shown(cells[index]),
                f"{table.where(row)}, column {table.headers[index]}",
                WRITE_AGAIN,
            )
        if stated or (given and answer is None):
            found.append(row)
    return found
