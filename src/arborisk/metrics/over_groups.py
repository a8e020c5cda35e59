"""Every interval over groups: what a number loses without each group, and how wide that makes it.

A group (tree, site) is left out whole, since photos of one group are not independent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.scores import Sums, score_table
from arborisk.records import Interval

NO_SPREAD = "no interval: no group differs from the others"
ROUNDING = 1e-10
"""Shifts this small, root mean square, are rounding of a score that cannot move."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """A score and its uncertainty.

    Attributes:
        value: The score of all photos.
        shift: Influence of each group: (n_groups - 1) times what the score loses when the group
            is left out, centred; shape (n_groups,).
        variance: Jackknife variance of the score; 0 where no group moves it.
        freedom: Degrees of freedom of that variance, from 1 to n_groups - 1.
    """

    value: float
    shift: Floats
    variance: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Spreads:
    """The same for many samples of as many groups at once.

    Attributes:
        value: Shape (n_samples,).
        shift: Shape (n_samples, n_groups).
        variance: Shape (n_samples,).
        freedom: Shape (n_samples,).
    """

    value: Floats
    shift: Floats
    variance: Floats
    freedom: Floats


def jackknife(by_group: Sums, *, class_names: Sequence[str], ordered: bool) -> dict[str, Spreads]:
    """Spread of every score, in every sample.

    Args:
        by_group: Sums of each group of each sample, shape (n_samples, n_groups, ...).
        class_names: Names of the classes in class order.
        ordered: Whether the order of the classes means something.

    Returns:
        One entry a score; names as in `arborisk.metrics.scores.scores`.
    """
    value = score_table(by_group.total(), class_names=class_names, ordered=ordered)
    without = score_table(by_group.without_each(), class_names=class_names, ordered=ordered)
    return {name: spreads_of(value[name], without[name]) for name in value}


def spreads_of(value: Floats, without: Floats) -> Spreads:
    """Spreads of one score from its values without each group.

    Degrees of freedom: the variance is a sum of squared shifts, so its own variance follows from
    their fourth powers, and the chi-square of the same relative variance, 2 / freedom, is matched
    to it. Where few groups carry the uncertainty, as with a rare class, few degrees are left.

    Args:
        value: Score of all photos of a sample, shape (n_samples,).
        without: Score without each group, shape (n_samples, n_groups).

    Source: jackknife variance, Efron and Stein (1981), Annals of Statistics 9(3), 586-596; matching
    of moments, Satterthwaite (1946), Biometrics Bulletin 2(6), 110-114, here with the fourth moment
    of the data instead of that of a normal distribution.
    """
    n_groups = without.shape[-1]
    shift = (n_groups - 1) * (without.mean(axis=-1, keepdims=True) - without)
    squares = (shift**2).sum(axis=-1)
    moves = squares > n_groups * ROUNDING**2
    shift = np.where(moves[..., None], shift, 0.0)
    squares = np.where(moves, squares, 0.0)
    excess = (shift**4).sum(axis=-1) - squares**2 / n_groups
    freedom = np.divide(
        2 * squares**2, excess, out=np.full(squares.shape, np.inf), where=excess > 0
    )
    freedom = np.where(moves, np.clip(freedom, 1.0, max(n_groups - 1.0, 1.0)), 1.0)
    return Spreads(value, shift, squares / max(n_groups * (n_groups - 1), 1), freedom)


def spread_of(value: float, without: Floats) -> Spread:
    """`spreads_of` for one sample: the score, and its values without each group, (n_groups,)."""
    spreads = spreads_of(np.array([value], dtype=np.float64), without[None])
    return Spread(value, spreads.shift[0], float(spreads.variance[0]), float(spreads.freedom[0]))


def over_groups(
    statistic: Callable[[NDArray[np.bool_]], float], groups: Sequence[str] | NDArray[Any]
) -> Spread:
    """Spread of any number of photos, by leaving out each group in turn.

    Args:
        statistic: The number, of the photos that are kept: of a mask of shape (n_photos,).
        groups: Group of each photo, length n_photos.
    """
    names, number = np.unique(np.asarray(groups), return_inverse=True)
    without = [statistic(number != group) for group in range(len(names))]
    return spread_of(statistic(np.ones(len(number), dtype=bool)), np.array(without))


def ratio_over_groups(part: NDArray[Any], whole: NDArray[Any]) -> Spread:
    """Spread of a ratio of two sums, such as a mean over photos: sum of part over sum of whole.

    Args:
        part: Sum of each group, shape (n_groups,).
        whole: What it is a part of, such as the photos of each group, shape (n_groups,).
    """
    without = (part.sum() - part) / (whole.sum() - whole)
    return spread_of(float(part.sum() / whole.sum()), without)


def t_reach(error: float, freedom: float, level: float) -> float:
    """Half the width of Student's t interval.

    Args:
        error: Standard error, in the unit of the number.
        freedom: Degrees of freedom of its square.
        level: Coverage aimed at, in (0, 1).
    """
    from scipy import special

    return float(special.stdtrit(freedom, (1 + level) / 2)) * error


def t_interval(
    spread: Spread,
    level: float,
    *,
    drawn_at: float | None = None,
    within: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """A number with its t interval; without ends, and with `NO_SPREAD`, where no group moves it.

    Args:
        spread: The number.
        level: Coverage aimed at, in (0, 1).
        drawn_at: Coverage to draw the interval at so that it reaches `level`, see `Support.level`;
            None for `level` itself.
        within: Least and largest value that can be; the ends stay inside.
    """
    if spread.variance == 0:
        return Interval(spread.value, None, None, level, NO_SPREAD)
    reach = t_reach(math.sqrt(spread.variance), spread.freedom, drawn_at or level)
    low, high = spread.value - reach, spread.value + reach
    return Interval(spread.value, max(low, within[0]), min(high, within[1]), level)


def effective_groups(photos: NDArray[np.float64]) -> float:
    """Number of equally large groups that carry as much information as these unequal ones.

    It is the number of groups where all are of one size, and near 1 where one holds most photos.

    Args:
        photos: Photos of each group, shape (n_groups,).

    Source: Kish (1965), Survey Sampling, section 11.7.

    >>> effective_groups(np.array([3.0, 3.0, 3.0, 0.0]))
    3.0
    """
    return float(effective_numbers(photos))


def effective_numbers(photos: Floats) -> Floats:
    """`effective_groups` of many samples: shape (..., n_groups) to (...)."""
    squares = np.asarray((photos**2).sum(axis=-1))
    above = np.asarray(photos.sum(axis=-1) ** 2)
    return np.asarray(np.divide(above, squares, out=np.zeros(squares.shape), where=squares > 0))


def share_interval(
    spread: Spread,
    *,
    n_if_certain: float,
    level: float,
    n_fewest: float = 1.0,
    n_most: float = math.inf,
    lowest: float = 0.0,
    highest: float = 1.0,
) -> tuple[float, float]:
    """Exact binomial interval with as many independent photos as the spread speaks of.

    The effective number is that of independent photos with the same variance, value (1 - value) /
    variance, made smaller where the variance itself is uncertain (few degrees of freedom).

    Args:
        spread: Score in [lowest, highest] with its jackknife variance.
        n_if_certain: Effective number where the variance is 0, as for a score of exactly 0 or 1;
            so that such a score gets an interval of honest width.
        level: Coverage aimed at, in (0, 1).
        n_fewest: Smallest effective number.
        n_most: Largest effective number.
        lowest: Smallest possible value. A score between other bounds than 0 and 1 is taken as a
            share of the way between them.
        highest: Largest possible value.

    Returns:
        Lower and upper end, in [lowest, highest].

    Source: the effective number of Korn and Graubard (1998), Survey Methodology 24(2), 193-201.
    """
    width = highest - lowest
    share, variance = (spread.value - lowest) / width, spread.variance / width**2
    spreads = Spreads(*(np.array([part]) for part in (share, 0.0, variance, spread.freedom)))
    low, high = share_intervals(
        spreads, n_if_certain=n_if_certain, n_fewest=n_fewest, n_most=n_most, level=level
    )
    return lowest + width * float(low[0]), lowest + width * float(high[0])


def share_intervals(
    spreads: Spreads,
    *,
    n_if_certain: float,
    level: float,
    n_fewest: float = 1.0,
    n_most: float = math.inf,
) -> tuple[Floats, Floats]:
    """`share_interval` of many scores at once: lower and upper ends, shape (n_scores,) each."""
    from scipy import special

    tail = np.array((1 - level) / 2)
    value = np.clip(spreads.value, 0.0, 1.0)
    moves = (spreads.variance > 0) & (value > 0) & (value < 1)
    widening = special.stdtrit(spreads.freedom, tail) / special.ndtri(tail)
    number = np.divide(
        value * (1 - value), spreads.variance * widening**2, out=np.ones_like(value), where=moves
    )
    number = np.where(moves, np.clip(number, n_fewest, n_most), n_if_certain)
    return exact_ends(value, number, tail)


def exact_ends(value: Floats, number: Floats, tail: Floats) -> tuple[Floats, Floats]:
    """Exact binomial ends for shares of a number of independent photos that need not be whole.

    Args:
        value: Shares in [0, 1].
        number: Independent photos, above 0.
        tail: Share of intervals that may miss on either side.

    Source: Clopper and Pearson (1934), Biometrika 26(4), 404-413.
    """
    from scipy import special

    right = value * number
    wrong = number - right
    low = np.where(value > 0, special.betaincinv(np.maximum(right, _LEAST), wrong + 1, tail), 0.0)
    high = special.betaincinv(right + 1, np.maximum(wrong, _LEAST), 1 - tail)
    return low, np.where(value < 1, high, 1.0)


_LEAST = 1e-12
"""Stands for no photo at all, where the end that it would give is not used."""


FEWEST_GROUPS = float(FEWEST["groups of a class"])
"""Groups of a class (of all photos, for accuracy) below which no interval is given.
Source: benchmarks/promises.py."""
ENOUGH_GROUPS = float(FEWEST["groups of a class, not widened"])
"""Groups of a class below which its intervals are drawn wider.

