"""Sums over items that every coefficient of agreement is a function of.

Sums of "all but one tree" are the total minus the tree's, and sums of redrawn trees are weighted
ones, so that intervals cost little: the pairs of raters are counted once for each tree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.ratings import MISSING, class_counts


@dataclass(frozen=True, slots=True)
class AgreementSums:
    """Sums for one or many sets of items at once.

    Attributes:
        pairs: Shares of the ordered pairs of raters of an item by the two classes they said; each
            item with two ratings or more adds up to 1; shape (..., k, k).
        coincidences: The same, each item adding up to its number of ratings; shape (..., k, k).
        shares: Shares of the classes among the ratings of an item; each item adds up to 1; shape
            (..., k).
    """

    pairs: NDArray[np.float64]
    coincidences: NDArray[np.float64]
    shares: NDArray[np.float64]

    def total(self) -> AgreementSums:
        """Sums over the first axis."""
        return AgreementSums(self.pairs.sum(0), self.coincidences.sum(0), self.shares.sum(0))

    def minus(self, other: AgreementSums) -> AgreementSums:
        """These sums without the items of another set."""
        return AgreementSums(
            self.pairs - other.pairs,
            self.coincidences - other.coincidences,
            self.shares - other.shares,
        )

    def weighted(self, weights: NDArray[np.float64]) -> AgreementSums:
        """Sums of redrawn trees.

        Args:
            weights: How often each tree was drawn, shape (n_redraws, n_trees).
        """
        return AgreementSums(
            np.tensordot(weights, self.pairs, 1),
            np.tensordot(weights, self.coincidences, 1),
            weights @ self.shares,
        )


def sums_by_tree(said: NDArray[np.int64], tree: NDArray[np.int64], n_classes: int) -> AgreementSums:
    """Sums of each tree.

    Args:
        said: Class index or `MISSING`, shape (n_items, n_raters).
        tree: Tree of each item, from 0, shape (n_items,).
        n_classes: Number of classes.
    """
    counts = class_counts(said, n_classes)
    n_ratings = counts.sum(axis=1)
    ordered_pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(n_classes))
    several = np.maximum(n_ratings - 1, 1)[:, None, None]  # no pairs where there is one rating
    coincidences = ordered_pairs / several
    rated = np.maximum(n_ratings, 1)
    n_trees = int(tree.max()) + 1
    return AgreementSums(
        add_up(coincidences / rated[:, None, None], tree, n_trees),
        add_up(coincidences, tree, n_trees),
        add_up(counts / rated[:, None], tree, n_trees),
    )


def pair_table(
    one: NDArray[np.int64], other: NDArray[np.int64], tree: NDArray[np.int64], n_classes: int
) -> NDArray[np.float64]:
    """Items of each tree by what two raters said of them.

    Args:
        one: Class said by the first rater, or `MISSING`, shape (n_items,).
        other: Class said by the second, likewise.
        tree: Tree of each item, shape (n_items,).
        n_classes: Number of classes.

    Returns:
        Counts for the trees that both rated, shape (n_trees_of_both, k, k).
    """
    both = (one != MISSING) & (other != MISSING)
    trees, place = np.unique(tree[both], return_inverse=True)
    cell = (place * n_classes + one[both]) * n_classes + other[both]
    counts = np.bincount(cell, minlength=len(trees) * n_classes**2)
    return counts.reshape(len(trees), n_classes, n_classes).astype(np.float64, copy=False)


def add_up(
    values: NDArray[np.float64], group: NDArray[np.int64], n_groups: int
) -> NDArray[np.float64]:
    """Sum of the rows of each group, shape (n_groups, ...)."""
    flat = values.reshape(len(values), math.prod(values.shape[1:]))
    total = np.empty((n_groups, flat.shape[1]))
    for column, entries in enumerate(flat.T):
        total[:, column] = np.bincount(group, entries, minlength=n_groups)
    return total.reshape(n_groups, *values.shape[1:])
