"""Intervals of coefficients of agreement, with the tree as the unit.

The delete-one-tree jackknife on Fisher's z scale was chosen by simulation over a percentile
bootstrap of trees, which covers too seldom below 200 trees; see benchmarks/agreement.py.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.jackknife import Spread, spread_of
from arborisk.metrics.proportions import share_interval
from arborisk.records import Interval

LEVEL = 0.95
FEWEST_TREES = 15
"""Trees rated twice below which no interval is given. Source: benchmarks/agreement.py."""
FEWEST_UNCOMMON = 5
"""Trees on which anyone left the commonest class, below which no interval of a coefficient that
allows for chance is given: covered 59 to 90 % there. Source: benchmarks/agreement.py."""
NEARLY_ONE = 1 - 1e-6

TOO_FEW = f"no interval: fewer than {FEWEST_TREES} trees"
TOO_ALIKE = f"no interval: fewer than {FEWEST_UNCOMMON} trees left the commonest class"
NO_SPREAD = "no interval: no tree differs from the others"
NOT_DEFINED = "not defined: only one class was used"


def coefficient_interval(
    value: float,
    without: NDArray[np.float64],
    *,
    n_uncommon: int | None = None,
    n_trees: int | None = None,
    level: float = LEVEL,
) -> Interval:
    """Interval of a coefficient from -1 to 1, such as kappa or alpha.

    Args:
        value: Its value for all trees; NaN where it is not defined.
        without: Its value without each tree, shape (n_trees,); where that is not defined, the
            value of all trees stands for it.
        n_uncommon: Trees on which anyone left the commonest class, or None where that is no matter.
        n_trees: Trees with two ratings or more, where others count too; by default all.
        level: Coverage aimed at, in (0, 1).
    """
    refusal = _refusal(value, len(without) if n_trees is None else n_trees, n_uncommon)
    if refusal:
        return Interval(value, None, None, level, refusal)
    spread = spread_of(value, np.where(np.isnan(without), value, without))
    if not spread.variance:
        return Interval(value, None, None, level, NO_SPREAD)
    bounded = min(max(value, -NEARLY_ONE), NEARLY_ONE)
    reach = _reach(spread, level) / (1 - bounded**2)
    middle = math.atanh(bounded)
    return Interval(value, math.tanh(middle - reach), math.tanh(middle + reach), level)


def mean_interval(value: float, without: NDArray[np.float64], *, level: float = LEVEL) -> Interval:
    """Interval of a mean or a difference: t interval from the jackknife.

    Args:
        value: Its value for all trees.
        without: Its value without each tree, shape (n_trees,).
        level: Coverage aimed at, in (0, 1).
    """
    refusal = _refusal(value, len(without), None)
    if refusal:
        return Interval(value, None, None, level, refusal)
    spread = spread_of(value, np.where(np.isnan(without), value, without))
    if not spread.variance:
        return Interval(value, None, None, level, NO_SPREAD)
    reach = _reach(spread, level)
    return Interval(value, value - reach, value + reach, level)


def share_interval_of(
    part: NDArray[np.float64], whole: NDArray[np.float64], *, level: float = LEVEL
) -> Interval:
    """Interval of a share of something counted on trees.

    Args:
        part: What counts of each tree, shape (n_trees,).
        whole: Out of how much, shape (n_trees,); trees without any are passed over.
        level: Coverage aimed at, in (0, 1).
    """
    part, whole = part[whole > 0], whole[whole > 0]
    total = whole.sum()
    value = float(part.sum() / total) if total else math.nan
    refusal = _refusal(value, len(whole), None)
    if refusal:
        return Interval(value, None, None, level, refusal)
    spread = spread_of(value, (part.sum() - part) / (total - whole))
    low, high = share_interval(
        spread, n_if_certain=len(whole), n_fewest=1.0, n_most=math.inf, level=level
    )
    return Interval(value, low, high, level)


def _refusal(value: float, n_trees: int, n_uncommon: int | None) -> str:
    """Why there is no interval, or ""."""
    if math.isnan(value):
        return NOT_DEFINED
    if n_trees < FEWEST_TREES:
        return TOO_FEW
    return TOO_ALIKE if n_uncommon is not None and n_uncommon < FEWEST_UNCOMMON else ""


def _reach(spread: Spread, level: float) -> float:
    """Half the width of a t interval with the degrees of freedom of the variance."""
    from scipy import special

    return float(special.stdtrit(spread.freedom, (1 + level) / 2)) * math.sqrt(spread.variance)
