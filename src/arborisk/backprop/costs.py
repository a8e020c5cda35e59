"""C: the deck's squared error (equations 3 and 22), and the cross-entropy that Model 1 learns by.

C is of one sample. Of a mini-batch it is the mean over the samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arborisk.backprop.activations import Floats
from arborisk.errors import SettingsError


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

    >>> from arborisk.backprop.activations import softmax
    >>> a, y = softmax(np.array([[1.0, 2.0, 0.5]])), np.array([[0.0, 1.0, 0.0]])
    >>> bool(np.allclose(softmax_backward(a, -y / a), a - y))
    True
    """
    return np.asarray(a * (dC_da - (a * dC_da).sum(axis=1, keepdims=True)))
