"""A split: where each photo goes, and the rounds of training and testing that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.leaks import FOLD, TEST, VALIDATION, on_both_sides
from arborisk.records import PhotoRow, SplitRow
from arborisk.wording.leaks import leak_sentence

Protocol = Literal["grouped", "deck", "given", "leaky"]


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
            ``given`` came from a file of someone's own; ``leaky`` is of copies, see
            `arborisk.split.leaky`.
        seed: Seed it was drawn with; 0 for a given split.
        notes: What a reader of the scores must know, in sentences.
        trust_tree_ids: Whether it parts even one exposure where stated trees differ.
    """

    rows: tuple[SplitRow, ...]
    protocol: Protocol
    seed: int
    notes: tuple[str, ...]
    trust_tree_ids: bool = False

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
        """Groups with photos both in training and in test parts, by name."""
        return tuple(sorted(on_both_sides((row.group, row.part) for row in self.rows)))

    def trees_apart(self) -> tuple[str, ...]:
        """Trees with photos in training and in test parts because no group keeps them whole."""
        return _apart((row.tree_id, row) for row in self.rows)

    def sites_apart(self) -> tuple[str, ...]:
        """Sites with photos in training and in test parts because no group keeps them whole."""
        return _apart((row.site_id, row) for row in self.rows)


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
        SplitRow(row.photo_id, row.file, group, part, row.tree_id, row.site_id)
        for row, group, part in zip(rows, groups, parts, strict=True)
    )


def leak_notes(rows: tuple[SplitRow, ...]) -> list[str]:
    """Sentences on groups, trees and sites that stand on both sides of a split, with counts."""
    split = Split(rows, "given", 0, ())
    notes = []
    leaking = set(split.leaking_groups())
    if leaking:
        n_photos = sum(row.group in leaking for row in rows)
        notes.append(leak_sentence(len(leaking), n_photos))
    for kind, apart, stated in (
        ("trees", split.trees_apart(), {row.tree_id for row in rows}),
        ("sites", split.sites_apart(), {row.site_id for row in rows}),
    ):
        if apart:
            notes.append(
                f"This split does not keep {kind} whole: {len(apart)} of {len(stated - {''})} have "
                "photos both in training and in test parts. Scores from it say little about "
                f"{kind} that the model has not seen."
            )
    return notes


def _apart(things: Iterable[tuple[str, SplitRow]]) -> tuple[str, ...]:
    """Things on both sides of a split whose photos are of several groups."""
    pairs = list(things)
    groups: dict[str, set[str]] = defaultdict(set)
    for thing, row in pairs:
        groups[thing].add(row.group)
    found = on_both_sides((thing, row.part) for thing, row in pairs)
    return tuple(sorted(thing for thing in found if len(groups[thing]) > 1))


def describe(split: Split, class_index: NDArray[np.int64], class_names: Sequence[str]) -> str:
    """Photos of each class, photos in all and groups of each part, one line a part.

    Args:
        split: The split.
        class_index: Class of each row of the split, shape (n_rows,).
        class_names: Names of the classes in class order.
    """
    parts = np.array([row.part for row in split.rows])
    groups = np.array([row.group for row in split.rows])
    lines = [["part", *class_names, "photos", "groups"]]
    for part in dict.fromkeys(sorted(parts.tolist(), key=lambda name: (len(name), name))):
        own = parts == part
        counts = np.bincount(class_index[own], minlength=len(class_names))
        cells = [*counts, own.sum(), len(np.unique(groups[own]))]
        lines.append([part, *(str(cell) for cell in cells)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
