"""Ratings of an inventory: many trees at once, and a bad row never spoils a file of good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.model_answers import ModelAnswer
from arborisk.risk.portfolio.inputs import (
    ENDS,
    Inputs,
    InspectedTrees,
    read_inputs,
    sort_inspections,
)
from arborisk.risk.rating.assessment import View, joined_words
from arborisk.risk.rating.rules import RuleSet, load_rules
from arborisk.risk.rating.views import RowArrays, highest_possible, highest_weights
from arborisk.scales import Consequence, FailureLikelihood, ImpactLikelihood, RiskRating, Scale
from arborisk.tables.imminent import headers_with_imminent
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import is_no_rating
from arborisk.wording.counts import listed

ABOUT_TARGET = ("impact", "occupancy", "protection", "zone", "consequences", "target")
Weights = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RatedInventory:
    """An inventory with its ratings; arrays hold one entry a row of the table.

    Attributes:
        table: As read.
        trees: Name of the tree of each row, or "".
        failure: Why a row has no rating, or "".
        inputs: What each row says.
        event: Possible words of failure and impact, shape (n_rows, 4).
        rating: Possible ratings of the row, shape (n_rows, 4).
        tree_rating: Possible ratings of its tree, shape (n_rows, 4).
        at_least: Lowest and highest chance that the tree's rating is Moderate, High, Extreme or
            above, shape (n_rows, 3, 2).
        incomplete: Whether another row of its tree has no rating, so that the tree's may be too
            low.
        tree: Number of the row's tree; -1 for a row without rating or of an earlier inspection.
        n_trees: Trees with a rating.
        imminent: Whether somebody rated the row's tree Imminent.
        inspections: Rows that are history, and trees whose rows contradict each other.
    """

    table: RoleTable
    trees: list[str]
    failure: list[str]
    inputs: Inputs
    event: Flags
    rating: Flags
    tree_rating: Flags
    at_least: Weights
    incomplete: list[bool]
    tree: Numbers
    n_trees: int
    imminent: Flags
    inspections: InspectedTrees

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

    def imminent_trees(self) -> list[str]:
        """Trees that somebody rated Imminent, each once, as messages call them."""
        rows = np.flatnonzero(self.imminent).tolist()
        return list(
            dict.fromkeys(
                f"tree {self.trees[row]}" if self.trees[row] else self.table.name(row)
                for row in rows
            )
        )


def rate_inventory(
    table: RoleTable,
    *,
    answers: Mapping[str, ModelAnswer] | None = None,
    rules: RuleSet | None = None,
) -> RatedInventory:
    """Rates each row and each tree; the highest row of the latest inspection wins.

    Rows of one tree, part and condition share its failure; all else is independent from row to
    row, so that a range shared by several rows can only add possible words. Where it cannot be
    told which rows of a tree count, its rating is whatever one of them gives.

    Args:
        table: Rows: a part in a condition above a target.
        answers: A photo model's answers by tree, for rows without a stated likelihood.
        rules: Rule set.

    Raises:
        AssessmentError: No column says anything of a target: no rating follows from a likelihood.
    """
    rules = rules or load_rules()
    if not any(table.has(role) for role in ABOUT_TARGET):
        raise AssessmentError(
            "columns on targets: impact, or occupancy and protection; consequences",
            f"a likelihood of failure alone, in {', '.join(table.table.headers[:30])}",
            table.table.source,
            "Say what could be hit. A photo, or a likelihood, has no risk rating.",
        )
    n, trees = len(table), table.text("tree")
    about = [table.text(role) for role in ABOUT_TARGET if table.has(role)]
    inputs = read_inputs(table, trees, about, answers or {}, rules)
    inspections = sort_inspections(table, trees)
    good = np.array(
        [row for row in range(n) if not inputs.failure[row] and row not in inspections.history],
        dtype=np.int64,
    )
    finding, tree_of_finding, n_trees = _numbered(table, trees, good)
    event, rating, tree_rating = (np.zeros((n, 4), dtype=bool) for _ in range(3))
    at_least, tree = np.zeros((n, len(RiskRating) - 1, 2)), np.full(n, -1, dtype=np.int64)
    if len(good):
        tree[good] = tree_of_finding[finding]

        def rows(view: View, finding: Numbers, tree: Numbers, count: int) -> RowArrays:
            failure, impact, consequences = (one[good] for one in inputs.weights[view])
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
            at_least[good, :, side] = _above(highest_weights(whole, rules.outcome))[tree[good]]
        unclear = np.flatnonzero([trees[row] in inspections.conflicts for row in good])
        if len(unclear):
            sides = [_above(highest_weights(rows(view, each, each, len(good)), rules.outcome))
                     for view in ENDS]  # fmt: skip
            _any_of_them(good, unclear, tree, rating, sides, tree_rating, at_least)
    lacking = {name for name, why in zip(trees, inputs.failure, strict=True) if why}
    incomplete = [name in lacking for name in trees]
    return RatedInventory(
        table, trees, inputs.failure, inputs, event, rating, tree_rating, at_least, incomplete,
        tree, n_trees, _imminent(inputs.imminent, trees, inspections), inspections,
    )  # fmt: skip


def possible_words(can: Flags, kind: type[Scale]) -> str:
    """Possible words, for example ``Low or Moderate``."""
    return joined_words([level for level in kind if can[level]])


def _above(weights: Weights) -> Weights:
    """Chance of each rating above the lowest, or a higher one."""
    return np.clip(np.cumsum(weights[:, :0:-1], axis=1)[:, ::-1], 0.0, 1.0)


def _any_of_them(
    good: Numbers,
    unclear: Numbers,
    tree: Numbers,
    rating: Flags,
    sides: list[Weights],
    tree_rating: Flags,
    at_least: Weights,
) -> None:
    """Ratings of trees whose rows contradict each other: what any one of the rows gives.

    Args:
        good: Rows that count.
        unclear: Places among these of rows that contradict others.
        tree: Tree of each row of the table.
        rating: Possible ratings of each row.
        sides: Chances of each good row by itself, in the lowest and the highest view.
        tree_rating: Changed in place.
        at_least: Changed in place.
    """
    together: dict[int, list[int]] = {}
    for place in unclear.tolist():
        together.setdefault(int(tree[good[place]]), []).append(place)
    for places in together.values():
        rows = good[places]
        tree_rating[rows] = rating[rows].any(axis=0)
        at_least[rows, :, 0] = sides[0][places].min(axis=0)
        at_least[rows, :, 1] = sides[1][places].max(axis=0)


def _imminent(said: Flags, trees: list[str], inspections: InspectedTrees) -> Flags:
    """Rows of trees that a row which counts calls Imminent; of a row without a tree, itself."""
    counts = [row for row in np.flatnonzero(said).tolist() if row not in inspections.history]
    names = {trees[row] for row in counts} - {""}
    found = np.zeros(len(said), dtype=bool)
    found[counts] = True
    if names:
        found |= np.array([name in names for name in trees])
        found[list(inspections.history)] = False
    return found


def _numbered(table: RoleTable, trees: list[str], good: Numbers) -> tuple[Numbers, Numbers, int]:
    """Finding of each good row, tree of each finding, and the number of trees."""
    if len({trees[row] for row in good.tolist()}) == len(good):
        each = np.arange(len(good))
        return each, each, len(good)
    rest = [table.text(role) for role in ("part", "condition_of_concern", "failure")]
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


IMMINENT_SCORE: Final = 4.0
"""Score of a tree that is rated Imminent: above every rating, whatever the matrices give."""
_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The order of an inventory; arrays hold one entry a row of the table.

    Attributes:
        score: Of the row's tree, from 0 (Low for sure) over 1, 2 and 3 (Extreme for sure) to
            `IMMINENT_SCORE`: the chances of Moderate, High and Extreme or above added up, each in
            the middle between its lowest and highest. NaN for a row that does not count.
        rank: Rank of the row's tree; trees that nothing tells apart share one. 0 for a row that
            does not count.
        order: Rows in order: Imminent, ranked, without rating, history; shape (n_rows,).
        first: Rows of `order` that are each the first of a ranked or Imminent tree.
    """

    score: NDArray[np.float64]
    rank: NDArray[np.int64]
    order: NDArray[np.int64]
    first: NDArray[np.int64]


