"""What is called, in which order, when a picture goes through a network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from arborisk.models.network import Network


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one module.

    Attributes:
        name: Path of the module in its network.
        number: Calls of the same module before this one: some activations serve many layers.
        module: The module.
        given: Its first input.
        output: What left it.
    """

    name: str
    number: int
    module: nn.Module
    given: Tensor
    output: Tensor


def trace(network: Network) -> list[Call]:
    """Calls below the last layer for one grey picture, in the order in which they end.

    Args:
        network: In evaluation mode.
    """
    calls: list[Call] = []
    counts: Counter[str] = Counter()

    def note(name: str) -> torch.utils.hooks.RemovableHandle:
        module = network.get_submodule(name)

        def hook(_: nn.Module, given: tuple[object, ...], output: object) -> None:
            if given and isinstance(given[0], Tensor) and isinstance(output, Tensor):
                calls.append(Call(name, counts[name], module, given[0], output))
            counts[name] += 1

        return module.register_forward_hook(hook)

    names = [name for name, _ in network.named_modules() if name]
    handles = [note(name) for name in names]
    try:
        with torch.inference_mode():
            picture = torch.zeros(1, network.channels, network.size, network.size)
            network.pool(network.features(picture))
    finally:
        for handle in handles:
            handle.remove()
    return calls
