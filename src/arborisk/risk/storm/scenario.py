"""A storm: one gust for all, or a map of gusts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.worlds import Draws

HIGHEST_GUST_MS = 150.0
"""Gusts above are refused: the strongest measured outside tornadoes was 113 m/s (WMO)."""
_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


@dataclass(frozen=True, slots=True)
class Storm:
    """Gust of the area around each tree, at 10 m above ground, 3 s.

    Attributes:
        gust_ms: Shape (n_trees,) or (1,), m/s.
        deviation_ms: Its standard deviation, same shape. All trees err together: a forecast or an
            analysis is too high or too low over a whole town.
        words: For people.
    """

    gust_ms: Floats
    deviation_ms: Floats
    words: str

    def in_worlds(self, places: NDArray[np.int64], draws: Draws) -> Floats:
        """Gusts of some trees in each world, shape (tree or 1, n_worlds, 1); lognormal."""
        one = len(self.gust_ms) == 1
        gust = self.gust_ms if one else self.gust_ms[places]
        deviation = self.deviation_ms if one else self.deviation_ms[places]
        spread = np.sqrt(np.log1p((deviation / gust) ** 2))[:, None, None]
        of_world = draws.generator(4).standard_normal((1, draws.n_worlds, 1))
        return np.asarray(gust[:, None, None] * np.exp(spread * of_world))


def one_gust(text: str) -> Storm:
    """Reads ``32±2``, ``32+-2`` or ``32+/-2`` in m/s.

    Raises:
        AssessmentError: No doubt is stated, or an impossible gust.
    """
    parts = _PLUS_MINUS.split(text.strip())
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != 2:
        raise AssessmentError(
            "a gust in m/s with its standard deviation, such as 32±2",
            repr(text),
            "--gust",
            "Write 32±0 for a what-if of exactly 32 m/s.",
        )
    check_gusts(np.array(numbers[:1]), np.array(numbers[1:]), "--gust")
    words = f"a gust of {numbers[0]:g}±{numbers[1]:g} m/s at 10 m, everywhere"
    return Storm(np.array(numbers[:1]), np.array(numbers[1:]), words)


def check_gusts(gust_ms: Floats, deviation_ms: Floats, where: str) -> None:
    """Refuses impossible gusts.

    Raises:
        AssessmentError: Says which.
    """
    bad = ~((gust_ms > 0) & (gust_ms <= HIGHEST_GUST_MS))
    bad |= ~((deviation_ms >= 0) & (deviation_ms < gust_ms))
    if np.any(bad):
        place = int(np.argmax(bad))
        raise AssessmentError(
            f"gusts above 0 and at most {HIGHEST_GUST_MS:g} m/s, with a smaller deviation",
            f"{gust_ms[place]:g}±{deviation_ms[place]:g} m/s",
            where,
            "Correct it; gusts are in metres a second, 1 m/s = 3.6 km/h = 2.24 mph = 1.94 knots.",
        )
