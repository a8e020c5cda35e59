"""Sigma, the activation of equations 2, 19 and 21, and its derivative."""

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
