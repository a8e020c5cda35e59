"""Near-duplicate pairs of a data set, by photo id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.table import DuplicatePair
from arborisk.photos import find_near_duplicates
from arborisk.records import PhotoRow

_SAME_FRAME_CORRELATION = 0.97
"""Correlation of whole thumbnails above which two pictures lie alike: chosen on park photos so that
smaller, harder-compressed copies pass and crops shifted by a tenth of the side do not."""


def find_pairs(rows: Sequence[PhotoRow], thumbnails: NDArray[np.uint8]) -> list[DuplicatePair]:
    """Near-duplicates among photos.

    Args:
        rows: Photos.
        thumbnails: One a photo, shape (n_photos, height, width).
    """
    return [
        DuplicatePair(
            rows[pair.first].photo_id,
            rows[pair.second].photo_id,
            pair.correlation,
            pair.mirrored,
            _correlation(thumbnails[pair.first], thumbnails[pair.second])
            >= _SAME_FRAME_CORRELATION,
            strength=max(0.0, pair.correlation),
        )
        for pair in find_near_duplicates(thumbnails)
    ]


def _correlation(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Correlation of two pictures as they lie; 1 for two that show nothing."""
    left, right = first.astype(np.float64).ravel(), second.astype(np.float64).ravel()
    left, right = left - left.mean(), right - right.mean()
    length = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / length if length else 1.0
