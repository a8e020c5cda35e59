"""Training by mini-batches with the deck's update or with Adam, and a task to see it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.deck.activations import Floats
from arborisk.deck.dense_network import DenseNetwork
from arborisk.deck.passes import backward, forward, updated
from arborisk.errors import SettingsError
from arborisk.records import Progress

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


@dataclass(frozen=True, slots=True)
class EpochCost:
    """Where a training stands.

    Attributes:
        epoch: 0 before the first.
        cost: C over the training part, with the weights as they are.
        share_right: Share of the training part whose class is right, 0 to 1.
        share_right_held_out: The same of the part held out; None without one.
    """

    epoch: int
    cost: float
    share_right: float
    share_right_held_out: float | None


@dataclass(frozen=True, slots=True)
class HandFit:
    """A trained network and how it came about.

    Attributes:
        network: At the end.
        history: One entry an epoch, the start included.
    """

    network: DenseNetwork
    history: tuple[EpochCost, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """Inputs with their classes.

    Attributes:
        x: Shape (n_samples, n_0).
        class_index: 0 or more, shape (n_samples,).
    """

    x: Floats
    class_index: NDArray[np.int64]


@np.errstate(over="ignore", invalid="ignore")  # weights that run away are refused by name
def fit(
    network: DenseNetwork,
    samples: Samples,
    *,
    eta: float,
    n_epochs: int,
    batch_size: int,
    seed: int = 0,
    held_out: Samples | None = None,
    progress: Progress | None = None,
) -> HandFit:
    """Trains by mini-batches in random order: equations 18 to 40 for each.

    Args:
        network: At iteration 0, with one output a class.
        samples: The training part.
        eta: Learning rate.
        n_epochs: Passes over the training part.
        batch_size: Samples of one update.
        seed: Of the order.
        held_out: Looked at after each epoch and never learned from.
        progress: Called after each epoch.

    Raises:
        SettingsError: Numbers that cannot work, or weights that ran away.
    """
    for name, number in (("epochs", n_epochs), ("samples in a batch", batch_size)):
        if number < 1:
            raise SettingsError(
                f"at least 1 for {name}",
                f"{number}",
                "training",
                "Give a whole number of 1 or more.",
            )
    if not eta > 0:
        raise SettingsError(
            "a learning rate above 0", f"{eta}", "eta", "Give a learning rate such as 0.5."
        )
    n_classes = network.sizes[-1]
    if samples.class_index.min() < 0 or samples.class_index.max() >= n_classes:
        raise SettingsError(
            f"classes 0 to {n_classes - 1}, one for each output",
            f"{samples.class_index.min()} to {samples.class_index.max()}",
            "the classes",
            "Give the last layer one neuron a class.",
        )
    wanted = np.eye(n_classes, dtype=network.dtype)[samples.class_index]
    generator = np.random.default_rng(seed)
    history = [_look(network, 0, samples, held_out)]
    for epoch in range(1, n_epochs + 1):
        order = generator.permutation(len(wanted))
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            passed = forward(network, samples.x[rows], wanted[rows])
            network = updated(network, backward(network, passed), eta)
        history.append(_look(network, epoch, samples, held_out))
        if progress is not None:
            progress(epoch, n_epochs)
    return HandFit(network, tuple(history))


def predicted(network: DenseNetwork, x: Floats) -> NDArray[np.int64]:
    """Class with the largest output, shape (n_samples,)."""
    nothing = np.zeros((len(x), network.sizes[-1]))
    return np.asarray(forward(network, x, nothing).a[-1].argmax(axis=1), np.int64)


def two_moons(n_samples: int, *, noise: float = 0.15, seed: int = 0) -> Samples:
    """Two half circles that no straight line parts.

    Args:
        n_samples: Points in all, half of each moon.
        noise: Standard deviation of each point about its moon, in radii.
        seed: Same seed, same points.

    Source: the task is scikit-learn's ``make_moons``; the points here are drawn at random on it.
    """
    generator = np.random.default_rng(seed)
    class_index = np.arange(n_samples) % 2
    angle = generator.uniform(0, np.pi, n_samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(class_index[:, None] == 0, upper, lower)
    return Samples(points + generator.normal(0, noise, points.shape), class_index)


def standardiser(x: Floats) -> Callable[[Floats], Floats]:
    """Brings each column to mean 0 and standard deviation 1, as measured on ``x``.

    Args:
        x: The training part, shape (n_samples, n_0).
    """
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    return lambda values: np.asarray((values - middle) / spread)


def _look(
    network: DenseNetwork, epoch: int, samples: Samples, held_out: Samples | None
) -> EpochCost:
    """Cost and share right with the weights as they are."""
    wanted = np.eye(network.sizes[-1], dtype=network.dtype)[samples.class_index]
    passed = forward(network, samples.x, wanted)
    right = float((passed.a[-1].argmax(axis=1) == samples.class_index).mean())
    held = None
    if held_out is not None:
        held = float((predicted(network, held_out.x) == held_out.class_index).mean())
    return EpochCost(epoch, passed.cost, right, held)