def rank_inventory(rated: RatedInventory) -> Ranking:
    """Ranks trees, and the rows of a tree by what each of them gives.

    Trees of one score follow by the highest rating that is possible, then by the highest
    likelihood of failure and impact, and then as the table has them.
    """
    n = len(rated.trees)
    counts = rated.tree >= 0
    score = np.round(rated.at_least.mean(axis=2).sum(axis=1), _DIGITS)
    score[rated.imminent] = IMMINENT_SCORE
    highest = np.where(counts, _highest(rated.tree_rating), -1)
    event = np.full(n, -1)
    number = _tree_numbers(rated)
    np.maximum.at(event, number, np.where(counts, _highest(rated.event), -1))
    event = event[number]
    ranked = counts | rated.imminent
    keys = np.stack([-score, -highest, -event], axis=1)
    _, level = np.unique(keys, axis=0, return_inverse=True)
    level = level.reshape(-1)
    rank = np.zeros(n, dtype=np.int64)
    first_row = np.full(n, n, dtype=np.int64)
    np.minimum.at(first_row, number[ranked], np.flatnonzero(ranked))
    trees = np.flatnonzero(first_row < n)
    of_tree = np.sort(level[first_row[trees]])
    rank[ranked] = 1 + np.searchsorted(of_tree, level[ranked])
    row_highest = np.where(counts, _highest(rated.rating), -1)
    history = np.zeros(n, dtype=bool)
    history[list(rated.inspections.history)] = True
    part = np.select([rated.imminent, counts, history], [0, 1, 3], 2)
    order = np.lexsort((np.arange(n), -row_highest, first_row[number], level, part))
    _, places = np.unique(number[order[ranked[order]]], return_index=True)
    first = order[ranked[order]][np.sort(places)]
    return Ranking(np.where(ranked, score, np.nan), rank, order, first)


