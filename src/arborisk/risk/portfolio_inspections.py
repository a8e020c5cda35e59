"""Several rows of one tree: parts and targets of one inspection, or inspections one after another.

The rule: of rows with dates, those of the latest day count and the rest are history. Rows of one
day, or without any date, are one inspection if they tell its findings apart by part, condition or
target, and the highest row wins. Whatever else happens is a conflict with a name: two rows on one
finding that say different things, rows of which only some have a date, and places too far apart to
be one tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from arborisk.tables.commands import RATED
from arborisk.tables.inspections import FAR_M
from arborisk.tables.layers import Ground
from arborisk.tables.role_table import RoleTable

_FINDING = ("part", "condition_of_concern", "target")


@dataclass(frozen=True, slots=True)
class Inspections:
    """Which rows of trees that stand several times do not simply count.

    Attributes:
        history: Index of a row to why a later one counts instead.
        conflicts: Name of a tree to why it cannot be told which of its rows count.
    """

    history: Mapping[int, str]
    conflicts: Mapping[str, str]


def sort_inspections(table: RoleTable, trees: Sequence[str]) -> Inspections:
    """Tells inspections apart.

    Args:
        table: An inventory.
        trees: Name of the tree of each row; "" where none is named.
    """
    together: dict[str, list[int]] = {}
    for row, name in enumerate(trees):
        if name and row not in table.problems:
            together.setdefault(name, []).append(row)
    several = {name: rows for name, rows in together.items() if len(rows) > 1}
    history: dict[int, str] = {}
    conflicts: dict[str, str] = {}
    if several:
        reader = _Rows(table)
        for name, rows in several.items():
            older, why = reader.sort(rows)
            history |= older
            if why:
                conflicts[name] = why
    return Inspections(history, conflicts)


class _Rows:
    """What is compared between the rows of a tree."""

    def __init__(self, table: RoleTable) -> None:
        self._table = table
        self._dates = table.dates("inspected_at")
        self._finding = [table.text(role) for role in _FINDING]
        self._said = [table.text(role) for role in RATED]
        self._metres = _metres(table)

    def sort(self, rows: list[int]) -> tuple[dict[int, str], str]:
        """Rows that are history, and why the others cannot be put in order, or ""."""
        spread_m = self._spread_m(rows)
        if spread_m > FAR_M:
            return {}, (f"its places lie {spread_m:,.0f} m apart: two trees may have one name")
        dates = {row: self._dates.values[row] for row in rows}
        undated = [row for row in rows if dates[row] is None]
        if undated and len(undated) < len(rows):
            why = self._dates.problems.get(undated[0])
            lacks = f"has no date to go by ({why})" if why else "has no date"
            return {}, (
                f"{self._table.name(undated[0])} {lacks}, others have: it cannot be told which is "
                "the latest"
            )
        history: dict[int, str] = {}
        if not undated:
            last = max(day for day in dates.values() if day is not None)
            history = {
                row: f"an inspection of {day}: that of {last} counts"
                for row, day in dates.items()
                if day != last
            }
        left = [row for row in rows if row not in history]
        return history, self._contradiction(left, dates[left[0]])

    def _contradiction(self, rows: list[int], day: date | None) -> str:
        """Two rows of one inspection on one finding and target that say different things."""
        first: dict[tuple[str, ...], int] = {}
        for row in rows:
            finding = tuple(cells[row] for cells in self._finding)
            other = first.setdefault(finding, row)
            if [cells[row] for cells in self._said] != [cells[other] for cells in self._said]:
                when = "no date of inspection" if day is None else f"one date, {day},"
                return (
                    f"{self._table.name(other)} and {self._table.name(row)} say different things "
                    f"of the same part and target, with {when} to tell which is the later"
                )
        return ""

    def _spread_m(self, rows: list[int]) -> float:
        if self._metres is None:
            return 0.0
        found = self._metres[rows]
        found = found[np.isfinite(found).all(axis=1)]
        if len(found) < 2:
            return 0.0
        return float(np.hypot(*(found.max(axis=0) - found.min(axis=0))))


def _metres(table: RoleTable) -> NDArray[np.float64] | None:
    """East and north of each row, shape (n_rows, 2); None without places."""
    ground = Ground.about(table.places)
    return None if ground is None else np.stack(ground.of(table.places), axis=1)
