"""Sums over items that every coefficient of agreement is a function of.

Sums of "all but one tree" are the total minus the tree's, and sums of redrawn trees are weighted
ones, so that intervals cost little: the pairs of raters are counted once for each tree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

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
    first: NDArray[np.int64], second: NDArray[np.int64], tree: NDArray[np.int64], n_classes: int
) -> NDArray[np.float64]:
    """Items of each tree by what two raters said of them.

    Args:
        first: Class said by the first rater, or `MISSING`, shape (n_items,).
        second: Class said by the second, likewise.
        tree: Tree of each item, shape (n_items,).
        n_classes: Number of classes.

    Returns:
        Counts for the trees that both rated, shape (n_trees_of_both, k, k).
    """
    both = (first != MISSING) & (second != MISSING)
    trees, index = np.unique(tree[both], return_inverse=True)
    cell = (index * n_classes + first[both]) * n_classes + second[both]
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


Array = NDArray[np.float64]
Weighting = Literal["none", "linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval"]


def agreement_weights(n_classes: int, weighting: Weighting) -> Array:
    """How far two answers agree: 1 for the same class, less with each step between them.

    Args:
        n_classes: Number of classes, two or more.
        weighting: ``none``: only the same class counts; ``linear``: each step costs the same;
            ``quadratic``: two steps cost four times one.

    Returns:
        Weights from 0 to 1, shape (k, k).

    Source: Cohen (1968), Psychological Bulletin 70(4), 213-220.

    >>> agreement_weights(3, "quadratic")[0].tolist()
    [1.0, 0.75, 0.0]
    """
    if weighting == "none":
        return np.eye(n_classes)
    steps = np.abs(np.subtract.outer(np.arange(n_classes), np.arange(n_classes)))
    power = 1 if weighting == "linear" else 2
    return np.asarray(1 - (steps / (n_classes - 1)) ** power)


def percent_agreement(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Chance that two raters drawn from those of an item agree, averaged over items, 0 to 1."""
    weights = agreement_weights(sums.shares.shape[-1], weighting)
    pairs = sums.pairs
    return _divide((pairs * weights).sum((-2, -1)), pairs.sum((-2, -1)))


def chance_agreement(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Agreement of raters who draw their answers at random from the shares of the classes."""
    weights = agreement_weights(sums.shares.shape[-1], weighting)
    share = class_shares(sums)
    return np.asarray(np.einsum("...k,kl,...l->...", share, weights, share))


def class_shares(sums: AgreementSums) -> Array:
    """Mean share of each class among the ratings of an item, shape (..., k)."""
    return _divide(sums.shares, sums.shares.sum(-1, keepdims=True))


def fleiss_kappa(sums: AgreementSums) -> Array:
    """Fleiss' kappa; items with unequal numbers of ratings count equally.

    Source: Fleiss (1971), Psychological Bulletin 76(5), 378-382; missing ratings as in Gwet (2014),
    Handbook of Inter-Rater Reliability, 4th edition (there: the generalised form).
    """
    return _beyond(percent_agreement(sums), chance_agreement(sums))


def gwet_ac(sums: AgreementSums, weighting: Weighting = "none") -> Array:
    """Gwet's AC1, or AC2 with weights: chance is that of a rater who guesses hard items only.

    It does not fall when one class is very common, as kappa does.

    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1), 29-48;
    AC2: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition.
    """
    k = sums.shares.shape[-1]
    share = class_shares(sums)
    total = agreement_weights(k, weighting).sum()
    chance = total / (k * (k - 1)) * (share * (1 - share)).sum(-1)
    return _beyond(percent_agreement(sums, weighting), np.asarray(chance))


def krippendorff_alpha(sums: AgreementSums, level: Level) -> Array:
    """Krippendorff's alpha.

    Args:
        sums: Sums over items.
        level: ``nominal``: any two classes are equally far apart; ``ordinal``: only their order
            counts; ``interval``: each step is as far as the others.

    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, Annenberg School for
    Communication; the ordinal distance of two classes is the difference of their mean ranks.
    """
    coincidences = sums.coincidences
    values = coincidences.sum(-1)
    k = values.shape[-1]
    if level == "nominal":
        distance = np.broadcast_to(1 - np.eye(k), coincidences.shape)
    else:
        rank = np.cumsum(values, axis=-1) - values / 2
        position = rank if level == "ordinal" else np.broadcast_to(np.arange(k), values.shape)
        distance = (position[..., :, None] - position[..., None, :]) ** 2.0
    observed = (coincidences * distance).sum((-2, -1))
    by_chance = (values[..., :, None] * values[..., None, :] * distance).sum((-2, -1))
    return np.asarray(1 - (values.sum(-1) - 1) * _divide(observed, by_chance))


def cohen_kappa(table: Array, weighting: Weighting = "none") -> Array:
    """Cohen's kappa of two raters, weighted or not; NaN where both used one class only.

    Args:
        table: Items by the two raters' classes, shape (..., k, k).
        weighting: See `agreement_weights`.

    Source: Cohen (1960), Educational and Psychological Measurement 20(1), 37-46, and Cohen (1968).
    """
    weights = agreement_weights(table.shape[-1], weighting)
    n_items = table.sum((-2, -1))
    observed = _divide((table * weights).sum((-2, -1)), n_items)
    rows, columns = table.sum(-1), table.sum(-2)
    by_chance = _divide(np.einsum("...k,kl,...l->...", rows, weights, columns), n_items**2)
    return _beyond(observed, by_chance)


def _beyond(observed: Array, by_chance: Array) -> Array:
    """Share of the room above chance that agreement fills."""
    return _divide(observed - by_chance, 1 - by_chance)


def _divide(part: Array, whole: Array) -> Array:
    """Quotient; NaN where there is nothing to divide by (up to rounding)."""
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    out = np.full(shape, np.nan)
    np.divide(part, whole, out=out, where=np.abs(whole) > 1e-12)
    return out
