"""Sigma, the activation of equations 2, 19 and 21, and C, the cost, each with its derivative.

The cost is the deck's squared error (equations 3 and 22), or the cross-entropy that Model 1 learns
by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Sigma:
    """One activation, applied to each neuron by itself.

    Attributes:
        name: As `draw_network` and the command line take it.
        value: a = sigma(z), any shape.
        slope: sigma'(z), called as ``slope(z, a)``, since most slopes are cheapest from a.
        definition: For people.
    """

    name: str
    value: Callable[[Floats], Floats]
    slope: Callable[[Floats, Floats], Floats]
    definition: str


def _sigmoid(z: Floats) -> Floats:
    """1 / (1 + e^-z) without overflow, for any z."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1, small) / (1 + small))


SIGMAS = {
    sigma.name: sigma
    for sigma in (
        Sigma("sigmoid", _sigmoid, lambda _, a: a * (1 - a), "1 / (1 + exp(-z))"),
        Sigma("tanh", np.tanh, lambda _, a: 1 - a * a, "tanh(z)"),
        # At z = 0 the slope is taken as 0, as torch takes it.
        Sigma(
            "relu", lambda z: np.maximum(z, 0), lambda z, _: (z > 0).astype(z.dtype), "max(z, 0)"
        ),
        Sigma("identity", lambda z: z.copy(), lambda z, _: np.ones_like(z), "z"),
    )
}

SOFTMAX = "softmax"
"""Activation of a last layer whose neurons are probabilities: each depends on all z of the layer.
It stands only together with softmax cross-entropy (see `costs`)."""


def sigma_named(name: str) -> Sigma:
    """The activation of that name.

    Raises:
        SettingsError: There is none; names those there are.

    >>> sigma_named("relu").definition
    'max(z, 0)'
    """
    if name not in SIGMAS:
        raise SettingsError(
            f"sigma as one of {', '.join(SIGMAS)}",
            repr(name),
            "the activation of a layer",
            "Choose one of these.",
        )
    return SIGMAS[name]


def softmax(z: Floats) -> Floats:
    """Probabilities from numbers: e^z over its sum along the last axis, without overflow.

    Args:
        z: Shape (..., n_classes).

    Returns:
        Rows that sum to 1, same shape.
    """
    raised = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost and what it sends back.

    Attributes:
        name: As `draw_network` and the command line take it.
        value: C of each sample, called as ``value(z, a, y)``, each (n_samples, n_neurons);
            gives shape (n_samples,).
        dC_da: The derivative by the output, called the same way; gives the shape of ``a``.
        with_softmax: Whether the last activation is the softmax of the layer.
        definition: For people.
    """

    name: str
    value: Callable[[Floats, Floats, Floats], Floats]
    dC_da: Callable[[Floats, Floats, Floats], Floats]
    with_softmax: bool
    definition: str


def _cross_entropy(z: Floats, _: Floats, y: Floats) -> Floats:
    """-sum y ln softmax(z), from z: the logarithm of a probability that became 0 is never taken."""
    shifted = z - z.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray((y * (log_sum - shifted)).sum(axis=-1))


def _cross_entropy_dC_da(_: Floats, a: Floats, y: Floats) -> Floats:
    """-y / a, where a probability too small for the number format counts as the smallest one."""
    # Adding 0 turns -0 into 0.
    return np.asarray(-y / np.maximum(a, np.finfo(a.dtype).tiny) + 0)


COSTS = {
    cost.name: cost
    for cost in (
        Cost(
            "squared_error",
            lambda _, a, y: ((a - y) ** 2).sum(axis=-1),
            lambda _, a, y: 2 * (a - y),
            with_softmax=False,
            definition="sum over neurons of (a - y)^2",
        ),
        Cost(
            "cross_entropy",
            _cross_entropy,
            _cross_entropy_dC_da,
            with_softmax=True,
            definition="-sum over classes of y ln a, where a = softmax(z)",
        ),
    )
}


def cost_named(name: str) -> Cost:
    """The cost of that name.

    Raises:
        SettingsError: There is none; names those there are.
    """
    if name not in COSTS:
        raise SettingsError(
            f"a cost of {', '.join(COSTS)}", repr(name), "the cost", "Choose one of these."
        )
    return COSTS[name]


def softmax_jacobian(a: Floats) -> Floats:
    """da_j/dz_i of a softmax layer: a_j (1 if i = j else 0) - a_j a_i.

    Args:
        a: Probabilities, shape (n_samples, n).

    Returns:
        Shape (n_samples, n, n), output j before input i.
    """
    spread = a[:, :, None] * np.eye(a.shape[1], dtype=a.dtype)
    return np.asarray(spread - a[:, :, None] * a[:, None, :])


def softmax_backward(a: Floats, dC_da: Floats) -> Floats:
    """dC/dz of a softmax layer: sum over j of dC/da_j da_j/dz_i, shape (n_samples, n).

    Args:
        a: Probabilities, shape (n_samples, n).
        dC_da: What comes from the cost, same shape.

    >>> from arborisk.deck.activations import softmax
    >>> a, y = softmax(np.array([[1.0, 2.0, 0.5]])), np.array([[0.0, 1.0, 0.0]])
    >>> bool(np.allclose(softmax_backward(a, -y / a), a - y))
    True
    """
    return np.asarray(a * (dC_da - (a * dC_da).sum(axis=1, keepdims=True)))
