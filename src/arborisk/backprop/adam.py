"""Adam, by which the deck trains Model 1: the plain update with a step size of its own a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from arborisk.backprop.activations import Floats

FIRST_DECAY, SECOND_DECAY = 0.9, 0.999


@dataclass(frozen=True, slots=True)
class AdamState:
    """What Adam remembers.

    Attributes:
        mean: Running mean of each gradient.
        square: Running mean of its square.
        n_steps: Steps made.
    """

    mean: tuple[Floats, ...]
    square: tuple[Floats, ...]
    n_steps: int


def adam_start(values: Sequence[Floats]) -> AdamState:
    """Nothing remembered yet."""
    nothing = tuple(np.zeros_like(value) for value in values)
    return AdamState(nothing, nothing, 0)


def adam_step(
    values: Sequence[Floats],
    found: Sequence[Floats],
    state: AdamState,
    *,
    eta: float,
    epsilon: float = 1e-7,
) -> tuple[list[Floats], AdamState]:
    """One update of all weights and biases in place of equations 25, 26, 29 ... 40.

    Args:
        values: Weights and biases.
        found: Their gradients, in the same order and shapes.
        state: From the step before.
        eta: Step size.
        epsilon: Keeps the division from running away; 1e-7 is Keras's.

    Returns:
        New weights and biases, and what to remember.

    Source: Kingma and Ba (2015), ICLR, algorithm 1.
    """
    step = state.n_steps + 1
    pairs = zip(state.mean, state.square, found, strict=True)
    moments = [
        (
            FIRST_DECAY * mean + (1 - FIRST_DECAY) * gradient,
            SECOND_DECAY * square + (1 - SECOND_DECAY) * gradient**2,
        )
        for mean, square, gradient in pairs
    ]
    new: list[Floats] = []
    for value, (mean, square) in zip(values, moments, strict=True):
        # Both means started at 0: undo what that takes from them.
        mean_whole = mean / (1 - FIRST_DECAY**step)
        square_whole = square / (1 - SECOND_DECAY**step)
        new.append(value - eta * mean_whole / (np.sqrt(square_whole) + epsilon))
    means, squares = zip(*moments, strict=True)
    return new, AdamState(means, squares, step)
