"""The same raters without and with the model's answer before their eyes: what moved?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.intervals import FEWEST_TREES, LEVEL, TOO_FEW
from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.ratings import BLIND, SHOWN, Ratings
from arborisk.agreement.repeats import repeated
from arborisk.records import Interval

FEWEST_RATERS = 3
"""Raters below which an interval speaks of other trees only, not of other raters."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure of a shift.

    Attributes:
        key: Stable name.
        title: As people read it.
        interval: Value and interval.
        meaning: What it says.
    """

    key: str
    title: str
    interval: Interval
    meaning: str


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Ratings of the same item by the same rater, first without, then with the model's answer.

    Attributes:
        n_pairs: Pairs of ratings.
        n_items: Items.
        n_raters: Raters.
        shifts: Measures, the share that changed first.
        over_raters: Whether intervals speak of other raters as well as of other trees.
        toward: Pairs that moved toward the model's class, or -1 without predictions.
        away: Pairs that moved away from it, likewise.
        changed_on_repeats: Share that changed between two ratings in the same condition, or NaN:
            what changes without any model.
        n_repeats: Pairs that this share rests on.
        table: Pairs by class before (row) and after (column), shape (k, k).
    """

    n_pairs: int
    n_items: int
    n_raters: int
    shifts: tuple[Shift, ...]
    over_raters: bool
    toward: int
    away: int
    changed_on_repeats: float
    n_repeats: int
    table: NDArray[np.int64]


def measure_before_after(ratings: Ratings, answers: ModelAnswers | None) -> BeforeAfter | None:
    """What moved, or None where nobody rated an item both ways.

    Args:
        ratings: With `SHOWN` and `BLIND` where they are known.
        answers: The model's, to tell moves toward it from others.
    """
    without = ratings.first(ratings.saw_model != SHOWN)
    with_model = ratings.first(ratings.saw_model == SHOWN)
    if not (ratings.saw_model == BLIND).any() and not (ratings.saw_model == SHOWN).any():
        return None
    item, rater = np.nonzero((without >= 0) & (with_model >= 0))
    if not len(item):
        return None
    before, after = without[item, rater], with_model[item, rater]
    tree = ratings.tree_of_item[item]
    k, ordered = len(ratings.scheme.classes), ratings.scheme.ordered
    over_raters = len(np.unique(rater)) >= FEWEST_RATERS
    shifts: list[Shift] = []

    def add(key: str, title: str, values: NDArray[np.float64], rows: object, meaning: str) -> None:
        chosen = np.arange(len(tree)) if rows is None else np.asarray(rows)
        found = two_way_interval(values, tree[chosen], rater[chosen])
        shifts.append(Shift(key, title, found, meaning))

    add(
        "changed",
        "Share of ratings changed",
        (before != after).astype(float),
        None,
        "ratings that differ from the same rater's rating without the model",
    )
    if ordered:
        add(
            "shift",
            "Mean shift, classes",
            (after - before).astype(float),
            None,
            "above 0: rated likelier to fail once the model's answer was seen",
        )
    toward = away = -1
    model = answers.class_index[item] if answers is not None else np.full(len(item), -1)
    known = np.flatnonzero(model >= 0)
    if len(known):
        off_before = _distance(before[known], model[known], ordered=ordered)
        off_after = _distance(after[known], model[known], ordered=ordered)
        toward, away = int((off_after < off_before).sum()), int((off_after > off_before).sum())
        add(
            "toward_model",
            "Moved toward the model, classes" if ordered else "Moved toward the model, share",
            off_before - off_after,
            known,
            "mean distance to the model's class before, less that after; 0 on trees where they "
            "agreed and still do",
        )
        disagreed = known[off_before > 0]
        if len(disagreed):
            add(
                "switched",
                "Share switched to the model",
                (after[disagreed] == model[disagreed]).astype(float),
                disagreed,
                "of the ratings that were not the model's class before, those that are after",
            )
    first, second, _, _ = repeated(ratings)
    return BeforeAfter(
        len(item),
        len(np.unique(item)),
        len(np.unique(rater)),
        tuple(shifts),
        over_raters,
        toward,
        away,
        float((first != second).mean()) if len(first) else math.nan,
        len(first),
        np.bincount(before * k + after, minlength=k * k).reshape(k, k),
    )


def _distance(
    said: NDArray[np.int64], model: NDArray[np.int64], *, ordered: bool
) -> NDArray[np.float64]:
    """Steps between two classes; 1 for any two that have no order."""
    return np.asarray(np.abs(said - model) if ordered else said != model, dtype=np.float64)


def two_way_interval(
    values: NDArray[np.float64], tree: NDArray[np.int64], rater: NDArray[np.int64]
) -> Interval:
    """Interval of a mean of values that share trees and raters.

    The variance is that over trees plus that over raters less that over pairs of both, which was
    counted twice; with fewer than `FEWEST_RATERS` raters, that over trees alone. Degrees of freedom
    are those of the smaller of both numbers.

    Source: Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics 29(2),
    238-249.
    """
    from scipy import special

    mean = float(values.mean())
    n_trees, n_raters = len(np.unique(tree)), len(np.unique(rater))
    if n_trees < FEWEST_TREES:
        return Interval(mean, None, None, LEVEL, TOO_FEW)
    off = values - mean
    variance, fewest = _variance(off, tree), n_trees
    if n_raters >= FEWEST_RATERS:
        both = _variance(off, tree * (int(rater.max()) + 1) + rater)
        variance = max(variance, variance + _variance(off, rater) - both)
        fewest = min(n_trees, n_raters)
    if not variance:
        return Interval(mean, None, None, LEVEL, "no interval: no rating differs from the others")
    reach = float(special.stdtrit(fewest - 1, (1 + LEVEL) / 2)) * math.sqrt(variance)
    return Interval(mean, mean - reach, mean + reach, LEVEL)


def _variance(off: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    """Variance of a mean whose entries hang together within groups."""
    _, number = np.unique(group, return_inverse=True)
    total = np.bincount(number, off)
    n_groups = len(total)
    return float((total**2).sum()) / len(off) ** 2 * n_groups / max(n_groups - 1, 1)
