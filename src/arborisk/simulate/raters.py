"""Raters of known confusion: what people might have said of a drawn photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DrawnRater:
    """One made-up rater.

    Attributes:
        name: As it stands in the tables.
        confusion: P(label said | true class), one row a true class, Improbable first.
    """

    name: str
    confusion: tuple[
        tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]
    ]


RATERS = (
    DrawnRater("rater-a", ((0.88, 0.10, 0.02), (0.15, 0.72, 0.13), (0.03, 0.17, 0.80))),
    DrawnRater("rater-b", ((0.80, 0.16, 0.04), (0.18, 0.62, 0.20), (0.05, 0.20, 0.75))),
    DrawnRater("rater-c", ((0.70, 0.23, 0.07), (0.06, 0.64, 0.30), (0.01, 0.09, 0.90))),
    DrawnRater("rater-d", ((0.72, 0.20, 0.08), (0.30, 0.48, 0.22), (0.10, 0.30, 0.60))),
)
"""Errors go to the neighbouring class more often than past it. Rater c leans to the likelier class,
rater d is new to the work. Assumptions: no confusion matrix of arborists is published."""


def draw_ratings(class_index: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """What each rater says of each photo, independently given its true class.

    Args:
        class_index: True class of each photo, shape (n_photos,).
        rng: Source of randomness.

    Returns:
        Class index said, shape (n_photos, n_raters), columns as `RATERS`.
    """
    chance = rng.random((len(class_index), len(RATERS), 1))
    confusion = np.array([rater.confusion for rater in RATERS])
    upper = confusion.cumsum(axis=2)[:, class_index, :-1].transpose(1, 0, 2)
    return np.asarray((chance > upper).sum(axis=2), dtype=np.int64)
