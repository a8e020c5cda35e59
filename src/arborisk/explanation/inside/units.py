"""What excites the units that are shown: photos, and pictures made for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.inside.ascent import AscentSettings
from arborisk.explanation.inside.climbing import climb_units
from arborisk.explanation.inside.fields import Field
from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.patches import cut, window_at
from arborisk.explanation.inside.records import Patch, UnitFacts, UnitInside
from arborisk.explanation.opened import OpenedModel

CORE_FROM = 0.5
"""Fields wider than this share of the picture are shown by their core."""


def shown_units(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    layer: Layer,
    field: Field,
    facts: UnitFacts,
    chosen: Sequence[tuple[int, str]],
    *,
    body: int,
    seed: int,
    ascent: AscentSettings | None = None,
) -> tuple[UnitInside, ...]:
    """The chosen units of a layer with their patches and made pictures.

    Args:
        opened: The model.
        arrays: The photos that passed; a few are read again.
        layer: The layer.
        field: What its places look at.
        facts: Of its units.
        chosen: Number of each unit, and why it is shown.
        body: Which of the model's bodies.
        seed: Start of what is random.
        ascent: How pictures are made.
    """
    numbers = [number for number, _ in chosen]
    climbed = climb_units(opened, layer, field, numbers, body=body, seed=seed, settings=ascent)
    return tuple(
        UnitInside(number, why, patches_of(arrays, layer, field, facts, number), made)
        for (number, why), made in zip(chosen, climbed, strict=True)
    )


def patches_of(
    arrays: NDArray[np.uint8], layer: Layer, field: Field, facts: UnitFacts, unit: int
) -> tuple[Patch, ...]:
    """What excites a unit most, cut out of the photos, strongest first.

    Args:
        arrays: The photos.
        layer: The layer.
        field: What its places look at.
        facts: Of its units.
        unit: Number of the unit.
    """
    excited = facts.excited
    size_px = arrays.shape[1]
    shown_px, framed_px = shown_px_of(field, size_px)
    found = []
    for value, photo, place in zip(
        excited.values[unit], excited.photos[unit], excited.places[unit], strict=True
    ):
        if photo < 0:
            break
        row, column = divmod(int(place), layer.side)
        window = window_at(
            field.middle_px(row),
            field.middle_px(column),
            shown_px=shown_px,
            framed_px=framed_px,
            size_px=size_px,
        )
        pixels = cut(arrays[photo], window)
        found.append(Patch(int(photo), float(value), pixels, window.framed))
    return tuple(found)


def shown_px_of(field: Field, size_px: int) -> tuple[int, int]:
    """Sides of what is shown and of what is framed of a field, in pixels.

    All of it, or of a wide one the core and within it the middle that half of the ways come from.
    """
    if field.side_px <= CORE_FROM * size_px:
        return field.side_px, field.side_px
    return field.core_px, field.half_px
