"""Folds and hold-outs that keep groups whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.sides import FOLD, TEST, TRAIN
from arborisk.errors import SplitError
from arborisk.records import PhotoRow
from arborisk.split.check import check_enough_groups, check_share, group_notes, not_found
from arborisk.split.groups import number_names
from arborisk.split.plan import Split, leak_notes, split_rows
from arborisk.split.search import best_assignment
from arborisk.wording.counts import counted

UNEVEN_FACTOR = 1.5
"""A part this many times larger or smaller than asked for is named in the notes."""


def make_folds(
    rows: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    n_folds: int = 5,
    seed: int = 0,
) -> Split:
    """K folds, balanced in classes and sizes, that keep groups whole.

    Args:
        rows: Photos.
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo, see `arborisk.split.groups.group_photos`.
        n_folds: Folds, 2 or more.
        seed: Seed of the search.

    Raises:
        SplitError: No such split exists or was found; says which class has too few groups, and
            what to do.
    """
    if n_folds < 2:
        raise SplitError(
            "2 folds or more", f"{n_folds}", "--folds", "Ask for 2 folds or more; 5 is usual."
        )
    parts = [f"{FOLD}{number + 1}" for number in range(n_folds)]
    return _make(rows, class_index, groups, parts, np.full(n_folds, 1 / n_folds), seed)


def make_holdout(
    rows: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Split:
    """One training and one test part, balanced in classes, that keep groups whole.

    Args:
        rows: Photos.
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo, see `arborisk.split.groups.group_photos`.
        test_share: Share of the photos to test on, in (0, 1).
        seed: Seed of the search.

    Raises:
        SplitError: No such split exists or was found; says which class has too few groups, and
            what to do.
    """
    check_share(test_share)
    shares = np.array([1 - test_share, test_share])
    return _make(rows, class_index, groups, [TRAIN, TEST], shares, seed)


def _make(
    rows: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    parts: Sequence[str],
    shares: NDArray[np.float64],
    seed: int,
) -> Split:
    """Searches a split whose part ``parts[i]`` holds about ``shares[i]`` of the photos."""
    group, names = number_names(groups)
    check_enough_groups(rows, class_index, group, len(parts))
    n_classes = int(class_index.max()) + 1
    part, complete = best_assignment(class_index, group, shares, n_classes=n_classes, seed=seed)
    if not complete:
        raise not_found(rows, group, len(parts))
    notes = group_notes(rows, group, names)
    sizes = np.bincount(part[group], minlength=len(parts))
    for name, size, share in zip(parts, sizes, shares, strict=True):
        wanted = share * len(rows)
        if not wanted / UNEVEN_FACTOR <= size <= wanted * UNEVEN_FACTOR:
            notes.append(
                f"Part {name} holds {counted(size, 'photo')} where {wanted:.0f} were aimed at: "
                "groups are kept whole, and these allow no better."
            )
    assigned = [parts[index] for index in part[group]]
    made = split_rows(rows, groups, assigned)
    return Split(made, "grouped", seed, (*leak_notes(made), *notes))
