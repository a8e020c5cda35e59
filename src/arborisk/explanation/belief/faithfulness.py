"""Do the places that the map marks move the score? Against chance, and against the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.curves import (
    SHARES,
    Cover,
    area_under,
    covers_of,
    deletion_curve,
    insertion_curve,
    scores,
)
from arborisk.explanation.belief.interval import (
    FEWEST_GROUPS,
    above,
    below,
    mean_interval,
)
from arborisk.explanation.belief.maps import (
    Floats,
    centre_blob,
    on_grid,
    random_maps,
)
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Interval, Progress
from arborisk.wording.intervals import interval_text

Baseline = Literal["random", "centre"]
Standing = Literal["better", "not shown", "worse", "too few photos"]
KINDS: Final = ("map", "random", "centre")
"""The map itself, smooth maps of chance, and a blob in the middle of the photo."""


@dataclass(frozen=True, slots=True)
class Against:
    """The map against another way to choose places, on the same photos.

    Attributes:
        deletion: How much lower the score is on average while places are covered.
        insertion: How much higher it is while they are uncovered.
    """

    deletion: Interval
    insertion: Interval

    @property
    def standing(self) -> Standing:
        """Better if both are shown to be above 0, worse if either is shown to be below."""
        both = (self.deletion, self.insertion)
        if all(above(one) for one in both):
            return "better"
        return "worse" if any(below(one) for one in both) else "not shown"


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Deletion and insertion of the places that a map marks.

    Scores are those of the contrast, in logarithms of odds.

    Attributes:
        shares: Shares of the photo covered, or uncovered, shape (s,).
        deletion: Mean score by kind (`KINDS`) and share, shape (3, s).
        insertion: The same while uncovering.
        random: The map against maps of chance.
        centre: The map against the middle of the photo.
        n_photos: Photos that speak for the class: covering them altogether lowers the score.
        n_left_out: Photos that do not, of which no map can show what speaks for it.
        n_groups: Groups of the photos that do.
    """

    shares: tuple[float, ...]
    deletion: tuple[tuple[float, ...], ...]
    insertion: tuple[tuple[float, ...], ...]
    random: Against
    centre: Against
    n_photos: int
    n_left_out: int
    n_groups: int

    def standing(self, against: Baseline) -> Standing:
        """Against maps of chance, or the middle."""
        if self.n_groups < FEWEST_GROUPS:
            return "too few photos"
        return self.random.standing if against == "random" else self.centre.standing

    @property
    def sentence(self) -> str:
        """In words."""
        text = " ".join(
            f"{_STANDING[self.standing(kind)]} {_NAMES[kind]}: covering what the map marks lowers "
            f"the score by {interval_text(own.deletion)} more, uncovering it raises the score by "
            f"{interval_text(own.insertion)} more."
            for kind, own in _pairs(self)
        )
        return f"{text} ({self.n_photos} photos that speak for the class; log-odds.)"


_NAMES: dict[Baseline, str] = {"random": "random maps", "centre": "a blob in the centre"}
_STANDING: dict[Standing, str] = {
    "better": "Better than",
    "not shown": "Not shown to be better than",
    "worse": "Worse than",
    "too few photos": "Too few photos to compare with",
}


def _pairs(found: Faithfulness) -> tuple[tuple[Baseline, Against], ...]:
    """What the map was compared with."""
    return ("random", found.random), ("centre", found.centre)


def measure_faithfulness(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    contrast: Contrast,
    maps: NDArray[np.floating],
    *,
    groups: Sequence[str],
    seed: int = 0,
    cover: Cover = "blur",
    shares: Sequence[float] = SHARES,
    progress: Progress | None = None,
) -> Faithfulness | None:
    """Covers and uncovers photos in the order of their maps, of chance, and from the middle.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels).
        contrast: What the maps explain.
        maps: Their maps, any resolution, shape (n, h, w).
        groups: Group of each photo.
        seed: Of the maps of chance.
        cover: What covered places show.
        shares: Shares of the photo at which the score is asked, from 0 to 1.
        progress: Called with the curves done and to do.

    Returns:
        None where no photo speaks for the class.
    """
    covers = covers_of(arrays, cover)
    ends = [scores(opened, one, contrast) for one in (arrays, covers)]
    kept = [int(place) for place in np.flatnonzero(ends[0] > ends[1])]
    if not kept:
        return None
    ways = (on_grid(maps[kept]), random_maps(len(kept), seed), centre_blob(len(kept)))
    curves: list[Floats] = []
    for make in (deletion_curve, insertion_curve):
        for way in ways:
            inner = make(opened, arrays[kept], covers[kept], contrast, way, shares=shares[1:-1])
            start, stop = ends if make is deletion_curve else ends[::-1]
            curves.append(np.column_stack([start[kept], inner, stop[kept]]))
            if progress is not None:
                progress(len(curves), 2 * len(ways))
    chosen = [groups[place] for place in kept]
    return _faithfulness(curves, chosen, tuple(shares), len(arrays) - len(kept))


def _faithfulness(
    curves: list[Floats], groups: list[str], shares: tuple[float, ...], n_left_out: int
) -> Faithfulness:
    """The record of the six curves: deletion of each kind, then insertion of each kind."""
    areas = [area_under(curve, shares) for curve in curves]
    means = [tuple(float(value) for value in curve.mean(axis=0)) for curve in curves]
    random, centre = (
        Against(
            mean_interval(areas[kind] - areas[0], groups),
            mean_interval(areas[3] - areas[3 + kind], groups),
        )
        for kind in (1, 2)
    )
    return Faithfulness(
        shares=shares,
        deletion=tuple(means[:3]),
        insertion=tuple(means[3:]),
        random=random,
        centre=centre,
        n_photos=len(groups),
        n_left_out=n_left_out,
        n_groups=len(set(groups)),
    )
