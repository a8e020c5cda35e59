"""Every number of a few steps of training, in the deck's order, each with its equation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from arborisk.deck.activations import Floats
from arborisk.deck.dense_network import DenseNetwork, as_samples
from arborisk.deck.passes import (
    Forward,
    LayerGradients,
    backward,
    forward,
    scalar_gradients,
    updated,
)
from arborisk.errors import SettingsError


def gradient_equations(layer: int, n_layers: int) -> dict[str, tuple[int, ...]]:
    """Numbers of the equations that a layer's gradients and updates are computed by.

    Args:
        layer: Counted from 1.
        n_layers: L.

    Returns:
        Of "dC_dw", "dC_db", "w_new" and "b_new". A layer between L-2 and 1 has no equation of its
        own in the deck ("and so on"): it goes by those of layer L-2. Layer 1 is also layer L, L-1
        or L-2 of a network of one, two or three layers.

    >>> gradient_equations(2, 2)["dC_dw"], gradient_equations(1, 3)["w_new"]
    ((4, 23), (34, 39))
    """
    names = ("dC_dw", "dC_db", "w_new", "b_new")
    by_place: dict[int, tuple[tuple[int, ...], ...]] = {
        0: ((4, 23), (5, 24), (6, 25), (7, 26)),
        1: ((8, 14, 27), (9, 15, 28), (16, 29), (17, 30)),
    }
    further: tuple[tuple[int, ...], ...] = ((31,), (32,), (34,), (35,))
    numbers = by_place.get(n_layers - layer, further)
    if layer == 1:
        first = ((36,), (37,), (39,), (40,))
        far = n_layers > 3  # then layer 1 is none of the layers above
        numbers = tuple(
            own if far else (*place, *own) for place, own in zip(numbers, first, strict=True)
        )
    return dict(zip(names, numbers, strict=True))


def forward_equations(layer: int, n_layers: int) -> dict[str, tuple[int, ...]]:
    """Numbers of the equations of a layer's "z" and "a"."""
    return {"z": (1, 20), "a": (2, 21)} if layer == n_layers else {"z": (18,), "a": (19,)}


def factor_equations(name: str, layer: int, n_layers: int) -> tuple[int, ...]:
    """Numbers of the equations in which a factor of layer `layer` first stands.

    10, 11 and 12 say that C goes through a(L), z(L) and a(L-1): they stand with the factors that
    exist because of it.

    Args:
        name: "dC_da", "da_dz", "dz_dw", "dz_db" or "dz_da".
        layer: Counted from 1.
        n_layers: L.
    """
    gradients = gradient_equations(layer, n_layers)
    at_last = layer == n_layers
    match name:
        case "dC_da":
            return (4, 10) if at_last else (13,)
        case "dz_da":
            return (12, 13) if at_last else (13,)
        case "da_dz":
            return (4, 11) if at_last else gradients["dC_dw"][:1]
        case "dz_dw":
            return gradients["dC_dw"][:1]
        case _:
            return gradients["dC_db"][:1]


