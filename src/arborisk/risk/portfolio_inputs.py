"""What the rows of an inventory say, as weights: each different text is read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError, TableError
from arborisk.risk.assessment import RiskRow
from arborisk.risk.belief import Belief, View
from arborisk.risk.model_answers import ModelAnswer
from arborisk.risk.reading_words import read_belief
from arborisk.risk.rules import RuleSet
from arborisk.risk.views import impact_weights
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    TargetZone,
)
from arborisk.tables.imminent import imminent_rows
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
