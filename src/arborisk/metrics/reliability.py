"""Do probabilities mean what they say? Reliability, calibration error, parts of the Brier score.

Bins hold equally many photos, since probabilities crowd near 0 and 1 and equally wide bins would
be empty or overfull. All is one class against the rest, class by class.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.over_groups import effective_groups, exact_ends
from arborisk.metrics.scores import check_inputs, number_groups
from arborisk.records import Interval

MOST_BINS = 10
GROUPS_PER_BIN = 10
FEWEST_GROUPS = FEWEST["groups for a calibration error"]
"""Groups below which the calibration error gets no interval."""
TOO_FEW = f"no interval: fewer than {FEWEST_GROUPS} groups"
N_SAMPLES = 500
MANY_GROUPS, N_SAMPLES_OF_MANY = 5_000, 100
"""Of many groups fewer redraws are made, for memory: what they measure is small then."""
FOLDED = math.sqrt(2 / math.pi)
"""Mean distance from 0 of a normal number of mean 0, in standard deviations."""


@dataclass(frozen=True, slots=True)
class ClassReliability:
    """One class against the rest; arrays of shape (n_bins,).

    Attributes:
        said: Mean probability in each bin, ascending.
        seen: Share of photos of the class in each bin.
        n_photos: Photos in each bin.
        low: Lower end of a 95 % interval of `seen` over groups.
        high: Upper end.
    """

    said: NDArray[np.float64]
    seen: NDArray[np.float64]
    n_photos: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Brier score = reliability - resolution + uncertainty + within.

    Attributes:
        reliability: What wrong probabilities cost, by bins; 0 is best.
        resolution: What telling photos apart gains, by bins.
        uncertainty: What the class shares alone would score.
        within: What differences inside the bins leave over; small.

    Source: Murphy (1973), Journal of Applied Meteorology 12, 595-600; the part within bins:
    Stephenson, Coelho and Jolliffe (2008), Weather and Forecasting 23, 752-757.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float

    @property
    def total(self) -> float:
        """The Brier score, summed over classes, 0 to 2."""
        return self.reliability - self.resolution + self.uncertainty + self.within


@dataclass(frozen=True, slots=True)
class Reliability:
    """How probabilities of photos held back agree with what the photos were.

    Attributes:
        error: Expected calibration error: the mean distance between probability said and share
            seen, over bins and classes. Never negative, so that luck alone makes it positive.
        by_chance: What it would be on average if every probability were right.
        classes: One a class, in class order.
        brier: Parts of the Brier score, summed over classes.
    """

    error: Interval
    by_chance: float
    classes: tuple[ClassReliability, ...]
    brier: BrierParts


def reliability_of(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    groups: Sequence[str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> Reliability:
    """Reliability of probabilities.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, rows sum to 1, shape (n_photos, n_classes).
        groups: Group of each photo: the unit of the interval. Its reach is that of a bootstrap over
            groups with the bins held fixed; its lower end also takes off the most that luck can
            add to the error, which is what luck adds where every bin is right. Coverage:
            benchmarks/guarantees.py.
        level: Coverage aimed at, in (0, 1).
        seed: Of the redraws.

    Source: expected calibration error, Naeini, Cooper and Hauskrecht (2015), AAAI; by class, Kull
    et al. (2019), NeurIPS; bins of equal mass, Nixon et al. (2019), CVPR workshops.
    """
    check_inputs(class_index, probability, probability.shape[1])
    group = number_groups(groups)
    n_groups, n_classes = int(group.max()) + 1, probability.shape[1]
    n_bins = min(MOST_BINS, max(2, n_groups // GROUPS_PER_BIN))
    generator = np.random.default_rng(seed)
    n_samples = N_SAMPLES if n_groups <= MANY_GROUPS else N_SAMPLES_OF_MANY
    redrawn = generator.multinomial(n_groups, np.full(n_groups, 1 / n_groups), n_samples)
    luck = generator.random((n_samples, n_groups))
    size = np.bincount(group, minlength=n_groups)
    error = by_chance = 0.0
    spread, lift = np.zeros(n_samples), 0.0
    classes, parts = [], []
    for number in range(n_classes):
        said, hit = probability[:, number], (class_index == number).astype(np.float64)
        bins = _equal_bins(said, n_bins)
        gap = _sums(group, bins, said - hit, (n_groups, n_bins))
        error += float(np.abs(gap.sum(axis=0)).sum()) / len(said) / n_classes
        again = (redrawn @ gap) / (redrawn @ size)[:, None] / n_classes
        spread += np.abs(again).sum(axis=1)
        lift += float(again.std(axis=0).sum()) * FOLDED
        by_chance += _by_chance(said, bins, group, luck, n_bins) / n_classes
        classes.append(_class_reliability(said, hit, bins, group, n_bins, level))
        parts.append(_brier_parts(said, hit, bins, n_bins))
    interval = Interval(error, None, None, level, TOO_FEW)
    if n_groups >= FEWEST_GROUPS:
        reach = float(spread.std()) * NormalDist().inv_cdf((1 + level) / 2)
        interval = Interval(error, max(0.0, error - lift - reach), error + reach, level)
    total = np.array(parts).sum(axis=0)
    return Reliability(interval, by_chance, tuple(classes), BrierParts(*total.tolist()))


def _equal_bins(said: NDArray[np.float64], n_bins: int) -> NDArray[np.int64]:
    """Bin of each photo, 0 to n_bins - 1; equal probabilities share a bin, shape (n_photos,)."""
    edges = np.quantile(said, np.arange(1, n_bins) / n_bins)
    return np.asarray(np.searchsorted(edges, said, side="right"), dtype=np.int64)


def _sums(
    group: NDArray[np.int64],
    bins: NDArray[np.int64],
    value: NDArray[np.float64],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Sum of a value by group and bin."""
    flat = np.bincount(group * shape[1] + bins, value, shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)


