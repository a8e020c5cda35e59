"""From a class to the chance of damage in some years: storms come, and classes differ in them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.class_prior import ClassPrior
from arborisk.risk.storm_rate import StormRate

Floats = NDArray[np.float64]
N_STRATA = 300
"""Equally likely chances in one storm over which the rate's distribution is averaged."""
N_GRID = 400
MOST_BY_HALVING = 16
N_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance with its interval.

    Attributes:
        mean: Expected value.
        low: Lower end of the credible interval.
        high: Upper end.
        errors: Monte Carlo standard errors of the ends; 0 where they are exact.
    """

    mean: float
    low: float
    high: float
    errors: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class ClassChances:
    """Chance of the prior's event within some years, for each class and for mixtures of them.

    In a storm the event has the chance q of the class; storms come as a Poisson process with the
    rate of the site: p = 1 - exp(-rate q years). Source: thinning of a Poisson process; q
    from the prior.

    Attributes:
        prior: What q rests on.
        rate: Storms a year.
        years: Length of time.
    """

    prior: ClassPrior
    rate: StormRate
    years: float

    def means(self) -> Floats:
        """Expected chance of each class, shape (4,), in closed form.

        Source: Kummer's and Gauss's hypergeometric functions are the means of exp(-q x) and of
        (1 + q x)^-k over a Beta distribution of q (Euler's integrals; tested by quadrature).
        """
        from scipy.special import hyp1f1, hyp2f1

        a, b = self.prior.beta
        if self.rate.gamma is None:
            return np.asarray(1 - hyp1f1(a, a + b, -self.rate.storms * self.years))
        shape, years_counted = self.rate.gamma
        return np.asarray(1 - hyp2f1(shape, a, a + b, -self.years / years_counted))

    def cumulative(self, chance: Floats) -> Floats:
        """Share of belief at or below each chance, for each class, shape (n, 4)."""
        from scipy import special

        chance = np.clip(chance, 0.0, 1.0)
        with np.errstate(divide="ignore"):
            exposure = -np.log1p(-chance)
        a, b = self.prior.beta
        if self.rate.gamma is None:
            hazard = self.rate.storms * self.years
            if hazard == 0:
                return np.ones((len(chance), len(a)))
            found: Floats = special.betainc(a, b, np.minimum(exposure[:, None] / hazard, 1.0))
            return found
        shape, years_counted = self.rate.gamma
        q = _strata(tuple(a), tuple(b))
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = exposure[:, None, None] / (q * self.years)
        held = special.gammainc(
            shape, np.nan_to_num(rate, nan=np.inf, posinf=np.inf) * years_counted
        )
        averaged: Floats = held.mean(axis=1)
        return averaged

    def of(self, weights: Floats, *, level: float = 0.95) -> list[Chance]:
        """Chances of trees with given weights of the classes.

        Args:
            weights: Shape (n_trees, 4); rows sum to 1.
            level: Coverage of the credible intervals.

        Returns:
            The interval is of the mixture: which class the tree is of is part of the doubt.
        """
        tail = (1 - level) / 2
        mean = weights @ self.means()
        kinds, place = np.unique(weights, axis=0, return_inverse=True)
        ends = [one[place.ravel()] for one in self._quantiles(kinds, (tail, 1 - tail))]
        return [
            Chance(float(middle), float(low), float(high))
            for middle, low, high in zip(mean, *ends, strict=True)
        ]

    def draws(self, n: int, random: np.random.Generator) -> Floats:
        """Chances of the classes, drawn together with the rate, shape (n, 4)."""
        q = random.beta(*self.prior.beta, size=(n, len(self.prior.share)))
        found: Floats = -np.expm1(-self.rate.draws(n, random)[:, None] * q * self.years)
        return found

    def _quantiles(self, weights: Floats, shares: Sequence[float]) -> list[Floats]:
        """Chances below which shares of the belief lie, each of shape (n,).

        Between points of a grid; for a few mixtures then by halving, to the last digits.
        """
        fine = np.geomspace(1e-9, 1.0, N_GRID), np.linspace(0.0, 1.0, N_GRID)
        grid = np.unique(np.concatenate(fine))
        held = self.cumulative(grid)
        mixed = [held @ one for one in weights]
        found = []
        for share in shares:
            rough = np.array([np.interp(share, one, grid) for one in mixed])
            few = len(weights) <= MOST_BY_HALVING
            found.append(self._halved(weights, share, rough, grid) if few else rough)
        return found

    def _halved(self, weights: Floats, share: float, rough: Floats, grid: Floats) -> Floats:
        above = np.searchsorted(grid, rough)
        low, high = grid[np.maximum(above - 2, 0)], grid[np.minimum(above + 1, len(grid) - 1)]
        for _ in range(N_HALVINGS):
            middle = (low + high) / 2
            under = (weights * self.cumulative(middle)).sum(axis=1) < share
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return (low + high) / 2


@functools.lru_cache(maxsize=8)
def _strata(a: tuple[float, ...], b: tuple[float, ...]) -> Floats:
    """Equally likely chances in one storm, shape (N_STRATA, 4)."""
    from scipy import stats

    share = (np.arange(N_STRATA) + 0.5) / N_STRATA
    found: Floats = stats.beta.ppf(share[:, None], a, b)
    return found
