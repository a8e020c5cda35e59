"""The kernels of the first convolution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import nn

from arborisk.explanation.inside.layers import Layer
from arborisk.explanation.inside.records import Filters
from arborisk.models.network import Network


def first_filters(network: Network, layers: Sequence[Layer]) -> tuple[Filters, ...]:
    """Kernels of the first convolution of each part of a network.

    Args:
        network: The network.
        layers: All its layers.
    """
    first: dict[str, Layer] = {}
    for layer in layers:
        if layer.kind == "convolution":
            first.setdefault(layer.part, layer)
    return tuple(_filters(network, layer) for layer in first.values())


def _filters(network: Network, layer: Layer) -> Filters:
    module = network.get_submodule(layer.name)
    if not isinstance(module, nn.Conv2d):
        raise TypeError(f"{layer.name} is no convolution")
    kernels = module.weight.detach().float().numpy()
    if network.channels == 1 and kernels.shape[1] > 1:
        kernels = kernels.sum(axis=1, keepdims=True)  # three equal colours
    return Filters(layer.whole_title, np.array(kernels, dtype=np.float32))
