"""Which photos an epoch shows, and in which order."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from arborisk.training.settings import Sampling


def epoch_rows(
    rows: NDArray[np.int64],
    class_index: NDArray[np.int64],
    sampling: Sampling,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Rows of one epoch, as many as there are in the training part.

    Args:
        rows: Of the training part, shape (n,).
        class_index: Class of each of them, shape (n,).
        sampling: ``shuffled`` shows each once. ``balanced`` shows every class that occurs equally
            often, but for a remainder that goes to classes at random; within a class no photo is
            shown a time more than another before all were.
        generator: Source of the order.

    Returns:
        Shape (n,).
    """
    if sampling == "shuffled":
        return generator.permutation(rows)
    classes = generator.permutation(np.unique(class_index))
    chosen = []
    for place, one in enumerate(classes):
        own = rows[class_index == one]
        wanted = len(rows) // len(classes) + (place < len(rows) % len(classes))
        times = -(-wanted // len(own))
        chosen.append(np.concatenate([generator.permutation(own) for _ in range(times)])[:wanted])
    return generator.permutation(np.concatenate(chosen))


def times_before(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each row came up earlier in the same epoch, shape (n,).

    >>> times_before(np.array([5, 7, 5, 5])).tolist()
    [0, 0, 1, 2]
    """
    seen: Counter[int] = Counter()
    times = []
    for row in rows.tolist():
        times.append(seen[row])
        seen[row] += 1
    return np.array(times, dtype=np.int64)
