"""Labels dealt to other groups at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

N_TRIED: Final = 50
"""Deals of which one is taken, see `shuffled_labels`."""


def shuffled_labels(
    class_index: NDArray[np.int64], groups: Sequence[str], *, seed: int
) -> NDArray[np.int64]:
    """Labels dealt to other groups, shape (n,); each class as often as before.

    The labels of a group stay together: they are laid out group by group in a random order, and
    handed out to the photos group by group in another. Of `N_TRIED` deals the one is taken that
    has the least to do with the true labels: with few groups a deal can be the truth half over, or
    its opposite, by luck, and would teach it.

    Args:
        class_index: Class of each photo, shape (n,).
        groups: Group of each photo.
        seed: Of the deals.
    """
    _, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    rng = np.random.default_rng(seed)
    best, least = class_index, np.inf
    for _ in range(N_TRIED):
        given, taken = (_group_by_group(group, rng) for _ in range(2))
        dealt = np.empty_like(class_index)
        dealt[taken] = class_index[given]
        told = _told_by(class_index, dealt)
        if told < least:
            best, least = dealt, told
    return best


def _group_by_group(group: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows with groups whole, in a random order of groups and of photos within each."""
    place = rng.permutation(group.max() + 1)[group]
    return np.lexsort((rng.random(len(group)), place))


def _told_by(truth: NDArray[np.int64], dealt: NDArray[np.int64]) -> float:
    """How much one labelling tells of another: chi-square of their table; 0 is nothing."""
    table = np.zeros((int(truth.max()) + 1,) * 2)
    np.add.at(table, (truth, dealt), 1.0)
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0) / table.sum()
    apart = np.divide((table - expected) ** 2, expected, out=0 * table, where=expected > 0)
    return float(apart.sum())
