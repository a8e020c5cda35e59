"""Gradient ascent for units of a layer and for the contrast of classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.inside.ascent import AscentSettings, climb
from arborisk.explanation.inside.fields import Field
from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.reading import read
from arborisk.explanation.inside.records import Climbed
from arborisk.explanation.opened import OpenedModel

LARGEST_CANVAS_PX = 128
"""Side of a made picture at most: a place in the middle of it sees about all it can use."""
MULTIPLE_PX = 32  # networks halve their picture up to five times


def climb_units(
    opened: OpenedModel,
    layer: Layer,
    field: Field,
    units: Sequence[int],
    *,
    body: int,
    seed: int,
    settings: AscentSettings | None = None,
) -> tuple[Climbed, ...]:
    """A picture for each unit that raises its activation at the middle place.

    All are made in one batch, and only the part of the network below the layer runs. What lies
    beyond the field of the middle place is cut off: it has no effect.

    Args:
        opened: The model.
        layer: Layer of the units.
        field: What its places look at; says how large the pictures are.
        units: Numbers of the units.
        body: Which of the model's bodies.
        seed: Start of noise and jitter.
        settings: How to climb.
    """
    settings = fitted(settings or AscentSettings(), field)
    side_px = canvas_px(layer, field, opened.preprocess.size_px, settings.jitter_px)
    network = opened.bodies[body]
    rows = torch.arange(len(units))
    numbers = torch.tensor(units, dtype=torch.int64)
    middles: list[int] = []

    def at_middle(tones: Tensor, before_activation: bool) -> Tensor:
        found: list[Tensor] = []

        def take(_: int, output: Tensor) -> None:
            middle = output.shape[2] // 2
            middles.append(middle)
            found.append(output[rows, numbers, middle, middle])

        read(
            network,
            opened.network.scaling(tones),
            [layer],
            take,
            to_end=False,
            before_activation=before_activation,
        )
        return found[0]

    shape = (len(units), side_px, side_px, opened.preprocess.channels)
    made = climb(
        lambda tones: at_middle(tones, True),
        shape,
        seed=seed,
        settings=settings,
        shown=lambda tones: at_middle(tones, False),
    )
    middle_px = field.middle_px(middles[-1])
    return tuple(replace(one, pixels=_around(one.pixels, middle_px, field)) for one in made)


def climb_contrast(
    opened: OpenedModel,
    contrast: Contrast,
    *,
    seed: int,
    settings: AscentSettings | None = None,
) -> tuple[Climbed, Climbed]:
    """A picture that raises the score of a contrast, and one that lowers it.

    The second one's values are of the score too.

    Args:
        opened: The model.
        contrast: The question.
        seed: Start of noise and jitter.
        settings: How to climb.
    """
    sign = torch.tensor([1.0, -1.0])

    def value_of(tones: Tensor) -> Tensor:
        return sign * opened.score(opened.network.scaling(tones), contrast)

    side_px = opened.preprocess.size_px
    shape = (2, side_px, side_px, opened.preprocess.channels)
    up, down = climb(value_of, shape, seed=seed, settings=settings)
    return up, Climbed(down.pixels, -down.began, -down.reached)


def _around(pixels: NDArray[np.uint8], middle_px: float, field: Field) -> NDArray[np.uint8]:
    """The field of the middle place and a pixel around it, where the picture is wider."""
    shown_px = field.side_px + 2
    if field.whole or shown_px >= len(pixels):
        return pixels
    first = int(min(max(round(middle_px - shown_px / 2), 0), len(pixels) - shown_px))
    return np.array(pixels[first : first + shown_px, first : first + shown_px])


def fitted(settings: AscentSettings, field: Field) -> AscentSettings:
    """Jitter and blur no wider than what a place looks at can bear, a sixteenth of its side.

    Args:
        settings: How to climb where fields are wide.
        field: What the places of a layer look at.
    """
    most = field.side_px / 16
    return replace(
        settings,
        jitter_px=min(settings.jitter_px, int(most)),
        blur_px=min(settings.blur_px, most),
    )


def canvas_px(layer: Layer, field: Field, size_px: int, jitter_px: int) -> int:
    """Side of the pictures made for a layer: as small as its field allows, to save time.

    Args:
        layer: The layer.
        field: What its places look at.
        size_px: Side of the network's picture.
        jitter_px: Largest shift of a picture.
    """
    if layer.kind == "dense layer":
        return size_px
    needed = MULTIPLE_PX * math.ceil((field.side_px + 2 * jitter_px + 1) / MULTIPLE_PX)
    return min(size_px, LARGEST_CANVAS_PX, needed)
