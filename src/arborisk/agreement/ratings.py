"""Ratings of several people as arrays: who said which class of which tree or photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.schemes import ClassScheme

MISSING = -1
"""Stands for a class that was not given."""

NOT_STATED, BLIND, SHOWN = -1, 0, 1
"""Whether the rater saw the model's answer."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings in the order in which they were given, one entry a rating.

    Attributes:
        items: Names of what was rated.
        kind: Whether these are photos or whole trees.
        trees: Tree of each item; the item itself where no tree is named.
        raters: Names of the raters.
        scheme: The classes; ascending by likelihood where ordered.
        item: Index into ``items``, shape (n_ratings,).
        rater: Index into ``raters``, shape (n_ratings,).
        class_index: Class said, shape (n_ratings,).
        words: Label of each rating in its canonical spelling, before the scheme joins any.
        saw_model: `BLIND`, `SHOWN` or `NOT_STATED`, shape (n_ratings,).
        imminent: What somebody rated Imminent, each once, in the order of the table.
        notes: What a reader must know of how the table was read, a sentence each.
    """

    items: tuple[str, ...]
    kind: Literal["photo", "tree"]
    trees: tuple[str, ...]
    raters: tuple[str, ...]
    scheme: ClassScheme
    item: NDArray[np.int64]
    rater: NDArray[np.int64]
    class_index: NDArray[np.int64]
    words: tuple[str, ...]
    saw_model: NDArray[np.int64]
    imminent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def tree_of_item(self) -> NDArray[np.int64]:
        """Number of the tree of each item, from 0, shape (n_items,)."""
        number = {tree: index for index, tree in enumerate(dict.fromkeys(self.trees))}
        return np.array([number[tree] for tree in self.trees], dtype=np.int64)

    @property
    def independent(self) -> NDArray[np.bool_]:
        """Ratings made without the model's answer; all of them where each saw it."""
        blind = self.saw_model != SHOWN
        return blind if blind.any() else np.ones(len(blind), dtype=bool)

    def first(self, chosen: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """First rating by each rater of each item; `MISSING` where there is none.

        Args:
            chosen: Ratings to look at, shape (n_ratings,); by default the independent ones.

        Returns:
            Class index, shape (n_items, n_raters).
        """
        rows = np.flatnonzero(self.independent if chosen is None else chosen)[::-1]
        said = np.full((len(self.items), len(self.raters)), MISSING, dtype=np.int64)
        said[self.item[rows], self.rater[rows]] = self.class_index[rows]  # the first comes last
        return said


def class_counts(said: NDArray[np.int64], n_classes: int) -> NDArray[np.float64]:
    """How many raters gave each class to each item.

    Args:
        said: Class index or `MISSING`, shape (n_items, n_raters).
        n_classes: Number of classes.

    Returns:
        Counts, shape (n_items, n_classes).
    """
    return np.stack([(said == k).sum(axis=1) for k in range(n_classes)], axis=1).astype(float)
