"""Sites of a made-up town: what their photos share, and the winds that no photo shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from arborisk.mechanics.wind import Floats, gumbel_gust
from arborisk.simulate.trees import GroundKind, Site

TOWN_LATITUDE, TOWN_LONGITUDE = 42.37, -72.52
"""Middle of the made-up town; it lies in New England, where the first photos were taken."""

NORMAL_RETURN_YEARS = 2.0
"""Normal weather reaches the gust that every second year exceeds (assumption: local definitions
differ, and ISA gives none)."""

EXTREME_RETURN_YEARS = 50.0
"""Extreme weather reaches the gust that one year in fifty exceeds, as a design gust (assumption;
from memory, not checked)."""

WIND_DEFINITION = (
    f"3-s gusts at 10 m; normal: exceeded once in {NORMAL_RETURN_YEARS:g} years; "
    f"extreme: exceeded once in {EXTREME_RETURN_YEARS:g} years; Gumbel yearly maxima"
)


@dataclass(frozen=True, slots=True)
class WindClimates:
    """Gusts of n sites, m/s. Shape (..., n).

    Attributes:
        normal_gust_ms: Strongest gust of normal weather.
        extreme_gust_ms: Strongest gust of extreme weather.
    """

    normal_gust_ms: Floats
    extreme_gust_ms: Floats


def draw_wind_climates(shape: tuple[int, ...], rng: np.random.Generator) -> WindClimates:
    """Wind climates of sites: hidden, and unrelated to anything a photo shows."""
    mode = rng.normal(21.5, 0.9, shape)
    scale = 2.5 * rng.lognormal(0.0, 0.1, shape)
    return WindClimates(
        gumbel_gust(mode, scale, NORMAL_RETURN_YEARS),
        gumbel_gust(mode, scale, EXTREME_RETURN_YEARS),
    )


def draw_sites(n_sites: int, rng: np.random.Generator) -> tuple[Site, ...]:
    """Sites within a few kilometres of the town, furnished without regard to any tree."""
    return tuple(_draw_site(number, rng) for number in range(1, n_sites + 1))


def _draw_site(number: int, rng: np.random.Generator) -> Site:
    has_pole = bool(rng.random() < 0.5)
    kinds: Sequence[GroundKind] = get_args(GroundKind)
    return Site(
        site_id=f"site-{number:03d}",
        latitude=round(TOWN_LATITUDE + float(rng.normal(0.0, 0.02)), 6),
        longitude=round(TOWN_LONGITUDE + float(rng.normal(0.0, 0.025)), 6),
        has_house=bool(rng.random() < 0.55),
        has_pole=has_pole,
        has_wires=has_pole and bool(rng.random() < 0.8),
        n_other_trees=int(rng.integers(0, 6)),
        ground=kinds[int(rng.choice(3, p=[0.6, 0.25, 0.15]))],
        leaf_on=bool(rng.random() < 0.85),
        seed=int(rng.integers(0, 2**31)),
    )
