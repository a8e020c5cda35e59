"""Changes one thing at a time in drawn trees, and asks the model and mechanics about each."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.errors import SettingsError
from arborisk.explanation.responses.records import (
    Factor,
    FactorResponse,
    Floats,
    Interventions,
    choose_factors,
    direction_of,
)
from arborisk.explanation.responses.scene import (
    BaseTree,
    DrawnVersions,
    SceneTask,
    draw_base_trees,
    draw_versions,
)
from arborisk.photos.workers import start_worker
from arborisk.records import Progress
from arborisk.simulate.failure import critical_gust_ms
from arborisk.simulate.parameters import VisibleParts, draw_hidden
from arborisk.simulate.pictures import available_processes
from arborisk.simulate.trees import DrawnTree

if TYPE_CHECKING:
    from arborisk.explanation.opened import OpenedModel


N_REDRAWS = 200
STREAM = 12


def expected_gusts_ms(trees: Sequence[DrawnTree], seed: int) -> NDArray[np.float64]:
    """Mean gust at which trees of these looks fail, m/s at 10 m, shape (n_trees,).

    The hidden wall of decay and the hold of the roots are drawn `N_REDRAWS` times given what is
    seen, and the critical gust is averaged. A call with as many trees and the same seed draws the
    same luck, so that a curve over levels shows the level's effect alone.

    Args:
        trees: The trees at one level.
        seed: Of the redraws.
    """
    visible = visible_parts(trees)
    rng = np.random.default_rng([seed, STREAM])
    hidden = draw_hidden(visible, rng, n_redraws=N_REDRAWS)
    gusts: NDArray[np.float64] = critical_gust_ms(visible, hidden).mean(axis=0)
    return gusts


def visible_parts(trees: Sequence[DrawnTree]) -> VisibleParts:
    """What photos can show of trees, as arrays of shape (n_trees,)."""

    def column(name: str, kind: type = float) -> NDArray[Any]:
        return np.array([getattr(tree, name) for tree in trees], dtype=kind)

    return VisibleParts(
        is_conifer=np.array([tree.kind == "conifer" for tree in trees]),
        height_m=column("height_m"),
        stem_diameter_m=column("stem_diameter_m"),
        crown_width_m=column("crown_width_m"),
        crown_base_m=column("crown_base_m"),
        crown_density=column("crown_density"),
        lean_deg=column("lean_deg"),
        crown_offset_m=column("crown_offset_m"),
        dead_crown_share=column("dead_crown_share"),
        n_stems=column("n_stems", np.int64),
        cavity_share=column("cavity_share"),
        n_conks=column("n_conks", np.int64),
        root_plate_lift_deg=column("root_plate_lift_deg"),
    )


BATCH = 16


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says of n pictures.

    Attributes:
        score: Of the contrast, shape (n,).
        probability: Mean over the members, uncalibrated, shape (n, n_classes).
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]


def read_arrays(opened: OpenedModel, contrast: Contrast, arrays: NDArray[np.uint8]) -> Said:
    """What a model says of pictures.

    Args:
        opened: The model.
        contrast: What the score is of.
        arrays: uint8, shape (n, size, size, channels), n at least 1.
    """
    log_members = np.concatenate(list(_log_probabilities(opened, arrays)), axis=1)
    weights = contrast.weights(len(opened.titles))
    return Said(log_members.mean(axis=0) @ weights, np.exp(log_members).mean(axis=0))


def _log_probabilities(
    opened: OpenedModel, arrays: NDArray[np.uint8]
) -> Iterator[NDArray[np.float64]]:
    """By batch, what each member says, shape (members, n, n_classes).

    The bundle's own file gives the same as the networks in torch (`open_model` checks it), in half
    the time; where it averages over further views of a photo it does not.
    """
    bundle = opened.bundle
    one_view = bundle and bundle.description.training.get("test_views", "one") == "one"
    for start in range(0, len(arrays), BATCH):
        batch = arrays[start : start + BATCH]
        if bundle is not None and one_view:
            yield bundle.predict(batch).member_log_probability.transpose(1, 0, 2)
            continue
        import torch

        with torch.inference_mode():
            said = opened.log_probability(opened.pictures(batch))
            yield said.double().numpy()


N_TREES, N_LEVELS = 24, 7
SIZE_PX = (378, 504)
FEWEST_LEVELS = 3
AHEAD = 2
"""Trees drawn ahead of the one that is read, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A factor, its levels, and the trees at each level: ``trees[level][tree]``."""

    factor: Factor
    levels: Floats
    trees: list[list[DrawnTree]]


def interventions(
    opened: OpenedModel,
    contrast: Contrast,
    *,
    n_trees: int = N_TREES,
    seed: int = 0,
    factors: Sequence[str] | None = None,
    levels: int = N_LEVELS,
    size_px: tuple[int, int] = SIZE_PX,
    ordered: bool | None = None,
    n_processes: int | None = None,
    progress: Progress | None = None,
) -> Interventions:
    """How the score of drawn trees changes with each factor, beside what mechanics expects.

    Site, camera, sky, background, grain and everything else about the tree stay; what a change
    brings with it all the same (framing, shade, the place of single leaves) is in
    docs/responses.md.

    Args:
        opened: The model.
        contrast: What the score is of.
        n_trees: Drawn trees, each at a site of its own.
        seed: Same seed, same trees and curves, whatever the number of processes.
        factors: Names out of `FACTORS`; None for all.
        levels: Levels of each factor, at least 3.
        size_px: Width and height of the drawn photos.
        ordered: Whether the classes ascend by likelihood of failure; None for what the bundle
            says, and False without one.
        n_processes: Processes that draw; None for all cores. Everything else stays in this one.
        progress: Called as ``progress(done, total)`` by trees.

    Raises:
        SettingsError: An unknown factor, too few trees or levels.
    """
    if levels < FEWEST_LEVELS:
        raise SettingsError(
            f"at least {FEWEST_LEVELS} levels", f"{levels}", "responses", "Ask for more levels."
        )
    bases = draw_base_trees(n_trees, seed)
    plans = [_plan(factor, bases, levels) for factor in choose_factors(factors)]
    shown = _shown_tree(bases)
    tasks = [
        SceneTask(
            base,
            tuple(of_level[number] for plan in plans for of_level in plan.trees),
            size_px,
            opened.preprocess,
            keep=_kept(plans) if number == shown else (),
        )
        for number, base in enumerate(bases)
    ]
    said, drawn = _read_all(opened, contrast, tasks, n_processes or available_processes(), progress)
    if ordered is None:
        ordered = opened.bundle is not None and opened.bundle.description.scheme.ordered
    return Interventions(
        responses=_responses(plans, said, drawn, drawn[shown], seed),
        titles=tuple(opened.titles),
        contrast=contrast,
        direction=direction_of(contrast, ordered=ordered),
        n_trees=n_trees,
        size_px=size_px,
        seed=seed,
        learnt_from_drawn=None if opened.bundle is None else opened.bundle.description.drawn,
    )


def _plan(factor: Factor, bases: Sequence[BaseTree], n_levels: int) -> _Plan:
    levels = factor.levels(n_levels)
    return _Plan(
        factor,
        levels,
        [[factor.change(base.tree, float(level)) for base in bases] for level in levels],
    )


def _shown_tree(bases: Sequence[BaseTree]) -> int:
    """Number of the tree of which pictures are kept: the first broadleaf in leaf, or the first."""
    in_leaf = (
        number
        for number, base in enumerate(bases)
        if base.tree.kind == "broadleaf" and base.site.leaf_on and base.tree.dead_crown_share < 0.1
    )
    return next(in_leaf, 0)


def _kept(plans: Sequence[_Plan]) -> tuple[int, ...]:
    """Numbers of the versions at the lowest, a middle and the highest level of each factor."""
    kept: list[int] = []
    start = 0
    for plan in plans:
        n_levels = len(plan.levels)
        kept += [start, start + n_levels // 2, start + n_levels - 1]
        start += n_levels
    return tuple(kept)


def _read_all(
    opened: OpenedModel,
    contrast: Contrast,
    tasks: Sequence[SceneTask],
    n_processes: int,
    progress: Progress | None,
) -> tuple[list[Said], list[DrawnVersions]]:
    """What the model says of every version, tree by tree; the arrays themselves are let go."""
    said, drawn = [], []
    for number, one in enumerate(_drawn(tasks, n_processes), start=1):
        read = read_arrays(opened, contrast, one.arrays)
        said.append(Said(read.score[one.place], read.probability[one.place]))
        drawn.append(DrawnVersions(one.arrays[:0], one.place, one.thumbnails))
        if progress is not None:
            progress(number, len(tasks))
    return said, drawn


def _drawn(tasks: Sequence[SceneTask], n_processes: int) -> Iterator[DrawnVersions]:
    """Drawn versions in the order of the tasks, a few trees ahead of the reader."""
    if n_processes == 1:
        yield from map(draw_versions, tasks)
        return
    # Spawned, not forked: a parent that has started threads must not be forked.
    context = multiprocessing.get_context("spawn")
    n_workers = min(n_processes, len(tasks))
    with ProcessPoolExecutor(n_workers, mp_context=context, initializer=start_worker) as pool:
        waiting: deque[Future[DrawnVersions]] = deque()
        for task in tasks:
            waiting.append(pool.submit(draw_versions, task))
            if len(waiting) > n_processes + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _responses(
    plans: Sequence[_Plan],
    said: Sequence[Said],
    drawn: Sequence[DrawnVersions],
    shown: DrawnVersions,
    seed: int,
) -> tuple[FactorResponse, ...]:
    """Cuts what was said of all versions into factors."""
    score = np.stack([one.score for one in said])
    probability = np.stack([one.probability for one in said])
    place = np.stack([one.place for one in drawn])
    found, start = [], 0
    for plan in plans:
        own = slice(start, start + len(plan.levels))
        start = own.stop
        strip = {
            float(plan.levels[number - own.start]): jpeg
            for number, jpeg in shown.thumbnails.items()
            if own.start <= number < own.stop
        }
        found.append(
            FactorResponse(
                factor=plan.factor,
                levels=plan.levels,
                score=score[:, own],
                probability=probability[:, own],
                critical_gust_ms=_by_level(
                    [expected_gusts_ms(trees, seed) for trees in plan.trees]
                ),
                normal_gust_ms=_by_level(
                    [[tree.normal_gust_ms for tree in trees] for trees in plan.trees]
                ),
                extreme_gust_ms=_by_level(
                    [[tree.extreme_gust_ms for tree in trees] for trees in plan.trees]
                ),
                same_picture=bool((place[:, own] == place[:, own][:, :1]).all()),
                strip=strip,
            )
        )
    return tuple(found)


def _by_level(columns: Sequence[Sequence[float] | Floats]) -> Floats:
    """Shape (n_trees, n_levels) of one column a level."""
    return np.array(columns, dtype=np.float64).T
