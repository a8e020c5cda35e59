"""How far one rater agrees with himself or herself, where the same item was rated twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.coefficients import cohen_kappa
from arborisk.agreement.intervals import coefficient_interval, share_interval_of
from arborisk.agreement.pairs import weightings
from arborisk.agreement.ratings import SHOWN, Ratings
from arborisk.agreement.sums import pair_table
from arborisk.records import Interval


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
    found = []
    for index, name in named:
        chosen = np.ones(len(item), dtype=bool) if index is None else rater == index
        if chosen.any():
            found.append(_measure(name, first[chosen], second[chosen], tree[chosen], ratings))
    return tuple(found)


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
    one, two = order[again], order[again + 1]
    said = ratings.class_index
    return said[one], said[two], ratings.item[one], ratings.rater[one]


def _measure(
    name: str,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    tree: NDArray[np.int64],
    ratings: Ratings,
) -> Repeats:
    scheme = ratings.scheme
    n_classes = len(scheme.classes)
    table = pair_table(first, second, tree, n_classes)
    kind = weightings(n_classes, ordered=scheme.ordered)[0]
    total = table.sum(axis=0)
    commonest = int((total.sum(0) + total.sum(1)).argmax())
    n_uncommon = int((table.sum((1, 2)) > table[:, commonest, commonest]).sum())
    return Repeats(
        name,
        len(first),
        share_interval_of(table.trace(axis1=1, axis2=2), table.sum((1, 2))),
        coefficient_interval(
            float(cohen_kappa(total, kind)),
            cohen_kappa(total - table, kind),
            n_uncommon=n_uncommon,
        ),
    )
