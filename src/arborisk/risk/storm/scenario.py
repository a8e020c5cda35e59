"""A storm: one gust for all, or a map of gusts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, SettingsError, option
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.domain import GUST
from arborisk.risk.storm.worlds import Draws
from arborisk.tables.quantities import doubtful, read_option

HIGHEST_GUST_MS = 150.0
"""Gusts above are refused: the strongest measured outside tornadoes was 113 m/s (WMO)."""


@dataclass(frozen=True, slots=True)
class Storm:
    """Gust of the area around each tree, at 10 m above ground, 3 s.

    Attributes:
        gust_ms: Shape (n_trees,) or (1,), m/s.
        deviation_ms: Its standard deviation, same shape. All trees err together: a forecast or an
            analysis is too high or too low over a whole town.
        words: For people.
        doubts: Why it is to be doubted.
    """

    gust_ms: Floats
    deviation_ms: Floats
    words: str
    doubts: tuple[str, ...] = ()

    def in_worlds(self, places: NDArray[np.int64], draws: Draws) -> Floats:
        """Gusts of some trees in each world, shape (tree or 1, n_worlds, 1); lognormal."""
        one = len(self.gust_ms) == 1
        gust = self.gust_ms if one else self.gust_ms[places]
        deviation = self.deviation_ms if one else self.deviation_ms[places]
        spread = np.sqrt(np.log1p((deviation / gust) ** 2))[:, None, None]
        of_world = draws.generator(4).standard_normal((1, draws.n_worlds, 1))
        return np.asarray(gust[:, None, None] * np.exp(spread * of_world))


def one_gust(text: str) -> Storm:
    """Reads a gust with its doubt: ``32±2`` m/s, ``32+-2``, ``67±5 mph``, ``28-36``.

    Raises:
        SettingsError: It cannot be read, or no doubt is stated.
        AssessmentError: An impossible gust.
    """
    read = read_option(text, "speed", unit="m/s", name="--gust")
    if math.isnan(read.deviation):
        raise SettingsError(
            "a gust in m/s with its standard deviation, such as 32±2",
            repr(text),
            "--gust",
            Remedy("Write {} for a what-if of exactly 32 m/s.", option("--gust 32±0", "storm")),
        )
    gust, deviation = np.array([read.value]), np.array([read.deviation])
    check_gusts(gust, deviation, "--gust")
    taken = f" ({read.note})" if read.note else ""
    words = f"a gust of {read.value:.4g}±{read.deviation:.3g} m/s{taken} at 10 m, everywhere"
    return Storm(gust, deviation, words, doubts_of(read.value))


def doubts_of(gust_ms: float) -> tuple[str, ...]:
    """Why a gust is to be doubted, or lies outside of what the mechanics are made for."""
    found = [doubtful("gust", gust_ms)]
    if gust_ms > GUST.high:
        found.append(
            f"a gust of {gust_ms:.4g} m/s lies outside of what the mechanics are made for "
            f"({GUST.words}): chances in it are carried on from weaker gusts"
        )
    return tuple(one for one in found if one)


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
