"""Shapes of data sets on which the promise of `arborisk drift` is tried: trees, photos, likeness.

Used by benchmarks/drift.py. All numbers are drawn; nothing here is a photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 256
"""Numbers of an embedding; its variance falls along them as in the park photos (k^-1.1)."""
N_FACTS: Final = 4
LARGEST: Final = 30
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """How trees and photos are drawn.

    Attributes:
        old: Trees of training.
        old_size: Photos of each; a key of `SIZES`.
        new: New trees.
        new_size: Photos of each.
        correlation: Share of the variance that the photos of a tree have in common.
        nameless: Share of new photos whose tree the table does not name.
        ungrouped: The new photos come without any table: each is taken for a tree of its own.
        heavy: Trees and photos vary with heavy tails (Student's t, 3 degrees of freedom).
        size_shows: Trees of many photos look otherwise, in training and now.
    """

    old: int = 60
    old_size: str = "six"
    new: int = 30
    new_size: str = "one"
    correlation: float = 0.5
    nameless: float = 0.0
    ungrouped: bool = False
    heavy: bool = False
    size_shows: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Photos of one sample, those of training first.

    Attributes:
        embedding: Shape (n, WIDTH).
        facts: Shape (n, N_FACTS).
        class_index: 0 to 2, shape (n,).
        group: As `arborisk drift` is told, shape (n,).
        new: Which photos are new, shape (n,).
    """

    embedding: NDArray[np.float64]
    facts: NDArray[np.float64]
    class_index: Indices
    group: NDArray[np.str_]
    new: NDArray[np.bool_]


SIZES: Final = {
    "one": lambda n, random: np.ones(n, dtype=np.int64),
    "two": lambda n, random: np.full(n, 2),
    "six": lambda n, random: np.full(n, 6),
    "twelve": lambda n, random: np.full(n, 12),
    "mixed": lambda n, random: np.minimum(random.geometric(0.25, n), LARGEST),
    "six or one": lambda n, random: np.where(random.random(n) < 0.2, 1, 6),
}

_USUAL = Shape()
SHAPES: Final = {
    "60 trees of 6, 30 new of 1": _USUAL,
    "the same, photos of a tree no more alike than any": replace(_USUAL, correlation=0.0),
    "the same, photos of a tree nearly the same": replace(_USUAL, correlation=0.95),
    "60 of 1, 30 new of 6": replace(_USUAL, old_size="one", new_size="six"),
    "60 of 6, 30 new of 6": replace(_USUAL, new_size="six"),
    "60 of 1, 30 new of 1": replace(_USUAL, old_size="one"),
    "25 of 6, 200 new of 1": replace(_USUAL, old=25, new=200, correlation=0.3),
    "100 of 2, 20 new of 12": replace(
        _USUAL, old=100, old_size="two", new=20, new_size="twelve", correlation=0.3
    ),
    "40 of 1 to 30, 40 new of 1 to 30": replace(
        _USUAL, old=40, old_size="mixed", new=40, new_size="mixed", correlation=0.3
    ),
    "60 of 6, 30 new of 6 or 1": replace(_USUAL, new_size="six or one"),
    "40 of 1 to 30, 3 new of 6": replace(_USUAL, old=40, old_size="mixed", new=3, new_size="six"),
    "40 of 1 to 30, 5 new of 1": replace(_USUAL, old=40, old_size="mixed", new=5),
    "12 of 12, 12 new of 1": replace(_USUAL, old=12, old_size="twelve", new=12),
    "10 of 2, 10 new of 2": replace(
        _USUAL, old=10, old_size="two", new=10, new_size="two", correlation=0.3
    ),
    "300 of 6 (500 photos kept), 100 new of 1": replace(_USUAL, old=300, new=100),
    "60 of 6, 30 new of 6, a third of the photos without a name": replace(
        _USUAL, new_size="six", nameless=1 / 3
    ),
    "60 of 6, 30 new of 1, heavy tails": replace(_USUAL, heavy=True),
    "60 of 1 to 30, 30 new of 1 to 30, the size shows": replace(
        _USUAL, old_size="mixed", new_size="mixed", size_shows=True
    ),
    "60 of 6, 30 new of 6, no new photo has a group": replace(
        _USUAL, new_size="six", ungrouped=True
    ),
}
NOT_PROMISED: Final = frozenset({"60 of 6, 30 new of 6, no new photo has a group"})
QUICK: Final = (
    "60 trees of 6, 30 new of 1",
    "60 of 1, 30 new of 6",
    "40 of 1 to 30, 40 new of 1 to 30",
    "40 of 1 to 30, 5 new of 1",
    "10 of 2, 10 new of 2",
)


def draw(shape: Shape, random: np.random.Generator) -> Drawn:
    """Photos of training and new ones, between which nothing has changed but luck."""
    size = np.concatenate(
        [
            SIZES[shape.old_size](shape.old, random),
            SIZES[shape.new_size](shape.new, random),
        ]
    )
    tree = np.repeat(np.arange(len(size)), size)
    width = WIDTH + N_FACTS
    of_tree, of_photo = (_noise(n, width, shape.heavy, random) for n in (len(size), len(tree)))
    share = shape.correlation
    values = np.sqrt(share) * of_tree[tree] + np.sqrt(1 - share) * of_photo
    if shape.size_shows:
        values += 0.5 * np.log(size)[tree, None]
    # The class is seen in the second number, with as much noise again.
    seen = values[:, 1] + random.normal(size=len(tree))
    class_index = np.digitize(seen, [-0.6, 0.6])
    names = np.array([f"tree {number}" for number in tree], dtype="U20")
    new = tree >= shape.old
    lost = new & (random.random(len(tree)) < (1.0 if shape.ungrouped else shape.nameless))
    names[lost] = [f"photo {row}" for row in np.flatnonzero(lost)]
    if not shape.ungrouped:
        names[lost] = "without a group"
    scale = np.arange(1, WIDTH + 1) ** -0.55
    return Drawn(values[:, :WIDTH] * scale, values[:, WIDTH:], class_index, names, new)


def _noise(n: int, width: int, heavy: bool, random: np.random.Generator) -> NDArray[np.float64]:
    """Standard normal, or heavier: each row stretched by its own factor, as a t variable is."""
    values = random.normal(size=(n, width))
    return values / np.sqrt(random.chisquare(3, size=(n, 1)) / 3) if heavy else values
