"""A number that is known only as a range."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError

_TEXT = re.compile(r"\s*([0-9.eE+/-]+?)\s*(?:(?:\.\.|to)\s*([0-9.eE+/-]+?))?\s*(log)?\s*")


@dataclass(frozen=True, slots=True)
class Quantity:
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


def read_quantity(text: str, name: str, *, high: float = 1.0) -> Quantity:
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
    return Quantity(low, top, shape)


def _number(text: str) -> float:
    """A number, or a fraction such as 1/200."""
    above, slash, below = text.partition("/")
    return float(above) / float(below) if slash else float(text)
