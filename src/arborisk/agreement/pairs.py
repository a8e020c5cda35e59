"""Agreement of each two raters, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.overall import (
    FEWEST_TREES,
    FEWEST_UNCOMMON,
    NOT_DEFINED,
    TOO_ALIKE,
    coefficient_interval,
    mean_interval,
    share_interval_of,
)
from arborisk.agreement.ratings import SHOWN, Ratings, class_counts
from arborisk.agreement.sums import Weighting, add_up, cohen_kappa, pair_table
from arborisk.records import Interval

NO_PAIR = "not defined: no trees in common, or one class only"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two raters.

    Attributes:
        first: Index of one rater.
        second: Index of the other.
        n_items: Items that both rated.
        n_trees: Trees of these.
        percent: Share of the items on which both say the same.
        kappas: Cohen's kappa under each weighting.
    """

    first: int
    second: int
    n_items: int
    n_trees: int
    percent: Interval
    kappas: dict[Weighting, Interval]


@dataclass(frozen=True, slots=True)
class PairSpread:
    """Kappa of every pair of raters, for all trees and without each tree.

    Attributes:
        weighting: Of kappa.
        value: Kappa by the two raters, NaN where not defined; symmetric, shape (r, r).
        without: The same without each tree, shape (r, r, n_trees).
        uncommon: Trees on which anyone left the commonest class, shape (n_trees,).
    """

    weighting: Weighting
    value: NDArray[np.float64]
    without: NDArray[np.float64]
    uncommon: NDArray[np.bool_]

    def mean(
        self, first: Sequence[int], second: Sequence[int]
    ) -> tuple[float, NDArray[np.float64]]:
        """Mean kappa over the pairs of two sets of raters, and without each tree.

        A rater makes no pair with itself; a pair that stands twice counts twice, which leaves a
        mean as it is; pairs whose kappa is not defined are passed over.
        """
        rows, columns = np.meshgrid(first, second, indexing="ij")
        counts = (rows != columns) & ~np.isnan(self.value[rows, columns])
        if not counts.any():
            return np.nan, np.full(self.without.shape[2], np.nan)
        rows, columns = rows[counts], columns[counts]
        total = np.zeros(self.without.shape[2])
        for row, column in zip(rows, columns, strict=True):
            total += self.without[row, column]
        return float(self.value[rows, columns].mean()), total / len(rows)


def weightings(n_classes: int, *, ordered: bool) -> tuple[Weighting, ...]:
    """Weightings that say something of these classes, the one to go by first."""
    return ("quadratic", "linear", "none") if ordered and n_classes > 2 else ("none",)


def measure_pairs(
    said: NDArray[np.int64], tree: NDArray[np.int64], n_classes: int, *, ordered: bool
) -> tuple[tuple[Pair, ...], dict[Weighting, PairSpread]]:
    """Every two raters with an item in common.

    Args:
        said: Class index or -1, shape (n_items, n_raters).
        tree: Tree of each item, shape (n_items,).
        n_classes: Number of classes.
        ordered: Whether the order of the classes means something.

    Returns:
        The pairs, and by weighting what means over pairs are made of.
    """
    n_raters = said.shape[1]
    n_trees = int(tree.max()) + 1
    kinds = weightings(n_classes, ordered=ordered)
    commonest = int(np.bincount(said[said >= 0], minlength=n_classes).argmax())
    uncommon = np.zeros(n_trees, dtype=bool)
    uncommon[tree[((said >= 0) & (said != commonest)).any(axis=1)]] = True
    spreads = {
        kind: PairSpread(
            kind,
            np.full((n_raters, n_raters), np.nan),
            np.full((n_raters, n_raters, n_trees), np.nan),
            uncommon,
        )
        for kind in kinds
    }
    pairs = []
    for first, second in combinations(range(n_raters), 2):
        both = (said[:, first] >= 0) & (said[:, second] >= 0)
        if not both.any():
            continue
        table = pair_table(said[:, first], said[:, second], tree, n_classes)
        percent, kappas = _agreement_of(table, kinds)
        trees = np.unique(tree[both])
        for kind in kinds:
            value, without = kappas[kind].value, cohen_kappa(table.sum(axis=0) - table, kind)
            of_all = np.full(n_trees, value)
            of_all[trees] = np.where(np.isnan(without), value, without)
            for row, column in ((first, second), (second, first)):
                spreads[kind].value[row, column] = value
                spreads[kind].without[row, column] = of_all
        pairs.append(Pair(first, second, int(both.sum()), len(trees), percent, kappas))
    return tuple(pairs), spreads


def _agreement_of(
    table: NDArray[np.float64], kinds: Sequence[Weighting]
) -> tuple[Interval, dict[Weighting, Interval]]:
    """Share of items rated the same, and kappa under each weighting.

    Args:
        table: Items of each tree by the two ratings, shape (n_trees, k, k).
        kinds: Weightings.
    """
    total = table.sum(axis=0)
    commonest = int((total.sum(0) + total.sum(1)).argmax())
    n_uncommon = int((table.sum((1, 2)) > table[:, commonest, commonest]).sum())
    kappas = {
        kind: coefficient_interval(
            float(cohen_kappa(total, kind)),
            cohen_kappa(total - table, kind),
            n_uncommon=n_uncommon,
        )
        for kind in kinds
    }
    return share_interval_of(table.trace(axis1=1, axis2=2), table.sum((1, 2))), kappas


