"""Chance of failure of single trees in each world, without the luck of few draws in it.

In a world the critical gust of a tree is taken as lognormal: its middle there is drawn together
with those of the other worlds until only what the worlds differ by is left, its spread is that
within all worlds. How far lognormal curves miss is printed with every result (``fit_error``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.wind import Floats, floats
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.fragility import lognormal_curve

N_NODES = 15
"""Points of the quadrature over a lognormal law; more change no digit that is printed."""


@dataclass(frozen=True, slots=True)
class WorldLaws:
    """Lognormal laws of critical gusts.

    Attributes:
        log_middle: Mean logarithm in each world, shape (n_trees, n_worlds).
        log_spread: Its deviation within worlds, shape (n_trees, 1).
        without_wind: Share of draws that need no wind to fail, shape (n_trees, 1).
    """

    log_middle: Floats
    log_spread: Floats
    without_wind: Floats

    def in_storm(self, gust_ms: Floats) -> Floats:
        """Chance in a gust, shape (n_trees, n_worlds).

        Args:
            gust_ms: Gust of each world, broadcasting to that shape, m/s.
        """
        windy = lognormal_curve(gust_ms, np.exp(self.log_middle), self.log_spread)
        return self.without_wind + (1.0 - self.without_wind) * windy

    def in_years(self, climate: GustClimate, years: int) -> Floats:
        """Chance within years of a climate, shape (n_trees, n_worlds).

        Args:
            climate: With as many worlds.
            years: One or more; the tree keeps its strength.
        """
        nodes, weights = np.polynomial.hermite_e.hermegauss(N_NODES)
        found = np.zeros_like(self.log_middle)
        for node, weight in zip(nodes, weights / weights.sum(), strict=True):
            yearly = climate.exceedance(np.exp(self.log_middle + node * self.log_spread))
            found += weight * within_years(yearly, years)
        return self.without_wind + (1.0 - self.without_wind) * found


def within_years(yearly: Floats, years: int) -> Floats:
    """Chance within several years of the same tree: ``1 - (1 - p)^years``."""
    if years == 1:
        return yearly
    return floats(-np.expm1(years * np.log1p(-np.minimum(yearly, 1.0 - 1e-16))))


def world_laws(first_ms: Floats) -> WorldLaws:
    """Laws of drawn critical gusts.

    Args:
        first_ms: Shape (n_trees, n_worlds, n_inner); 0 where no wind is needed.

    Source: variance components of a one-way layout, on the logarithm; the means of worlds are drawn
    together so that their variance is that between worlds alone.
    """
    windy = first_ms > 0
    n_world = windy.sum(axis=2)
    n_all = np.maximum(n_world.sum(axis=1, keepdims=True), 1)
    with np.errstate(divide="ignore"):
        logs = np.where(windy, np.log(first_ms), 0.0)
    sums = logs.sum(axis=2)
    middle_of_all = sums.sum(axis=1, keepdims=True) / n_all
    middle = np.where(n_world > 0, sums / np.maximum(n_world, 1), middle_of_all)
    apart = np.where(windy, logs - middle[..., None], 0.0)
    freedom = np.maximum(n_all - (n_world > 0).sum(axis=1, keepdims=True), 1)
    within = (apart**2).sum(axis=(1, 2))[:, None] / freedom
    n_worlds = first_ms.shape[1]
    if n_worlds > 1:
        between = middle.var(axis=1, ddof=1, keepdims=True)
        left = np.clip(between - within * n_worlds / n_all, 0.0, None)
        shrink = np.sqrt(np.divide(left, between, out=np.zeros_like(left), where=between > 0))
        middle = middle_of_all + shrink * (middle - middle_of_all)
    return WorldLaws(middle, np.sqrt(within), 1.0 - windy.mean(axis=(1, 2))[:, None])
