"""Which layer a class activation map is read from, for each kind of network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MapLayer:
    """The layer whose maps Grad-CAM weighs: always what `Network.features` gives.

    Attributes:
        title: Which layer that is.
        size_px: Side of the picture at which `places` is stated, pixels.
        places: Places along a side of its maps at that size.
        why: Why this one.
    """

    title: str
    size_px: int
    places: int
    why: str


_LAST = (
    "the last layer that keeps the picture's plane; all that follows is its mean and the classes"
)

LAYERS: Final[dict[str, MapLayer]] = {
    "model1": MapLayer(
        "the last convolution, before its pooling",
        108,
        13,
        "the pooling after it would halve the map; dense layers follow, so that no map is exact",
    ),
    "efficientnet_depths": MapLayer(
        "the last, the middle and the early map, side by side",
        224,
        14,
        "the classes read all of them at once; the last map is laid over the finer grid of the "
        "middle one and the early one is averaged to it, where their means stay the same",
    ),
    "efficientnet_pair": MapLayer(
        "the last and the middle maps of both bodies, side by side",
        224,
        14,
        "the classes read all four at once; the last maps are laid over the finer grid of the "
        "middle ones, where their mean stays the same",
    ),
    "efficientnet_lite0": MapLayer("the last convolution", 224, 7, _LAST),
    "efficientnet_lite1": MapLayer("the last convolution", 240, 8, _LAST),
    "efficientnet_lite2": MapLayer("the last convolution", 260, 9, _LAST),
    "resnet50": MapLayer("the last residual block, after its ReLU", 224, 7, _LAST),
    "googlenet": MapLayer("the last inception block, its four ways joined", 224, 7, _LAST),
}
"""By name in `arborisk.models.MODELS`."""
