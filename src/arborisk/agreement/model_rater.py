"""The model as one more rater: is it inside the spread of the people?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.overall import FEWEST_TREES, LEVEL, TOO_FEW, share_interval_of
from arborisk.agreement.pairs import (
    kappa_difference,
    mean_kappa,
    mean_over_trees,
    measure_pairs,
    repeated,
    weightings,
)
from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.ratings import BLIND, SHOWN, Ratings, class_counts
from arborisk.agreement.sums import add_up
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import t_reach
from arborisk.records import Interval


@dataclass(frozen=True, slots=True)
class InPlaceOf:
    """One person beside the model, both against the same other people.

    Attributes:
        name: The person.
        person: Mean kappa of the person with the others.
        model: Mean kappa of the model with these others.
        difference: The model's less the person's.
    """

    name: str
    person: Interval
    model: Interval
    difference: Interval


@dataclass(frozen=True, slots=True)
class Apart:
    """An item on which no person gave the model's class.

    Attributes:
        item: Index of the item.
        model: Class the model said.
        counts: People by class said, shape (k,).
        probability: The model's, shape (k,).
    """

    item: int
    model: int
    counts: NDArray[np.float64]
    probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelResult:
    """The model beside the people, on the items that it answered.

    Attributes:
        n_items: Items that the model and a person rated.
        n_trees: Trees of these.
        n_without: Rated items on which the model has no answer.
        people: Mean kappa of the people with each other: the ceiling.
        model: Mean kappa of the model with the people.
        difference: The model's less the people's.
        lowest: Smallest mean kappa of one person with the others, or NaN.
        highest: Largest, or NaN.
        with_each: Kappa of the model with each person, NaN where not defined.
        in_place_of: Each person beside the model.
        bias: Classes by which the model is above the mean of the people, None without an order.
        same: Share of the people that say the model's class, over items.
        apart: Items on which no person gave the model's class, those with most people first.
        confusion: Items by the model's class (row) and the shares of the people's; shape (k, k).
        held_back: Whether the predictions say that they were made on photos held back.
    """

    n_items: int
    n_trees: int
    n_without: int
    people: Interval
    model: Interval
    difference: Interval
    lowest: float
    highest: float
    with_each: tuple[float, ...]
    in_place_of: tuple[InPlaceOf, ...]
    bias: Interval | None
    same: Interval
    apart: tuple[Apart, ...]
    confusion: NDArray[np.float64]
    held_back: bool

    @property
    def inside(self) -> bool | None:
        """Whether the model's kappa lies between those of the people; None with one person."""
        if np.isnan([self.lowest, self.highest, self.model.value]).any():
            return None
        return self.lowest <= self.model.value <= self.highest


def measure_model(
    names: Sequence[str],
    said: NDArray[np.int64],
    tree: NDArray[np.int64],
    answers: ModelAnswers,
    n_classes: int,
    *,
    ordered: bool,
) -> ModelResult:
    """The model beside the people.

    Args:
        names: Names of the people.
        said: Class index or -1, shape (n_items, n_raters); ratings made without the model.
        tree: Tree of each item, shape (n_items,).
        answers: The model's.
        n_classes: Number of classes.
        ordered: Whether the order of the classes means something.
    """
    chosen = (answers.class_index >= 0) & (said >= 0).any(axis=1)
    n_without = int(((answers.class_index < 0) & (said >= 0).any(axis=1)).sum())
    items = np.flatnonzero(chosen)
    said, model = said[chosen], answers.class_index[chosen]
    _, tree = np.unique(tree[chosen], return_inverse=True)
    people, it = list(range(len(names))), len(names)
    _, spreads = measure_pairs(np.column_stack([said, model]), tree, n_classes, ordered=ordered)
    spread = spreads[weightings(n_classes, ordered=ordered)[0]]
    every = np.ones(int(tree.max()) + 1, dtype=bool)
    single = [spread.mean([person], people)[0] for person in people]
    known = [value for value in single if not np.isnan(value)]
    counts = class_counts(said, n_classes)
    share = counts / counts.sum(axis=1, keepdims=True)
    agreeing = counts[np.arange(len(model)), model]
    confusion = np.zeros((n_classes, n_classes))
    np.add.at(confusion, model, share)
    several = counts.sum(axis=1) >= 2
    rows = np.flatnonzero(several & (agreeing == 0))
    unanimous = counts.max(axis=1) == counts.sum(axis=1)
    far = np.abs(share @ np.arange(n_classes) - model) if ordered else np.ones(len(model))
    order = sorted(rows, key=lambda row: (-far[row], not unanimous[row], -counts[row].sum(), row))
    n_people = add_up(counts.sum(axis=1), tree, len(every))
    return ModelResult(
        len(items),
        len(every),
        n_without,
        mean_kappa(spread, people, people, every),
        mean_kappa(spread, [it], people, every),
        kappa_difference(spread, ([it], people), (people, people), every),
        min(known, default=np.nan),
        max(known, default=np.nan),
        tuple(float(spread.value[it, person]) for person in people),
        tuple(
            InPlaceOf(
                name,
                mean_kappa(spread, [person], others, every),
                mean_kappa(spread, [it], others, every),
                kappa_difference(spread, ([it], others), ([person], others), every),
            )
            for person, name in enumerate(names)
            if (others := [one for one in people if one != person])
        ),
        mean_over_trees(model - share @ np.arange(n_classes), tree) if ordered else None,
        share_interval_of(add_up(agreeing, tree, len(every)), n_people),
        tuple(
            Apart(int(items[row]), int(model[row]), counts[row], answers.probability[items[row]])
            for row in order
        ),
        confusion,
        answers.held_back,
    )


FEWEST_RATERS = FEWEST["raters for other raters"]
"""Raters below which an interval speaks of other trees only, not of other raters."""


@dataclass(frozen=True, slots=True)
class AnswerShift:
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
    shifts: tuple[AnswerShift, ...]
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
    shifts: list[AnswerShift] = []

    def add(key: str, title: str, values: NDArray[np.float64], rows: object, meaning: str) -> None:
        chosen = np.arange(len(tree)) if rows is None else np.asarray(rows)
        found = two_way_interval(values, tree[chosen], rater[chosen])
        shifts.append(AnswerShift(key, title, found, meaning))

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
    reach = t_reach(math.sqrt(variance), fewest - 1, LEVEL)
    return Interval(mean, mean - reach, mean + reach, LEVEL)


def _variance(off: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    """Variance of a mean whose entries hang together within groups."""
    _, number = np.unique(group, return_inverse=True)
    total = np.bincount(number, off)
    n_groups = len(total)
    return float((total**2).sum()) / len(off) ** 2 * n_groups / max(n_groups - 1, 1)