Phase = Literal["initialise", "forward", "backward", "update"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One quantity at one iteration.

    Attributes:
        iteration: r, counted from 0.
        phase: Where in the algorithm it is computed.
        layer: Counted from 1; 0 for the input and for C.
        name: "z", "a", "C", "dC_da", "da_dz", "dz_dw", "dz_db", "dz_da", "dC_dw", "dC_db", "w_new",
            "b_new"; "w" and "b" at the start.
        equations: Numbers of the deck's equations; empty where the deck has none.
        factors: Names of the entries whose product it is, as "da_dz(2)"; empty for other things.
        values: Without the axis of samples where there is one sample only.
    """

    iteration: int
    phase: Phase
    layer: int
    name: str
    equations: tuple[int, ...]
    factors: tuple[str, ...]
    values: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values; () for a single number."""
        return self.values.shape

    @property
    def label(self) -> str:
        """Name with its layer, as "dC_dw(2)"."""
        return self.name if self.name == "C" else f"{self.name}({self.layer})"


@dataclass(frozen=True, slots=True)
class Trace:
    """A few steps of training in full.

    Attributes:
        network: At iteration 0.
        x: Inputs, shape (n_samples, n_0).
        y: Targets, shape (n_samples, n_L).
        eta: Learning rate.
        entries: In the order of the algorithm.
        costs: C before each step, and after the last.
        scalar_difference: Largest difference of a gradient from the scalar form, over all steps.
    """

    network: DenseNetwork
    x: Floats
    y: Floats
    eta: float
    entries: tuple[Entry, ...]
    costs: tuple[float, ...]
    scalar_difference: float

    def as_json(self) -> dict[str, Any]:
        """All of it as plain objects, with shapes."""
        return {
            "kind": "arborisk back-propagation trace",
            "version": 1,
            "sizes": list(self.network.sizes),
            "sigma": [layer.sigma for layer in self.network.layers],
            "cost": self.network.cost,
            "eta": self.eta,
            "n_samples": len(self.x),
            "input": self.x.tolist(),
            "target": self.y.tolist(),
            "weights": [layer.weight.tolist() for layer in self.network.layers],
            "biases": [layer.bias.tolist() for layer in self.network.layers],
            "costs": list(self.costs),
            "scalar_difference": self.scalar_difference,
            "entries": [
                {
                    "iteration": entry.iteration,
                    "phase": entry.phase,
                    "layer": entry.layer,
                    "name": entry.name,
                    "equations": list(entry.equations),
                    "factors": list(entry.factors),
                    "shape": list(entry.shape),
                    "values": entry.values.tolist(),
                }
                for entry in self.entries
            ],
        }


@np.errstate(over="ignore", invalid="ignore")  # weights that run away are refused by name
def trace(network: DenseNetwork, x: object, y: object, *, eta: float, n_steps: int = 1) -> Trace:
    """Runs a few steps and keeps every number.

    Args:
        network: At iteration 0.
        x: Input, shape (n_0,) or (n_samples, n_0).
        y: Target, shape (n_L,) or (n_samples, n_L).
        eta: Learning rate, positive.
        n_steps: Updates to make, at least 1.

    Raises:
        SettingsError: Wrong shapes or numbers, or weights that ran away.
    """
    if not eta > 0 or not np.isfinite(eta):
        raise SettingsError(
            "a learning rate above 0", f"{eta}", "eta", "Give a learning rate such as 0.5."
        )
    if n_steps < 1:
        raise SettingsError("at least 1 step", f"{n_steps}", "steps", "Ask for 1 or more.")
    inputs = as_samples(x, network.sizes[0], "the input", network.dtype)
    targets = as_samples(y, network.sizes[-1], "the target", network.dtype)
    entries = list(_start(network))
    costs, largest, now = [], 0.0, network
    for iteration in range(n_steps):
        passed = forward(now, inputs, targets)
        gradients = backward(now, passed)
        after = updated(now, gradients, eta)
        entries += _forward_entries(iteration, passed)
        entries += _backward_entries(iteration, gradients, after, n_samples=len(inputs))
        costs.append(passed.cost)
        largest = max(largest, _difference(now, passed, gradients))
        now = after
    costs.append(forward(now, inputs, targets).cost)
    return Trace(network, inputs, targets, eta, tuple(entries), tuple(costs), largest)


def _difference(
    network: DenseNetwork, passed: Forward, gradients: tuple[LayerGradients, ...]
) -> float:
    """Largest difference between the vectorised gradients and the scalar form as derived."""
    one_by_one = [
        scalar_gradients(network, x, y) for x, y in zip(passed.a[0], passed.y, strict=True)
    ]
    largest = 0.0
    for number, gradient in enumerate(gradients):
        for name in ("dC_dw", "dC_db"):
            mean = np.mean([getattr(sample[number], name) for sample in one_by_one], axis=0)
            largest = max(largest, float(np.abs(mean - getattr(gradient, name)).max()))
    return largest


def _start(network: DenseNetwork) -> Iterator[Entry]:
    """w(l),0 and b(l),0: the deck names them and gives them no equation."""
    for number, layer in enumerate(network.layers, start=1):
        yield Entry(0, "initialise", number, "w", (), (), layer.weight)
        yield Entry(0, "initialise", number, "b", (), (), layer.bias)


def _forward_entries(iteration: int, passed: Forward) -> Iterator[Entry]:
    n_layers, n_samples = len(passed.z), len(passed.y)
    yield Entry(iteration, "forward", 0, "a", (), (), _shown(passed.a[0], n_samples))
    for number in range(1, n_layers + 1):
        equations = forward_equations(number, n_layers)
        for name, values in (("z", passed.z[number - 1]), ("a", passed.a[number])):
            shown = _shown(values, n_samples)
            yield Entry(iteration, "forward", number, name, equations[name], (), shown)
    yield Entry(iteration, "forward", 0, "C", (3, 22), (), np.asarray(passed.cost))


def _backward_entries(
    iteration: int, gradients: tuple[LayerGradients, ...], after: DenseNetwork, *, n_samples: int
) -> Iterator[Entry]:
    """Layer L first; the updates of a layer follow its gradients, as in the deck."""
    n_layers = len(gradients)
    for number in range(n_layers, 0, -1):
        found, new = gradients[number - 1], after.layers[number - 1]
        equations = gradient_equations(number, n_layers)
        above = number + 1
        from_above = (f"dC_da({above})", f"da_dz({above})", f"dz_da({above})")
        for name in ("dC_da", "da_dz", "dz_dw", "dz_db"):
            yield Entry(
                iteration,
                "backward",
                number,
                name,
                factor_equations(name, number, n_layers),
                from_above if name == "dC_da" and above <= n_layers else (),
                _shown(np.asarray(getattr(found, name)), n_samples),
            )
        common = (f"dC_da({number})", f"da_dz({number})")
        for name, values, last in (
            ("dC_dw", found.dC_dw, f"dz_dw({number})"),
            ("dC_db", found.dC_db, f"dz_db({number})"),
        ):
            yield Entry(
                iteration, "backward", number, name, equations[name], (*common, last), values
            )
        for name, values in (("w_new", new.weight), ("b_new", new.bias)):
            yield Entry(iteration, "update", number, name, equations[name], (), values)
        if number > 1:
            numbers = factor_equations("dz_da", number, n_layers)
            yield Entry(iteration, "backward", number, "dz_da", numbers, (), found.dz_da)


def _shown(values: Floats, n_samples: int) -> Floats:
    """Without the axis of samples where it says nothing; a plain number stays one."""
    return values[0] if n_samples == 1 and values.ndim > 1 else values


def example_samples(network: DenseNetwork, n_samples: int, seed: int) -> tuple[Floats, Floats]:
    """Inputs and targets to trace a network with, in numbers that are short to read.

    Args:
        network: Says how many numbers a sample has, and whether targets are classes.
        n_samples: 1 for one sample as derived, more for a mini-batch.
        seed: Same seed, same numbers.

    Returns:
        Inputs, shape (n_samples, n_0), from -1 to 1; targets, shape (n_samples, n_L), from 0.1 to
        0.9, or one class each under cross-entropy.

    Raises:
        SettingsError: No sample.
    """
    if n_samples < 1:
        raise SettingsError("at least 1 sample", f"{n_samples}", "samples", "Ask for 1 or more.")
    generator = np.random.default_rng([seed, 1])
    n_out = network.sizes[-1]
    x = generator.uniform(-1, 1, (n_samples, network.sizes[0])).round(2)
    if network.the_cost.with_softmax:
        return x, np.eye(n_out)[generator.integers(n_out, size=n_samples)]
    return x, generator.uniform(0.1, 0.9, (n_samples, n_out)).round(2)
