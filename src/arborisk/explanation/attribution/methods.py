"""The methods by name, each with what it does and what it cannot say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.attribution import maps
from arborisk.explanation.opened import OpenedModel
from arborisk.metrics.scores import predicted_class

Maker = Callable[[OpenedModel, Tensor, Contrast, int], Tensor]
"""Makes maps, shape (n, h, w), of a model, normalised pictures, a contrast and a seed."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to say where a network looks.

    Attributes:
        title: Name for people.
        does: What it does, one sentence.
        limits: What it cannot say.
        signed: Whether places may speak against, below 0.
        make: Makes the maps.
    """

    title: str
    does: str
    limits: str
    signed: bool
    make: Maker


METHODS: Final[dict[str, Method]] = {
    "class_activation": Method(
        "Exact class activation map",
        "Splits the score into what each place of the last map adds to it; the places sum to it.",
        "Only for networks that take the mean of their last map; each place has seen much of the "
        "photo around it, so that its edges are no outlines.",
        True,
        maps.class_activation,
    ),
    "grad_cam": Method(
        "Grad-CAM",
        "Weighs the last maps by how the score follows them, and keeps what speaks for the class.",
        "As coarse as the last map; what speaks against is cut off; an approximation where more "
        "than a mean follows the maps.",
        False,
        maps.grad_cam,
    ),
    "grad_cam_pp": Method(
        "Grad-CAM++",
        "Grad-CAM with weights that favour neither large nor small places.",
        "As Grad-CAM; it takes only gradients above 0, and so colours places that speak against.",
        False,
        maps.grad_cam_pp,
    ),
    "saliency": Method(
        "Gradient saliency",
        "Shows how much the score would change with a small change of each pixel.",
        "Grainy; it shows where the network is sensitive, not what speaks for the class.",
        False,
        maps.saliency,
    ),
    "smooth_saliency": Method(
        "Smoothed gradient saliency",
        "The mean of gradient saliency over copies of the photo with a little noise.",
        "As gradient saliency, with less grain; it hangs on the noise, so a seed is stated.",
        False,
        maps.smooth_saliency,
    ),
    "integrated_gradients": Method(
        "Integrated gradients",
        "Adds up the gradients on the way from a grey picture to the photo; the pixels sum to the "
        "difference of the two scores.",
        "Grey places get nothing, since they do not change; another baseline gives another map.",
        True,
        maps.integrated_gradients,
    ),
    "occlusion": Method(
        "Occlusion",
        "Covers the photo with a grey square, place by place, and shows how far the score falls.",
        "A grey square is itself something to see; two places that say the same hide each other; "
        "some 200 passes a photo.",
        True,
        maps.occlusion,
    ),
}


def method_of(name: str) -> Method:
    """The method of that name.

    Raises:
        SettingsError: There is none; names those there are.
    """
    if name not in METHODS:
        raise SettingsError(
            f"one of the methods {', '.join(METHODS)}",
            repr(name),
            "the method",
            "Choose one of these methods.",
        )
    return METHODS[name]


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
