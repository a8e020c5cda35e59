"""Folds and hold-outs that keep groups whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.leaks import FOLD, TEST, TRAIN
from arborisk.errors import SplitError
from arborisk.records import PhotoRow
from arborisk.split.groups import (
    check_enough_groups,
    check_share,
    group_notes,
    groups_with_class,
    not_found,
    number_names,
)
from arborisk.split.plan import Split, leak_notes, split_rows
from arborisk.wording.counts import counted

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
