"""Augment, then split: changed copies of one photo on both sides, to show what that hides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.leaks import FOLD, TEST, TRAIN
from arborisk.errors import Remedy, SplitError, option
from arborisk.records import PhotoRow
from arborisk.split.groups import check_share, class_title
from arborisk.split.plan import Split, leak_notes, split_rows
from arborisk.wording.counts import counted

DECK_NOTE = "Random by photo, as in the deck: trees, sites and copies are not kept whole."


def make_deck_holdout(
    rows: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Split:
    """Random hold-out by photo, as in the deck; it leaks wherever a group has several photos.

    The test part is the share rounded up: 76 of 378 and 92 of 458 photos at 20 %, as in the deck.

    Args:
        rows: Photos.
        class_index: Class per photo, shape (n_photos,).
        groups: Group name per photo; not kept whole, but those that span the parts are counted.
        test_share: Share of the photos to test on, in (0, 1).
        seed: Seed of the draw.

    Raises:
        SplitError: The draw leaves a class out of a part.
    """
    check_share(test_share)
    n_test = math.ceil(round(test_share * len(rows), 9))
    is_test = np.zeros(len(rows), dtype=np.bool_)
    is_test[np.random.default_rng(seed).permutation(len(rows))[:n_test]] = True
    for name, chosen in ((TRAIN, ~is_test), (TEST, is_test)):
        missing = np.setdiff1d(class_index, class_index[chosen])
        if len(missing):
            raise SplitError(
                "every class in both parts",
                f"no {class_title(rows, class_index, int(missing[0]))} in the {name} part",
                f"a random split of {counted(len(rows), 'photo')}",
                Remedy(
                    "Take another {} or a larger {}, or use {}.",
                    option("--seed", "split"),
                    option("--test-share", "split"),
                    option("--protocol grouped", "split"),
                ),
            )
    made = split_rows(rows, groups, [TEST if chosen else TRAIN for chosen in is_test])
    return Split(made, "deck", seed, (DECK_NOTE, *leak_notes(made)))


COPY_MARK = "#"
LEAKY_NOTE = (
    "Augment, then split: changed copies of one photo stand in training and in test parts. Only to "
    "show how much that flatters."
)


def copies_of(rows: Sequence[PhotoRow], n_copies: int) -> list[PhotoRow]:
    """Rows of the copies of photos, copies of one photo one after another.

    A copy is named ``ID#2``, and its content ``<sha256>#leaky-2``: it is no file of its own.

    Args:
        rows: Photos.
        n_copies: Copies of each, from 1 on.
    """
    return [
        replace(
            row,
            photo_id=f"{row.photo_id}{COPY_MARK}{number}",
            sha256=f"{row.sha256}{COPY_MARK}leaky-{number}",
        )
        for row in rows
        for number in range(1, n_copies + 1)
    ]


def make_leaky_split(
    copies: Sequence[PhotoRow],
    class_index: NDArray[np.int64],
    groups: Sequence[str],
    *,
    n_folds: int = 5,
    test_share: float = 0.2,
    seed: int = 0,
) -> Split:
    """Copies dealt out at random, class by class, whatever photo they are of.

    Args:
        copies: See `copies_of`.
        class_index: Class per copy, shape (n_copies,).
        groups: Group name per copy: that of its photo.
        n_folds: Folds; 0 for one hold-out.
        test_share: Share of the copies to test on when `n_folds` is 0, in (0, 1).
        seed: Seed of the draw.

    Raises:
        SplitError: A class has fewer copies than there are parts.

    Source: the published code of the deck's sequel, which changed each photo five times and then
    split the arrays with a stratified, shuffled k-fold.
    """
    check_share(test_share)
    rng = np.random.default_rng(seed)
    part = np.zeros(len(copies), dtype=np.int64)
    for index in np.unique(class_index):
        own = rng.permutation(np.flatnonzero(class_index == index))
        if len(own) < max(n_folds, 2):
            raise SplitError(
                f"{max(n_folds, 2)} copies or more of class "
                f"{class_title(copies, class_index, int(index))}",
                f"{len(own)}",
                f"{len(copies)} copies",
                "Ask for fewer folds or more copies.",
            )
        if n_folds:
            # Each class goes on where the last one stopped, so that folds are of equal size.
            part[own] = (np.arange(len(own)) + int((part > 0).sum())) % n_folds + 1
        else:
            part[own[: math.ceil(round(test_share * len(own), 9))]] = 1
    names = [TRAIN, TEST] if not n_folds else ["", *(f"{FOLD}{n + 1}" for n in range(n_folds))]
    made = split_rows(copies, groups, [names[number] for number in part])
    return Split(made, "leaky", seed, (LEAKY_NOTE, *leak_notes(made)))