def _by_chance(
    said: NDArray[np.float64],
    bins: NDArray[np.int64],
    group: NDArray[np.int64],
    luck: NDArray[np.float64],
    n_bins: int,
) -> float:
    """Mean error if every probability were right; photos of one group are lucky together."""
    total = 0.0
    for one in luck:
        gap = np.bincount(bins, said - (one[group] < said), n_bins)
        total += float(np.abs(gap).sum())
    return total / len(luck) / len(said)


def _class_reliability(
    said: NDArray[np.float64],
    hit: NDArray[np.float64],
    bins: NDArray[np.int64],
    group: NDArray[np.int64],
    n_bins: int,
    level: float,
) -> ClassReliability:
    tail, rows = (1 - level) / 2, []
    for number in range(n_bins):
        inside = bins == number
        if not inside.any():
            continue
        # As many independent photos as there are groups, counted as Kish does.
        size = effective_groups(np.bincount(group[inside]).astype(np.float64))
        share = float(hit[inside].mean())
        low, high = exact_ends(np.array(share), np.array(size), np.array(tail))
        rows.append((float(said[inside].mean()), share, int(inside.sum()), float(low), float(high)))
    mean, seen, counts, low_ends, high_ends = zip(*rows, strict=True)
    return ClassReliability(
        np.array(mean), np.array(seen), np.array(counts), np.array(low_ends), np.array(high_ends)
    )


def _brier_parts(
    said: NDArray[np.float64], hit: NDArray[np.float64], bins: NDArray[np.int64], n_bins: int
) -> tuple[float, float, float, float]:
    """Reliability, resolution, uncertainty and the part within bins, of one class."""
    counts = np.maximum(np.bincount(bins, minlength=n_bins), 1)
    mean_said = np.bincount(bins, said, n_bins) / counts
    mean_seen = np.bincount(bins, hit, n_bins) / counts
    base = float(hit.mean())
    reliability = float(((mean_said - mean_seen)[bins] ** 2).mean())
    resolution = float(((mean_seen[bins] - base) ** 2).mean())
    uncertainty = base * (1 - base)
    brier = float(((said - hit) ** 2).mean())
    return reliability, resolution, uncertainty, brier - reliability + resolution - uncertainty
