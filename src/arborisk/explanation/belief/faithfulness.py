"""Do the places that the map marks move the score? Against chance, and against the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.maps import (
    FEWEST_GROUPS,
    Floats,
    above,
    below,
    centre_blob,
    enlarged,
    mean_interval,
    on_grid,
    random_maps,
)
from arborisk.explanation.opened import OpenedModel
from arborisk.records import Interval, Progress
from arborisk.wording.intervals import interval_text

SHARES: Final = (0.0, 0.05, 0.2, 0.5, 1.0)
"""Shares of a photo at which the score is asked; closer at the beginning, where a map tells."""
Cover = Literal["blur", "mean"]
"""What covered places show: the photo smoothed beyond recognition, or its mean colour."""
BLUR_SHARE: Final = 0.1
"""Spread of the smoothing as a share of the photo's side: sky, crown and ground keep a tone, and
nothing keeps a shape. A flat colour would put hard edges where there are none."""
BATCH: Final = 4
"""Pictures at a time; more is slower on processors with little memory close by."""


def covers_of(arrays: NDArray[np.uint8], cover: Cover = "blur") -> NDArray[np.uint8]:
    """What shows where a photo is covered, shape (n, size, size, channels).

    Args:
        arrays: Prepared photos, shape (n, size, size, channels).
        cover: See `Cover`.
    """
    from scipy import ndimage

    if cover == "mean":
        mean = arrays.mean(axis=(1, 2), keepdims=True)
        return np.asarray(np.broadcast_to(np.rint(mean), arrays.shape), dtype=np.uint8)
    spread = BLUR_SHARE * arrays.shape[1]
    smooth = ndimage.gaussian_filter(
        arrays.astype(np.float32), (0.0, spread, spread, 0.0), mode="nearest"
    )
    return np.asarray(np.rint(smooth), dtype=np.uint8)


def covered_places(maps: Floats, share: float) -> NDArray[np.bool_]:
    """The places of each map with its highest values, shape (n, side, side).

    Args:
        maps: Shape (n, side, side).
        share: Share of the places, 0 to 1; rounded to whole places.
    """
    flat = maps.reshape(len(maps), -1)
    # Equal values go in the order of places, the same every time.
    rank = np.argsort(np.argsort(-flat, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray((rank < round(share * flat.shape[1])).reshape(maps.shape))


def deletion_curve(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    contrast: Contrast,
    maps: Floats,
    *,
    shares: Sequence[float] = SHARES,
) -> Floats:
    """Score while the places that a map marks are covered, the highest first.

    Args:
        opened: The model.
        arrays: Prepared photos, shape (n, size, size, channels).
        covers: From `covers_of`.
        contrast: What is asked.
        maps: Shape (n, side, side).
        shares: Shares of the places covered.

    Returns:
        Shape (n, len(shares)).

    Source: Petsiuk, Das and Saenko (2018), RISE, BMVC, deletion metric.
    """
    columns = [
        scores(opened, mixed(arrays, covers, covered_places(maps, share)), contrast)
        for share in shares
    ]
    return np.stack(columns, axis=1)


def insertion_curve(
    opened: OpenedModel,
    arrays: NDArray[np.uint8],
    covers: NDArray[np.uint8],
    contrast: Contrast,
    maps: Floats,
    *,
    shares: Sequence[float] = SHARES,
) -> Floats:
    """Score while these places are uncovered on a photo wholly covered; see `deletion_curve`."""
    return deletion_curve(opened, covers, arrays, contrast, maps, shares=shares)


def area_under(curve: Floats, shares: Sequence[float] = SHARES) -> Floats:
    """Mean height of curves over the shares, by trapezoids, shape (n,).

    >>> area_under(np.array([[1.0, 0.0, 0.0]]), (0.0, 0.5, 1.0)).tolist()
    [0.25]
    """
    widths = np.diff(np.asarray(shares))
    return np.asarray(((curve[:, 1:] + curve[:, :-1]) / 2) @ widths / widths.sum())


def mixed(
    arrays: NDArray[np.uint8], covers: NDArray[np.uint8], places: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Photos with some places covered, edges between them smooth, shape as the photos.

    Args:
        arrays: Shape (n, size, size, channels).
        covers: The same shape.
        places: Which are covered, shape (n, side, side).
    """
    weight = enlarged(places.astype(np.float32), arrays.shape[1])[..., None]
    return np.asarray(np.rint(arrays * (1 - weight) + covers * weight), dtype=np.uint8)


def scores(opened: OpenedModel, arrays: NDArray[np.uint8], contrast: Contrast) -> Floats:
    """Score of each photo, shape (n,), without gradients."""
    found = [np.empty(0)]
    with torch.inference_mode():
        for start in range(0, len(arrays), BATCH):
            pictures = opened.pictures(arrays[start : start + BATCH])
            found.append(opened.score(pictures, contrast).double().numpy())
    return np.concatenate(found)


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
