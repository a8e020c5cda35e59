"""Whether there are enough groups for an interval, and how much wider it is drawn if only just.

Both look at the truth and the sizes of groups alone, never at what was predicted: a rule that gave
intervals only to samples with many errors would choose which samples to cover.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Floats
from arborisk.metrics.proportions import effective_numbers

FEWEST_GROUPS = 15.0
"""Groups of a class (of all photos, for accuracy) below which no interval is given.
Source: benchmarks/promises.py."""
ENOUGH_GROUPS = 30.0
"""Groups of a class below which its intervals are drawn wider.

Samples near `FEWEST_GROUPS` may be given an interval because they drew more groups of a rare class
than usual, and most scores move with how common a class is. Source: benchmarks/promises.py."""
WIDENING = 0.1
"""Factor on the share of intervals that may miss, at `FEWEST_GROUPS`; it rises to 1 at
`ENOUGH_GROUPS`. Source: benchmarks/promises.py at 30 to 100 groups."""
FEWEST_EFFECTIVE = 4.0
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
    own = (photos > 0).sum() if photos.ndim == 1 else groups_of_classes(photos).min()
    number = np.array([own], dtype=np.float64)
    return Support(float(number[0]), bool(is_enough(number, each[None])[0]))
