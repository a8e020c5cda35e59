"""Feature maps of a few photos at all chosen layers, by one pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.reading import read
from arborisk.explanation.inside.records import Example, PhotoMaps
from arborisk.explanation.opened import OpenedModel

N_STRONGEST = 6


def choose_examples(arrays: NDArray[np.uint8], scores: NDArray[np.float64]) -> tuple[Example, ...]:
    """The photos with the highest and the lowest score; one where there is but one.

    Args:
        arrays: Prepared photos, shape (n, size, size, channels).
        scores: Score of the contrast, shape (n,).
    """
    found: list[Example] = []
    for why, photo in (
        ("highest score", int(np.argmax(scores))),
        ("lowest score", int(np.argmin(scores))),
    ):
        if photo not in [one.photo for one in found]:
            found.append(Example(photo, float(scores[photo]), why, np.array(arrays[photo])))
    return tuple(found)


def maps_of(
    opened: OpenedModel, layers: Sequence[Layer], examples: Sequence[Example], *, body: int
) -> list[NDArray[np.float32]]:
    """Maps of each layer, each of shape (examples, units, side, side).

    Args:
        opened: The model.
        layers: The layers.
        examples: The photos.
        body: Which of the model's bodies.
    """
    found: dict[int, NDArray[np.float32]] = {}

    def take(number: int, output: Tensor) -> None:
        found[number] = output.float().numpy().copy()

    pictures = opened.pictures(np.stack([example.pixels for example in examples]))
    with torch.no_grad():
        read(opened.bodies[body], pictures, layers, take, to_end=False)
    return [found[number] for number in range(len(layers))]


def photo_maps(maps: NDArray[np.float32], chosen: Sequence[int]) -> PhotoMaps:
    """What is shown of the maps of one photo at one layer.

    Args:
        maps: Shape (units, side, side).
        chosen: Units whose maps are wanted whatever they do.
    """
    # Many may reach the cap of their activation: then the wider one is the stronger.
    order = np.lexsort((-maps.mean(axis=(1, 2)), -maps.max(axis=(1, 2))))[:N_STRONGEST]
    strongest = tuple(int(number) for number in order)
    return PhotoMaps(maps.mean(axis=0), strongest, maps[list(strongest)], maps[list(chosen)])
