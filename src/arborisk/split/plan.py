"""A split: where each photo goes, and the rounds of training and testing that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.records import PhotoRow, SplitRow

Protocol = Literal["grouped", "deck", "given"]
FOLD = "fold-"
TRAIN, TEST, VALIDATION = "train", "test", "validation"


@dataclass(frozen=True, slots=True)
class Round:
    """One training and what it is tested on.

    Attributes:
        name: ``fold-3`` when that fold is tested, or the name of the tested part of a hold-out.
        train: Rows of the split to train on, ascending, shape (n_train,).
        test: Rows of the split to test on, ascending, shape (n_test,).
    """

    name: str
    train: NDArray[np.int64]
    test: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Where each photo goes.

    Attributes:
        rows: One row a photo.
        protocol: ``grouped`` keeps groups whole; ``deck`` is random by photo and may leak;
            ``given`` came from a file of someone's own.
        seed: Seed it was drawn with; 0 for a given split.
        notes: What a reader of the scores must know, in sentences.
    """

    rows: tuple[SplitRow, ...]
    protocol: Protocol
    seed: int
    notes: tuple[str, ...]

    def rounds(self) -> tuple[Round, ...]:
        """One round for a hold-out, K rounds for K folds.

        Of a given split with train, validation and test parts, test is tested on, and validation
        joins the training part: whatever is chosen is chosen inside that.
        """
        parts = np.array([row.part for row in self.rows], dtype=object)
        return tuple(
            Round(name, np.flatnonzero(parts != name), np.flatnonzero(parts == name))
            for name in tested_parts(set(parts))
        )

    def leaking_groups(self) -> tuple[str, ...]:
        """Groups with photos in more than one part, by name."""
        parts_of: dict[str, set[str]] = {}
        for row in self.rows:
            parts_of.setdefault(row.group, set()).add(row.part)
        return tuple(sorted(group for group, parts in parts_of.items() if len(parts) > 1))


def tested_parts(parts: set[str]) -> list[str]:
    """Parts that are tested on, one round each; folds in their numerical order."""
    folds = [part for part in parts if part.startswith(FOLD)]
    if folds:
        return sorted(folds, key=lambda part: int(part.removeprefix(FOLD)))
    return [next(part for part in (TEST, VALIDATION) if part in parts)]


def split_rows(
    rows: Sequence[PhotoRow], groups: Sequence[str], parts: Sequence[str]
) -> tuple[SplitRow, ...]:
    """Rows of a split from photos, their groups and their parts, in this order."""
    return tuple(
        SplitRow(row.photo_id, row.file, group, part)
        for row, group, part in zip(rows, groups, parts, strict=True)
    )


def leak_note(rows: tuple[SplitRow, ...], leaking: tuple[str, ...]) -> str:
    """Sentence on groups that stand on both sides of a split, with counts."""
    photos = Counter(row.group for row in rows)
    n_spanning = sum(photos[group] for group in leaking)
    return (
        f"This split leaks: {len(leaking)} of {len(photos)} groups, with {n_spanning} of "
        f"{len(rows)} photos, have photos both in training and in test parts. Scores from it are "
        "likely too high for trees that the model has not seen."
    )
