"""Fragility: the chance of failure as a function of the gust, and a lognormal curve through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.mechanics.wind import Floats, Values, floats


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
