"""Does the map hang on what the network has learnt? Its weights are redrawn from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.altered import n_stages_of, only_last_learnt, redrawn
from arborisk.explanation.belief.interval import CORRELATION, mean_interval
from arborisk.explanation.belief.maps import Floats, MapMaker, on_grid, rank_correlation
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Interval, Progress
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text

N_STEPS: Final = 5
"""Steps of the cascade at most: the last layer, then the stages in so many equal lots less one."""
N_DRAWS: Final = 2
"""Redrawn copies a step; one draw can resemble the original by luck in all photos at once."""
MOST_LEFT: Final = 0.5
"""Largest likeness that may be left when all that was learnt is redrawn: a rank correlation of 0.5
shares a quarter of the variance of the ranks. Some is always left: the photo is the same, and
borders and empty sky look alike to any network. A map of plain edges keeps 1."""


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """One depth of redrawn weights.

    Attributes:
        title: What is redrawn, from the top down to here.
        n_stages: Stages redrawn below the last layer.
        likeness: Rank correlation of the map with the original, size without its sign, see
            `likeness_of`; over photos.
    """

    title: str
    n_stages: int
    likeness: Interval


@dataclass(frozen=True, slots=True)
class Cascade:
    """What is left of the map as the network forgets, from the last layer down.

    Attributes:
        steps: The last layer first, all weights last.
        n_photos: Photos looked at.
        only_last_learnt: Whether the last layer is all that was learnt from labelled photos, over
            a frozen body; then the map must stop resembling as soon as that layer is redrawn.
    """

    steps: tuple[CascadeStep, ...]
    n_photos: int
    only_last_learnt: bool = False

    @property
    def left(self) -> float:
        """Likeness left when all that was learnt is redrawn."""
        last = self.steps[-1].likeness.value
        return max(last, self.steps[0].likeness.value) if self.only_last_learnt else last

    @property
    def passed(self) -> bool:
        """Whether the map stops resembling the original."""
        return self.left <= MOST_LEFT

    @property
    def sentence(self) -> str:
        """In words."""
        first, last = self.steps[0].likeness, self.steps[-1].likeness
        how = "changes with what was learnt" if self.passed else "hardly depends on what was learnt"
        learnt = " (the only one that learnt from these labels)" if self.only_last_learnt else ""
        return (
            f"The map {how}: of a rank correlation of 1, {interval_text(first)} is left when the "
            f"last layer{learnt} is redrawn at random, {interval_text(last)} when all weights are; "
            f"at most {MOST_LEFT:g} may be left ({counted(self.n_photos, 'photo')})."
        )


def run_cascade(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    *,
    groups: Sequence[str],
    seed: int = 0,
    n_steps: int = N_STEPS,
    n_draws: int = N_DRAWS,
    progress: Progress | None = None,
) -> Cascade:
    """Redraws the last layer, then the stages below it from the top down, and maps again.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels), n at least 1.
        contrast: What the maps explain.
        make_maps: Makes them.
        groups: Group of each photo.
        seed: Of the redrawn weights.
        n_steps: Steps at most, at least 2.
        n_draws: Redrawn copies a step.
        progress: Called with the copies done and to do.

    Source: Adebayo et al. (2018), Sanity checks for saliency maps, NeurIPS 31, cascading
    randomisation.
    """
    original = on_grid(make_maps(opened, arrays, contrast))
    depths = cascade_depths(n_stages_of(opened), n_steps)
    steps = []
    for place, depth in enumerate(depths):
        likeness = np.zeros(len(arrays))
        for draw in range(n_draws):
            copy = redrawn(opened, depth, seed=seed * n_draws + draw)
            likeness += likeness_of(original, on_grid(make_maps(copy, arrays, contrast))) / n_draws
            if progress is not None:
                progress(place * n_draws + draw + 1, len(depths) * n_draws)
        title = _title(depth, depths[-1])
        steps.append(CascadeStep(title, depth, mean_interval(likeness, groups, within=CORRELATION)))
    return Cascade(tuple(steps), len(arrays), only_last_learnt(opened))


def likeness_of(original: Floats, other: Floats) -> Floats:
    """Rank correlation of each photo's maps, shape (n,), turned so that its mean is not below 0.

    A redrawn last layer may turn the sign of every map alike. A pattern that shows in all photos,
    be it as its own negative, has not gone; so the sign is taken off the mean, not off each photo,
    where chance alone would look like likeness.

    Args:
        original: Maps, shape (n, side, side).
        other: Maps of the same photos.
    """
    correlation = rank_correlation(original, other)
    return correlation if correlation.mean() >= 0 else -correlation


def cascade_depths(n_stages: int, n_steps: int) -> list[int]:
    """Stages redrawn at each step: 0 is the last layer alone, the last step is all.

    >>> cascade_depths(26, 5), cascade_depths(1, 5)
    ([0, 6, 13, 20, 26], [0, 1])
    """
    return sorted({round(value) for value in np.linspace(0, n_stages, n_steps)})


def _title(depth: int, deepest: int) -> str:
    """Name of a step."""
    if depth == 0:
        return "last layer"
    return "all weights" if depth == deepest else f"top {depth} of {deepest} stages"
