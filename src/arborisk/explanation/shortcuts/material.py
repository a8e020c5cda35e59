"""What all shortcut tests of one model share, made once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.interval import above
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.held_back import held_back_scores, score_of
from arborisk.explanation.shortcuts.measures import order_share
from arborisk.explanation.shortcuts.pairs import Pairs, gap_of, make_pairs
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.explanation.shortcuts.record import Reading
from arborisk.records import Interval


@dataclass(frozen=True, slots=True)
class Material:
    """Model, photos, and what the one says of the others.

    Attributes:
        opened: The model.
        photos: The photos.
        contrast: The question.
        plain: Log-probabilities of the untouched photos, shape (n, k).
        pairs: Pairs of photos of different classes.
        order: How well the untouched photos are put in order by the contrast.
        gap: Mean difference between photos of different classes.
        seed: Of all choices.
    """

    opened: OpenedModel
    photos: ShortcutPhotos
    contrast: Contrast
    plain: NDArray[np.float64]
    pairs: Pairs
    order: Interval
    gap: Interval
    seed: int

    @property
    def rows(self) -> NDArray[np.int64]:
        """Photos of the classes that are contrasted."""
        wanted = (self.contrast.of, *self.contrast.against)
        return np.flatnonzero(np.isin(self.photos.class_index, wanted))

    @property
    def tells_apart(self) -> bool:
        """Whether the model tells classes apart beyond chance: those asked about, or any."""
        return above(self.order, 0.5) or above(self.gap, 0.0)

    def score(self, log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of the contrast."""
        return score_of(log_probability, self.contrast.weights(self.opened.n_classes))

    def order_of(self, score: NDArray[np.float64], rows: NDArray[np.int64]) -> Interval:
        """How well a score of some photos puts their classes in order."""
        is_first = self.photos.class_index[rows] == self.contrast.of
        return order_share(score, is_first, self.photos.group_names(rows))

    def altered_order(self, arrays: NDArray[np.uint8], title: str) -> Reading:
        """How well the model orders the photos of `rows` after an alteration."""
        rows = self.rows
        said = held_back_scores(self.opened, arrays, self.photos.member[rows])
        return Reading(title, self.order_of(self.score(said), rows), 0.5, "chance")

    def untouched(self) -> Reading:
        """How well the model orders the photos as they are."""
        return Reading("photos as they are: order right", self.order, 0.5, "chance")


def make_material(
    opened: OpenedModel, photos: ShortcutPhotos, contrast: Contrast, *, n_pairs: int, seed: int
) -> Material:
    """Scores the untouched photos and chooses pairs.

    Args:
        opened: The model.
        photos: The photos.
        contrast: The question.
        n_pairs: Pairs of photos for tests that swap pieces.
        seed: Chooses the pairs.
    """
    plain = held_back_scores(opened, photos.arrays, photos.member)
    pairs = make_pairs(photos, opened.n_classes, n_pairs=n_pairs, seed=seed)
    wanted = np.isin(photos.class_index, (contrast.of, *contrast.against))
    rows = np.flatnonzero(wanted)
    score = score_of(plain[rows], contrast.weights(opened.n_classes))
    is_first = photos.class_index[rows] == contrast.of
    order = order_share(score, is_first, photos.group_names(rows))
    gap = gap_of(photos, plain, pairs)
    return Material(opened, photos, contrast, plain, pairs, order, gap, seed)
