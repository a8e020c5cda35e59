"""What the rows of an inventory say, as weights: each different text is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError, TableError
from arborisk.risk.model_answers import ModelAnswer
from arborisk.risk.rating.assessment import Belief, RiskRow, View
from arborisk.risk.rating.reading import read_belief
from arborisk.risk.rating.rules import RuleSet
from arborisk.risk.rating.views import impact_weights
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    TargetZone,
)
from arborisk.tables.commands import RATED
from arborisk.tables.imminent import imminent_rows
from arborisk.tables.inspections import FAR_M
from arborisk.tables.layers import Ground
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold, is_missing, is_no_rating

ENDS: tuple[View, ...] = ("lowest", "highest")
VIEWS: tuple[View, ...] = (*ENDS, "possible")
LIMITS: Final = {"dbh": 1200.0, "height": 130.0}
"""Largest that can be, cm and m: the thickest and the tallest trees known lie below (from
memory)."""
Weights = NDArray[np.float64]
Flags = NDArray[np.bool_]
Three = tuple[Weights, Weights, Weights]
Read = dict[View, Weights]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What the rows say.

    Attributes:
        failure: Why a row cannot be rated, or "".
        weights: Weights of failure, impact and consequences in each view, each of shape
            (n_rows, 4).
        imminent: Whether the row calls its failure Imminent, in a word, a range or a mark.
        notes: Sentences on what was not checked.
    """

    failure: list[str]
    weights: Mapping[View, Three]
    imminent: Flags
    notes: tuple[str, ...]


def read_inputs(
    table: RoleTable,
    trees: Sequence[str],
    about_target: Sequence[Sequence[str]],
    answers: Mapping[str, ModelAnswer],
    rules: RuleSet,
) -> Inputs:
    """Reads the rows.

    Args:
        table: An inventory.
        trees: Name of the tree of each row.
        about_target: Columns of which one must be filled.
        answers: A photo model's answers by tree.
        rules: Rule set.
    """
    reader = _Reader(table, answers, rules)
    reader.check(trees, about_target)
    return reader.read(trees)


