"""Probabilities of classes in a table that a model wrote: every cell of them is checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, TableError, command
from arborisk.tables.missing import is_missing
from arborisk.tables.numbers import read_number, shown
from arborisk.tables.table import Table

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
