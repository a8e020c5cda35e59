"""Interval of a mean over photos that come in groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Spread, spread_of
from arborisk.records import Interval

FEWEST_GROUPS: Final = 6
"""Groups below which no interval is given. With five, even differences that all point one way come
about by luck alone in 1 of 16 tries (2 x 1/32), which is more than 5 %."""
ANYWHERE: Final = (-math.inf, math.inf)
CORRELATION: Final = (-1.0, 1.0)
"""Least and largest correlation."""
TOO_FEW = "too few groups for an interval"
NO_SPREAD = "no interval: no group differs from the others"


def mean_interval(
    values: NDArray[np.float64],
    groups: Sequence[str],
    *,
    level: float = 0.95,
    within: tuple[float, float] = ANYWHERE,
) -> Interval:
    """Mean over photos with a t interval that treats the group as the unit.

    Args:
        values: One a photo, shape (n,), n at least 1.
        groups: Group of each photo: photos of one group are not independent.
        level: Coverage aimed at, in (0, 1).
        within: Least and largest value that can be; the ends stay inside.

    Returns:
        Without ends below `FEWEST_GROUPS` groups, or where nothing differs; the note says why.

    Source: delete-one-group jackknife with its own degrees of freedom, see
    `arborisk.metrics.jackknife.spread_of`.
    """
    value = float(values.mean())
    _, group = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    sums, counts = np.bincount(group, values), np.bincount(group)
    if len(counts) < FEWEST_GROUPS:
        return Interval(value, None, None, level, TOO_FEW)
    without = (sums.sum() - sums) / (counts.sum() - counts)
    return t_interval(spread_of(value, without), level, within)


def t_interval(spread: Spread, level: float, within: tuple[float, float] = ANYWHERE) -> Interval:
    """Value with its t interval, cut to what can be; without ends where no group moves it."""
    from scipy import special

    if spread.variance == 0.0:
        return Interval(spread.value, None, None, level, NO_SPREAD)
    reach = float(special.stdtrit(spread.freedom, (1 + level) / 2)) * math.sqrt(spread.variance)
    low, high = spread.value - reach, spread.value + reach
    return Interval(spread.value, max(low, within[0]), min(high, within[1]), level)


def above(interval: Interval, limit: float = 0.0) -> bool:
    """Whether the whole interval lies above a limit; False without one."""
    return interval.low is not None and interval.low > limit


def below(interval: Interval, limit: float = 0.0) -> bool:
    """Whether the whole interval lies below a limit; False without one."""
    return interval.high is not None and interval.high < limit
