"""Is the map the same after another training, a small shift, a little more light?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.altered import single_members
from arborisk.explanation.belief.interval import CORRELATION, mean_interval
from arborisk.explanation.belief.maps import (
    Floats,
    MapMaker,
    enlarged,
    on_grid,
    rank_correlation,
)
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Interval
from arborisk.wording.intervals import interval_text

SHIFT_SHARE: Final = 1 / 28
"""Shift as a share of the photo's side, 8 px at 224: as much as the next step of a photographer,
and half of a place of the grid on which maps are compared."""
BRIGHTER: Final = 1.05
"""Factor on the pixels; a twentieth is less than what a camera's exposure changes by itself."""
LEAST_ALIKE: Final = 0.5
"""Least rank correlation that counts as the same map; the other side of what counts as another one,
see `arborisk.explanation.belief.cascade.MOST_LEFT`."""
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
