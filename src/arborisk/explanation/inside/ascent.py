"""Pictures made by gradient ascent: what raises a value if a picture may be anything.

Source: Erhan et al. (2009), technical report 1341, Montreal. Jitter after Mordvintsev et al.
(2015), blur and pull after Yosinski et al. (2015), ICML workshop on deep learning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from arborisk.explanation.inside.records import Climbed

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
