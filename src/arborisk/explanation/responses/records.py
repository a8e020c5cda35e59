"""What was measured when one thing at a time was changed in drawn trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.responses.factors import Factor

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FactorResponse:
    """Answers to one factor, for t trees at l levels.

    Attributes:
        factor: What was changed.
        levels: Ascending, shape (l,).
        score: Score of the contrast, shape (t, l).
        probability: Of each class, uncalibrated, shape (t, l, n_classes).
        critical_gust_ms: Gust at which mechanics expects the tree to fail, given what a photo can
            show of it, m/s, shape (t, l).
        normal_gust_ms: Strongest gust of normal weather at the site, m/s, shape (t, l).
        extreme_gust_ms: Gust of extreme weather at the site, m/s, shape (t, l).
        same_picture: Whether every tree's pictures are the same at all levels, byte for byte.
        strip: Small JPEG pictures of one tree by level: the lowest, a middle one, the highest.
    """

    factor: Factor
    levels: Floats
    score: Floats
    probability: Floats
    critical_gust_ms: Floats
    normal_gust_ms: Floats
    extreme_gust_ms: Floats
    same_picture: bool
    strip: Mapping[float, bytes]

    @property
    def expected_index(self) -> Floats:
        """Mean class index, shape (t, l); it says something where classes have an order."""
        index: Floats = self.probability @ np.arange(self.probability.shape[2], dtype=np.float64)
        return index


@dataclass(frozen=True, slots=True)
class Interventions:
    """All factors, over the same drawn trees.

    Attributes:
        responses: By factor, in the order asked for.
        titles: Titles of the classes, in class order.
        contrast: What the score is of.
        direction: 1 where a higher score means likelier to fail, -1 where it means less likely, 0
            where the classes have no order or the contrast none.
        n_trees: Drawn trees.
        size_px: Width and height of the drawn photos.
        seed: Of trees, sites and photos.
        learnt_from_drawn: Whether the model was trained on drawn trees; None where not known.
    """

    responses: tuple[FactorResponse, ...]
    titles: tuple[str, ...]
    contrast: Contrast
    direction: int
    n_trees: int
    size_px: tuple[int, int]
    seed: int
    learnt_from_drawn: bool | None

    @property
    def of(self) -> str:
        """Title of the class asked about."""
        return self.titles[self.contrast.of]


def direction_of(contrast: Contrast, *, ordered: bool) -> int:
    """1, -1 or 0, see `Interventions`; classes with an order ascend by likelihood of failure.

    >>> [direction_of(Contrast(2, (0, 1)), ordered=order) for order in (True, False)]
    [1, 0]
    >>> [direction_of(one, ordered=True) for one in (Contrast(0, (2,)), Contrast(1, (0, 2)))]
    [-1, 0]
    """
    if not ordered:
        return 0
    if all(contrast.of > other for other in contrast.against):
        return 1
    return -1 if all(contrast.of < other for other in contrast.against) else 0
