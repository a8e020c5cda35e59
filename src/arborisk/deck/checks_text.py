"""What ``arborisk learn backprop check`` compares: dense networks, and one step of Model 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arborisk.deck.checks import CheckRow


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
    from arborisk.deck.checks import check_network, check_network_with_torch
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

    from arborisk.deck.checks import check_classifier_with_torch
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
    from arborisk.deck.checks import TOLERANCE

    n_agree = sum(row.agrees for row in rows)
    return f"{n_agree} of {len(rows)} gradients and updates agree within {TOLERANCE:.0e}, relative."


def _yes(agrees: bool) -> str:
    return "yes" if agrees else "NO"
