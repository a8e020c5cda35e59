"""Search for an assignment of whole groups to parts that balances classes and sizes.

Many randomised greedy assignments run side by side. Each takes the groups in an order that begins
with those that hold most of a rare class, with some chance in the order, and puts each where the
parts then stay closest to their shares. The best balanced one is kept.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_SEARCHED = 100
"""Assignments tried. Balance gains little beyond (see tests/split)."""
ORDER_JITTER = 0.5
"""Standard deviation of the chance in the order of groups, in natural logarithms of their weight:
enough that equal groups take any order, little enough that large groups still come first."""


def best_assignment(
    class_index: NDArray[np.int64],
    group: NDArray[np.int64],
    shares: NDArray[np.float64],
    *,
    n_classes: int,
    seed: int,
    n_searched: int = N_SEARCHED,
) -> tuple[NDArray[np.int64], bool]:
    """Best balanced part of each group.

    Args:
        class_index: Class per photo, shape (n_photos,).
        group: Group number per photo, 0 to n_groups - 1, shape (n_photos,).
        shares: Share of the photos that each part should hold; they sum to 1, shape (n_parts,).
        n_classes: Number of classes.
        seed: Seed of the search.
        n_searched: Assignments tried.

    Returns:
        Part number per group, shape (n_groups,); and whether every part holds every class.
    """
    content = _content(class_index, group, n_classes)
    totals = content.sum(axis=0)
    relative = content / np.where(totals > 0, totals, 1.0)
    generator = np.random.default_rng(seed)
    parts = _assign(relative, shares, generator, n_searched)
    held = _held(parts, relative, len(shares))
    missing = ((held[:, :, :n_classes] == 0) & (totals[:n_classes] > 0)).sum(axis=(1, 2))
    uneven = ((held / shares[None, :, None] - 1) ** 2).sum(axis=(1, 2))
    best = int(np.lexsort((uneven, missing))[0])
    return parts[best], bool(missing[best] == 0)


def _content(
    class_index: NDArray[np.int64], group: NDArray[np.int64], n_classes: int
) -> NDArray[np.float64]:
    """What each group brings to a part, shape (n_groups, 2 n_classes + 1).

    Columns: photos of each class; for each class 1 if the group holds it, so that a part's rare
    photos do not all come from one tree; photos in all.
    """
    n_groups = int(group.max()) + 1
    cell = np.bincount(group * n_classes + class_index, minlength=n_groups * n_classes)
    photos = cell.reshape(n_groups, n_classes).astype(np.float64)
    return np.hstack([photos, photos > 0, photos.sum(axis=1, keepdims=True)])


def _assign(
    relative: NDArray[np.float64],
    shares: NDArray[np.float64],
    generator: np.random.Generator,
    n_searched: int,
) -> NDArray[np.int64]:
    """Part of each group in each of the searched assignments, shape (n_searched, n_groups)."""
    n_groups, n_columns = relative.shape
    jitter = np.exp(ORDER_JITTER * generator.standard_normal((n_searched, n_groups)))
    order = np.argsort(-relative.max(axis=1) * jitter, axis=1)
    excess = np.zeros((n_searched, len(shares), n_columns))
    excess -= shares[None, :, None]
    parts = np.empty((n_searched, n_groups), dtype=np.int64)
    searched = np.arange(n_searched)
    for step in range(n_groups):
        group = order[:, step]
        brought = relative[group]
        # Growth of the sum of squared excess if the group went to each part. Dividing by the share
        # weighs a gap of a small part as much as the same relative gap of a large one.
        growth = 2 * np.einsum("spc,sc->sp", excess, brought)
        growth += (brought**2).sum(axis=1)[:, None]
        part = np.argmin(growth / shares, axis=1)
        excess[searched, part] += brought
        parts[searched, group] = part
    return parts


def _held(
    parts: NDArray[np.int64], relative: NDArray[np.float64], n_parts: int
) -> NDArray[np.float64]:
    """Share of each column that each part holds, shape (n_searched, n_parts, n_columns)."""
    return np.stack([(parts == part) @ relative for part in range(n_parts)], axis=1)
