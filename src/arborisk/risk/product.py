"""Products of uncertain factors: exactly where a closed form exists, else by drawing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.metrics.drawn import drawn_quantiles
from arborisk.risk.annual import Chance
from arborisk.risk.quantity import Quantity

Floats = NDArray[np.float64]
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
    factors: Sequence[Quantity], *, level: float = 0.95, n_draws: int = N_PRODUCT_DRAWS, seed: int = 0
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