Samples near `FEWEST_GROUPS` may be given an interval because they drew more groups of a rare class
than usual, and most scores move with how common a class is. Source: benchmarks/promises.py."""
WIDENING = 0.1
"""Factor on the share of intervals that may miss, at `FEWEST_GROUPS`; it rises to 1 at
`ENOUGH_GROUPS`. Source: benchmarks/promises.py at 30 to 100 groups."""
FEWEST_EFFECTIVE = float(FEWEST["groups of equal size"])
"""Groups of equal size that the groups of a class must be worth, by the sizes of all groups.

The sizes of *all* groups are asked, since a rare class may have missed the large ones that there
are: its own would then look equal. Source: benchmarks/promises.py."""


def groups_of_classes(true: Floats) -> Floats:
    """Groups that count for each class: at least half of their photos carry it.

    A stray label in a group of another class thus makes it no group of this one.

    Args:
        true: Photos of each group by true class, shape (..., n_groups, n_classes).

    Returns:
        Shape (..., n_classes).

    >>> groups_of_classes(np.array([[3.0, 0.0], [2.0, 1.0], [1.0, 1.0], [0.0, 1.0]]))
    array([3., 2.])
    """
    photos = true.sum(axis=-1, keepdims=True)
    return np.asarray(((2 * true >= photos) & (photos > 0)).sum(axis=-2), dtype=np.float64)


def is_enough(n_groups: Floats, photos: Floats) -> NDArray[np.bool_]:
    """Whether so many groups are enough.

    Args:
        n_groups: Groups that count, shape (n_samples,).
        photos: Photos of each group of the sample, shape (n_samples, n_groups).
    """
    worth = effective_numbers(photos) / (photos > 0).sum(axis=-1)
    return np.asarray((n_groups >= FEWEST_GROUPS) & (n_groups * worth >= FEWEST_EFFECTIVE))


def tails(n_groups: Floats, level: float) -> Floats:
    """Share of intervals that may miss on either side, for so many groups of a class.

    >>> tails(np.array([15.0, 30.0, 400.0]), 0.95)
    array([0.0025, 0.025 , 0.025 ])
    """
    short = np.clip((ENOUGH_GROUPS - n_groups) / (ENOUGH_GROUPS - FEWEST_GROUPS), 0.0, 1.0)
    return np.asarray((1 - level) / 2 * WIDENING**short)


@dataclass(frozen=True, slots=True)
class Support:
    """What an interval of one sample rests on, by the rule of this page.

    Attributes:
        n_groups: Groups that count: of the rarest class, or of all photos.
        enough: Whether an interval is given.
    """

    n_groups: float
    enough: bool

    def level(self, level: float) -> float:
        """Coverage to draw the interval at so that it reaches `level`: more with few groups."""
        return float(1 - 2 * tails(np.array(self.n_groups), level))


def support_of(photos: Floats) -> Support:
    """Of one sample.

    Args:
        photos: Photos of each group, shape (n_groups,), or by true class, (n_groups, n_classes):
            then the class with fewest groups decides.

    >>> support_of(np.array([[2.0, 0.0]] * 20 + [[1.0, 2.0]] * 14))
    Support(n_groups=14.0, enough=False)
    """
    each = photos if photos.ndim == 1 else photos.sum(axis=1)
    n_counting = (photos > 0).sum() if photos.ndim == 1 else groups_of_classes(photos).min()
    number = np.array([n_counting], dtype=np.float64)
    return Support(float(number[0]), bool(is_enough(number, each[None])[0]))


ALIKE_UNTIL_SHOWN = 5.0
"""Groups that speak for photos of a group being all alike, beside those of the sample.

