"""How often storms of the prior's kind come to a site."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.class_prior import JEFFREYS
from arborisk.wording.counts import counted

_COUNTED = re.compile(r"\s*(\d+(?:\.\d+)?)\s+in\s+(\d+(?:\.\d+)?)\s*(?:years?)?\s*")


@dataclass(frozen=True, slots=True)
class StormRate:
    """Storms a year: a number taken as known, or a count in so many years.

    Attributes:
        storms: Storms counted, or the rate itself where `years` is None.
        years: Years they were counted in; None for a rate taken as known.
    """

    storms: float
    years: float | None = None

    @property
    def gamma(self) -> tuple[float, float] | None:
        """Shape and years of the Gamma distribution of the rate; None where it is taken as known.

        Source: Jeffreys' prior of a Poisson rate: shape k + 1/2 after k storms.
        """
        return None if self.years is None else (self.storms + JEFFREYS, self.years)

    @property
    def mean(self) -> float:
        """Expected storms a year."""
        return self.storms if self.gamma is None else self.gamma[0] / self.gamma[1]

    def draws(self, n: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Rates a year, shape (n,)."""
        if self.gamma is None:
            return np.full(n, self.storms)
        shape, years = self.gamma
        return random.gamma(shape, 1 / years, n)

    @property
    def text(self) -> str:
        """For example ``2 storms in 10 years``."""
        if self.years is None:
            return f"{self.storms:g} storms a year, taken as known"
        return f"{self.storms:g} storms in {counted(self.years, 'year')}"


def read_storm_rate(text: str) -> StormRate:
    """Reads ``0.2`` (a year, taken as known) or ``2 in 10`` (counted in so many years).

    Raises:
        AssessmentError: Neither, or below 0.

    >>> read_storm_rate("2 in 10").mean
    0.25
    """
    counted = _COUNTED.fullmatch(text)
    if counted and float(counted[2]) > 0:
        return StormRate(float(counted[1]), float(counted[2]))
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 100:
        raise AssessmentError(
            "storms a year, as 0.2 or counted, as '2 in 10'",
            repr(text),
            "--storms",
            "Count storms like the prior's at your site; there is no default.",
        )
    return StormRate(rate)
