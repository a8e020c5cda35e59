"""Ratings of an inventory: many trees at once, and a bad row never spoils a file of good ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError, AssessmentError
from arborisk.risk.assessment import RiskRow
from arborisk.risk.belief import Belief, View, joined_words
from arborisk.risk.checks import checked_number
from arborisk.risk.highest import RowArrays, highest_possible, highest_weights
from arborisk.risk.model_answers import ModelAnswer
from arborisk.risk.portfolio_table import TreeTable
from arborisk.risk.reading_words import MISSING, read_belief
from arborisk.risk.rules import RuleSet, load_rules
from arborisk.risk.views import impact_weights
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    RiskRating,
    Scale,
    TargetZone,
)

ENDS: tuple[View, ...] = ("lowest", "highest")
VIEWS: tuple[View, ...] = (*ENDS, "possible")
ABOUT_TARGET = ("impact", "occupancy", "protection", "zone", "consequences", "target")
LIMITS = {"dbh_cm": 1200.0, "height_m": 130.0}
"""Largest that can be: the thickest and the tallest trees known lie below (from memory)."""
Weights = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RatedInventory:
    """An inventory with its ratings; arrays hold one entry a row of the table.

    Attributes:
        table: As read.
        failure: Why a row has no rating, or "".
        event: Possible words of failure and impact, shape (n_rows, 4).
        rating: Possible ratings of the row, shape (n_rows, 4).
        tree_rating: Possible ratings of its tree, shape (n_rows, 4).
        at_least: Lowest and highest chance that the tree's rating is Moderate, High, Extreme or
            above, shape (n_rows, 3, 2).
        incomplete: Whether another row of its tree has no rating, so that the tree's may be too
            low.
        tree: Number of the row's tree; -1 for a row without rating.
        n_trees: Trees with a rating.
    """

    table: TreeTable
    failure: list[str]
    event: NDArray[np.bool_]
    rating: NDArray[np.bool_]
    tree_rating: NDArray[np.bool_]
    at_least: Weights
    incomplete: list[bool]
    tree: NDArray[np.int64]
    n_trees: int

    @property
    def n_failed(self) -> int:
        """Rows without a rating."""
        return sum(map(bool, self.failure))

    def counts(self) -> dict[str, int]:
        """Trees for each rating in words, for example ``Low or Moderate``."""
        _, first = np.unique(self.tree[self.tree >= 0], return_index=True)
        patterns, number = np.unique(
            self.tree_rating[self.tree >= 0][first], axis=0, return_counts=True
        )
        return {
            possible_words(pattern, RiskRating): int(count)
            for pattern, count in zip(patterns, number, strict=True)
        }


def rate_inventory(
    table: TreeTable,
    *,
    answers: Mapping[str, ModelAnswer] | None = None,
    rules: RuleSet | None = None,
) -> RatedInventory:
    """Rates each row and each tree; the highest row wins.

    Rows of one tree, part and condition share its failure; all else is independent from row to
    row, so that a range shared by several rows can only add possible words.

    Args:
        table: Rows: a part in a condition above a target.
        answers: A photo model's answers by tree, for rows without a stated likelihood.
        rules: Rule set.

    Raises:
        AssessmentError: No column says anything of a target: no rating follows from a likelihood.
    """
    rules = rules or load_rules()
    if not any(role in table.place for role in ABOUT_TARGET):
        raise AssessmentError(
            "columns on targets: impact, or occupancy and protection; consequences",
            "a likelihood of failure alone",
            table.source,
            "Say what could be hit. A photo, or a likelihood, has no risk rating.",
        )
    n = len(table.rows)
    failed = [""] * n
    arrays = _Reader(table, answers or {}, rules, failed).arrays()
    good = np.array([index for index in range(n) if not failed[index]], dtype=np.int64)
    finding, tree_of_finding, n_trees = _numbered(table, good)
    event, rating, tree_rating = (np.zeros((n, 4), dtype=bool) for _ in range(3))
    at_least, tree = np.zeros((n, len(RiskRating) - 1, 2)), np.full(n, -1, dtype=np.int64)
    if len(good):
        tree[good] = tree_of_finding[finding]

        def rows(view: View, finding: Numbers, tree: Numbers, count: int) -> RowArrays:
            failure, impact, consequences = (one[good] for one in arrays[view])
            _, first = np.unique(finding, return_index=True)
            return RowArrays(failure[first], impact, consequences, finding, tree, count)

        each = np.arange(len(good))
        alone = rows("possible", each, each, len(good))
        event[good] = highest_possible(alone, rules.event_outcome)
        rating[good] = highest_possible(alone, rules.outcome)
        whole = rows("possible", finding, tree_of_finding, n_trees)
        tree_rating[good] = highest_possible(whole, rules.outcome)[tree[good]]
        for side, view in enumerate(ENDS):
            whole = rows(view, finding, tree_of_finding, n_trees)
            weights = highest_weights(whole, rules.outcome)
            above = np.cumsum(weights[:, :0:-1], axis=1)[:, ::-1]
            at_least[good, :, side] = np.clip(above, 0.0, 1.0)[tree[good]]
    names = table.column("tree")
    lacking = {name for name, why in zip(names, failed, strict=True) if why}
    incomplete = [name in lacking for name in names]
    return RatedInventory(
        table, failed, event, rating, tree_rating, at_least, incomplete, tree, n_trees
    )


def possible_words(can: NDArray[np.bool_], kind: type[Scale]) -> str:
    """Possible words, for example ``Low or Moderate``."""
    return joined_words([level for level in kind if can[level]])


class _Reader:
    """Cells to weights: each different text is read once."""

    def __init__(
        self,
        table: TreeTable,
        answers: Mapping[str, ModelAnswer],
        rules: RuleSet,
        failed: list[str],
    ) -> None:
        self.table, self.answers, self.rules, self.failed = table, answers, rules, failed

    def arrays(self) -> dict[View, tuple[Weights, Weights, Weights]]:
        """Weights of failure, impact and consequences in each view, each of shape (n_rows, 4)."""
        column = self.table.column
        trees = column("tree")
        self._check(trees)
        stated = [
            (text, tree if tree in self.answers else "")
            for text, tree in zip(column("failure"), trees, strict=True)
        ]
        failure = self._weights(stated, self._failure)
        roles = ("impact", "occupancy", "protection", "zone", "fall_direction")
        impact = self._weights(list(zip(*map(column, roles), strict=True)), self._impact)
        consequences = self._weights([(one,) for one in column("consequences")], self._consequences)
        return {view: (failure[view], impact[view], consequences[view]) for view in VIEWS}

    def _weights(
        self, cells: Sequence[tuple[str, ...]], read: Callable[..., dict[View, Weights]]
    ) -> dict[View, Weights]:
        found = {view: np.zeros((len(cells), 4)) for view in VIEWS}
        known: dict[tuple[str, ...], dict[View, Weights] | str] = {}
        for row, key in enumerate(cells):
            if key not in known:
                try:
                    known[key] = read(*key)
                except ArboriskError as error:
                    known[key] = f"{error.expected}: found {error.found}. {error.remedy}"
            entry = known[key]
            if isinstance(entry, str):
                self.failed[row] = self.failed[row] or entry
            else:
                for view in VIEWS:
                    found[view][row] = entry[view]
        return found

    def _failure(self, text: str, tree: str) -> dict[View, Weights]:
        if text.lower() in MISSING and tree in self.answers:
            return _views(self.answers[tree].failure)
        return _views(_belief(FailureLikelihood, text, "likelihood of failure"))

    def _impact(
        self, impact: str, occupancy: str, protection: str, zone: str, direction: str
    ) -> dict[View, Weights]:
        missing = direction.lower() in MISSING
        row = RiskRow(
            part="",
            condition="",
            target="",
            failure=_belief(FailureLikelihood, None, ""),
            consequences=_belief(Consequence, None, ""),
            impact=None
            if impact.lower() in MISSING
            else _belief(ImpactLikelihood, impact, "likelihood of impact"),
            occupancy=_belief(Occupancy, occupancy, "occupancy"),
            protection=_belief(Protection, protection, "protection"),
            zone=_belief(TargetZone, zone, "fall zone"),
            direction=_belief(FallDirection, "Neither" if missing else direction, "fall direction"),
        )
        return {view: impact_weights(row, self.rules, view) for view in VIEWS}

    def _consequences(self, text: str) -> dict[View, Weights]:
        return _views(_belief(Consequence, text, "consequences"))

    def _check(self, trees: list[str]) -> None:
        """Rows without a tree or a target, and numbers that cannot be."""
        column = self.table.column
        about = [column(role) for role in ABOUT_TARGET if role in self.table.place]
        sized = {role: column(role) for role in LIMITS if role in self.table.place}
        for row, tree in enumerate(trees):
            if not tree:
                self.failed[row] = "No tree is named. Give it a name or number."
            elif not any(cells[row] for cells in about):
                self.failed[row] = "No target: a likelihood alone has no rating. Name what is hit."
            for role, cells in sized.items():
                if cells[row] and not self.failed[row]:
                    try:
                        checked_number(cells[row], role, "", low=0.0, high=LIMITS[role])
                    except AssessmentError as error:
                        self.failed[row] = f"{error.expected}: found {error.found}. {error.remedy}"


def _belief(kind: type[Any], text: str | None, name: str) -> Belief[Any]:
    return read_belief(kind, text, name=name, by="the table", where="")


def _views(belief: Belief[Any]) -> dict[View, Weights]:
    return {view: belief.array(view) for view in VIEWS}


def _numbered(
    table: TreeTable, good: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Finding of each good row, tree of each finding, and the number of trees."""
    roles = ("tree", "part", "condition", "failure")
    trees, *rest = (table.column(role) for role in roles)
    tree_number: dict[str, int] = {}
    finding_number: dict[tuple[str, ...], int] = {}
    finding, tree_of = np.zeros(len(good), dtype=np.int64), []
    for place, row in enumerate(good.tolist()):
        key = (trees[row], *(cells[row] for cells in rest))
        if key not in finding_number:
            finding_number[key] = len(finding_number)
            tree_of.append(tree_number.setdefault(trees[row], len(tree_number)))
        finding[place] = finding_number[key]
    return finding, np.array(tree_of, dtype=np.int64), len(tree_number)
