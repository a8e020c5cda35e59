"""The tasks of ``arborisk learn backprop train``, and how a training is told in characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from arborisk.deck.activations import Floats
from arborisk.deck.dense_network import DenseNetwork
from arborisk.deck.fitting import Samples, predicted
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from arborisk.deck.fitting import HandFit, Samples
    from arborisk.records import Progress


AREAS, POINTS = ".:", "ox"
"""Characters of the areas and points of classes 0 and 1."""


def text_curve(values: Sequence[float], *, width: int = 60, height: int = 10) -> str:
    """A curve over equal steps.

    Args:
        values: At least one; drawn from 0 or the smallest to the largest.
        width: Columns of the curve at most; more values are thinned out.
        height: Lines.

    >>> print(text_curve([4.0, 2.0, 1.0, 0.5], height=4))
       4.000 |*
       2.667 |
       1.333 | **
       0.000 |   *
    """
    places = np.unique(np.linspace(0, len(values) - 1, min(width, len(values))).round())
    shown = np.asarray(values, float)[places.astype(int)]
    low, high = min(0.0, float(shown.min())), float(shown.max())
    span = (high - low) or 1.0
    line_of = ((high - shown) / span * (height - 1)).round().astype(int)
    lines = []
    for line in range(height):
        marks = "".join("*" if one == line else " " for one in line_of)
        lines.append(f"{high - span * line / (height - 1):8.3f} |{marks}".rstrip())
    return "\n".join(lines)


def text_map(network: DenseNetwork, samples: Samples, *, width: int = 60, height: int = 20) -> str:
    """The plane as a network with two inputs and two classes divides it, and points on it.

    Args:
        network: With two inputs and two outputs.
        samples: Points to draw.
        width: Columns.
        height: Lines.
    """
    low, high = samples.x.min(axis=0), samples.x.max(axis=0)
    across = np.linspace(low[0], high[0], width)
    down = np.linspace(high[1], low[1], height)
    plane: Floats = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    area = predicted(network, plane).reshape(height, width)
    drawn = np.array(list(AREAS))[area]
    share = (samples.x - low) / (high - low)
    column = (share[:, 0] * (width - 1)).round().astype(int)
    line = ((1 - share[:, 1]) * (height - 1)).round().astype(int)
    drawn[line, column] = np.array(list(POINTS))[samples.class_index]
    return "\n".join("".join(row) for row in drawn)


HELD_BACK_EVERY = 3
"""Every third site of drawn trees is held back; of points as many."""
MEASURES = (
    *("height_m", "stem_diameter_m", "crown_width_m", "crown_base_m", "crown_density"),
    *("lean_deg", "crown_offset_m", "dead_crown_share", "n_stems", "cavity_share", "n_conks"),
    "root_plate_lift_deg",
)
"""What a photo of a drawn tree can show. Leans and offsets count the same to either side."""
N_POINTS, N_TREES, FEWEST = 400, 916, 60


@dataclass(frozen=True, slots=True)
class HandRun:
    """One training and what it is to be judged by.

    Attributes:
        name: The task in words.
        class_names: In class order.
        fit: The training.
        learned: The training part, as the network sees it.
        held_out: The part held back.
        majority: Share right of always answering the training part's commoner class, held back.
        recalls: Share right of each class, held back.
        is_drawn_trees: Whether to say so.
    """

    name: str
    class_names: tuple[str, ...]
    fit: HandFit
    learned: Samples
    held_out: Samples
    majority: float
    recalls: tuple[float, ...]
    is_drawn_trees: bool


def run_training(
    task: str,
    *,
    hidden: Sequence[int],
    sigma: str,
    cost: str,
    eta: float,
    n_epochs: int,
    batch_size: int,
    n_samples: int | None,
    seed: int,
    progress: Progress,
) -> HandRun:
    """Draws the task, trains, and looks at the part held back."""
    import numpy as np

    from arborisk.deck.dense_network import draw_network
    from arborisk.deck.fitting import fit, predicted
    from arborisk.errors import SettingsError

    is_trees = task == "trees"
    names = ("Improbable", "Probable") if is_trees else ("upper moon", "lower moon")
    if n_samples is None:
        n_samples = N_TREES if is_trees else N_POINTS
    if n_samples < FEWEST:
        raise SettingsError(
            f"at least {FEWEST} samples, a third of them held back",
            f"{n_samples}",
            "--samples",
            "Ask for more samples.",
        )
    learned, held_out = (_trees if is_trees else _moons)(n_samples, seed)
    sizes = (learned.x.shape[1], *hidden, len(names))
    found = fit(
        draw_network(sizes, sigma=sigma, cost=cost, seed=seed),
        learned,
        eta=eta,
        n_epochs=n_epochs,
        batch_size=batch_size,
        seed=seed,
        held_out=held_out,
        progress=progress,
    )
    answered, truth = predicted(found.network, held_out.x), held_out.class_index
    commoner = np.bincount(learned.class_index, minlength=len(names)).argmax()
    return HandRun(
        name=f"{'drawn trees' if is_trees else 'two moons'}, {len(learned.x)} learned, "
        f"{len(truth)} held back",
        class_names=names,
        fit=found,
        learned=learned,
        held_out=held_out,
        majority=float((truth == commoner).mean()),
        recalls=tuple(float((answered[truth == one] == one).mean()) for one in range(len(names))),
        is_drawn_trees=is_trees,
    )


def _moons(n_points: int, seed: int) -> tuple[Samples, Samples]:
    """Points to learn from, and others of the same moons."""
    from arborisk.deck.fitting import two_moons

    n_held = n_points // HELD_BACK_EVERY
    return two_moons(n_points - n_held, seed=seed), two_moons(n_held, seed=seed + 1)


def _trees(n_trees: int, seed: int) -> tuple[Samples, Samples]:
    """Measures of Improbable and Probable drawn trees; whole sites are held back."""
    import numpy as np

    from arborisk.deck.fitting import Samples, standardiser
    from arborisk.simulate.sampling import CLASS_LABELS, draw_stand

    stand = draw_stand(n_trees=n_trees, seed=seed)
    kept = [
        (tree, label == "Probable")
        for tree, label in zip(stand.trees, stand.labels, strict=True)
        if label in (CLASS_LABELS[0], CLASS_LABELS[2])
    ]
    measures = np.array(
        [
            [*(abs(float(getattr(tree, name))) for name in MEASURES), tree.kind == "conifer"]
            for tree, _ in kept
        ],
        dtype=float,
    )
    class_index = np.array([int(is_probable) for _, is_probable in kept])
    _, site = np.unique([tree.site_id for tree, _ in kept], return_inverse=True)
    held = site % HELD_BACK_EVERY == 0
    scaled = standardiser(measures[~held])
    return (
        Samples(scaled(measures[~held]), class_index[~held]),
        Samples(scaled(measures[held]), class_index[held]),
    )


def training_text(run: HandRun) -> str:
    """The curve, the end, and for points the areas of the classes."""
    first, last = run.fit.history[0], run.fit.history[-1]
    lines = [
        f"{run.name}. C over the training part, epoch 0 to {last.epoch}:",
        text_curve([row.cost for row in run.fit.history]),
        "",
        f"C: {first.cost:.4f} -> {last.cost:.4f}",
        f"right: {percent(first.share_right, 1)} -> {percent(last.share_right, 1)} of the "
        f"training part, {percent(first.share_right_held_out or 0, 1)} -> "
        f"{percent(last.share_right_held_out or 0, 1)} of the part held back (always the commoner "
        f"class: {percent(run.majority, 1)})",
        "of each class, held back: "
        + ", ".join(
            f"{name} {percent(recall, 1)} of {int((run.held_out.class_index == index).sum())}"
            for index, (name, recall) in enumerate(zip(run.class_names, run.recalls, strict=True))
        ),
    ]
    if run.learned.x.shape[1] == 2:
        lines += ["", text_map(run.fit.network, run.learned), ""]
        lines += [f"o and . {run.class_names[0]}; x and : {run.class_names[1]}"]
    if run.is_drawn_trees:
        lines += [
            "",
            "Drawn trees, measured without error and without the Possible ones: evidence that the "
            "equations work,",
            "never about real trees.",
        ]
    return "\n".join(lines)


def as_object(run: HandRun) -> dict[str, Any]:
    """The training as a plain object."""
    import dataclasses

    return {
        "task": run.name,
        "class_names": list(run.class_names),
        "sizes": list(run.fit.network.sizes),
        "majority_held_back": run.majority,
        "recalls_held_back": list(run.recalls),
        "history": [dataclasses.asdict(row) for row in run.fit.history],
    }
