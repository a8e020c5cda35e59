"""Gradients by the chain rule against central differences, and against torch's autograd.

Torch is asked here, and only here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from arborisk.deck.activations import Floats
from arborisk.deck.dense_network import DenseLayer, DenseNetwork
from arborisk.deck.fitting import adam_start, adam_step
from arborisk.deck.passes import backward, forward, scalar_gradients, updated
from arborisk.deck.stack import (
    Activation,
    Block,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    MaxPooling,
    descend,
    gradients,
    parameters,
    run_stack,
)
from arborisk.errors import MissingDependencyError, SettingsError

if TYPE_CHECKING:
    from torch import Tensor, nn


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


def check_network(network: DenseNetwork, x: object, y: object, *, name: str) -> Iterator[CheckRow]:
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


def _with(network: DenseNetwork, number: int, field: str, values: Floats) -> DenseNetwork:
    """The network with other weights or biases in one layer."""
    layers = list(network.layers)
    old = layers[number - 1]
    weight, bias = (values, old.bias) if field == "weight" else (old.weight, values)
    layers[number - 1] = DenseLayer(weight, bias, old.sigma)
    return DenseNetwork(tuple(layers), network.cost)


AGAINST = "torch"


def check_network_with_torch(
    network: DenseNetwork, x: object, y: object, *, eta: float, name: str
) -> Iterator[CheckRow]:
    """Every gradient and every new weight of a dense network against torch.

    Args:
        network: In float64.
        x: Inputs, shape (n_samples, n_0).
        y: Targets, shape (n_samples, n_L).
        eta: Learning rate of the update step.
        name: The network in words.

    Yields:
        A row for each of dC_dw, dC_db, w_new and b_new of each layer.

    Raises:
        MissingDependencyError: Torch is not installed.
    """
    torch = _torch()
    passed = forward(network, x, y)
    found = backward(network, passed)
    after = updated(network, found, eta)
    values = [
        torch.tensor(part, requires_grad=True)
        for layer in network.layers
        for part in (layer.weight, layer.bias)
    ]
    a = torch.tensor(passed.a[0])
    for number, layer in enumerate(network.layers):
        z = torch.nn.functional.linear(a, values[2 * number], values[2 * number + 1])
        a = z if layer.sigma in ("identity", "softmax") else getattr(torch, layer.sigma)(z)
    target = torch.tensor(passed.y)
    if network.the_cost.with_softmax:
        cost = torch.nn.functional.cross_entropy(a, target)
    else:
        cost = (a - target).square().sum(dim=1).mean()
    cost.backward()
    torch.optim.SGD(values, lr=eta).step()
    for number, (gradient, layer) in enumerate(zip(found, after.layers, strict=True)):
        for place, (part, ours, new) in enumerate(
            (("w", gradient.dC_dw, layer.weight), ("b", gradient.dC_db, layer.bias))
        ):
            theirs = values[2 * number + place]
            for label, mine, other in (
                (f"dC_d{part}({number + 1})", ours, theirs.grad),
                (f"{part}_new({number + 1})", new, theirs.detach()),
            ):
                yield _row(name, label, mine, other.numpy())


def check_classifier_with_torch(
    modules: Sequence[nn.Module], x: Floats, y: Floats, *, eta: float, name: str, seed: int = 0
) -> Iterator[CheckRow]:
    """One training step of a convolutional classifier by hand, against torch: dropout included.

    Args:
        modules: Of torch, applied one after the other, in float64 and in training mode; changed by
            the step. Understood: ZeroPad2d, Conv2d, ReLU, Tanh, Sigmoid, MaxPool2d, Flatten,
            Linear, Dropout, and Sequential of these.
        x: Pictures, shape (n_samples, maps, height, width), float64.
        y: Wanted probabilities, shape (n_samples, n_classes), float64.
        eta: Learning rate, for the plain update and for Adam.
        name: The network in words.
        seed: Of torch's dropout; we use the masks that torch drew.

    Yields:
        A row for the gradient, the plain update and Adam's update of every parameter.

    Raises:
        MissingDependencyError: Torch is not installed.
        SettingsError: A module that is not understood.
    """
    torch = _torch()
    flat = _flat(modules)
    values = [parameter for module in flat for parameter in module.parameters()]
    masks: list[Floats] = []

    def keep_mask(module: Any, given: tuple[Tensor, ...]) -> None:  # noqa: ANN401
        state = torch.get_rng_state()  # the mask is drawn twice from the same state
        masks.append(torch.nn.functional.dropout(torch.ones_like(given[0]), module.p).numpy())
        torch.set_rng_state(state)

    hooks = [
        module.register_forward_pre_hook(keep_mask)
        for module in flat
        if isinstance(module, torch.nn.Dropout)
    ]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = torch.tensor(x)
        for module in flat:
            made = module(made)
    for hook in hooks:
        hook.remove()
    torch.nn.functional.cross_entropy(made, torch.tensor(y)).backward()

    blocks = blocks_from_torch(flat, masks)
    passed = run_stack(blocks, x, y)
    before = parameters(blocks)
    plain = parameters(descend(blocks, passed, eta))
    by_adam, _ = adam_step(before, gradients(passed), adam_start(before), eta=eta)
    names = [
        f"{part} of {kind} {number}"
        for kind, number in _numbered(blocks)
        for part in ("weight", "bias")
    ]
    yield _row(name, "probabilities", passed.probability, made.detach().softmax(1).numpy())
    for label, ours, value in zip(names, gradients(passed), values, strict=True):
        yield _row(name, f"gradient, {label}", ours, value.grad.numpy())
    for kind, new, optimiser in (
        ("updated", plain, torch.optim.SGD(values, lr=eta)),
        ("Adam", by_adam, torch.optim.Adam(values, lr=eta, eps=1e-7)),
    ):
        with torch.no_grad():
            for value, start in zip(values, before, strict=True):
                value.copy_(torch.tensor(start))
        optimiser.step()
        for label, ours, value in zip(names, new, values, strict=True):
            yield _row(name, f"{kind}, {label}", ours, value.detach().numpy())


def blocks_from_torch(modules: Sequence[nn.Module], masks: Sequence[Floats] = ()) -> list[Block]:
    """Modules of torch as blocks of ours, with copies of their weights.

    Args:
        modules: As `check_classifier_with_torch` takes them.
        masks: Of each Dropout in order; without any, dropouts are left out, as after training.

    Raises:
        SettingsError: A module that is not understood.
    """
    left = iter(masks)
    blocks: list[Block] = []
    padding = (0, 0)
    for module in _flat(modules):
        match type(module).__name__:
            case "ZeroPad2d":
                padding = (int(module.padding[0]), int(module.padding[1]))
                continue
            case "Conv2d":
                weight, bias = _copied(module)
                blocks.append(Convolution(weight, bias, int(module.stride[0]), padding))
                padding = (0, 0)
            case "Linear":
                blocks.append(Dense(*_copied(module)))
            case "ReLU" | "Tanh" | "Sigmoid" as kind:
                blocks.append(Activation(kind.lower()))
            case "MaxPool2d":
                blocks.append(MaxPooling(int(module.kernel_size)))
            case "Flatten":
                blocks.append(Flatten())
            case "Dropout":
                if masks:
                    blocks.append(Dropout(next(left)))
            case kind:
                raise SettingsError(
                    "convolutions, max poolings, dense layers, dropouts and their activations",
                    kind,
                    "the network to do by hand",
                    "Choose max pooling and a nominal last layer.",
                )
    return blocks


def _flat(modules: Sequence[Any]) -> list[Any]:
    """Modules without the Sequentials around them."""
    found: list[Any] = []
    for module in modules:
        found += _flat(list(module)) if type(module).__name__ == "Sequential" else [module]
    return found


def _copied(module: Any) -> tuple[Floats, Floats]:  # noqa: ANN401
    """Weight and bias of a module as arrays of their own."""
    return module.weight.detach().numpy().copy(), module.bias.detach().numpy().copy()


def _numbered(blocks: Sequence[Block]) -> list[tuple[str, int]]:
    """Kind and number of each block with weights: convolution 1, 2 ..., dense 1, 2 ..."""
    found: list[tuple[str, int]] = []
    for kind, of_kind in (("convolution", Convolution), ("dense", Dense)):
        n = sum(isinstance(block, of_kind) for block in blocks)
        found += [(kind, number) for number in range(1, n + 1)]
    return found


def _row(name: str, label: str, ours: Floats, theirs: Any) -> CheckRow:  # noqa: ANN401
    other = np.asarray(theirs)
    return CheckRow(name, label, ours.shape, AGAINST, ours.size, relative_difference(ours, other))


def _torch() -> Any:  # noqa: ANN401 - typed at the point of use only
    try:
        import torch
    except ImportError as error:
        raise MissingDependencyError("torch", "train", "comparing with torch") from error
    return torch


SIZES = (3, 4, 3, 2)
MODEL1_PHOTOS = 3
ETA = 0.1


def all_checks(*, seed: int, with_torch: bool, size: int) -> list[CheckRow]:
    """Every comparison.

    Args:
        seed: Of weights, samples and dropout.
        with_torch: Whether torch is asked; Model 1 needs it.
        size: Side of Model 1's pictures, in pixels.
    """
    rows = list(_dense(seed, with_torch))
    if with_torch:
        rows += _model1(seed, size)
    return rows


def _dense(seed: int, with_torch: bool) -> Iterator[CheckRow]:
    """Each sigma with each cost, one sample and a mini-batch of five."""
    import dataclasses

    import numpy as np

    from arborisk.deck.activations import COSTS, SIGMAS
    from arborisk.deck.dense_network import draw_network
    from arborisk.deck.tracing import example_samples

    for sigma, cost, n_samples in product(SIGMAS, COSTS, (1, 5)):
        network = draw_network(SIZES, sigma=sigma, cost=cost, seed=seed)
        generator = np.random.default_rng([seed, 2])
        layers = tuple(
            dataclasses.replace(layer, bias=generator.normal(0, 0.3, len(layer.bias)))
            for layer in network.layers
        )
        network = dataclasses.replace(network, layers=layers)
        x, y = example_samples(network, n_samples, seed)
        name = f"{sigma}, {cost}, {n_samples} sample{'s' * (n_samples > 1)}"
        yield from check_network(network, x, y, name=name)
        if with_torch:
            yield from check_network_with_torch(network, x, y, eta=ETA, name=name)


def _model1(seed: int, size: int) -> Iterator[CheckRow]:
    """The deck's Model 1, all its feature maps, on small pictures, dropout at work."""
    import numpy as np

    from arborisk.deck.model1_page import model1_modules

    generator = np.random.default_rng([seed, 3])
    pictures = generator.random((MODEL1_PHOTOS, 1, size, size))
    wanted = np.eye(2)[generator.integers(2, size=MODEL1_PHOTOS)]
    yield from check_classifier_with_torch(
        model1_modules(size=size, seed=seed),
        pictures,
        wanted,
        eta=ETA,
        name=f"Model 1, {size} px, {MODEL1_PHOTOS} photos",
        seed=seed,
    )


