"""The methods by name, each with what it does and what it cannot say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from torch import Tensor

from arborisk.bundle.contrast import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.attribution import activation, covering, gradients
from arborisk.explanation.opened import OpenedModel

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
        activation.class_activation,
    ),
    "grad_cam": Method(
        "Grad-CAM",
        "Weighs the last maps by how the score follows them, and keeps what speaks for the class.",
        "As coarse as the last map; what speaks against is cut off; an approximation where more "
        "than a mean follows the maps.",
        False,
        activation.grad_cam,
    ),
    "grad_cam_pp": Method(
        "Grad-CAM++",
        "Grad-CAM with weights that favour neither large nor small places.",
        "As Grad-CAM; it takes only gradients above 0, and so colours places that speak against.",
        False,
        activation.grad_cam_pp,
    ),
    "saliency": Method(
        "Gradient saliency",
        "Shows how much the score would change with a small change of each pixel.",
        "Grainy; it shows where the network is sensitive, not what speaks for the class.",
        False,
        gradients.saliency,
    ),
    "smooth_saliency": Method(
        "Smoothed gradient saliency",
        "The mean of gradient saliency over copies of the photo with a little noise.",
        "As gradient saliency, with less grain; it hangs on the noise, so a seed is stated.",
        False,
        gradients.smooth_saliency,
    ),
    "integrated_gradients": Method(
        "Integrated gradients",
        "Adds up the gradients on the way from a grey picture to the photo; the pixels sum to the "
        "difference of the two scores.",
        "Grey places get nothing, since they do not change; another baseline gives another map.",
        True,
        gradients.integrated_gradients,
    ),
    "occlusion": Method(
        "Occlusion",
        "Covers the photo with a grey square, place by place, and shows how far the score falls.",
        "A grey square is itself something to see; two places that say the same hide each other; "
        "some 200 passes a photo.",
        True,
        covering.occlusion,
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
