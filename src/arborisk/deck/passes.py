"""Forward pass, backward pass and update: equations 18 to 40, all neurons and samples at once.

Every factor of each chain-rule product is kept under the deck's name. Axes are (samples, neurons).
The last part is the same gradients as derived: one number at a time, with the neuron index that the
deck drops.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, tanh

import numpy as np

from arborisk.deck.activations import SOFTMAX, Floats, sigma_named, softmax, softmax_jacobian
from arborisk.deck.dense_network import DenseLayer, DenseNetwork, as_samples
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Forward:
    """What the forward pass leaves behind.

    Attributes:
        a: a(0), the input, to a(L); entry l has shape (n_samples, n_l).
        z: z(1) to z(L); entry l - 1 has shape (n_samples, n_l).
        y: Targets, shape (n_samples, n_L).
        cost_of_sample: C of each sample, shape (n_samples,).
    """

    a: tuple[Floats, ...]
    z: tuple[Floats, ...]
    y: Floats
    cost_of_sample: Floats

    @property
    def cost(self) -> float:
        """C: of the one sample, or the mean over the mini-batch."""
        return float(self.cost_of_sample.mean())


@dataclass(frozen=True, slots=True)
class LayerGradients:
    """The factors of layer l, and their products.

    Attributes:
        dC_da: Shape (n_samples, n_l). At L from the cost; below from equation 13.
        da_dz: sigma'(z), shape (n_samples, n_l); of a softmax layer (n_samples, n_l, n_l).
        dz_dw: a(l-1), shape (n_samples, n_(l-1)): dz_j/dw_jk = a_k, the same for every j.
        dz_db: 1, a scalar: dz_j/db_j = 1.
        dz_da: w(l), shape (n_l, n_(l-1)): what equation 13 multiplies by to go one layer down.
        dC_dz: dC_da times da_dz, shape (n_samples, n_l): common to both gradients.
        dC_dw: Mean over samples of dC_dz_j a_k, shape (n_l, n_(l-1)).
        dC_db: Mean over samples of dC_dz_j, shape (n_l,).
    """

    dC_da: Floats
    da_dz: Floats
    dz_dw: Floats
    dz_db: float
    dz_da: Floats
    dC_dz: Floats
    dC_dw: Floats
    dC_db: Floats


def forward(network: DenseNetwork, x: object, y: object) -> Forward:
    """Equations 18 to 22 (1 to 3 at layer L).

    Args:
        network: With weights of iteration r.
        x: Input a(0), shape (n_0,) or (n_samples, n_0).
        y: Target, shape (n_L,) or (n_samples, n_L).

    Raises:
        SettingsError: Wrong shapes, different numbers of samples, NaN.
    """
    x = as_samples(x, network.sizes[0], "the input", network.dtype)
    y = as_samples(y, network.sizes[-1], "the target", network.dtype)
    if len(x) != len(y):
        raise SettingsError(
            f"as many targets as inputs, {len(x)}",
            f"{len(y)}",
            "the target",
            "Give one target for each input.",
        )
    a, z = [x], []
    for layer in network.layers:
        z.append(a[-1] @ layer.weight.T + layer.bias)  # (18), (20)
        a.append(activate(layer, z[-1]))  # (19), (21)
    return Forward(tuple(a), tuple(z), y, network.the_cost.value(z[-1], a[-1], y))  # (22)


def activate(layer: DenseLayer, z: Floats) -> Floats:
    """The a = sigma(z) of a layer, same shape."""
    return softmax(z) if layer.sigma == SOFTMAX else sigma_named(layer.sigma).value(z)


def backward(network: DenseNetwork, passed: Forward) -> tuple[LayerGradients, ...]:
    """Equations 23, 24, 27, 28, 31, 32 ... 36, 37: the gradients of all layers.

    All weights are those of iteration r. The deck updates each layer as soon as its gradients are
    known; the weights that equation 13 multiplies by must still be the old ones.

    Args:
        network: The one that made the forward pass.
        passed: What that left behind.

    Returns:
        Entry l - 1 is of layer l.
    """
    n_samples = len(passed.y)
    dC_da = network.the_cost.dC_da(passed.z[-1], passed.a[-1], passed.y)
    found: list[LayerGradients] = []
    for number in range(len(network.layers), 0, -1):
        layer = network.layers[number - 1]
        z, a, before = passed.z[number - 1], passed.a[number], passed.a[number - 1]
        if layer.sigma == SOFTMAX:
            da_dz = softmax_jacobian(a)
            # -y/a times the Jacobian, with the division done by hand: see `softmax_backward`.
            dC_dz = a * passed.y.sum(axis=1, keepdims=True) - passed.y
        else:
            da_dz = sigma_named(layer.sigma).slope(z, a)
            dC_dz = dC_da * da_dz
        found.append(
            LayerGradients(
                dC_da=dC_da,
                da_dz=da_dz,
                dz_dw=before,
                dz_db=1.0,
                dz_da=layer.weight,
                dC_dz=dC_dz,
                dC_dw=dC_dz.T @ before / n_samples,
                dC_db=dC_dz.mean(axis=0),
            )
        )
        if number > 1:
            dC_da = dC_dz @ layer.weight  # (13)
    return tuple(reversed(found))


def updated(
    network: DenseNetwork, gradients: tuple[LayerGradients, ...], eta: float
) -> DenseNetwork:
    """The network of iteration r + 1: equations 25, 26, 29, 30, 34, 35 ... 39, 40.

    Args:
        network: Of iteration r.
        gradients: Its gradients.
        eta: Learning rate.

    Raises:
        SettingsError: The new weights are not finite.
    """
    return replace(
        network,
        layers=tuple(
            replace(
                layer,
                weight=layer.weight - network.dtype.type(eta) * gradient.dC_dw,
                bias=layer.bias - network.dtype.type(eta) * gradient.dC_db,
            )
            for layer, gradient in zip(network.layers, gradients, strict=True)
        ),
    )


def expanded_chain(
    gradients: tuple[LayerGradients, ...], layer: int
) -> tuple[tuple[str, Floats], ...]:
    """The factors of dC/dw of a layer in the deck's order, from the cost down.

    Args:
        gradients: Of all layers.
        layer: Counted from 1.

    Returns:
        Names and values. Each layer passed adds two factors, as in equations 14 and 31.

    >>> from arborisk.deck.dense_network import draw_network
    >>> network = draw_network((1, 1, 1, 1))
    >>> chain = expanded_chain(backward(network, forward(network, [1.0], [0.0])), 1)
    >>> [name for name, _ in chain]  # doctest: +NORMALIZE_WHITESPACE
    ['dC_da(3)', 'da_dz(3)', 'dz_da(3)', 'da_dz(2)', 'dz_da(2)', 'da_dz(1)', 'dz_dw(1)']
    """
    last = len(gradients)
    chain: list[tuple[str, Floats]] = [(f"dC_da({last})", gradients[-1].dC_da)]
    for number in range(last, layer, -1):
        chain.append((f"da_dz({number})", gradients[number - 1].da_dz))
        chain.append((f"dz_da({number})", gradients[number - 1].dz_da))
    chain.append((f"da_dz({layer})", gradients[layer - 1].da_dz))
    chain.append((f"dz_dw({layer})", gradients[layer - 1].dz_dw))
    return tuple(chain)


def multiply_out(chain: tuple[tuple[str, Floats], ...]) -> Floats:
    """dC/dw from its expanded chain: the product of all factors, left to right.

    Args:
        chain: As `expanded_chain` gives it.

    Returns:
        Mean over samples, shape (n_l, n_(l-1)).
    """
    product = chain[0][1]
    for name, factor in chain[1:-1]:
        if name.startswith("dz_da"):
            product = product @ factor
        elif factor.ndim == 3:  # softmax: every output depends on every z
            product = np.einsum("sj,sji->si", product, factor)
        else:
            product = product * factor
    return np.asarray(product.T @ chain[-1][1] / len(product))


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


def scalar_gradients(network: DenseNetwork, x: object, y: object) -> tuple[ScalarGradients, ...]:
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
