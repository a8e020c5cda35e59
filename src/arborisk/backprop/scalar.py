"""The same gradients as derived: one number at a time, with the neuron index that the deck drops.

Slow on purpose. `passes` must give the same numbers; `gradient_check` says whether it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, tanh

from arborisk.backprop.activations import SOFTMAX
from arborisk.backprop.network import Network, as_samples

Numbers = list[float]


@dataclass(frozen=True, slots=True)
class ScalarGradients:
    """Gradients of one layer for one sample, as lists of numbers.

    Attributes:
        dC_da: Entry j is of neuron j.
        dC_dw: Entry [j][k] is of the weight from neuron k of the layer before to neuron j.
        dC_db: Entry j is of neuron j.
    """

    dC_da: Numbers
    dC_dw: list[Numbers]
    dC_db: Numbers


def scalar_gradients(network: Network, x: object, y: object) -> tuple[ScalarGradients, ...]:
    """Equations 18 to 37 with loops over neurons and plain numbers, for one sample.

    Args:
        network: Its numbers are read one by one.
        x: Input, shape (n_0,).
        y: Target, shape (n_L,).

    Returns:
        Entry l - 1 is of layer l.

    Raises:
        SettingsError: Wrong shapes or NaN.
    """
    a: list[Numbers] = [as_samples(x, network.sizes[0], "the input", network.dtype)[0].tolist()]
    target = as_samples(y, network.sizes[-1], "the target", network.dtype)[0].tolist()
    z: list[Numbers] = []
    for layer in network.layers:
        w, b = layer.weight.tolist(), layer.bias.tolist()
        ks = range(len(a[-1]))
        z.append([sum(w[j][k] * a[-1][k] for k in ks) + b[j] for j in range(len(b))])
        a.append(_activated(z[-1], layer.sigma))

    found: list[ScalarGradients] = []
    with_softmax = network.the_cost.with_softmax
    dC_da = [
        (-y_j / a_j if y_j else 0.0) if with_softmax else 2 * (a_j - y_j)
        for a_j, y_j in zip(a[-1], target, strict=True)
    ]
    for number in range(len(network.layers), 0, -1):
        layer = network.layers[number - 1]
        n, n_before = len(a[number]), len(a[number - 1])
        if layer.sigma == SOFTMAX:
            dC_dz = [
                sum(dC_da[j] * a[number][j] * ((i == j) - a[number][i]) for j in range(n))
                for i in range(n)
            ]
        else:
            dC_dz = [
                dC_da[j] * _slope(z[number - 1][j], a[number][j], layer.sigma) for j in range(n)
            ]
        dC_dw = [[dC_dz[j] * a[number - 1][k] for k in range(n_before)] for j in range(n)]
        found.append(ScalarGradients(dC_da, dC_dw, [dC_dz[j] * 1.0 for j in range(n)]))
        w = layer.weight.tolist()
        # Neuron k reaches C through every neuron j of the layer above: the sum that the deck drops.
        dC_da = [sum(dC_dz[j] * w[j][k] for j in range(n)) for k in range(n_before)]
    return tuple(reversed(found))


def _activated(z: Numbers, sigma: str) -> Numbers:
    """The a of one layer, number by number."""
    if sigma == SOFTMAX:
        raised = [exp(z_j - max(z)) for z_j in z]
        return [one / sum(raised) for one in raised]
    return [_value(z_j, sigma) for z_j in z]


def _value(z: float, sigma: str) -> float:
    match sigma:
        case "sigmoid":
            return 1 / (1 + exp(-z)) if z > -700 else exp(z)
        case "tanh":
            return tanh(z)
        case "relu":
            return max(z, 0.0)
        case _:
            return z


def _slope(z: float, a: float, sigma: str) -> float:
    match sigma:
        case "sigmoid":
            return a * (1 - a)
        case "tanh":
            return 1 - a * a
        case "relu":
            return float(z > 0)
        case _:
            return 1.0
