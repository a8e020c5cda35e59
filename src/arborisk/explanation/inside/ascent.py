"""Pictures made by gradient ascent: what raises a value if a picture may be anything.

Source: Erhan et al. (2009), technical report 1341, Montreal. Jitter after Mordvintsev et al.
(2015), blur and pull after Yosinski et al. (2015), ICML workshop on deep learning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.inside.fields import UnitField, read
from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.records import (
    Climbed,
    Patch,
    UnitFacts,
    UnitInside,
    cut,
    window_at,
)
from arborisk.explanation.opened import OpenedModel

MIDDLE = 127.0
"""Grey from which pictures begin and to which they are pulled."""


@dataclass(frozen=True, slots=True)
class AscentSettings:
    """How a picture climbs; all regularisers are mild.

    Attributes:
        n_steps: Steps.
        step: Length of the first step, in grey levels a pixel (root of the mean square over the
            pixels that matter); it falls to a quarter.
        jitter_px: Largest shift of the picture before each step; none in the last quarter.
        blur_px: Blur of the gradient at the first step, standard deviation; the last is a quarter.
        pull: Share of its distance from grey that each pixel loses a step (an L2 penalty).
        noise: Spread of the noise it begins with, in grey levels.
    """

    n_steps: int = 32
    step: float = 10.0
    jitter_px: int = 4
    blur_px: float = 1.6
    pull: float = 0.02
    noise: float = 8.0


def climb(
    value_of: Callable[[Tensor], Tensor],
    shape: tuple[int, int, int, int],
    *,
    seed: int,
    settings: AscentSettings | None = None,
    shown: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Climbed, ...]:
    """Raises the value of each of several pictures.

    Every pixel stays between 0 and 255, so that a photo could in principle have it.

    Args:
        value_of: Gives the value of each picture, shape (n,), of tones, shape (n, side, side,
            channels).
        shape: Of the tones.
        seed: Start of noise and jitter.
        settings: How to climb.
        shown: Gives the values stated before and after, where they are not those that are raised.
    """
    settings, shown = settings or AscentSettings(), shown or value_of
    random = torch.Generator().manual_seed(seed)
    noise = settings.noise * torch.randn(shape, generator=random)
    tones = (MIDDLE + noise).clamp(0.0, 255.0).round()
    with torch.no_grad():
        began = shown(tones).tolist()
    for step in range(settings.n_steps):
        left = 1.0 - 0.75 * step / max(settings.n_steps - 1, 1)
        tones = _step(value_of, tones, settings, left, random)
    tones = tones.round()
    with torch.no_grad():
        reached = shown(tones).tolist()
    pixels = tones.byte().numpy()
    return tuple(
        Climbed(np.array(one), start, end)
        for one, start, end in zip(pixels, began, reached, strict=True)
    )


def _step(
    value_of: Callable[[Tensor], Tensor],
    tones: Tensor,
    settings: AscentSettings,
    left: float,
    random: torch.Generator,
) -> Tensor:
    """One step; `left` falls from 1 to a quarter."""
    most = settings.jitter_px if left > 0.44 else 0  # where a unit looks is settled last
    down, right = torch.randint(-most, most + 1, (2,), generator=random).tolist()
    shifted = torch.roll(tones, (down, right), dims=(1, 2)).requires_grad_(True)
    (gradient,) = torch.autograd.grad(value_of(shifted).sum(), shifted)
    # Without a gradient there is no direction: then any is tried.
    silent = gradient.flatten(1).abs().amax(dim=1) == 0
    tried = torch.randn(gradient.shape, generator=random)
    gradient = torch.where(silent[:, None, None, None], tried, gradient)
    gradient = torch.roll(gradient, (-down, -right), dims=(1, 2))
    direction = blurred(gradient, settings.blur_px * left)
    n_moved = (direction != 0).sum(dim=(1, 2, 3), keepdim=True).clamp(min=1)
    size = (direction.pow(2).sum(dim=(1, 2, 3), keepdim=True) / n_moved).sqrt()
    moved = tones + settings.step * left * direction / size.clamp(min=1e-12)
    return (MIDDLE + (moved - MIDDLE) * (1.0 - settings.pull)).clamp(0.0, 255.0)


def blurred(tones: Tensor, spread_px: float) -> Tensor:
    """Gaussian blur of tones, shape (n, side, side, channels); edges are repeated.

    Args:
        tones: What to blur.
        spread_px: Standard deviation; 0 changes nothing.
    """
    radius = round(3 * spread_px)
    if radius < 1:
        return tones
    distance = torch.arange(-radius, radius + 1, dtype=tones.dtype)
    kernel = torch.exp(-0.5 * (distance / spread_px) ** 2)
    kernel = (kernel / kernel.sum()).reshape(1, 1, -1)
    n, side, _, channels = tones.shape
    planes = tones.permute(0, 3, 1, 2)
    for _ in range(2):  # along the rows, then along the columns
        lines = planes.reshape(n * channels * side, 1, side)
        padded = torch.nn.functional.pad(lines, (radius, radius), mode="replicate")
        smooth = torch.nn.functional.conv1d(padded, kernel)
        planes = smooth.reshape(n, channels, side, side).transpose(2, 3)
    return planes.permute(0, 2, 3, 1)


LARGEST_CANVAS_PX = 128
"""Side of a made picture at most: a place in the middle of it sees about all it can use."""
MULTIPLE_PX = 32  # networks halve their picture up to five times


def climb_units(
    opened: OpenedModel,
    layer: Layer,
    field: UnitField,
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


def _around(pixels: NDArray[np.uint8], middle_px: float, field: UnitField) -> NDArray[np.uint8]:
    """The field of the middle place and a pixel around it, where the picture is wider."""
    shown_px = field.side_px + 2
    if field.whole or shown_px >= len(pixels):
        return pixels
    first = int(min(max(round(middle_px - shown_px / 2), 0), len(pixels) - shown_px))
    return np.array(pixels[first : first + shown_px, first : first + shown_px])


def fitted(settings: AscentSettings, field: UnitField) -> AscentSettings:
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


def canvas_px(layer: Layer, field: UnitField, size_px: int, jitter_px: int) -> int:
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


CORE_FROM = 0.5
"""Fields wider than this share of the picture are shown by their core."""


def shown_units(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    layer: Layer,
    field: UnitField,
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
    arrays: NDArray[np.uint8], layer: Layer, field: UnitField, facts: UnitFacts, unit: int
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


def shown_px_of(field: UnitField, size_px: int) -> tuple[int, int]:
    """Sides of what is shown and of what is framed of a field, in pixels.

    All of it, or of a wide one the core and within it the middle that half of the ways come from.
    """
    if field.side_px <= CORE_FROM * size_px:
        return field.side_px, field.side_px
    return field.core_px, field.half_px
