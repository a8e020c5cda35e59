"""Each rater beside the others: who rates higher, how they agree, what they call what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.intervals import mean_interval
from arborisk.agreement.pairs import PairSpread, mean_kappa
from arborisk.agreement.ratings import class_counts
from arborisk.agreement.sums import add_up
from arborisk.records import Interval

NOBODY_ELSE = "not defined: nobody else rated the same"


@dataclass(frozen=True, slots=True)
class RaterResult:
    """One rater.

    Attributes:
        name: Name.
        n_items: Items rated.
        n_shared: Items that someone else rated too.
        shares: Share of each class in this rater's ratings, shape (k,).
        bias: How many classes higher this rater rates than the mean of the others on the same
            items; None for classes without an order.
        higher: Share of the shared items rated above the mean of the others, or NaN.
        lower: Share rated below it, or NaN.
        kappa: Mean kappa with each other rater.
        confusion: Items by the class this rater said (row) and the shares of what the others said
            of them (column), shape (k, k).
    """

    name: str
    n_items: int
    n_shared: int
    shares: NDArray[np.float64]
    bias: Interval | None
    higher: float
    lower: float
    kappa: Interval
    confusion: NDArray[np.float64]


def measure_raters(
    names: tuple[str, ...],
    said: NDArray[np.int64],
    tree: NDArray[np.int64],
    n_classes: int,
    spread: PairSpread,
    *,
    ordered: bool,
) -> tuple[RaterResult, ...]:
    """Each rater beside the others.

    Args:
        names: Names of the raters.
        said: Class index or -1, shape (n_items, n_raters).
        tree: Tree of each item, shape (n_items,).
        n_classes: Number of classes.
        spread: Kappa of every pair.
        ordered: Whether the order of the classes means something.
    """
    counts = class_counts(said, n_classes)
    everyone = range(len(names))
    n_trees = int(tree.max()) + 1
    found = []
    for rater, name in enumerate(names):
        own = said[:, rater]
        rated = own >= 0
        others = counts.copy()
        others[rated, own[rated]] -= 1
        n_others = others.sum(axis=1)
        shared = rated & (n_others > 0)
        share = others[shared] / n_others[shared, None]
        confusion = add_up(share, own[shared], n_classes)
        difference = own[shared] - share @ np.arange(n_classes)
        trees = np.zeros(n_trees, dtype=bool)
        trees[tree[shared]] = True
        found.append(
            RaterResult(
                name,
                int(rated.sum()),
                int(shared.sum()),
                np.bincount(own[rated], minlength=n_classes) / max(1, rated.sum()),
                mean_over_trees(difference, tree[shared]) if ordered else None,
                float((difference > 0).mean()) if ordered and shared.any() else np.nan,
                float((difference < 0).mean()) if ordered and shared.any() else np.nan,
                mean_kappa(spread, [rater], list(everyone), trees),
                confusion,
            )
        )
    return tuple(found)


def mean_over_trees(values: NDArray[np.float64], tree: NDArray[np.int64]) -> Interval:
    """Mean of values with its interval over trees.

    Args:
        values: One a thing measured, shape (n,).
        tree: Tree of each, shape (n,).
    """
    if not len(values):
        return Interval(np.nan, None, None, note=NOBODY_ELSE)
    _, number = np.unique(tree, return_inverse=True)
    n_trees = int(number.max()) + 1
    total = np.bincount(number, values, minlength=n_trees)
    count = np.bincount(number, minlength=n_trees)
    if n_trees < 2:
        return mean_interval(float(values.mean()), np.full(n_trees, values.mean()))
    without = (total.sum() - total) / (count.sum() - count)
    return mean_interval(float(values.mean()), without)
