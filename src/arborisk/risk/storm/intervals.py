"""Intervals over worlds, without the luck of the draws inside each world."""

from __future__ import annotations

import numpy as np

from arborisk.mechanics import Floats

LEVEL = 0.95


def world_interval(
    means: Floats, noise_variance: Floats, level: float = LEVEL
) -> tuple[Floats, Floats]:
    """Interval of an expectation over worlds.

    The means of the worlds vary more than the expectations do, by the luck of few draws within
    each. They are drawn together until their variance is what is left without that luck.

    Args:
        means: Mean of the draws in each world, shape (n, n_worlds).
        noise_variance: Variance of such a mean by the draws alone, averaged over worlds, shape
            (n,).
        level: Coverage aimed at, in (0, 1).

    Returns:
        Lower and upper end, shape (n,). Both are the mean where worlds do not differ.

    Source: variance components of a one-way layout; the shrinkage keeps the ranks of the worlds.
    """
    centre = means.mean(axis=1, keepdims=True)
    if means.shape[1] < 2:
        return centre[:, 0], centre[:, 0]
    variance = means.var(axis=1, ddof=1)
    left = np.clip(variance - noise_variance, 0.0, None)
    shrink = np.sqrt(np.divide(left, variance, out=np.zeros_like(left), where=variance > 0))
    drawn_in = centre + (means - centre) * shrink[:, None]
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn_in, [tail, 1.0 - tail], axis=1)
    return low, high


def never_zero(high: Floats, n_draws: int) -> Floats:
    """Upper ends of chances that no draw showed: at least 3 over the draws.

    Source: the rule of three, the 95 % bound of 0 of n.
    """
    return np.maximum(high, min(1.0, 3.0 / n_draws))
