"""On which side of a split each part stands: what is trained on, and what is tested on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

TRAIN, TEST, VALIDATION = "train", "test", "validation"
FOLD = "fold-"
"""Begins the names of folds: ``fold-1``, ``fold-2``, ..."""


def sides_of(parts: Iterable[str]) -> dict[str, str]:
    """Part to the side it stands on.

    Every part is a side of its own, but for one case: of train, validation and test parts,
    validation joins training, as whatever is chosen on it is chosen before the test.

    >>> sides_of(["train", "validation", "test"])["validation"]
    'train'
    >>> sides_of(["train", "validation"])["validation"]
    'validation'
    """
    named = set(parts)
    joins = {TRAIN, TEST, VALIDATION} <= named
    return {part: TRAIN if joins and part == VALIDATION else part for part in named}


def on_both_sides(things: Iterable[tuple[str, str]]) -> set[str]:
    """Things, such as groups or sites, with photos on more than one side of a split.

    Args:
        things: Thing and part of each photo of the split; "" is no thing.
    """
    pairs = list(things)
    side = sides_of(part for _, part in pairs)
    sides: dict[str, set[str]] = defaultdict(set)
    for thing, part in pairs:
        sides[thing].add(side[part])
    return {thing for thing, its_sides in sides.items() if thing and len(its_sides) > 1}
