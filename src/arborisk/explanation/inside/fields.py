"""What square of the picture one number of a layer looks at, for any architecture."""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.explanation.inside.layers import Layer
from arborisk.models.network import Network

Take = Callable[[int, Tensor], None]
"""Called with the number of a layer and its output, shape (n, units, side, side)."""


class _EnoughError(Exception):
    """All that was asked for has come by: the rest of the network need not run."""


def read(
    network: Network,
    pictures: Tensor,
    layers: Sequence[Layer],
    take: Take,
    *,
    to_end: bool = True,
    before_activation: bool = False,
) -> Tensor | None:
    """Passes pictures through the body of a network once.

    Args:
        network: In evaluation mode.
        pictures: Normalised, shape (n, channels, size, size).
        layers: Whose outputs are wanted.
        take: What is done with each; it may keep it or not, so that memory is up to the caller.
        to_end: Whether the map is wanted too; else the pass ends with the last of `layers`.
        before_activation: Whether the outputs are wanted before each layer's activation; some are
            changed in place right after `take`.

    Returns:
        Feature map of the last convolution, as `Network.features` gives it, or None if `to_end` is
        False.
    """
    wanted: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, layer in enumerate(layers):
        name, number = layer.climb_at if before_activation else layer.read_at
        wanted[name][number].append(place)
    handles = []
    left = len(layers)

    def watch(name: str) -> None:
        counts: Counter[str] = Counter()

        def hook(_: nn.Module, __: tuple[object, ...], output: Tensor) -> None:
            nonlocal left
            for place in wanted[name].get(counts[name], ()):
                take(place, output if output.ndim == 4 else output[:, :, None, None])
                left -= 1
            counts[name] += 1
            if left == 0 and not to_end:
                raise _EnoughError

        handles.append(network.get_submodule(name).register_forward_hook(hook))

    for name in list(wanted):
        watch(name)
    try:
        feature_map = network.features(pictures)
        if left:  # dense layers come after the map
            network.pool(feature_map)
    except _EnoughError:
        return None
    finally:
        for handle in handles:
            handle.remove()
    return feature_map if to_end else None


CORE_SHARE, HALF = 0.9, 0.5
"""Shares of the ways from the picture to a number that its core and its middle hold: far fewer ways
lead from the edge of a receptive field than from its middle. Source: Luo et al. (2016), NeurIPS 29
(effective receptive field)."""


@dataclass(frozen=True, slots=True)
class UnitField:
    """Receptive field of the places of a layer.

    Attributes:
        side_px: Side of the square that a place in the middle sees, in pixels of the array.
        core_px: Side of the square around its middle from which `CORE_SHARE` of the ways come.
        half_px: The same for half of the ways.
        first_px: Middle of the field of the first row or column, in pixels; may be below 0.
        step_px: From the field of one place to that of its neighbour, in pixels.
        whole: Whether it reaches over the whole picture.
    """

    side_px: int
    core_px: int
    half_px: int
    first_px: float
    step_px: float
    whole: bool

    def middle_px(self, place: int) -> float:
        """Middle of the field of a row or column, in pixels from the edge of the array."""
        return self.first_px + place * self.step_px


def find_fields(network: Network, layers: Sequence[Layer]) -> tuple[UnitField, ...]:
    """The receptive field of each layer.

    Found by gradients in a copy of the network where all weights are equal and positive and a
    pooling takes the mean: what a number can see then has a gradient, whatever was learnt.
    """
    plain = _with_equal_weights(network)
    # So small that no activation ends its gradient, however often a block adds its input.
    shape = (1, network.channels, network.size, network.size)
    picture = torch.full(shape, 1e-9, requires_grad=True)
    outputs: dict[int, Tensor] = {}
    read(plain, picture, layers, outputs.__setitem__, to_end=False)
    fields = []
    for number, layer in enumerate(layers):
        middle = layer.side // 2
        ways, neighbour = (
            _ways(outputs[number][0, :, place, place].sum(), picture)
            for place in (middle, max(middle - 1, 0))
        )
        fields.append(_field(ways, neighbour, layer.side))
    return tuple(fields)


def _ways(output: Tensor, picture: Tensor) -> NDArray[np.float64]:
    """Number of ways from each pixel to an output, up to a factor."""
    (gradient,) = torch.autograd.grad(output, picture, retain_graph=True)
    found: NDArray[np.float64] = gradient[0].sum(dim=0).double().numpy()
    return found


def _middle(ways: NDArray[np.float64]) -> float:
    """Middle of the rows that ways come from, weighted by them."""
    return float((np.arange(len(ways)) + 0.5) @ ways.sum(axis=1) / ways.sum())


def _field(ways: NDArray[np.float64], neighbour: NDArray[np.float64], side: int) -> UnitField:
    """Field by the ways to the middle place of a layer and to the place before it."""
    size_px, middle = len(ways), side // 2
    seen, centre = np.flatnonzero(ways.sum(axis=1)), _middle(ways)
    whole = bool(seen[0] == 0 or seen[-1] == size_px - 1)
    # Where the edge of the picture cuts ways off, their middle is not that of the field.
    step_px = size_px / side if whole or middle == 0 else round(centre - _middle(neighbour))
    side_px = int(seen[-1] - seen[0] + 1)
    distance = np.abs(np.arange(size_px) + 0.5 - centre)
    ring = np.maximum(distance[:, None], distance[None, :])
    order = np.argsort(ring, axis=None, kind="stable")
    held = np.cumsum(ways.ravel()[order]) / ways.sum()
    core_px, half_px = (
        min(side_px, 2 * int(ring.ravel()[order][int(np.searchsorted(held, share))]) + 1)
        for share in (CORE_SHARE, HALF)
    )
    return UnitField(side_px, core_px, half_px, centre - middle * step_px, step_px, whole)


def _with_equal_weights(network: Network) -> Network:
    """A copy in which every output is the mean of what it sees."""
    plain = copy.deepcopy(network).eval()
    for module in list(plain.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.data.fill_(1.0 / module.weight[0].numel())
            if module.bias is not None:
                module.bias.data.zero_()
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        for name, child in list(module.named_children()):
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, _mean_pooling(child))
    return plain


def _mean_pooling(pooling: nn.MaxPool2d) -> nn.AvgPool2d:
    """Pooling over the same windows that hears every number in them."""
    return nn.AvgPool2d(
        pooling.kernel_size, pooling.stride, pooling.padding, ceil_mode=pooling.ceil_mode
    )
