"""Fragility: the chance of failure as a function of the gust, and a lognormal curve through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.wind import Floats, Values, floats
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.risk.storm.climate import GustClimate

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


@dataclass(frozen=True, slots=True)
class LognormalFit:
    """``F(v) = Phi(ln(v / theta) / beta)`` through drawn critical gusts. Shapes (n_trees,).

    Attributes:
        theta_ms: Median critical gust, m/s; NaN where no draw needs wind to fail.
        beta: Standard deviation of its logarithm.
        error: Largest distance between the curve and the drawn distribution, 0 to 1.
        theta_error_ms: Standard error of theta by the number of draws alone, m/s.
        beta_error: Standard error of beta, likewise.
        share_without_wind: Share of draws in which the tree's weight alone is too much. The curve
            is fitted to the others, and the error counts all.
    """

    theta_ms: Floats
    beta: Floats
    error: Floats
    theta_error_ms: Floats
    beta_error: Floats
    share_without_wind: Floats


def fit_lognormal(critical_ms: Floats) -> LognormalFit:
    """Fits by the mean and deviation of the logarithm (maximum likelihood).

    Args:
        critical_ms: Drawn critical gusts, shape (n_trees, n_draws); 0 for no wind needed.

    Source: maximum likelihood of a lognormal sample; the error is the distance of Kolmogorov.
    """
    ordered = np.sort(critical_ms, axis=1)
    n_draws = ordered.shape[1]
    windy = ordered > 0
    n_windy = windy.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(windy, np.log(ordered), 0.0)
        mean = logs.sum(axis=1) / n_windy
        beta = np.sqrt((np.where(windy, logs - mean[:, None], 0.0) ** 2).sum(axis=1) / n_windy)
        theta = np.exp(mean)
        curve = lognormal_curve(ordered, theta[:, None], beta[:, None])
    rank = np.arange(1, n_draws + 1) / n_draws
    error = np.maximum(np.abs(rank - curve), np.abs(rank - 1 / n_draws - curve)).max(axis=1)
    return LognormalFit(
        theta,
        beta,
        error,
        theta * beta / np.sqrt(n_windy, where=n_windy > 0, out=np.full(len(theta), np.nan)),
        beta / np.sqrt(2.0 * np.maximum(n_windy, 1)),
        1.0 - n_windy / n_draws,
    )


def lognormal_curve(gust_ms: Values, theta_ms: Values, beta: Values) -> Floats:
    """Chance of failure in a gust; a step at theta where beta is 0.

    Args:
        gust_ms: Gust, m/s, at least 0.
        theta_ms: Median critical gust, m/s.
        beta: Standard deviation of its logarithm.
    """
    from scipy.special import ndtr

    gust, theta = np.broadcast_arrays(floats(gust_ms), floats(theta_ms))
    with np.errstate(divide="ignore", invalid="ignore"):
        deviate = np.log(gust / theta) / beta
    deviate = np.where(gust >= theta, np.nan_to_num(deviate, nan=np.inf), deviate)
    return floats(ndtr(deviate))


def share_below(ordered_ms: Floats, gust_ms: Floats) -> Floats:
    """Share of ordered values at or below each gust, shape of ``gust_ms``."""
    return np.searchsorted(ordered_ms, gust_ms, side="right") / len(ordered_ms)


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
