"""Is the map the same after another training, a small shift, a little more light?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.maps import (
    CORRELATION,
    Floats,
    MapMaker,
    enlarged,
    mean_interval,
    on_grid,
    rank_correlation,
)
from arborisk.explanation.belief.refit import n_stages_of, only_last_learnt, redrawn, single_members
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


SHIFT_SHARE: Final = 1 / 28
"""Shift as a share of the photo's side, 8 px at 224: as much as the next step of a photographer,
and half of a place of the grid on which maps are compared."""
BRIGHTER: Final = 1.05
"""Factor on the pixels; a twentieth is less than what a camera's exposure changes by itself."""
LEAST_ALIKE: Final = 0.5
"""Least rank correlation that counts as the same map; the other side of what counts as another one,
see `arborisk.explanation.belief.stability.MOST_LEFT`."""
MOST_BETWEEN: Final = 0.8
"""Largest rank correlation between the maps of different photos. Trees stand in the middle of their
photos, so that true maps have much in common; above 0.8, two thirds of the variance of the ranks,
the map is a picture of the habit of photographers, not of this tree."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Rank correlations of maps that should be alike, and of maps that should not.

    Attributes:
        members: Between the members of the model, or None where there is one.
        seeds: With models trained from other seeds, or None where none was given.
        shifted: After a shift of the photo, the map shifted back.
        brighter: After a little more light.
        between: Between maps of different photos, or None for a single one.
        n_photos: Photos looked at.
        n_members: Members compared.
        n_seeds: Other models compared.
    """

    members: Interval | None
    seeds: Interval | None
    shifted: Interval
    brighter: Interval
    between: float | None
    n_photos: int
    n_members: int
    n_seeds: int

    @property
    def figures(self) -> tuple[tuple[str, Interval], ...]:
        """Names and values of all that should be alike."""
        named = (
            ("members of the model", self.members),
            ("models of other seeds", self.seeds),
            ("shifted by a few pixels", self.shifted),
            ("a twentieth brighter", self.brighter),
        )
        return tuple((name, value) for name, value in named if value is not None)

    @property
    def stable(self) -> bool:
        """Whether all that should be alike is."""
        return all(value.value >= LEAST_ALIKE for _, value in self.figures)

    @property
    def of_the_photo(self) -> bool:
        """Whether maps differ from photo to photo."""
        return self.between is None or self.between <= MOST_BETWEEN

    @property
    def sentence(self) -> str:
        """In words."""
        found = "; ".join(f"{name} {interval_text(value)}" for name, value in self.figures)
        how = "The map is stable" if self.stable else "The map is not stable"
        text = f"{how} (rank correlation, at least {LEAST_ALIKE:g} asked): {found}."
        if self.between is None:
            return text
        between = f"Maps of different photos correlate by {self.between:.2f}"
        if self.of_the_photo:
            return f"{text} {between}."
        return f"{text} {between}: it is nearly the same map for every photo."


def measure_stability(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    *,
    groups: Sequence[str],
    others: Sequence[OpenedModel] = (),
) -> Stability:
    """Maps again by each member, by models of other seeds, and of photos changed a little.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels), n at least 1.
        contrast: What the maps explain.
        make_maps: Makes them.
        groups: Group of each photo.
        others: The same model trained from other seeds.
    """
    original = make_maps(opened, arrays, contrast)
    members = single_members(opened)
    by_member = [on_grid(make_maps(one, arrays, contrast)) for one in members if len(members) > 1]
    by_seed = [on_grid(make_maps(one, arrays, contrast)) for one in (opened, *others) if others]
    light = on_grid(make_maps(opened, brightened(arrays), contrast))
    return Stability(
        members=_pairs(by_member, groups),
        seeds=_pairs(by_seed, groups),
        shifted=mean_interval(
            _shifted(opened, arrays, contrast, make_maps, original), groups, within=CORRELATION
        ),
        brighter=mean_interval(
            rank_correlation(on_grid(original), light), groups, within=CORRELATION
        ),
        between=between_photos(on_grid(original)),
        n_photos=len(arrays),
        n_members=len(members),
        n_seeds=len(others),
    )


def between_photos(maps: Floats) -> float | None:
    """Mean rank correlation of the maps of different photos, each with the next; None for one."""
    if len(maps) < 2:
        return None
    # A map that marks nothing is like every other such map, though it has no correlation.
    constant = maps.reshape(len(maps), -1).std(axis=1) == 0
    if constant.all():
        return 1.0
    return float(rank_correlation(maps, np.roll(maps, 1, axis=0)).mean())


def brightened(arrays: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Photos with a little more light, shape as given."""
    return np.asarray(np.clip(np.rint(arrays * BRIGHTER), 0, 255), dtype=np.uint8)


def shifted(arrays: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """Photos moved by some pixels; what comes in repeats the border.

    Args:
        arrays: Shape (n, size, size, channels).
        down: Pixels down; up below 0.
        right: Pixels right; left below 0.
    """
    size = arrays.shape[1]
    rows = np.clip(np.arange(size) - down, 0, size - 1)
    columns = np.clip(np.arange(size) - right, 0, size - 1)
    return arrays[:, rows][:, :, columns]


def _shifted(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    make_maps: MapMaker,
    original: NDArray[np.float32],
) -> Floats:
    """Rank correlation of each map with that of the moved photo, moved back, shape (n,)."""
    size = arrays.shape[1]
    step = max(1, round(size * SHIFT_SHARE))
    found = []
    for down, right in ((step, step), (-step, step)):
        moved = make_maps(opened, shifted(arrays, down, right), contrast)
        first, second = enlarged(original, size), enlarged(moved, size)
        back = np.roll(second, (-down, -right), axis=(1, 2))
        inner = slice(step, size - step)  # what came in at the border is no part of the photo
        found.append(
            rank_correlation(on_grid(first[:, inner, inner]), on_grid(back[:, inner, inner]))
        )
    return np.asarray(np.mean(found, axis=0))


def _pairs(maps: list[Floats], groups: Sequence[str]) -> Interval | None:
    """Mean rank correlation over all pairs of makers of the same photo's map."""
    if len(maps) < 2:
        return None
    each = [rank_correlation(first, second) for first, second in combinations(maps, 2)]
    return mean_interval(np.mean(each, axis=0), groups, within=CORRELATION)