def mean_kappa(
    spread: PairSpread, first: Sequence[int], second: Sequence[int], rated: NDArray[np.bool_]
) -> Interval:
    """Mean kappa over pairs of raters with its interval over trees.

    Args:
        spread: Kappa of every pair.
        first: Raters.
        second: Raters to pair them with; may be the same.
        rated: Trees that count, shape (n_trees,).
    """
    value, without = spread.mean(first, second)
    n_uncommon = int(spread.uncommon[rated].sum())
    interval = coefficient_interval(value, without[rated], n_uncommon=n_uncommon)
    return Interval(value, None, None, note=NO_PAIR) if interval.note == NOT_DEFINED else interval


def kappa_difference(
    spread: PairSpread,
    first: tuple[Sequence[int], Sequence[int]],
    second: tuple[Sequence[int], Sequence[int]],
    rated: NDArray[np.bool_],
) -> Interval:
    """Mean kappa of the first pairs less that of the second, with its interval over trees."""
    mean_first, less_first = spread.mean(*first)
    mean_second, less_second = spread.mean(*second)
    if int(spread.uncommon[rated].sum()) < FEWEST_UNCOMMON and int(rated.sum()) >= FEWEST_TREES:
        return Interval(mean_first - mean_second, None, None, note=TOO_ALIKE)
    interval = mean_interval(mean_first - mean_second, (less_first - less_second)[rated])
    return (
        Interval(mean_first - mean_second, None, None, note=NO_PAIR)
        if interval.note == NOT_DEFINED
        else interval
    )


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
    results = []
    for rater, name in enumerate(names):
        answer = said[:, rater]
        rated = answer >= 0
        others = counts.copy()
        others[rated, answer[rated]] -= 1
        n_others = others.sum(axis=1)
        shared = rated & (n_others > 0)
        share = others[shared] / n_others[shared, None]
        confusion = add_up(share, answer[shared], n_classes)
        difference = answer[shared] - share @ np.arange(n_classes)
        trees = np.zeros(n_trees, dtype=bool)
        trees[tree[shared]] = True
        results.append(
            RaterResult(
                name,
                int(rated.sum()),
                int(shared.sum()),
                np.bincount(answer[rated], minlength=n_classes) / max(1, rated.sum()),
                mean_over_trees(difference, tree[shared]) if ordered else None,
                float((difference > 0).mean()) if ordered and shared.any() else np.nan,
                float((difference < 0).mean()) if ordered and shared.any() else np.nan,
                mean_kappa(spread, [rater], list(everyone), trees),
                confusion,
            )
        )
    return tuple(results)


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


@dataclass(frozen=True, slots=True)
class Repeats:
    """First and second ratings of the same item by the same rater, in the same condition.

    Attributes:
        name: Rater, or "all raters".
        n_pairs: Items rated twice.
        same: Share of them on which both ratings are the same.
        kappa: Kappa between the first and the second rating, quadratic for ordered classes.
    """

    name: str
    n_pairs: int
    same: Interval
    kappa: Interval


def measure_repeats(ratings: Ratings) -> tuple[Repeats, ...]:
    """All raters together first, then each who rated an item twice; empty where nobody did.

    Ratings made while the model's answer was seen are not repeats of those made without it. Of
    three ratings or more of an item, the first two count.
    """
    first, second, item, rater = repeated(ratings)
    if not len(item):
        return ()
    tree = ratings.tree_of_item[item]
    named = [(None, "all raters"), *enumerate(ratings.raters)]
    repeats = []
    for index, name in named:
        chosen = np.ones(len(item), dtype=bool) if index is None else rater == index
        if chosen.any():
            repeats.append(_measure(name, first[chosen], second[chosen], tree[chosen], ratings))
    return tuple(repeats)


def repeated(
    ratings: Ratings,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First and second class said, item and rater of each repeat, shape (n_pairs,) each."""
    shown = (ratings.saw_model == SHOWN).astype(np.int64)
    key = (ratings.item * len(ratings.raters) + ratings.rater) * 2 + shown
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    begins = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(key) else order
    again = begins[(begins + 1 < len(ranked))]
    again = again[ranked[again + 1] == ranked[again]]
    before, after = order[again], order[again + 1]
    said = ratings.class_index
    return said[before], said[after], ratings.item[before], ratings.rater[before]


def _measure(
    name: str,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    tree: NDArray[np.int64],
    ratings: Ratings,
) -> Repeats:
    scheme = ratings.scheme
    n_classes = len(scheme.classes)
    kind = weightings(n_classes, ordered=scheme.ordered)[0]
    same, kappas = _agreement_of(pair_table(first, second, tree, n_classes), (kind,))
    return Repeats(name, len(first), same, kappas[kind])
