"""How much of an attribution falls on each part of the photos, beside how large the part is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.explanation.parts.part_map import PART_TITLES, PARTS, PartMap
from arborisk.metrics.intervals import TOO_FEW
from arborisk.metrics.over_groups import (
    effective_groups,
    ratio_over_groups,
    share_interval,
    spread_of,
    support_of,
    t_interval,
)
from arborisk.metrics.scores import number_groups
from arborisk.preprocess.prepare import on_photo
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Interval
from arborisk.wording.percent import percent

LEVEL = 0.95
LEAST_TOLD = 0.01
"""Parts with less of the attribution are left out of the sentence."""


@dataclass(frozen=True, slots=True)
class PartShare:
    """One part's share of the attribution, mean over photos, with intervals over groups.

    Attributes:
        part: A key of `PART_TITLES`.
        positive: Share of the attribution that speaks for what was asked.
        absolute: Share of all attribution, whatever its sign.
        area: Share of what the network saw of the photos.
        ratio: Positive share over area: above 1 where it is looked at more than its size tells;
            not a number where the part is not there.
    """

    part: str
    positive: Interval
    absolute: Interval
    area: Interval
    ratio: Interval

    @property
    def title(self) -> str:
        """The part in words."""
        return PART_TITLES[self.part]


@dataclass(frozen=True, slots=True)
class Shares:
    """Attribution by part.

    Attributes:
        parts: In the order of `PARTS`.
        n_photos: Photos that count.
        n_groups: Groups that they come from.
        n_left_out: Photos without any positive attribution, which have no shares.
    """

    parts: tuple[PartShare, ...]
    n_photos: int
    n_groups: int
    n_left_out: int

    @property
    def sentence(self) -> str:
        """For example ``58 % crown in leaf, 21 % stem, 15 % sky (the crown is 35 % of it)``."""
        told = sorted(self.parts, key=lambda one: -one.positive.value)
        told = [one for one in told if one.positive.value >= LEAST_TOLD]
        first = told[0]
        listed = ", ".join(f"{percent(one.positive.value)} {one.title}" for one in told)
        return f"{listed} ({first.title} is {percent(first.area.value)} of the picture)"

    def of(self, part: str) -> PartShare:
        """The share of one part."""
        return self.parts[PARTS.index(part)]


def attribution_shares(
    maps: NDArray[np.floating],
    part_maps: Iterable[PartMap],
    preprocess: PreprocessSettings,
    *,
    groups: Sequence[str] | None = None,
    seeds: Sequence[int] | None = None,
) -> Shares:
    """Shares of attribution maps on the parts of their photos.

    Each pixel counts for its parts by their probabilities. What the network did not see of a photo
    counts for nothing.

    Args:
        maps: Over the arrays of the photos, any resolution, shape (n_photos, h, w).
        part_maps: Of the same photos; may be read one by one.
        preprocess: How the arrays were made.
        groups: Group (tree, outing) of each photo; None for each photo its own.
        seeds: Seed of each photo's crop, see `arborisk.preprocess.prepare.photo_seed`; None for 0.

    Raises:
        ArboriskError: Maps, photos and groups do not belong together, or no map says anything.
    """
    names = [str(number) for number in range(len(maps))] if groups is None else list(groups)
    each_seed = [0] * len(maps) if seeds is None else list(seeds)
    positive, absolute, area = [], [], []
    try:
        for values, parts, seed in zip(maps, part_maps, each_seed, strict=True):
            one = photo_shares(values, parts, preprocess, seed=seed)
            positive.append(one[0])
            absolute.append(one[1])
            area.append(one[2])
    except ValueError as error:
        raise ArboriskError(
            expected="as many maps as photos, groups and seeds",
            found=str(error),
            where="attribution by part",
            remedy="Give one of each for every photo.",
        ) from error
    return summarise_shares(*(np.array(one) for one in (positive, absolute, area)), groups=names)


def summarise_shares(
    positive: NDArray[np.float64],
    absolute: NDArray[np.float64],
    area: NDArray[np.float64],
    *,
    groups: Sequence[str],
) -> Shares:
    """Means over photos of what `photo_shares` gave of each, with intervals over groups.

    Args:
        positive: Shape (n_photos, n_parts); photos that are not a number are left out.
        absolute: Likewise.
        area: Likewise.
        groups: Group of each photo.

    Raises:
        ArboriskError: No map says anything.
    """
    use = np.asarray(np.isfinite(positive).all(axis=-1), dtype=np.bool_)
    kept = [name for name, used in zip(groups, use, strict=True) if used]
    if not kept:
        raise ArboriskError(
            expected="maps with positive attribution",
            found=f"none among {len(positive)}",
            where="attribution by part",
            remedy="Ask for another class or contrast.",
        )
    tables = [one[use] for one in (positive, absolute, area)]
    own = number_groups(kept)
    found = tuple(_part_share(place, tables, own) for place in range(len(PARTS)))
    return Shares(found, len(kept), len(set(kept)), len(positive) - len(kept))


def photo_shares(
    values: NDArray[np.floating], parts: PartMap, preprocess: PreprocessSettings, *, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Shares of one map by part: positive, absolute, and of area; each of shape (n_parts,).

    Not a number where the map has nothing to share out.
    """
    height, width = parts.probability.shape[1:]
    laid = on_photo(values, (width, height), preprocess, seed=seed, outside=math.nan)
    seen = np.isfinite(laid)
    probability = parts.probability[:, seen].astype(np.float64)
    weights = np.stack([np.maximum(laid[seen], 0), np.abs(laid[seen]), np.ones(seen.sum())])
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(
        weights @ probability.T, total, out=np.full((3, len(PARTS)), math.nan), where=total > 0
    )
    return shares[0], shares[1], shares[2]


def _part_share(
    place: int, tables: Sequence[NDArray[np.float64]], group: NDArray[np.int64]
) -> PartShare:
    """Means of one part over photos."""
    size = np.bincount(group).astype(float)
    sums = [np.bincount(group, table[:, place]).astype(float) for table in tables]
    positive, absolute, area = (_mean(one, size) for one in sums)
    return PartShare(PARTS[place], positive, absolute, area, _ratio(sums[0], sums[2], size))


def _mean(sums: NDArray[np.float64], size: NDArray[np.float64]) -> Interval:
    """Mean over photos of numbers from 0 to 1, from their sums by group."""
    value, support = float(sums.sum() / size.sum()), support_of(size)
    if not support.enough:
        return Interval(value, None, None, LEVEL, TOO_FEW)
    low, high = share_interval(
        ratio_over_groups(sums, size),
        n_if_certain=effective_groups(size),
        level=support.level(LEVEL),
    )
    return Interval(value, low, high, LEVEL)


def _ratio(
    upper: NDArray[np.float64], lower: NDArray[np.float64], size: NDArray[np.float64]
) -> Interval:
    """Ratio of two means; the interval is the t interval of its logarithm."""
    if lower.sum() <= 0 or upper.sum() <= 0:
        return Interval(math.nan, None, None, LEVEL, "the part is not there")
    value = float(upper.sum() / lower.sum())
    without = (upper.sum() - upper, lower.sum() - lower)
    support = support_of(size)
    if not support.enough or min(one.min() for one in without) <= 0:
        return Interval(value, None, None, LEVEL, TOO_FEW)
    spread = spread_of(math.log(value), np.log(without[0] / without[1]))
    found = t_interval(spread, LEVEL, drawn_at=support.level(LEVEL))
    if found.low is None or found.high is None:
        return Interval(value, None, None, LEVEL, found.note)
    return Interval(value, math.exp(found.low), math.exp(found.high), LEVEL)