def reasons(rated: RatedInventory, rows: Sequence[int]) -> list[str]:
    """Why rows are rated as they are: their inputs, and what they are about.

    For example ``Probable failure, High impact, Severe consequences: limb, crack, above path``.
    """
    about = [rated.table.text(role) for role in ("part", "condition_of_concern", "target")]
    number = np.zeros(len(rated.trees), dtype=np.int64)
    for one in rated.inputs.weights["possible"]:
        number = number * 16 + (one > 0) @ (1 << np.arange(4))
    said: dict[int, str] = {}
    found = []
    given = [rated.table.text(role) for _, role in _INPUTS]
    for row, key in zip(rows, number[list(rows)].tolist(), strict=True):
        inputs = key
        for place, shift in enumerate((8, 4, 0)):
            if key >> shift & 15 == 15 and not is_no_rating(given[place][row]):
                inputs += 1 << 12 + place  # the whole scale, and somebody said so
        if inputs not in said:
            said[inputs] = ", ".join(
                _input_words(inputs >> shift & 15, kind, name, stated=bool(inputs >> bit & 1))
                for shift, bit, (kind, name) in zip((8, 4, 0), (12, 13, 14), _INPUTS, strict=True)
            )
        part, condition, target = (cells[row] for cells in about)
        what = ", ".join(filter(None, (part, condition, target and f"above {target}")))
        reason = f"{said[inputs]}: {what}" if what else said[inputs]
        if rated.imminent[row] and (headers := headers_with_imminent(rated.table, row)):
            reason += f"; Imminent stands in {listed(list(map(repr, headers)))}"
        found.append(reason)
    return found


_INPUTS: Final[tuple[tuple[type[Scale], str], ...]] = (
    (FailureLikelihood, "failure"),
    (ImpactLikelihood, "impact"),
    (Consequence, "consequences"),
)


def _input_words(bits: int, kind: type[Scale], name: str, *, stated: bool) -> str:
    can = np.array([bits >> bit & 1 for bit in range(4)]) > 0
    if can.all() and not stated:
        return f"{name} not stated"
    return f"{possible_words(can, kind)} {name}"


def _highest(can: Flags) -> NDArray[np.int64]:
    """Highest possible level of each row, -1 where none is."""
    found = can.shape[1] - 1 - np.argmax(can[:, ::-1], axis=1)
    return np.where(can.any(axis=1), found, -1)


def _tree_numbers(rated: RatedInventory) -> NDArray[np.int64]:
    """A number for the tree of each row; a row without a tree is its own."""
    known: dict[str, int] = {}
    n = len(rated.trees)
    numbers = [known.setdefault(name, row) if name else row for row, name in enumerate(rated.trees)]
    return np.array(numbers, dtype=np.int64).reshape(n)
