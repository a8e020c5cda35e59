"""A number that is known only as a range."""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, command, option
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.risk.annual.prior import ClassPrior, StormRate
from arborisk.risk.model_answers import ModelAnswer

_TEXT = re.compile(r"\s*([0-9.eE+/-]+?)\s*(?:(?:\.\.|to)\s*([0-9.eE+/-]+?))?\s*(log)?\s*")


@dataclass(frozen=True, slots=True)
class UncertainFactor:
    """A number, or a range over which it is spread evenly, in itself or in its logarithm.

    Attributes:
        low: Lower end.
        high: Upper end; equal to `low` for a number.
        shape: ``uniform``, or ``log_uniform`` for ranges over orders of magnitude.
    """

    low: float
    high: float
    shape: Literal["uniform", "log_uniform"] = "uniform"

    @property
    def is_known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def moment(self, power: int) -> float:
        """Expected value of its power, exactly."""
        if self.is_known:
            return self.low**power
        if self.shape == "uniform":
            n = power + 1
            return (self.high**n - self.low**n) / (n * (self.high - self.low))
        width = math.log(self.high / self.low)
        return (self.high**power - self.low**power) / (power * width)

    def quantile(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values below which shares of the range lie."""
        if self.shape == "uniform" or self.is_known:
            return self.low + share * (self.high - self.low)
        found: NDArray[np.float64] = self.low * (self.high / self.low) ** share
        return found

    @property
    def text(self) -> str:
        """For example ``0.01 to 0.1 (even in its logarithm)``."""
        if self.is_known:
            return f"{self.low:g}"
        even = " (even in its logarithm)" if self.shape == "log_uniform" else ""
        return f"{self.low:g} to {self.high:g}{even}"


def read_quantity(text: str, name: str, *, high: float = 1.0) -> UncertainFactor:
    """Reads ``0.1``, ``1/200``, ``0.05..0.2`` or ``1e-5..1e-3 log``.

    Args:
        text: As typed.
        name: What it is, for messages.
        high: Largest value that can be: 1 for chances.

    Raises:
        AssessmentError: No such number, ends the wrong way round, below 0 or above `high`.

    >>> read_quantity("1e-4..1e-2 log", "chance of impact").text
    '0.0001 to 0.01 (even in its logarithm)'
    """
    found = _TEXT.fullmatch(text)
    try:
        low = _number(found[1]) if found else math.nan
        top = _number(found[2]) if found and found[2] else low
    except (ValueError, ZeroDivisionError):
        low = top = math.nan
    shape: Literal["uniform", "log_uniform"] = (
        "log_uniform" if found and found[3] and low != top else "uniform"
    )
    least = math.ulp(0.0) if shape == "log_uniform" else 0.0
    if not least <= low <= top <= high:
        limit = f" up to {high:g}" if high < math.inf else ""
        raise AssessmentError(
            f"the {name}: a number from 0{limit} or a range such as 0.05..0.2, or 1e-5..1e-3 log",
            repr(text),
            name,
            "Correct the value; a range over orders of magnitude starts above 0.",
        )
    return UncertainFactor(low, top, shape)


def _number(text: str) -> float:
    """A number, or a fraction such as 1/200."""
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(text)


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


N_PRODUCT_DRAWS = 100_000
N_PRODUCT_HALVINGS = 80


@dataclass(frozen=True, slots=True)
class Product:
    """A product of independent factors.

    Attributes:
        value: Mean, always exact, with an interval.
        spread: Standard deviation, exact.
        way: How the interval was found.
        draws: Draws of the product, shape (n,), for shares above thresholds.
    """

    value: Chance
    spread: float
    way: Literal["exact", "drawn"]
    draws: Floats


def multiply(
    factors: Sequence[UncertainFactor],
    *,
    level: float = 0.95,
    n_draws: int = N_PRODUCT_DRAWS,
    seed: int = 0,
) -> Product:
    """The product of independent factors.

    Exact intervals: where at most one factor is a range, and where all ranges are even in their
    logarithm (the logarithm is then a sum of uniform numbers).

    Args:
        factors: Numbers and ranges.
        level: Coverage of the interval.
        n_draws: Draws where no closed form exists.
        seed: Same seed, same numbers.
    """
    mean = math.prod(one.moment(1) for one in factors)
    spread = math.sqrt(max(0.0, math.prod(one.moment(2) for one in factors) - mean**2))
    ends = ((1 - level) / 2, (1 + level) / 2)
    random = np.random.default_rng(seed)
    drawn = np.prod([one.quantile(random.random(n_draws)) for one in factors], axis=0)
    ranges = [one for one in factors if not one.is_known]
    known = math.prod(one.low for one in factors if one.is_known)
    if len(ranges) <= 1:
        values = [
            known * float(ranges[0].quantile(np.array([end]))[0]) if ranges else known
            for end in ends
        ]
    elif all(one.shape == "log_uniform" for one in ranges) and known > 0:
        base = math.log(known) + sum(math.log(one.low) for one in ranges)
        widths = [math.log(one.high / one.low) for one in ranges]
        values = [math.exp(base + sum_quantile(widths, end)) for end in ends]
    else:
        value = chance_of_draws(mean, drawn, ends)
        return Product(value, spread, "drawn", drawn)
    return Product(Chance(mean, values[0], values[1]), spread, "exact", drawn)


def chance_of_draws(mean: float, drawn: Floats, ends: tuple[float, float]) -> Chance:
    """A mean with the quantiles of draws as ends, and the Monte Carlo errors of these."""
    (low, high), (of_low, of_high) = drawn_quantiles(drawn, ends)
    return Chance(mean, float(low), float(high), (float(of_low), float(of_high)))


def sum_quantile(widths: Sequence[float], share: float) -> float:
    """Value below which a share of the sum of uniform numbers on [0, width] lies, by halving."""
    low, high = 0.0, float(sum(widths))
    for _ in range(N_PRODUCT_HALVINGS):
        middle = (low + high) / 2
        if sum_cumulative(widths, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def sum_cumulative(widths: Sequence[float], value: float) -> float:
    """Chance that a sum of independent uniform numbers on [0, width] is at most `value`.

    Source: inclusion and exclusion over the corners of the box, as for the Irwin-Hall
    distribution; P. Hall, Biometrika 19 (1927), 240-244, for equal widths (from memory).
    """
    total = 0.0
    for corner in itertools.product((0, 1), repeat=len(widths)):
        above = value - sum(width for width, on in zip(widths, corner, strict=True) if on)
        if above > 0:
            total += (-1) ** sum(corner) * above ** len(widths)
    return total / (math.factorial(len(widths)) * math.prod(widths))


N_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """Trees with the event within the years.

    Attributes:
        n_trees: Trees in all.
        expected: Expected number, exact, with the credible interval of the expectation.
        seen_low: Lower end for the number that will be seen: luck is added.
        seen_high: Upper end.
    """

    n_trees: int
    expected: Chance
    seen_low: float
    seen_high: float


def expected_count(
    weights: Floats,
    chances: ClassChances,
    *,
    level: float = 0.95,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> ExpectedCount:
    """Expected number of trees with the event.

    The doubt on the prior is common to all trees of a class and does not average out over many;
    only luck does. Luck is drawn from a binomial with the mean and variance of the sum.

    Args:
        weights: Weights of the classes, shape (n_trees, 4). Chances of a model must first be moved
            to the mix of classes of this place: see `refuse_without_prevalence`.
        chances: Chance of each class.
        level: Coverage of both intervals.
        n_draws: Draws of the prior and the rate.
        seed: Same seed, same numbers.
    """
    random = np.random.default_rng(seed)
    drawn = chances.draws(n_draws, random)
    total, products = weights.sum(axis=0), weights.T @ weights
    mean = drawn @ total
    squares = np.einsum("di,ij,dj->d", drawn, products, drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(mean > 0, squares / mean, 1.0)
    size = np.maximum(np.rint(np.divide(mean, share, out=np.zeros_like(mean), where=share > 0)), 0)
    luck = np.divide(mean, size, out=np.zeros_like(mean), where=size > 0)
    seen = random.binomial(size.astype(np.int64), np.clip(luck, 0.0, 1.0))
    ends = ((1 - level) / 2, (1 + level) / 2)
    seen_low, seen_high = np.quantile(seen, ends)
    exact = float(total @ chances.means())
    return ExpectedCount(
        len(weights), chance_of_draws(exact, mean, ends), float(seen_low), float(seen_high)
    )


def refuse_without_prevalence(answers: Iterable[ModelAnswer]) -> None:
    """Refuses to add up a model's chances where nobody said how common the classes are here.

    Raises:
        AssessmentError: Says how to state the prevalence.
    """
    without = sum(not answer.has_prevalence for answer in answers)
    if without:
        raise AssessmentError(
            "a model's chances for the mix of classes of this place (columns prevalence_<class>)",
            f"{without} answers without",
            "expected counts",
            Remedy(
                "Run {} with {}: chances that hold for the mix of the training photos do not add "
                "up over a street.",
                command("predict"),
                option("--prevalence", "predict"),
            ),
        )


def weights_of(answers: Sequence[ModelAnswer], *, highest: bool) -> Floats:
    """Weights of the classes, shape (n_trees, 4); sets of words at one of their ends."""
    return np.stack([one.failure.array("highest" if highest else "lowest") for one in answers])
