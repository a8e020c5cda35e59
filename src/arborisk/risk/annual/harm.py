"""Risk of harm and expected loss: failure, then impact, then consequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.risk.annual.chances import (
    N_PRODUCT_DRAWS,
    Chance,
    ClassChances,
    UncertainFactor,
    chance_of_draws,
    multiply,
)
from arborisk.wording.counts import counted

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Failing:
    """Chance of failure of one tree: a range somebody states, or classes through a prior.

    Attributes:
        stated: A number or range for the years in question; None to use the classes.
        weights: Weights of the classes, shape (4,).
        chances: Chances of the classes.
    """

    stated: UncertainFactor | None = None
    weights: Floats | None = None
    chances: ClassChances | None = None

    def __post_init__(self) -> None:
        """Refuses neither and both."""
        if (self.stated is None) == (self.chances is None or self.weights is None):
            raise AssessmentError(
                "a stated chance of failure, or classes with a prior",
                "both or neither",
                "the chance of failure",
                "Give one of them.",
            )

    def mean(self) -> float:
        """Expected chance, exactly."""
        if self.stated is not None:
            return self.stated.moment(1)
        assert self.weights is not None and self.chances is not None
        return float(self.weights @ self.chances.means())

    def draws(self, n: int, random: np.random.Generator) -> Floats:
        """Chances, shape (n,); the class is drawn too, for it is part of the doubt."""
        if self.stated is not None:
            return self.stated.quantile(random.random(n))
        assert self.weights is not None and self.chances is not None
        drawn = self.chances.draws(n, random)
        level = random.choice(len(self.weights), size=n, p=self.weights)
        found: Floats = drawn[np.arange(n), level]
        return found


@dataclass(frozen=True, slots=True)
class Struck:
    """One target: what follows a failure there.

    Attributes:
        name: Target.
        impact: Chance that the failed part strikes it while it is there.
        outcome: Chance of harm given impact, or loss given impact in money.
    """

    name: str
    impact: UncertainFactor
    outcome: UncertainFactor


@dataclass(frozen=True, slots=True)
class Harm:
    """Expected harm or loss.

    Attributes:
        value: Mean, always exact, with its interval.
        way: Whether the interval is exact or drawn.
        by_target: Exact mean for each target.
        draws: Draws of it, shape (n,).
    """

    value: Chance
    way: Literal["exact", "drawn"]
    by_target: tuple[tuple[str, float], ...]
    draws: Floats


def expected_harm(
    failing: Failing,
    struck: Sequence[Struck],
    *,
    level: float = 0.95,
    n_draws: int = N_PRODUCT_DRAWS,
    seed: int = 0,
) -> Harm:
    """Failure x impact x outcome, summed over targets that share the failure.

    The mean is exact: the factors are independent. The interval is exact for one target and a
    stated chance of failure where `arborisk.risk.annual.chances.multiply` has a closed form.

    Args:
        failing: Chance of failure.
        struck: Targets with chances of harm, or with losses in money.
        level: Coverage of the interval.
        n_draws: Draws where no closed form exists.
        seed: Same seed, same numbers.
    """
    mean = failing.mean()
    parts = tuple((one.name, mean * one.impact.moment(1) * one.outcome.moment(1)) for one in struck)
    if failing.stated is not None and len(struck) == 1:
        factors = (failing.stated, struck[0].impact, struck[0].outcome)
        product = multiply(factors, level=level, n_draws=n_draws, seed=seed)
        return Harm(product.value, product.way, parts, product.draws)
    random = np.random.default_rng(seed)
    given = np.zeros(n_draws)
    for one in struck:
        struck_then = one.impact.quantile(random.random(n_draws))
        given += struck_then * one.outcome.quantile(random.random(n_draws))
    drawn = failing.draws(n_draws, random) * given
    ends = ((1 - level) / 2, (1 + level) / 2)
    value = chance_of_draws(sum(part for _, part in parts), drawn, ends)
    return Harm(value, "drawn", parts, drawn)


SOURCE = (
    "Health and Safety Executive (2001), Reducing risks, protecting people: limits of tolerability "
    "of an individual risk of death a year (read in excerpts that quote it)."
)
ALARP = (
    "Tolerable if ALARP, as low as reasonably practicable: reduce it unless the cost of doing so "
    "is grossly out of proportion."
)


@dataclass(frozen=True, slots=True)
class Band:
    """One band of risk.

    Attributes:
        name: Short name.
        low: Lowest risk a year that belongs to it.
        words: What is said of it.
    """

    name: str
    low: float
    words: str


BANDS = (
    Band(
        "broadly acceptable",
        0.0,
        "Below 1 in 1,000,000 a year: broadly acceptable; still reduce it where that is easy.",
    ),
    Band("tolerable if ALARP", 1e-6, f"1 in 1,000,000 to 1 in 10,000 a year. {ALARP}"),
    Band(
        "above the limit for the public",
        1e-4,
        "1 in 10,000 to 1 in 1,000 a year: above the limit for a risk imposed on the public in the "
        "wider interest; only for people who accept it, and if ALARP.",
    ),
    Band("not tolerable", 1e-3, "1 in 1,000 a year or more: above the limit even for workers."),
)
"""Ascending. Source: `SOURCE`."""


@dataclass(frozen=True, slots=True)
class Tolerability:
    """Where one person's risk of death in a year lies.

    Attributes:
        person: Whose risk it is.
        band: Band of the expected risk.
        shares: Share of belief in each band of `BANDS`.
    """

    person: str
    band: Band
    shares: tuple[float, ...]


def place(risk: float, draws: NDArray[np.float64], *, person: str, years: float) -> Tolerability:
    """Places one person's risk of death in one year among the bands.

    Args:
        risk: Expected risk a year.
        draws: Draws of it, shape (n,).
        person: Whose risk it is, for example ``one person who waits at the stop each morning``.
        years: Must be 1: the thresholds are for a year.

    Raises:
        AssessmentError: Nobody is named, or another length of time.
    """
    if not person.strip():
        raise AssessmentError(
            "whose risk it is: the thresholds are for one person, the one who is there most",
            "nobody",
            "the person",
            Remedy(
                "Name them, for example {}.",
                option("--person 'one person who walks below twice a day'", "risk annual"),
            ),
        )
    if years != 1:
        raise AssessmentError(
            "a risk in one year: the thresholds are for a year",
            f"{counted(years, 'year')}",
            "the time frame",
            "Ask for one year.",
        )
    edges = [band.low for band in BANDS[1:]]
    in_band = np.bincount(np.digitize(draws, edges), minlength=len(BANDS)) / len(draws)
    return Tolerability(person, BANDS[int(np.digitize(risk, edges))], tuple(map(float, in_band)))
