"""Inputs of an assessment as arrays: the lowest reading, the highest, and what is possible."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arborisk.risk.rating.assessment import Assessment, Belief, RiskRow, View, joined_words
from arborisk.risk.rating.rules import Levels, RuleSet
from arborisk.scales import FailureLikelihood, ImpactLikelihood, Scale
from arborisk.wording.percent import percent

Weights = NDArray[np.float64]
MOST_CASES = 4096
"""Joint cases of inputs shared by several rows that are enumerated; beyond it such inputs are taken
as independent from row to row, which can only add possible words."""


def highest_of(assessment: Assessment, rules: RuleSet, outcome: Levels, view: View) -> Weights:
    """Highest outcome over the rows, exactly, shape (levels,).

    Rows of one finding share its failure, and rows that name one target share what is known of it:
    every joint case of these is worked out. All other inputs are independent.

    Both matrices and the default rule never fall when an input rises (tests check every cell), so
    ``lowest`` and ``highest`` give the ends of every chance "this word or higher".

    Args:
        assessment: What is known.
        rules: Rule set, for the default rule of impact.
        outcome: Level of each combination, shape (failure, impact, consequences).
        view: See `Belief.array`; ``possible`` gives 1 for each level that is possible.
    """
    cases, weights = _cases(assessment, view)
    rows = _arrays(cases, rules, view)
    if view == "possible":
        can = highest_possible(rows, outcome)[weights > 0]
        return np.asarray(np.any(can, axis=0), dtype=np.float64)
    found: Weights = np.asarray(weights @ highest_weights(rows, outcome), dtype=np.float64)
    return found


def impact_weights(row: RiskRow, rules: RuleSet, view: View) -> Weights:
    """Weights of the likelihoods of impact, stated or by the default rule, shape (4,)."""
    if row.impact is not None:
        return row.impact.array(view)
    factors = [one.array(view) for one in (row.occupancy, row.protection, row.zone, row.direction)]
    weight = np.einsum("o,p,z,d->opzd", *factors).ravel()
    n = len(ImpactLikelihood)
    low = np.bincount(rules.impact_low.ravel(), weight, minlength=n).astype(np.float64)
    high = np.bincount(rules.impact_high.ravel(), weight, minlength=n).astype(np.float64)
    if view == "lowest":
        return low
    if view == "highest":
        return high
    if view == "equal":
        return (low + high) / 2  # a cell of the default rule is one word or two neighbours
    found: Weights = ((low + high) > 0).astype(np.float64)
    return found


def shared_inputs_enumerated(assessment: Assessment) -> bool:
    """Whether every joint case of the inputs that rows share is worked out."""
    sizes = [len(belief.possible) for belief in _shared(assessment)]
    return bool(np.prod(sizes, dtype=float) <= MOST_CASES)


def _cases(assessment: Assessment, view: View) -> tuple[list[Assessment], Weights]:
    """Each joint case of the inputs that several rows share, and its weight."""
    shared = _shared(assessment)
    if not shared_inputs_enumerated(assessment):
        return [assessment], np.ones(1)
    cases, weights = [], []
    for levels in itertools.product(*(belief.possible for belief in shared)):
        case, weight = assessment, 1.0
        for belief, level in zip(shared, levels, strict=True):
            case = case.knowing(belief.known_as(level))
            weight *= float(belief.array(view)[level])
        cases.append(case)
        weights.append(weight)
    return cases, np.array(weights)


def _shared(assessment: Assessment) -> list[Belief[Any]]:
    """Uncertain inputs that several rows rest on; failure is shared without enumerating."""
    rows_of = Counter(belief.name for row in assessment.rows for belief in row.inputs[1:])
    return [
        belief for belief in assessment.inputs if rows_of[belief.name] > 1 and not belief.is_certain
    ]


def _arrays(cases: list[Assessment], rules: RuleSet, view: View) -> RowArrays:
    """Rows of all cases, each case as a tree of its own."""
    failure: list[Weights] = []
    tree: list[int] = []
    finding: list[int] = []
    for number, case in enumerate(cases):
        place: dict[str, int] = {}
        for row in case.rows:
            belief: Belief[FailureLikelihood] = row.failure
            if belief.name not in place:
                place[belief.name] = len(failure)
                failure.append(belief.array(view))
                tree.append(number)
            finding.append(place[belief.name])
    rows = [row for case in cases for row in case.rows]
    return RowArrays(
        failure=np.stack(failure),
        impact=np.stack([impact_weights(row, rules, view) for row in rows]),
        consequences=np.stack([row.consequences.array(view) for row in rows]),
        finding=np.array(finding, dtype=np.int64),
        tree=np.array(tree, dtype=np.int64),
        n_trees=len(cases),
    )


@dataclass(frozen=True, slots=True, eq=False)
class RowArrays:
    """Rows of many trees in one view of their inputs, see `Belief.array`.

    Attributes:
        failure: Weights of the likelihoods of failure, shape (n_findings, 4).
        impact: Weights of the likelihoods of impact, shape (n_rows, 4).
        consequences: Weights of the consequences, shape (n_rows, 4).
        finding: Finding of each row, shape (n_rows,): rows of one finding share its failure.
        tree: Tree of each finding, shape (n_findings,).
        n_trees: Number of trees.
    """

    failure: Weights
    impact: Weights
    consequences: Weights
    finding: NDArray[np.int64]
    tree: NDArray[np.int64]
    n_trees: int


def highest_weights(rows: RowArrays, outcome: Levels) -> Weights:
    """Distribution of each tree's highest outcome, shape (n_trees, 4).

    Exact by enumeration: given the failure of a finding, its rows are independent; findings are
    independent of each other. P(all rows at or below r) is then a product, and differences of it
    are the distribution.

    Args:
        rows: In the view ``lowest``, ``highest`` or ``equal``.
        outcome: Level of each combination, shape (failure, impact, consequences).
    """
    below = np.stack(
        [
            _row_by_failure(rows, (outcome <= level).astype(np.float64))
            for level in range(outcome.max() + 1)
        ],
        axis=2,
    )
    of_finding = np.ones((len(rows.failure), *below.shape[1:]))
    np.multiply.at(of_finding, rows.finding, below)
    given = np.einsum("nf,nfr->nr", rows.failure, of_finding)
    of_tree = np.ones((rows.n_trees, given.shape[1]))
    np.multiply.at(of_tree, rows.tree, given)
    return np.clip(np.diff(of_tree, axis=1, prepend=0.0), 0.0, 1.0)


def highest_possible(rows: RowArrays, outcome: Levels) -> NDArray[np.bool_]:
    """Which highest outcomes each tree can have, shape (n_trees, 4).

    Args:
        rows: In the view ``possible``.
        outcome: Level of each combination, shape (failure, impact, consequences).
    """
    n_ratings = outcome.max() + 1
    by_row = np.stack(
        [
            _row_by_failure(rows, (outcome == level).astype(np.float64)) > 0
            for level in range(n_ratings)
        ],
        axis=2,
    )
    # The highest of several rows can be r when one can be r and all others can be r or below.
    at_most = np.logical_or.accumulate(by_row, axis=2)
    any_at = np.zeros((len(rows.failure), *by_row.shape[1:]), dtype=bool)
    all_at_most = np.ones_like(any_at)
    np.logical_or.at(any_at, rows.finding, by_row)
    np.logical_and.at(all_at_most, rows.finding, at_most)
    can = rows.failure[:, :, None] > 0
    at = (any_at & all_at_most & can).any(axis=1)
    most = (all_at_most & can).any(axis=1)
    tree_at = np.zeros((rows.n_trees, n_ratings), dtype=bool)
    tree_most = np.ones_like(tree_at)
    np.logical_or.at(tree_at, rows.tree, at)
    np.logical_and.at(tree_most, rows.tree, most)
    return tree_at & tree_most


def _row_by_failure(rows: RowArrays, table: Weights) -> Weights:
    """Weight that each row has in a table (failure, impact, consequences), given the failure.

    Shape (n_rows, 4).
    """
    of_pairs = np.einsum("ni,nc->nic", rows.impact, rows.consequences)
    found: Weights = np.einsum("nic,fic->nf", of_pairs, table)
    return found


@dataclass(frozen=True, slots=True)
class WordSpread:
    """What is known of a word of an ascending scale.

    Attributes:
        possible: Words that the inputs allow, ascending.
        lowest: Chance of each level if every range lies at its lower end; sums to 1.
        highest: The same at the upper ends. Equal to `lowest` where no input is a range.
    """

    possible: tuple[Scale, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]

    @property
    def is_certain(self) -> bool:
        """Whether one word is left."""
        return len(self.possible) == 1

    @property
    def has_chances(self) -> bool:
        """Whether each word has one chance: no range matters, and some input has chances."""
        return bool(np.allclose(self.lowest, self.highest, atol=1e-12)) and not self.is_certain

    @property
    def words(self) -> tuple[str, ...]:
        """Possible words, ascending."""
        return tuple(level.word for level in self.possible)

    @property
    def text(self) -> str:
        """One line, for example ``Low or Moderate``, or ``Low 62 %, Moderate 38 %``."""
        if not self.has_chances:
            return joined_words(self.possible)
        return ", ".join(f"{level.word} {percent(self.lowest[level])}" for level in self.possible)

    def at_least(self, level: int) -> tuple[float, float]:
        """Lowest and highest chance of this level or one above it."""
        low, high = sum(self.lowest[level:]), sum(self.highest[level:])
        return min(1.0, low), min(1.0, high)


def spread_of(
    kind: type[Scale], possible: ArrayLike, lowest: ArrayLike, highest: ArrayLike
) -> WordSpread:
    """A spread from arrays, one number a level of `kind`."""
    can = np.asarray(possible) > 0
    return WordSpread(
        tuple(level for level in kind if can[level]),
        tuple(float(one) for one in np.asarray(lowest)),
        tuple(float(one) for one in np.asarray(highest)),
    )
