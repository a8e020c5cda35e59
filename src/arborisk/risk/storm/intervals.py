"""Intervals over worlds, without the luck of the draws inside each world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.wind import Floats
from arborisk.metrics.drawn import drawn_quantiles

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class WorldInterval:
    """Interval over worlds; shape (n,) each.

    Attributes:
        low: Lower end.
        high: Upper end.
        low_error: Monte Carlo standard error of the lower end.
        high_error: Of the upper end.
    """

    low: Floats
    high: Floats
    low_error: Floats
    high_error: Floats


def world_interval(means: Floats, noise_variance: Floats, level: float = LEVEL) -> WorldInterval:
    """Interval of an expectation over worlds.

    The means of the worlds vary more than the expectations do, by the luck of few draws within
    each. They are drawn together until their variance is what is left without that luck.

    Args:
        means: Mean of the draws in each world, shape (n, n_worlds).
        noise_variance: Variance of such a mean by the draws alone, averaged over worlds, shape
            (n,).
        level: Coverage aimed at, in (0, 1).

    Returns:
        Both ends are the mean where worlds do not differ.

    Source: variance components of a one-way layout; the shrinkage keeps the ranks of the worlds.
    """
    centre = means.mean(axis=1, keepdims=True)
    if means.shape[1] < 2:
        none = np.zeros(len(centre))
        return WorldInterval(centre[:, 0], centre[:, 0], none, none)
    variance = means.var(axis=1, ddof=1)
    left = np.clip(variance - noise_variance, 0.0, None)
    shrink = np.sqrt(np.divide(left, variance, out=np.zeros_like(left), where=variance > 0))
    drawn_in = centre + (means - centre) * shrink[:, None]
    tail = (1.0 - level) / 2.0
    (low, high), (of_low, of_high) = drawn_quantiles(drawn_in, (tail, 1.0 - tail))
    return WorldInterval(low, high, of_low, of_high)


def never_zero(high: Floats, n_draws: int) -> Floats:
    """Upper ends of chances that no draw showed: at least 3 over the draws.

    Source: the rule of three, the 95 % bound of 0 of n.
    """
    return np.maximum(high, min(1.0, 3.0 / n_draws))
