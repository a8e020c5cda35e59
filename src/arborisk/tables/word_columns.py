"""Columns of words, dates and text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from arborisk.scales import Scale
from arborisk.tables.choices import TableChoices
from arborisk.tables.column import Column, cells_of
from arborisk.tables.dates import order_of, read_date
from arborisk.tables.rating_words import RatingWordError, Reading, read_word
from arborisk.tables.table import Cell, Table
from arborisk.tables.text import fold

T = TypeVar("T")
L = TypeVar("L", bound=Scale)


@dataclass(frozen=True, slots=True, eq=False)
class ReadColumn(Generic[T]):
    """Cells of a role, read.

    Attributes:
        values: One a row; None where a cell says nothing or cannot be read.
        problems: Index of a row to why its cell cannot be read.
    """

    values: Sequence[T | None]
    problems: Mapping[int, str]


def texts(cells: Sequence[Cell]) -> list[str]:
    """Cells as a person reads them.

    >>> texts([12.0, None, True, date(2024, 5, 1), "Oak"])
    ['12', '', 'true', '2024-05-01', 'Oak']
    """
    return [
        cell if type(cell) is str else "" if cell is None else cell_text(cell) for cell in cells
    ]


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it: 12, not 12.0; dates in ISO form; "" where empty."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)


def word_column(
    table: Table,
    columns: Mapping[str, Column],
    choices: TableChoices,
    role: str,
    scale: type[L],
) -> ReadColumn[Reading[L]]:
    """Words of a scale; all None without a column.

    Words that the user maps are put in their place first.
    """
    column = columns.get(role)
    if column is None:
        return ReadColumn([None] * len(table), {})
    mapped = {fold(word): label for word, label in choices.words.items()}

    def read(cell: Cell) -> Reading[L]:
        if isinstance(cell, str):
            cell = mapped.get(fold(cell), cell)
        try:
            return read_word(scale, cell, codes=column.codes or None)
        except RatingWordError as error:
            raise ValueError(
                f"{column.header}: one of {error.expected}: found {error.found}. {error.remedy}"
            ) from error

    return _read_column(cells_of(table, column), read)


def date_column(cells: Sequence[Cell]) -> ReadColumn[date]:
    """Days; their order of day and month is told from the column as a whole."""
    order = order_of(cells)
    return _read_column(cells, lambda cell: read_date(cell, order=order))


def _read_column(cells: Sequence[Cell], read: Callable[[Cell], T | None]) -> ReadColumn[T]:
    """Each different cell is read once."""
    known: dict[object, T | None] = {}
    wrong: dict[object, str] = {}
    values: list[T | None] = []
    problems: dict[int, str] = {}
    for row, cell in enumerate(cells):
        key = cell if isinstance(cell, str) else (type(cell), repr(cell))
        if key not in known:
            try:
                known[key] = read(cell)
            except ValueError as error:
                known[key], wrong[key] = None, str(error)
        if key in wrong:
            problems[row] = wrong[key]
        values.append(known[key])
    return ReadColumn(values, problems)
