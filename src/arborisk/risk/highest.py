"""The highest rating over all rows of a tree, exactly and for many trees at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.rules import Levels

Weights = NDArray[np.float64]


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
