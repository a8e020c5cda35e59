"""Near-duplicate pairs of a data set, by photo id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.table import DuplicatePair
from arborisk.photos.copies.features import LocalFeatures
from arborisk.photos.copies.geometry import FEWEST_ALIKE
from arborisk.photos.copies.search import CopyPair, find_copies
from arborisk.photos.near_duplicates import find_near_duplicates
from arborisk.records import PhotoRow

_SAME_FRAME_CORRELATION = 0.97
"""Correlation of whole thumbnails above which two pictures lie alike: chosen on park photos so that
smaller, harder-compressed copies pass and crops shifted by a tenth of the side do not."""
_FEW_FEATURES = 3 * FEWEST_ALIKE
"""Photos with fewer features (blurred, or nearly even) are compared by thumbnails instead."""
_HALF_SURE = 20
"""Features carried over that give a link half of its strength."""


def find_pairs(
    rows: Sequence[PhotoRow],
    thumbnails: NDArray[np.uint8],
    features: Sequence[LocalFeatures] = (),
) -> list[DuplicatePair]:
    """Near-duplicates among photos.

    Args:
        rows: Photos.
        thumbnails: One a photo, shape (n_photos, height, width).
        features: One a photo; without them thumbnails alone are compared.
    """
    if not features:
        return _by_thumbnails(rows, thumbnails, range(len(rows)))
    pairs = [
        DuplicatePair(
            rows[pair.first].photo_id,
            rows[pair.second].photo_id,
            pair.correlation,
            pair.mirrored,
            pair.whole,
            strength=strength_of(pair),
            change=pair.change,
        )
        for pair in find_copies(features)
    ]
    plain = [row for row, one in enumerate(features) if len(one.place) < _FEW_FEATURES]
    known = {(pair.first, pair.second) for pair in pairs}
    pairs += [
        pair
        for pair in _by_thumbnails(rows, thumbnails, plain)
        if (pair.first, pair.second) not in known
    ]
    place = {row.photo_id: number for number, row in enumerate(rows)}
    return sorted(pairs, key=lambda pair: (place[pair.first], place[pair.second]))


def strength_of(pair: CopyPair) -> float:
    """How sure a link is, 0 to 1, by the features carried over."""
    return pair.n_alike / (pair.n_alike + _HALF_SURE)


def _by_thumbnails(
    rows: Sequence[PhotoRow], thumbnails: NDArray[np.uint8], chosen: Sequence[int]
) -> list[DuplicatePair]:
    kept = thumbnails[list(chosen)]
    return [
        DuplicatePair(
            rows[chosen[pair.first]].photo_id,
            rows[chosen[pair.second]].photo_id,
            pair.correlation,
            pair.mirrored,
            _correlation(kept[pair.first], kept[pair.second]) >= _SAME_FRAME_CORRELATION,
            strength=max(0.0, pair.correlation),
        )
        for pair in find_near_duplicates(kept)
    ]


def _correlation(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Correlation of two pictures as they lie; 1 for two that show nothing."""
    left, right = first.astype(np.float64).ravel(), second.astype(np.float64).ravel()
    left, right = left - left.mean(), right - right.mean()
    length = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / length if length else 1.0
