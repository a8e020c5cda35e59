"""The model as one more rater: is it inside the spread of the people?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.intervals import share_interval_of
from arborisk.agreement.pairs import kappa_difference, mean_kappa, measure_pairs, weightings
from arborisk.agreement.predictions import ModelAnswers
from arborisk.agreement.raters import mean_over_trees
from arborisk.agreement.ratings import class_counts
from arborisk.agreement.sums import add_up
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
