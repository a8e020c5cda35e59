"""The deck's random split by photo, kept to show what it hides."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.sides import TEST, TRAIN
from arborisk.errors import Remedy, SplitError, option
from arborisk.records import PhotoRow
from arborisk.split.check import check_share, class_title
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
