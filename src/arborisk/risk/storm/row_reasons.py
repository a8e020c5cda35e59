"""Why rows of an inventory cannot be used: the first reason of each, in the words of all errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.measures import Measure
from arborisk.tables.inspections import latest_inspections
from arborisk.tables.numbers import shown
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import Cell, fold
from arborisk.wording.counts import counted

NOT_STATED = "not stated"
MOST_TAKEN = 4
"""Ways to read the cells of a column that are said."""


class Reasons:
    """Rows that are in no count.

    Attributes:
        of: Reason by index of a row, in the order in which they were found.
    """

    def __init__(self, rows: RoleTable, ids: Sequence[str]) -> None:
        self._rows = rows
        self.of: dict[int, str] = {}
        for row, problem in rows.problems.items():
            self.refuse(row, "a row that can be read", problem, "Correct the row.")
        found = latest_inspections(rows, ids)
        self._history = [row for row in found.history if row not in self.of]
        for row, why in found.history.items():
            self.refuse(row, "the latest inspection of a tree", why, "Nothing is to be done.")
        for row, why in found.conflicts.items():
            self.refuse(row, "each tree once", why, "Delete one row, rename it, or date them.")

    def superseded(self) -> list[int]:
        """Rows that are an earlier inspection of a tree."""
        return self._history

    def refuse(self, row: int, expected: str, found: str, remedy: str) -> None:
        """Notes why a row cannot be used; the first reason stays."""
        if row not in self.of:
            where = f"{self._rows.name(row)} of {self._rows.table.source}"
            self.of[row] = str(AssessmentError(expected, found, where, remedy))


def number_in(
    reasons: Reasons, values: Floats, cells: Sequence[Cell], measure: Measure, header: str
) -> Floats:
    """Values within the limits of a measure; NaN elsewhere, with a reason."""
    kept = values.copy()
    with np.errstate(invalid="ignore"):
        wrong = (values < measure.low) | (values > measure.high)
    for row in np.flatnonzero(wrong).tolist():
        unit = f" {measure.unit}" if measure.unit else ""
        reasons.refuse(
            row,
            f"{header}, the {measure.meaning}, from {measure.low:g} to {measure.high:g}{unit}",
            shown(cells[row]) if cells[row] is not None else f"{values[row]:g}{unit}",
            "Correct the number or its unit.",
        )
        kept[row] = np.nan
    return kept


def taken_notes(header: str, notes: Mapping[int, str]) -> list[str]:
    """What was taken for what in a column, each way once with its number of rows."""
    counts = Counter(notes.values())
    told = [
        f"{header}: {note} ({counted(count, 'row')})."
        for note, count in counts.most_common(MOST_TAKEN)
    ]
    more = len(counts) - MOST_TAKEN
    return told + ([f"{header}: {more:,} more such ways."] if more > 0 else [])


def names_and_groups(
    rows: RoleTable, by: str | None
) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Group names, tree names, and the group of each row.

    Args:
        rows: The inventory.
        by: Header or role of street, circuit and so on; None for one group.

    Raises:
        AssessmentError: No such column; names those there are.
    """
    ids = [name or rows.name(row) for row, name in enumerate(rows.text("tree"))]
    if by is None:
        return ["all"], ids, np.zeros(len(ids), dtype=np.int64)
    cells = [cell or NOT_STATED for cell in text_under(rows, by, "--by")]
    names, groups = np.unique(np.array(cells, dtype=object), return_inverse=True)
    return [str(name) for name in names], ids, groups.astype(np.int64)


def text_under(rows: RoleTable, header: str, option: str) -> list[str]:
    """Cells under a header that the user names, as text.

    Raises:
        AssessmentError: No such column; names those there are.
    """
    from arborisk.tables.word_columns import texts

    wanted = fold(header)
    folded = [fold(one) for one in rows.table.headers]
    if wanted in folded:
        index = folded.index(wanted)
    elif wanted in rows.columns:
        index = rows.columns[wanted].index
    else:
        raise AssessmentError(
            f"a column {header!r}",
            ", ".join(rows.table.headers),
            f"{option}, {rows.table.source}",
            "Choose one of these.",
        )
    return texts([row[index] for row in rows.table.rows])
