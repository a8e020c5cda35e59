"""What draws can show: quantiles with their Monte Carlo standard errors, and no certainty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arborisk.wording.percent import RAREST


def drawn_quantiles(
    drawn: NDArray[np.float64], shares: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quantiles over the last axis, and their standard errors.

    Args:
        drawn: Draws, shape (..., n_draws).
        shares: Shares of draws below the quantiles, in (0, 1).

    Returns:
        Quantiles, and half the distance of the order statistics one standard deviation of their
        rank on either side, shape (n_shares, ...) each. For draws spread more evenly than by
        chance (Latin hypercube) the errors are too large.

    Source: the rank of a quantile in the sample is binomial: David and Nagaraja (2003), Order
    Statistics, section 7.1.

    >>> values, errors = drawn_quantiles(np.arange(1.0, 10_001.0), (0.5,))
    >>> float(values[0]), round(float(errors[0]), 1)
    (5000.5, 50.0)
    """
    n = drawn.shape[-1]
    share = np.asarray(shares, dtype=np.float64)
    off = np.sqrt(share * (1 - share) / n)
    # In one call, so that the draws are sorted out once.
    places = np.clip(np.stack([share, share - off, share + off]), 0.0, 1.0)
    values, below, above = np.quantile(drawn, places, axis=-1)
    return values, (above - below) / 2


def never_certain(chance: float, n_draws: int | None = None) -> float:
    """A chance as tables hold it: never 0 and never 1, as it is never printed so.

    Args:
        chance: As it was found, in [0, 1]; NaN stays.
        n_draws: Draws in which it was counted: no case among them is half a case in one more draw;
            None for what was not counted, which stays `arborisk.wording.percent.RAREST` away.

    Source: half a case: the mean under Jeffreys' prior, Brown, Cai and DasGupta (2001),
    Statistical Science 16(2), 101-133.

    >>> never_certain(0.0), never_certain(1.0), never_certain(0.25), never_certain(0.0, 9)
    (1e-06, 0.999999, 0.25, 0.05)
    """
    least = RAREST if n_draws is None else 0.5 / (n_draws + 1)
    return chance if np.isnan(chance) else min(max(float(chance), least), 1 - least)
