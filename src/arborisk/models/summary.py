"""What a network costs: weights and multiply-adds. Needs torch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from arborisk.models.network import Network
from arborisk.models.packaged_weights import FROM_SCRATCH
from arborisk.models.table import build, model_entry


@dataclass(frozen=True, slots=True)
class Cost:
    """Counts of one network.

    Attributes:
        n_parameters: Learnt numbers that an answer passes through.
        n_parameters_in_training: All of them, auxiliary classifiers included.
        n_multiply_adds: Of convolutions and dense layers, for one picture.
    """

    n_parameters: int
    n_parameters_in_training: int
    n_multiply_adds: int


def cost_of_model(name: str, *, n_classes: int, size: int = 0, channels: int = 0) -> Cost:
    """Cost of a model from the table; the same whatever its weights are.

    Args:
        name: A key of `arborisk.models.MODELS`.
        n_classes: Classes told apart.
        size: Side of the input picture, in pixels; 0 means the model's usual one.
        channels: 1 (grey) or 3 (colour); 0 means the model's usual ones.
    """
    entry = model_entry(name)
    network = build(
        name,
        n_classes=n_classes,
        channels=channels or entry.channels,
        size=size or entry.size_px,
        weights=FROM_SCRATCH,
    )
    return cost_of(network)


def cost_of(network: Network) -> Cost:
    """Cost of a network for one picture of its size.

    A multiply-add is one product added to a sum. Biases, normalisation, activations and pooling are
    left out, as is usual.

    Args:
        network: Left in the mode it is in.
    """
    passed: dict[int, int] = {}
    n_multiply_adds = 0

    def note(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal n_multiply_adds
        own = module.parameters(recurse=False)
        passed.update({id(parameter): parameter.numel() for parameter in own})
        if isinstance(module, nn.Conv2d):
            # Each number that leaves is one sum over a kernel.
            n_multiply_adds += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            n_multiply_adds += output.numel() * module.in_features

    picture = torch.zeros(1, network.channels, network.size, network.size)
    handles = [module.register_forward_hook(note) for module in network.modules()]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(picture)
    finally:
        network.train(was_training)
        for handle in handles:
            handle.remove()
    in_training = sum(parameter.numel() for parameter in network.parameters())
    return Cost(sum(passed.values()), in_training, n_multiply_adds)
