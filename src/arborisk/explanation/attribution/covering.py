"""Maps from covering the photo place by place: how the score falls without a place."""

from __future__ import annotations

from typing import Final

from captum.attr import Occlusion
from torch import Tensor

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.attribution.scores import grey
from arborisk.explanation.opened import OpenedModel

WINDOWS_PER_SIDE: Final = 7
"""A grey square covers a seventh of the side, 32 px of 224, and moves by half of that."""
AT_ONCE: Final = 16
"""Pictures a pass, covered copies of all photos together."""


def occlusion(opened: OpenedModel, pictures: Tensor, contrast: Contrast, seed: int) -> Tensor:
    """Fall of the score when a grey square covers the place, shape (n, size, size).

    Signed: below 0 the place spoke against. Where squares overlap it is their mean.

    Source: Zeiler and Fergus (2014), ECCV, 818-833.
    """
    return occlusion_map(opened, pictures, contrast, at_once=AT_ONCE)


def occlusion_map(
    opened: OpenedModel, pictures: Tensor, contrast: Contrast, *, at_once: int
) -> Tensor:
    """The same with a chosen number of pictures a pass; it changes the time alone."""
    channels, size = pictures.shape[1], pictures.shape[2]
    window = max(1, round(size / WINDOWS_PER_SIDE))
    step = max(1, window // 2)
    found: Tensor = Occlusion(lambda some: opened.score(some, contrast)).attribute(
        pictures,
        sliding_window_shapes=(channels, window, window),
        strides=(channels, step, step),
        baselines=grey(opened, pictures),
        perturbations_per_eval=max(1, at_once // len(pictures)),
    )
    return found[:, 0]  # all channels are covered together and share one value
