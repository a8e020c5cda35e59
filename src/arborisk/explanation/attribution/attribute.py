"""Maps of many photos with one method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.attribution.methods import method_of
from arborisk.explanation.opened import OpenedModel
from arborisk.metrics.sums import predicted_class

BATCH = 8
"""Photos a pass; it changes the time alone."""


@dataclass(frozen=True, slots=True)
class AttributionMaps:
    """Where a network looked in n photos.

    Attributes:
        values: float32, shape (n, h, w), over the prepared array at the method's own resolution.
        method: Key of `arborisk.explanation.attribution.METHODS`.
        contrasts: What was asked of each photo.
        cell_px: Side of a place, in pixels of the array; 1 for methods on pixels.
    """

    values: NDArray[np.float32]
    method: str
    contrasts: tuple[Contrast, ...]
    cell_px: float


def attribute(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast | None,
    method: str,
    *,
    seed: int = 0,
    batch: int = BATCH,
) -> AttributionMaps:
    """Maps of photos.

    Args:
        opened: The model.
        arrays: Prepared photos, uint8, shape (n, size, size, channels), n at least 1.
        contrast: What is asked; None asks each photo for its likeliest class against all others.
        method: Key of `arborisk.explanation.attribution.METHODS`.
        seed: Of methods that draw at random.
        batch: Photos a pass.

    Raises:
        SettingsError: No such method, or it does not fit the network; says which to use.
    """
    make = method_of(method).make
    asked = (contrast,) * len(arrays) if contrast else likeliest(opened, arrays, batch=batch)
    found: dict[int, NDArray[np.float32]] = {}
    for one in dict.fromkeys(asked):
        rows = [row for row, other in enumerate(asked) if other == one]
        for start in range(0, len(rows), batch):
            some = rows[start : start + batch]
            maps = make(opened, opened.pictures(arrays[some]), one, seed)
            found |= dict(zip(some, maps.detach().float().numpy(), strict=True))
    values = np.stack([found[row] for row in range(len(arrays))])
    return AttributionMaps(values, method, asked, arrays.shape[1] / values.shape[1])


def likeliest(
    opened: OpenedModel, arrays: NDArray[np.uint8], *, batch: int = BATCH
) -> tuple[Contrast, ...]:
    """For each photo, its likeliest class against all others."""
    classes = range(opened.n_classes)
    answers = predicted_class(opened.probability(arrays, batch=batch))
    return tuple(
        Contrast(int(answer), tuple(one for one in classes if one != answer)) for answer in answers
    )
