"""Intervals of all scores that treat the group (tree, site), not the photo, as the unit.

How they were chosen: docs/decisions/0003-intervals.md; the simulation: benchmarks/promises.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.over_groups import (
    NO_SPREAD,
    Floats,
    Spreads,
    effective_numbers,
    exact_ends,
    groups_of_classes,
    independent_photos,
    is_enough,
    jackknife,
    sure_variance,
    tails,
)
from arborisk.metrics.scores import (
    SMALLEST_PROBABILITY,
    Sums,
    check_inputs,
    number_groups,
    quadratic_weighted_kappa,
    sums_by_group,
)
from arborisk.records import Interval

LARGEST_LOG_LOSS = -math.log(SMALLEST_PROBABILITY)

Ends = tuple[Floats, Floats]
"""Lower and upper ends, shape (n_samples,) each; NaN where there is none."""


def average_ends(parts: Sequence[Spreads], ends: Sequence[Ends]) -> Ends:
    """Ends for the plain average of scores of the classes, from the intervals of these.

    Distances to the ends add up like standard errors, with the correlations of the jackknife. So
    the width that an all-right class gets from its own few groups is kept, where the variance of
    the average would count it as certain.

    Args:
        parts: Scores of the classes.
        ends: Their intervals.

    Source: method of variance estimates recovery, Zou and Donner (2008), Statistics in Medicine
    27(10), 1693-1702.
    """
    shift = np.stack([part.shift for part in parts], axis=-2)
    length = np.sqrt((shift**2).sum(axis=-1, keepdims=True))
    direction = np.divide(shift, length, out=np.zeros_like(shift), where=length > 0)
    correlation = direction @ direction.swapaxes(-1, -2)
    classes = np.arange(len(parts))
    correlation[..., classes, classes] = 1.0
    values = np.stack([part.value for part in parts], axis=-1)
    down = (values - np.stack([low for low, _ in ends], axis=-1)) / len(parts)
    up = (np.stack([high for _, high in ends], axis=-1) - values) / len(parts)
    reach = [
        np.sqrt(np.maximum(np.einsum("...i,...ij,...j->...", side, correlation, side), 0.0))
        for side in (down, up)
    ]
    value = values.mean(axis=-1)
    return np.maximum(value - reach[0], 0.0), np.minimum(value + reach[1], 1.0)


def rescaled_ends(
    spreads: Spreads, photos: Floats, *, lowest: float, highest: float, tail: Floats
) -> Ends:
    """Ends for a mean over photos between other bounds than 0 and 1, as of a share between them.

    Args:
        spreads: Scores in [lowest, highest].
        photos: Photos of each group, shape (n_samples, n_groups).
        lowest: Smallest possible value.
        highest: Largest possible value.
        tail: Share of intervals that may miss on either side, shape (n_samples,).
    """
    width = highest - lowest
    share = np.clip((spreads.value - lowest) / width, 0.0, 1.0)
    variance = sure_variance(spreads, photos, tail) / width**2
    number = np.divide(
        share * (1 - share), variance, out=effective_numbers(photos), where=variance > 0
    )
    low, high = exact_ends(share, np.maximum(number, 1.0), tail)
    return lowest + width * low, lowest + width * high


def kappa_ends(spreads: Spreads, confusion: Floats, *, tail: Floats) -> Ends:
    """Ends for weighted kappa: as of a share between -1 and 1, longer upwards.

    A model that says a class in hardly any group has a kappa that no group moves far, whether or
    not it would ever be right. So the upper end is not below the kappa with as many more groups of
    a class told right as a sample without any cannot rule out.

    Args:
        spreads: Kappa of each sample.
        confusion: Photos of each group by true and predicted class, shape (n_samples, n_groups, k,
            k).
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        NaN where no group moves kappa.

    Source: none seen in n when -ln(tail) are expected: Poisson; Hanley and Lippman-Hand (1983),
    JAMA 249(13), 1743-1745, give it as 3 for one side of 95 %.
    """
    photos = confusion.sum(axis=(-2, -1))
    low, high = rescaled_ends(spreads, photos, lowest=-1.0, highest=1.0, tail=tail)
    total = confusion.sum(axis=-3)
    usual_size = (photos**2).sum(axis=-1) / photos.sum(axis=-1)
    more = -np.log(tail) * usual_size
    for index in range(confusion.shape[-1]):
        better = total.copy()
        better[..., index, index] += more
        high = np.maximum(high, quadratic_weighted_kappa(better))
    moves = spreads.variance > 0
    return np.where(moves, low, np.nan), np.where(moves, np.minimum(high, 1.0), np.nan)


def log_loss_ends(spreads: Spreads, photos: Floats, *, tail: Floats) -> Ends:
    """Ends for log-loss: t interval of its logarithm, longer upwards where losses are skewed.

    A sample without the rare, large losses has too small a mean and too small a variance at once.
    The upper end is therefore the larger of two: that of the logarithm, and that of a t statistic
    corrected for skewness.

    Args:
        spreads: Log-loss of each sample.
        photos: Photos of each group, shape (n_samples, n_groups).
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        NaN where no group moves the log-loss.

    Source: Hall (1992), Journal of the Royal Statistical Society B 54(1), 221-228 (cubic
    transformation).
    """
    from scipy import special

    moves = spreads.variance > 0
    value = np.where(moves, spreads.value, 1.0)
    reach = -special.ndtri(tail) * np.sqrt(sure_variance(spreads, photos, tail))
    # The exponent is bounded so that a hopeless case gives the largest log-loss, not an overflow.
    factor = np.exp(np.minimum(reach / value, 500.0))
    far = -special.stdtrit(spreads.freedom, tail)
    second = np.where(moves, (spreads.shift**2).mean(axis=-1), 1.0)
    skew = (spreads.shift**3).mean(axis=-1) / second**1.5 / math.sqrt(spreads.shift.shape[-1])
    safe = np.where(np.abs(skew) > 1e-6, skew, 1e-6)
    corrected = -3 / safe * (np.cbrt(1 - safe * (far + safe / 6)) - 1)
    high = np.maximum(value * factor, value + corrected * np.sqrt(spreads.variance))
    high = np.minimum(high, LARGEST_LOG_LOSS)
    return np.where(moves, value / factor, np.nan), np.where(moves, high, np.nan)


TOO_FEW = "too few trees for an interval"

PER_CLASS = ("precision", "recall", "f1")
AVERAGES = {
    "balanced_accuracy": "recall",
    "macro_precision": "precision",
    "macro_recall": "recall",
    "macro_f1": "f1",
}
"""Scores that average a score of the classes."""
KAPPA = "quadratic_weighted_kappa"


def scores_with_intervals(
    class_index: NDArray[np.int64],
    probability: NDArray[np.float64],
    groups: Sequence[str],
    *,
    class_names: Sequence[str],
    ordered: bool,
    level: float = 0.95,
) -> dict[str, Interval]:
    """All scores, each with an interval over groups.

    Args:
        class_index: True class per photo, shape (n_photos,).
        probability: Class probabilities, rows sum to 1, shape (n_photos, n_classes).
        groups: Group name per photo: photos of one group are not independent.
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something; adds weighted kappa.
        level: Coverage aimed at, in (0, 1).

    Returns:
        One interval a score, names as in `arborisk.metrics.scores.scores`. Where no honest interval
        exists the value is kept, the ends are None, and the note says why: `TOO_FEW` where a class
        (the rarest class, for scores of all classes; all photos, for accuracy) has too few groups,
        see `arborisk.metrics.over_groups`, or `NO_SPREAD` for log-loss or kappa that no group
        moves and the precision of a class that is never predicted. What an interval leaves out:
        the models are taken as they are, see docs/decisions/0003-intervals.md.

    Raises:
        ArboriskError: Truth and probabilities do not belong together.
    """
    probability = np.asarray(probability, dtype=np.float64)
    check_inputs(class_index, probability, len(class_names))
    by_group = sums_by_group(class_index, probability, number_groups(groups))
    sample = Sums(by_group.confusion[None], by_group.log_loss[None], by_group.brier[None])
    intervals = {}
    for name, ends in interval_ends(
        sample, class_names=class_names, ordered=ordered, level=level
    ).items():
        value, enough = float(ends.value[0]), bool(ends.enough[0])
        low, high = float(ends.low[0]), float(ends.high[0])
        if enough and not np.isnan(low):
            intervals[name] = Interval(value, low, high, level)
        else:
            intervals[name] = Interval(value, None, None, level, NO_SPREAD if enough else TOO_FEW)
    return intervals


@dataclass(frozen=True, slots=True)
class ManyEnds:
    """Intervals of one score in many samples, shape (n_samples,) each.

    Attributes:
        value: The score.
        low: Lower ends; NaN where there is none.
        high: Upper ends; NaN where there is none.
        enough: Whether there are enough groups; where not, no interval is given.
    """

    value: Floats
    low: Floats
    high: Floats
    enough: NDArray[np.bool_]


def interval_ends(
    by_group: Sums, *, class_names: Sequence[str], ordered: bool, level: float
) -> dict[str, ManyEnds]:
    """Intervals of all scores in many samples of as many groups at once.

    Args:
        by_group: Sums of each group of each sample, shape (n_samples, n_groups, ...).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.
        level: Coverage aimed at, in (0, 1).

    Returns:
        By name of the score.
    """
    spreads = jackknife(by_group, class_names=class_names, ordered=ordered)
    true = by_group.confusion.sum(axis=-1)
    photos = true.sum(axis=-1)
    of_class = groups_of_classes(true)
    rarest = of_class.min(axis=-1)
    groups = np.asarray((photos > 0).sum(axis=-1), dtype=np.float64)
    ends: dict[str, Ends] = {}
    deciding = dict.fromkeys(spreads, rarest) | {"accuracy": groups}
    for index, name in enumerate(class_names):
        n_groups = of_class[..., index]
        deciding |= {f"{kind}_{name}": n_groups for kind in PER_CLASS}
        ends |= _class_ends(by_group, spreads, index, name, tails(n_groups, level))
    tail = tails(rarest, level)
    right = np.trace(by_group.confusion, axis1=-2, axis2=-1)
    always = np.full(len(groups), (1 - level) / 2)
    ends["accuracy"] = _share_ends(spreads["accuracy"], right, photos, always)
    ends["brier"] = rescaled_ends(spreads["brier"], photos, lowest=0.0, highest=2.0, tail=tail)
    ends["log_loss"] = log_loss_ends(spreads["log_loss"], photos, tail=tail)
    if KAPPA in spreads:
        ends[KAPPA] = kappa_ends(spreads[KAPPA], by_group.confusion, tail=tail)
    wide: dict[str, Ends] = {}
    for index, name in enumerate(class_names):
        wide |= _class_ends(by_group, spreads, index, name, tail)
    for name, kind in AVERAGES.items():
        keys = [f"{kind}_{class_name}" for class_name in class_names]
        # A class that is never predicted says nothing on its precision: anything from 0 to 1.
        both = [(np.nan_to_num(wide[key][0], nan=0.0), wide[key][1]) for key in keys]
        both = [(low, np.nan_to_num(high, nan=1.0)) for low, high in both]
        ends[name] = average_ends([spreads[key] for key in keys], both)
    return {
        name: ManyEnds(spread.value, *ends[name], is_enough(deciding[name], photos))
        for name, spread in spreads.items()
    }


def _class_ends(
    by_group: Sums, spreads: dict[str, Spreads], index: int, name: str, tail: Floats
) -> dict[str, Ends]:
    """Ends for the scores of one class."""
    right = by_group.confusion[..., index, index]
    true = by_group.confusion[..., index, :].sum(axis=-1)
    predicted = by_group.confusion[..., :, index].sum(axis=-1)
    return {
        f"{kind}_{name}": _share_ends(spreads[f"{kind}_{name}"], above, below, tail)
        for kind, above, below in (
            ("precision", right, predicted),
            ("recall", right, true),
            ("f1", 2 * right, true + predicted),
        )
    }


def _share_ends(spreads: Spreads, right: Floats, photos: Floats, tail: Floats) -> Ends:
    """Ends for a share of photos; NaN where there are none to be a share of."""
    number = independent_photos(spreads, right, photos, tail)
    low, high = exact_ends(np.clip(spreads.value, 0.0, 1.0), number, tail)
    has = photos.sum(axis=-1) > 0
    return np.where(has, low, np.nan), np.where(has, high, np.nan)


def area_ends(
    score: Floats, is_first: NDArray[np.bool_], *, level: float
) -> tuple[float, float, float]:
    """Share of pairs in which one of the first kind scores higher, ties count half, and its ends.

    The variance is the largest of three. That of DeLong, from the places of each one among the
    others, knows kinds that spread differently and members that the score cannot foresee, but is
    far too small where few or none have shown such a thing. That of Hanley and McNeil knows the
    area alone. The third is DeLong's with one more member of each kind that the score places in the
    middle; alone it never leaves fewer independent ones than the rarer kind has. The variance
    becomes a number of independent ones, smaller where the rarer kind is small (t quantile), and
    this an exact binomial interval. So a perfect ranking is as uncertain as that many successes in
    a row, and no interval is of zero width. What it covers: benchmarks/promises_others.py.

    Args:
        score: Shape (n,).
        is_first: Whether each is of the first kind, shape (n,); at least two of each kind.
        level: Coverage aimed at, in (0, 1).

    Returns:
        Area, lower and upper end, in [0, 1].

    Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44(3), 837-845; Hanley and McNeil
    (1982), Radiology 143, 29-36; number of independent ones: Korn and Graubard (1998), Survey
    Methodology 24(2), 193-201.

    >>> tuple(round(end, 2) for end in area_ends(np.arange(20.0), np.arange(20) >= 10, level=0.95))
    (1.0, 0.69, 1.0)
    """
    from scipy import special, stats

    rank = stats.rankdata(score)
    n, m = int(is_first.sum()), int((~is_first).sum())
    first = (rank[is_first] - stats.rankdata(score[is_first])) / m
    other = (rank[~is_first] - stats.rankdata(score[~is_first])) / n
    area = min(max(float(first.mean()), 0.0), 1.0)
    more = (n - 1) * (area / (2 - area) - area**2) + (m - 1) * (2 * area**2 / (1 + area) - area**2)
    by_area = (area * (1 - area) + more) / (n * m)
    tail = (1 - level) / 2
    number = float(min(n, m))
    if 0 < area < 1:
        widening = special.stdtrit(min(n, m) - 1, tail) / special.ndtri(tail)
        bernoulli = area * (1 - area) / widening**2
        seen = max(first.var(ddof=1) / n + other.var(ddof=1) / m, by_area)
        unseen = max(seen, _with_one_more(first) / n + _with_one_more(other) / m)
        number = max(1.0, min(bernoulli / seen, max(bernoulli / unseen, number)))
    low, high = exact_ends(np.array(area), np.array(number), np.array(tail))
    return area, float(low), float(high)


def _with_one_more(places: Floats) -> float:
    """Variance of places with one more in the middle."""
    return float(np.append(places, 0.5).var(ddof=1))