class _Reader:
    def __init__(
        self, table: RoleTable, answers: Mapping[str, ModelAnswer], rules: RuleSet
    ) -> None:
        self.table, self.answers, self.rules = table, answers, rules
        self.failed = [table.problems.get(row, "") for row in range(len(table))]
        self.notes: list[str] = []
        self._mapped = {fold(word): label for word, label in table.choices.words.items()}

    def read(self, trees: Sequence[str]) -> Inputs:
        text = self._text
        stated = [
            (one, tree if tree in self.answers else "")
            for one, tree in zip(text("failure"), trees, strict=True)
        ]
        failure = self._weights(stated, self._failure)
        roles = ("impact", "occupancy", "protection", "zone", "fall_direction")
        impact = self._weights(list(zip(*map(text, roles), strict=True)), self._impact)
        consequences = self._weights([(one,) for one in text("consequences")], self._consequences)
        return Inputs(
            self.failed,
            {view: (failure[view], impact[view], consequences[view]) for view in VIEWS},
            np.isin(np.arange(len(self.table)), imminent_rows(self.table)),
            tuple(self.notes),
        )

    def _text(self, role: str) -> list[str]:
        """Cells of a role with the user's words put in their place."""
        cells = self.table.text(role)
        if not self._mapped:
            return cells
        return [self._mapped.get(fold(cell), cell) for cell in cells]

    def _weights(self, cells: Sequence[tuple[str, ...]], read: Callable[..., Read]) -> Read:
        found = {view: np.zeros((len(cells), 4)) for view in VIEWS}
        number: dict[tuple[str, ...], int] = {}
        known: list[Read | str] = []
        which = np.zeros(len(cells), dtype=np.int64)
        for row, key in enumerate(cells):
            place = number.get(key)
            if place is None:
                place = number[key] = len(known)
                try:
                    known.append(read(*key))
                except ArboriskError as error:
                    known.append(f"{error.expected}: found {error.found}. {error.remedy}")
            which[row] = place
            entry = known[place]
            if isinstance(entry, str):
                self.failed[row] = self.failed[row] or entry
        for view in VIEWS:
            table = [np.zeros(4) if isinstance(one, str) else one[view] for one in known]
            if table:
                found[view] = np.stack(table)[which]
        return found

    def _failure(self, text: str, tree: str) -> Read:
        if tree in self.answers and is_no_rating(text):
            return _views(self.answers[tree].failure)
        return _views(self._belief(FailureLikelihood, text, "failure", "likelihood of failure"))

    def _impact(
        self, impact: str, occupancy: str, protection: str, zone: str, direction: str
    ) -> Read:
        direction = "Neither" if is_no_rating(direction) else direction
        row = RiskRow(
            part="",
            condition="",
            target="",
            failure=self._belief(FailureLikelihood, None, "failure", ""),
            consequences=self._belief(Consequence, None, "consequences", ""),
            impact=None
            if is_no_rating(impact)
            else self._belief(ImpactLikelihood, impact, "impact", "likelihood of impact"),
            occupancy=self._belief(Occupancy, occupancy, "occupancy", "occupancy"),
            protection=self._belief(Protection, protection, "protection", "protection"),
            zone=self._belief(TargetZone, zone, "zone", "fall zone"),
            direction=self._belief(FallDirection, direction, "fall_direction", "fall direction"),
        )
        return {view: impact_weights(row, self.rules, view) for view in VIEWS}

    def _consequences(self, text: str) -> Read:
        return _views(self._belief(Consequence, text, "consequences", "consequences"))

    def _belief(self, kind: type[Any], text: str | None, role: str, name: str) -> Belief[Any]:
        column = self.table.columns.get(role)
        codes = {} if column is None else dict(column.codes)
        return read_belief(kind, text, name=name, by="the table", where="", codes=codes)

    def check(self, trees: Sequence[str], about_target: Sequence[Sequence[str]]) -> None:
        """Rows without a tree or a target, and sizes that cannot be."""
        failed = self.failed
        missing = {
            text: is_missing(text, none_is_an_answer=True)
            for text in {one for cells in about_target for one in cells}
        }
        for row, tree in enumerate(trees):
            if failed[row]:
                continue
            if not tree:
                failed[row] = "No tree is named. Give it a name or number."
            elif all(missing[cells[row]] for cells in about_target):
                failed[row] = "No target: a likelihood alone has no rating. Name what is hit."
        for role, limit in LIMITS.items():
            self._check_size(role, limit)

    def _check_size(self, role: str, limit: float) -> None:
        try:
            value = self.table.quantity(role).value
        except TableError:
            self.notes.append(
                f"{self.table.header(role)!r} has no unit, so that its values are not checked."
            )
            return
        for row in np.flatnonzero((value < 0) | (value > limit)).tolist():
            # As it is written: 300000 says more to whoever must mend it than what it was read as.
            written = self.table.cells(role)[row] if self.table.has(role) else value[row]
            unit = "cm" if role == "dbh" else "m"
            self.failed[row] = self.failed[row] or (
                f"{self.table.header(role)} from 0 to {limit:g} {unit}: found {written!r}. "
                "Correct it or its unit."
            )


def _views(belief: Belief[Any]) -> Read:
    return {view: belief.array(view) for view in VIEWS}


_FINDING = ("part", "condition_of_concern", "target")


@dataclass(frozen=True, slots=True)
class InspectedTrees:
    """Which rows of trees that stand several times do not simply count.

    Attributes:
        history: Index of a row to why a later one counts instead.
        conflicts: Name of a tree to why it cannot be told which of its rows count.
    """

    history: Mapping[int, str]
    conflicts: Mapping[str, str]


def sort_inspections(table: RoleTable, trees: Sequence[str]) -> InspectedTrees:
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
    return InspectedTrees(history, conflicts)


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
