"""Folds inside a training part, for choices that must not see the test part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.split.check import groups_with_class
from arborisk.split.groups import number_names
from arborisk.split.search import best_assignment

N_SEARCHED_INSIDE = 20
"""Assignments tried; fewer than for the split itself, as nothing is measured on these folds."""


def inner_folds(
    class_index: NDArray[np.int64], groups: Sequence[str], *, n_folds: int, seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Folds that keep groups whole, for choosing for example the strength of regularisation.

    Args:
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo.
        n_folds: Folds wanted; fewer, down to 2, are made where the groups allow no more.
        seed: Seed of the search.

    Returns:
        Pairs of row numbers (train, test), each fold with every class that occurs; empty when not
        even two such folds exist.
    """
    group, _ = number_names(groups)
    classes, present = np.unique(class_index, return_inverse=True)
    most = min([n_folds, *groups_with_class(present, group, len(classes))])
    for count in range(most, 1, -1):
        part, complete = best_assignment(
            present,
            group,
            np.full(count, 1 / count),
            n_classes=len(classes),
            seed=seed,
            n_searched=N_SEARCHED_INSIDE,
        )
        if complete:
            fold = part[group]
            return [
                (np.flatnonzero(fold != index), np.flatnonzero(fold == index))
                for index in range(count)
            ]
    return []
