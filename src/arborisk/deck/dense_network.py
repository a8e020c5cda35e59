"""A fully connected network: weights and biases of its layers, sigma of each, and the cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from arborisk.deck.activations import SOFTMAX, Cost, Floats, cost_named, sigma_named
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class DenseLayer:
    """Layer l.

    Attributes:
        weight: w(l), shape (n_l, n_(l-1)): row j holds the weights into neuron j.
        bias: b(l), shape (n_l,).
        sigma: Name of its activation; "softmax" for the last layer under cross-entropy.
    """

    weight: Floats
    bias: Floats
    sigma: str


@dataclass(frozen=True, slots=True)
class DenseNetwork:
    """Layers 1 to L; layer 0 is the input.

    Attributes:
        layers: First to last.
        cost: Name of the cost.

    Raises:
        SettingsError: Sizes that do not chain, wrong shapes, NaN, an unknown sigma or cost, or a
            softmax without cross-entropy or the other way round; says in which layer.
    """

    layers: tuple[DenseLayer, ...]
    cost: str

    def __post_init__(self) -> None:
        if not self.layers:
            raise _refusal("at least one layer", "none", "layers", "Give one.")
        for number, layer in enumerate(self.layers, start=1):
            _check_layer(layer, number, is_last=layer is self.layers[-1], cost=self.the_cost)
        for number, (before, after) in enumerate(pairwise(self.layers), start=2):
            if after.weight.shape[1] != before.weight.shape[0]:
                raise _refusal(
                    f"{before.weight.shape[0]} columns, as layer {number - 1} has neurons",
                    f"{after.weight.shape[1]}",
                    f"weight of layer {number}",
                    "Make the layers chain: a weight has shape (neurons, neurons of the layer "
                    "before).",
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Neurons of layers 0 (the input) to L."""
        return (self.layers[0].weight.shape[1], *(len(layer.bias) for layer in self.layers))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number format of the weights."""
        return self.layers[0].weight.dtype

    @property
    def the_cost(self) -> Cost:
        """The cost as a record."""
        return cost_named(self.cost)


def draw_network(
    sizes: Sequence[int],
    *,
    sigma: str = "sigmoid",
    cost: str = "squared_error",
    seed: int = 0,
    dtype: type[np.floating[Any]] = np.float64,
) -> DenseNetwork:
    """A network at iteration 0: w(l),0 drawn, b(l),0 zero.

    Args:
        sizes: Neurons of the input and of each layer, for example (2, 3, 1).
        sigma: Activation of every layer; under cross-entropy of all but the last.
        cost: "squared_error" or "cross_entropy".
        seed: Same seed, same weights.
        dtype: Number format.

    Raises:
        SettingsError: Fewer than two sizes, a size below 1, or an unknown name.

    Source: Glorot and Bengio (2010), AISTATS 9, 249-256, equation 16 (uniform), as Model 1 starts.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise SettingsError(
            "two or more layer sizes, each 1 or more",
            ",".join(map(str, sizes)) or "none",
            "layer sizes",
            "Give the input and each layer, for example 2,3,1.",
        )
    sigma_named(sigma)
    last = SOFTMAX if cost_named(cost).with_softmax else sigma
    generator = np.random.default_rng(seed)
    layers = []
    for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        limit = (6 / (n_in + n_out)) ** 0.5
        weight = generator.uniform(-limit, limit, (n_out, n_in)).astype(dtype)
        name = last if number == len(sizes) - 1 else sigma
        layers.append(DenseLayer(weight, np.zeros(n_out, dtype), name))
    return DenseNetwork(tuple(layers), cost)


def as_samples(values: object, width: int, name: str, dtype: np.dtype[Any]) -> Floats:
    """One sample or a mini-batch as a matrix.

    Args:
        values: Shape (width,) or (n_samples, width).
        width: Neurons that it must fit.
        name: What it is, for the message.
        dtype: Number format to give.

    Returns:
        Shape (n_samples, width).

    Raises:
        SettingsError: Another shape, no sample, or a number that is not finite.
    """
    try:
        found = np.asarray(values, dtype=dtype)
    except (TypeError, ValueError):
        raise _refusal("numbers", repr(values)[:60], name, "Give numbers only.") from None
    given = found.shape
    if found.ndim == 1:
        found = found[None, :]
    if found.ndim != 2 or found.shape[1] != width or len(found) == 0:
        raise _refusal(
            f"shape ({width},) for one sample or (samples, {width})",
            f"{given}",
            name,
            f"Give {width} numbers a sample.",
        )
    _check_finite(found, name)
    return found


def _check_layer(layer: DenseLayer, number: int, *, is_last: bool, cost: Cost) -> None:
    """Refuses a layer that cannot work by itself."""
    where = f"layer {number}"
    if layer.weight.ndim != 2 or 0 in layer.weight.shape:
        raise _refusal(
            "a weight of shape (neurons, neurons of the layer before)",
            f"{layer.weight.shape}",
            where,
            "Give a matrix with a row for each neuron.",
        )
    if layer.bias.shape != layer.weight.shape[:1]:
        raise _refusal(
            f"a bias of shape ({len(layer.weight)},), one number a neuron",
            f"{layer.bias.shape}",
            where,
            "Give one bias for each row of the weight.",
        )
    for name, values in (("weight", layer.weight), ("bias", layer.bias)):
        if not np.issubdtype(values.dtype, np.floating):
            raise _refusal(
                "floating-point numbers",
                str(values.dtype),
                f"{name} of {where}",
                "Convert them with .astype(float).",
            )
        _check_finite(values, f"{name} of {where}")
    if layer.sigma != SOFTMAX:
        sigma_named(layer.sigma)
    if (layer.sigma == SOFTMAX) != (is_last and cost.with_softmax):
        raise _refusal(
            "softmax in the last layer together with cross-entropy, and nowhere else",
            f"sigma {layer.sigma!r} under the cost {cost.name!r}",
            where,
            "Use both or neither.",
        )


def _check_finite(values: Floats, name: str) -> None:
    """Refuses NaN and infinity."""
    if not np.isfinite(values).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(values))[0])
        raise _refusal(
            "finite numbers",
            f"{values[place]} at index {place}",
            name,
            "Remove or replace it; a training that came here needs a smaller eta.",
        )


def _refusal(expected: str, found: str, where: str, remedy: str) -> SettingsError:
    return SettingsError(expected, found, where, remedy)
