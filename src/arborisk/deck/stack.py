"""A convolutional classifier as a row of blocks, and one true step of its training by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from arborisk.deck.activations import Floats, cost_named, softmax
from arborisk.deck.blocks import Back, Block, Convolution, Dense
from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class StackPass:
    """One forward and backward pass under softmax cross-entropy.

    Attributes:
        made: What went into each block, and last what came out: n_blocks + 1 arrays.
        probability: Softmax of the last, shape (n_samples, n_classes).
        cost: Mean over the samples.
        back: What the backward pass gave at each block, first to last.
    """

    made: tuple[Floats, ...]
    probability: Floats
    cost: float
    back: tuple[Back, ...]


def run_stack(blocks: Sequence[Block], x: Floats, y: Floats) -> StackPass:
    """Forward through all blocks and softmax, then back.

    Args:
        blocks: First to last; the last gives the numbers that softmax takes.
        x: Pictures, shape (n_samples, maps, height, width), or rows of numbers.
        y: Wanted probabilities, rows sum to 1, shape (n_samples, n_classes).

    Raises:
        SettingsError: Shapes that do not fit, or numbers that are not finite.
    """
    if not np.isfinite(x).all():
        raise SettingsError(
            "finite numbers",
            "others",
            "the input",
            "Remove the rows with NaN or infinity, or replace these values.",
        )
    made = [x]
    for block in blocks:
        made.append(block.forward(made[-1]))
    z = made[-1]
    if y.shape != z.shape:
        raise SettingsError(
            f"targets of shape {z.shape}",
            f"{y.shape}",
            "the target",
            "Give one row of targets for each sample.",
        )
    a = softmax(z)
    cost = cost_named("cross_entropy").value(z, a, y)
    arriving = a * y.sum(axis=1, keepdims=True) - y  # dC/dz: a - y where y sums to 1
    back: list[Back] = []
    for number in range(len(blocks) - 1, -1, -1):
        back.append(blocks[number].backward(made[number], made[number + 1], arriving))
        arriving = back[-1].to_input
    return StackPass(tuple(made), a, float(cost.mean()), tuple(reversed(back)))


def parameters(blocks: Sequence[Block]) -> list[Floats]:
    """Weights and biases, weight before bias, first block to last."""
    found: list[Floats] = []
    for block in blocks:
        if isinstance(block, Dense | Convolution):
            found += [block.weight, block.bias]
    return found


def gradients(passed: StackPass) -> list[Floats]:
    """Gradients in the order of `parameters`."""
    found: list[Floats] = []
    for back in passed.back:
        if back.dC_dw is not None and back.dC_db is not None:
            found += [back.dC_dw, back.dC_db]
    return found


def with_parameters(blocks: Sequence[Block], new: Sequence[Floats]) -> list[Block]:
    """The same blocks with other weights and biases, in the order of `parameters`."""
    left = iter(new)
    return [
        replace(block, weight=next(left), bias=next(left))
        if isinstance(block, Dense | Convolution)
        else block
        for block in blocks
    ]


def descend(blocks: Sequence[Block], passed: StackPass, eta: float) -> list[Block]:
    """The deck's update of every weight and bias: w - eta dC/dw, b - eta dC/db."""
    pairs = zip(parameters(blocks), gradients(passed), strict=True)
    return with_parameters(blocks, [value - eta * gradient for value, gradient in pairs])
