"""The deck's Model 1 as modules of torch, for ``arborisk backprop``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def model1_modules(*, size: int, seed: int, n_classes: int = 2) -> list[nn.Module]:
    """Model 1 in float64 and in training mode, with biases that are not all zero.

    Args:
        size: Side of the picture, in pixels.
        seed: Of its weights.
        n_classes: Classes told apart.
    """
    import torch

    from arborisk.models.model1 import Model1
    from arborisk.models.settings import Model1Settings

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Model1(Model1Settings(), n_classes=n_classes, channels=1, size=size)
        network = network.double().train()
        for value in network.parameters():
            if value.ndim == 1:  # a bias of zero would hide a mistake in it
                value.data.normal_(0, 0.05)
    return [network.convolutions, network.hidden, network.head]
