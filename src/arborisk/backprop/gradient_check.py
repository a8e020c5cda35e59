"""Gradients by the chain rule against gradients by trying: central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from arborisk.backprop.activations import Floats
from arborisk.backprop.network import Layer, Network
from arborisk.backprop.passes import backward, forward
from arborisk.backprop.scalar import scalar_gradients
from arborisk.errors import SettingsError

TOLERANCE = 1e-6
"""Largest relative difference that counts as equal."""
STEP = 1e-5
"""How far a weight is moved each way. The error of the difference falls with the square of the step
and that of rounding grows with its inverse; in float64 both are near 1e-10 here."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One gradient, computed in two ways.

    Attributes:
        network: What was checked, in words.
        quantity: Which gradient or new weight, as "dC_dw(2)".
        shape: Its shape.
        against: The other way.
        n_compared: Numbers compared.
        difference: Largest difference over the largest of all numbers compared.
    """

    network: str
    quantity: str
    shape: tuple[int, ...]
    against: str
    n_compared: int
    difference: float

    @property
    def agrees(self) -> bool:
        """Whether the difference is within `TOLERANCE`."""
        return self.difference <= TOLERANCE


def relative_difference(first: Floats, second: Floats) -> float:
    """Largest difference over the largest size of a number in either; 0 where both are all 0.

    >>> import numpy as np
    >>> relative_difference(np.array([1.0, 0.0]), np.array([1.5, 0.0]))
    0.3333333333333333
    """
    if first.shape != second.shape:
        raise SettingsError(
            f"shape {first.shape}",
            f"{second.shape}",
            "a comparison",
            "Give two gradients of the same weights.",
        )
    size = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) / size if size else 0.0


def central_differences(
    cost_at: Callable[[Floats], float], values: Floats, *, step: float = STEP
) -> Floats:
    """dC/d(each number), by moving it a little up and a little down.

    Args:
        cost_at: C as a function of all the numbers.
        values: Where; float64.
        step: How far.

    Returns:
        Shape of ``values``.
    """
    found = np.empty_like(values)
    for place in np.ndindex(values.shape):
        moved = values.copy()
        moved[place] = values[place] + step
        above = cost_at(moved)
        moved[place] = values[place] - step
        found[place] = (above - cost_at(moved)) / (2 * step)
    return found


def check_network(network: Network, x: object, y: object, *, name: str) -> Iterator[CheckRow]:
    """Every gradient against central differences and against the scalar form.

    Args:
        network: In float64.
        x: Inputs, shape (n_0,) or (n_samples, n_0).
        y: Targets, shape (n_L,) or (n_samples, n_L).
        name: The network in words.

    Yields:
        A row for each gradient and other way.
    """
    passed = forward(network, x, y)
    found = backward(network, passed)
    each = [scalar_gradients(network, *pair) for pair in zip(passed.a[0], passed.y, strict=True)]
    for number, gradient in enumerate(found, start=1):
        for part, field in (("dC_dw", "weight"), ("dC_db", "bias")):
            ours = getattr(gradient, part)

            def cost_at(values: Floats, number: int = number, field: str = field) -> float:
                return forward(_with(network, number, field, values), passed.a[0], passed.y).cost

            start = getattr(network.layers[number - 1], field)
            others = {
                "central differences": central_differences(cost_at, start),
                "scalar form": np.mean([getattr(one[number - 1], part) for one in each], axis=0),
            }
            for against, other in others.items():
                difference = relative_difference(ours, other)
                label = f"{part}({number})"
                yield CheckRow(name, label, ours.shape, against, ours.size, difference)


def _with(network: Network, number: int, field: str, values: Floats) -> Network:
    """The network with other weights or biases in one layer."""
    layers = list(network.layers)
    old = layers[number - 1]
    weight, bias = (values, old.bias) if field == "weight" else (old.weight, values)
    layers[number - 1] = Layer(weight, bias, old.sigma)
    return Network(tuple(layers), network.cost)