def as_objects(rows: Sequence[CheckRow]) -> list[dict[str, Any]]:
    """Rows as plain objects."""
    import dataclasses

    return [dataclasses.asdict(row) | {"agrees": row.agrees} for row in rows]


def check_cells(
    rows: Sequence[CheckRow], *, every: bool
) -> tuple[list[str], list[list[str]], tuple[str, ...]]:
    """Headings, rows and which headings are numbers.

    Args:
        rows: All comparisons.
        every: Whether each has a row of its own, or each network and other way one.
    """
    from arborisk.deck.backprop_page import shape_text

    numbers = ("numbers", "difference")
    if every:
        columns = ["network", "quantity", "shape", "against", *numbers, "agrees"]
        cells = [
            [
                *(row.network, row.quantity, shape_text(row.shape), row.against),
                *(str(row.n_compared), f"{row.difference:.1e}", _yes(row.agrees)),
            ]
            for row in rows
        ]
    else:
        columns = ["network", "against", *numbers, "agrees"]
        cells = []
        for name, against in dict.fromkeys((row.network, row.against) for row in rows):
            of_it = [row for row in rows if (row.network, row.against) == (name, against)]
            n_compared = sum(row.n_compared for row in of_it)
            largest = max(row.difference for row in of_it)
            agrees = _yes(all(row.agrees for row in of_it))
            cells.append([name, against, f"{n_compared:,}", f"{largest:.1e}", agrees])
    return columns, cells, numbers


def agreement_line(rows: Sequence[CheckRow]) -> str:
    """How many agree."""
    n_agree = sum(row.agrees for row in rows)
    return f"{n_agree} of {len(rows)} gradients and updates agree within {TOLERANCE:.0e}, relative."


def _yes(agrees: bool) -> str:
    return "yes" if agrees else "NO"