So that few groups with an error do not pass for proof that photos of a group are independent.
Source: benchmarks/promises.py; with 2 the shapes of a few large groups fell below 0.93."""

ALIKE_UNTIL_FITTED = 20.0
"""The same for scores that are no shares: a line is fitted there, which needs more groups.
Source: benchmarks/promises.py, one tree in a hundred of 60 photos."""


def independent_photos(spreads: Spreads, right: Floats, photos: Floats, tail: Floats) -> Floats:
    """Number of independent photos with the same uncertainty, for a score that is a share.

    Args:
        spreads: Score of each sample, right over photos.
        right: Photos of each group that count as right, shape (n_samples, n_groups).
        photos: Photos of each group that the score is a share of, same shape.
        tail: Share of intervals that may miss on either side, shape (n_samples,).

    Returns:
        From 1 to the number of photos; where the score is 0 or 1, the effective number of groups.

    Source: value (1 - value) / variance, made smaller for few degrees of freedom: Korn and Graubard
    (1998), Survey Methodology 24(2), 193-201; the variance from the sizes: the design effect of
    Kish (1965), Survey Sampling, section 5.4.
    """
    value, n_photos = spreads.value, photos.sum(axis=-1)
    groups = effective_numbers(photos)
    moves = (spreads.variance > 0) & (value > 0) & (value < 1)
    largest = np.divide(
        n_photos, groups, out=np.ones(groups.shape), where=groups > 0
    )  # the size of the group of a photo, on average
    by_sizes = n_photos / (1 + alikeness(value, right, photos) * (largest - 1))
    by_sizes = by_sizes / widening(np.maximum(groups - 1, 1.0), tail) ** 2
    by_shift = np.divide(value * (1 - value), spreads.variance, out=by_sizes.copy(), where=moves)
    by_shift = by_shift / widening(spreads.freedom, tail) ** 2
    number = np.clip(np.minimum(by_shift, by_sizes), 1.0, np.maximum(n_photos, 1.0))
    return np.where(moves, number, np.maximum(groups, 1.0))


def alikeness(value: Floats, right: Floats, photos: Floats) -> Floats:
    """How alike photos of one group are, from 0 (independent) to 1 (all right or all wrong).

    The correlation of two photos of a group, over all groups of two and more, each weighed by its
    photos; drawn towards 1 where few groups show both outcomes.

    Args:
        value: Score of each sample, shape (n_samples,).
        right: See `independent_photos`.
        photos: See `independent_photos`.

    Source: moment estimate of the intraclass correlation of shares: Ridout, Demetrio and Firth
    (1999), Biometrics 55(1), 137-148.
    """
    off = (right - photos * value[..., None]) ** 2
    of_itself = right * (1 - value[..., None]) ** 2 + (photos - right) * value[..., None] ** 2
    several = photos >= 2
    weight = np.divide(1.0, photos, out=np.zeros(photos.shape), where=several)
    pairs = (weight * photos * (photos - 1)).sum(axis=-1) * value * (1 - value)
    together = (weight * (off - of_itself)).sum(axis=-1)
    correlation = np.divide(together, pairs, out=np.ones(pairs.shape), where=pairs > 0)
    shown = np.minimum(
        ((right > 0) & several).sum(axis=-1), ((photos > right) & several).sum(axis=-1)
    )
    drawn = (correlation * shown + ALIKE_UNTIL_SHOWN) / (shown + ALIKE_UNTIL_SHOWN)
    return np.asarray(np.clip(drawn, 0.0, 1.0))


def sure_variance(spreads: Spreads, photos: Floats, tail: Floats) -> Floats:
    """Variance of a score that is no share, as a normal interval would need it.

    As `independent_photos`: the larger of the jackknife's and of one from the sizes, each made
    larger for few degrees of freedom. The variance of a group's mean over its n photos is taken as
    a + b / n and fitted over all groups alike, however large.

    Args:
        spreads: Score of each sample.
        photos: Photos of each group, shape (n_samples, n_groups).
        tail: Share of intervals that may miss on either side, shape (n_samples,).
    """
    n_photos = photos.sum(axis=-1)
    n_groups = photos.shape[-1]
    several = np.maximum(photos, 1.0)
    # Shifts are of the group's sum, as a share of the mean size: so this is of its mean.
    squared = (spreads.shift * (n_photos / n_groups)[..., None] / several) ** 2
    less = 1 / several
    level, mean_less = squared.mean(axis=-1), less.mean(axis=-1)
    weight = (less - mean_less[..., None]) ** 2
    slope_below = weight.sum(axis=-1)
    slope_above = ((less - mean_less[..., None]) * squared).sum(axis=-1)
    slope = np.divide(
        slope_above, slope_below, out=np.zeros(level.shape), where=slope_below > 1e-12
    )
    alike = np.clip(level - slope * mean_less, 0.0, level)
    # Where all but a few groups are of one size, these few alone tell the slope.
    shown = np.minimum(effective_numbers(squared), effective_numbers(weight))
    alike = (alike * shown + level * ALIKE_UNTIL_FITTED) / (shown + ALIKE_UNTIL_FITTED)
    independent = np.divide(level - alike, mean_less)
    by_sizes = ((alike[..., None] + independent[..., None] / several) * photos**2).sum(axis=-1)
    by_sizes = by_sizes / n_photos**2
    groups = effective_numbers(photos)
    by_sizes = by_sizes * widening(np.maximum(groups - 1, 1.0), tail) ** 2
    by_shift = spreads.variance * widening(spreads.freedom, tail) ** 2
    return np.asarray(np.maximum(by_shift, by_sizes))


def widening(freedom: Floats, tail: Floats) -> Floats:
    """How much further Student's t reaches than the normal distribution, at least 1."""
    from scipy import special

    reach: Floats = special.stdtrit(freedom, tail) / special.ndtri(tail)
    return reach
