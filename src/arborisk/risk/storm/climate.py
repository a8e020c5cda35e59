"""Gust climate of a site, with its own doubt: the strongest gust of a year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import (
    Floats,
    Values,
    floats,
    gumbel_exceedance,
    gumbel_through,
    weibull_year_exceedance,
)
from arborisk.text_files import read_toml
from arborisk.wording.counts import counted

FEWEST_YEARS = 10
"""Yearly gusts from which a climate is fitted (assumption: fewer say little)."""
EULER = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class GustClimate:
    """Yearly strongest gusts at 10 m, in each world. Shapes (n_worlds,).

    Attributes:
        law: ``gumbel`` of yearly gusts, or ``weibull`` of hourly mean winds times a gust factor.
        first: Mode (gumbel) or scale A (weibull), m/s.
        second: Scale (gumbel), m/s, or shape k (weibull).
        gust_factor: Gust over hourly mean; 1 for gumbel.
        n_independent: Independent hours a year; 1 for gumbel.
        words: Where it comes from, for people.
    """

    law: Literal["gumbel", "weibull"]
    first: Floats
    second: Floats
    gust_factor: Floats
    n_independent: Floats
    words: str

    def exceedance(self, gust_ms: Values, shape: tuple[int, ...] = ()) -> Floats:
        """Chance that a year's strongest gust exceeds a gust, in each world.

        Args:
            gust_ms: Gusts that broadcast with the worlds.
            shape: Shape that the worlds take, for example (1, n_worlds, 1); () for (n_worlds,).
        """
        first, second, factor, hours = (
            value.reshape(shape) if shape else value
            for value in (self.first, self.second, self.gust_factor, self.n_independent)
        )
        if self.law == "gumbel":
            return gumbel_exceedance(gust_ms, first, second)
        return weibull_year_exceedance(floats(gust_ms) / factor, first, second, hours)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Doubted = tuple[float, float]


class _File(_Strict):
    """What a climate file may say; values are pairs of value and standard deviation."""

    source: str
    law: Literal["gumbel", "weibull", "return_gusts", "yearly_gusts"]
    mode_ms: Doubted | None = None
    scale_ms: Doubted | None = None
    shape: Doubted | None = None
    gust_factor: Doubted | None = None
    independent_hours: Doubted | None = None
    return_years: tuple[float, float] | None = None
    return_gusts_ms: tuple[Doubted, Doubted] | None = None
    yearly_gusts_ms: tuple[float, ...] | None = None


_NEEDED = {
    "gumbel": ("mode_ms", "scale_ms"),
    "weibull": ("scale_ms", "shape", "gust_factor", "independent_hours"),
    "return_gusts": ("return_years", "return_gusts_ms"),
    "yearly_gusts": ("yearly_gusts_ms",),
}


def read_climate(path: Path, n_worlds: int, seed: int) -> GustClimate:
    """Reads a climate file and draws its worlds.

    Args:
        path: TOML with ``source``, ``law`` and what that law needs; see docs/storms.md.
        n_worlds: How many worlds.
        seed: Same seed, same worlds.

    Raises:
        AssessmentError: Missing, unknown or impossible values.
    """
    where = path.name
    content = read_toml(path, "a climate file", AssessmentError)
    try:
        said = _File.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        found = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise AssessmentError(
            "a climate file, with values as [value, standard deviation]", found, where,
            "Correct it; docs/storms.md shows the form.",
        ) from error  # fmt: skip
    given = {name for name in _File.model_fields if getattr(said, name) is not None} - {
        "source",
        "law",
    }
    if given != set(_NEEDED[said.law]):
        raise AssessmentError(
            f"{', '.join(_NEEDED[said.law])} for the law {said.law!r}",
            ", ".join(sorted(given)) or "nothing",
            where,
            "Give these and no others; each carries its standard deviation.",
        )
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, 3])))
    return _climate(said, n_worlds, rng, where)


def _climate(said: _File, n_worlds: int, rng: np.random.Generator, where: str) -> GustClimate:
    ones = np.ones(n_worlds)
    if said.law == "yearly_gusts" and said.yearly_gusts_ms is not None:
        return climate_from_years(np.array(said.yearly_gusts_ms), n_worlds, rng, where, said.source)
    if said.law == "return_gusts" and said.return_gusts_ms and said.return_years:
        return _from_returns(said, n_worlds, rng, where)
    if said.law == "weibull" and said.scale_ms and said.shape:
        if said.gust_factor is None or said.independent_hours is None:
            raise AssertionError("checked before")
        scale, shape, factor, hours = (
            _positive(pair, n_worlds, rng, where)
            for pair in (said.scale_ms, said.shape, said.gust_factor, said.independent_hours)
        )
        words = (
            f"Weibull winds, A {said.scale_ms[0]:g} m/s, k {said.shape[0]:g}, times a gust factor "
            f"of {said.gust_factor[0]:g}: {said.source}"
        )
        return GustClimate("weibull", scale, shape, factor, hours, words)
    if said.mode_ms is None or said.scale_ms is None:
        raise AssertionError("checked before")
    mode, scale = (_positive(pair, n_worlds, rng, where) for pair in (said.mode_ms, said.scale_ms))
    words = (
        f"Gumbel yearly gusts, mode {said.mode_ms[0]:g} and scale {said.scale_ms[0]:g} m/s: "
        f"{said.source}"
    )
    return GustClimate("gumbel", mode, scale, ones, ones, words)


def _positive(pair: Doubted, n_worlds: int, rng: np.random.Generator, where: str) -> Floats:
    """Lognormal worlds with this middle and about this deviation."""
    value, deviation = pair
    if not (0 < value < np.inf and 0 <= deviation < value):
        raise AssessmentError(
            "a value above 0 with a standard deviation from 0 to below the value",
            f"[{value:g}, {deviation:g}]",
            where,
            "Write the value and its standard deviation, for example [30, 2].",
        )
    spread = np.sqrt(np.log1p((deviation / value) ** 2))
    return floats(value * np.exp(spread * rng.standard_normal(n_worlds)))


def _from_returns(said: _File, n_worlds: int, rng: np.random.Generator, where: str) -> GustClimate:
    """A Gumbel law through two gusts of a wind map; both err together, as one map does."""
    if said.return_gusts_ms is None or said.return_years is None:
        raise AssertionError("checked before")
    (one, its_sd), (other, other_sd) = said.return_gusts_ms
    years = said.return_years
    if not (1 < years[0] < years[1] and 0 < one < other and min(its_sd, other_sd) >= 0):
        raise AssessmentError(
            "return periods above 1 year, ascending, with ascending gusts",
            f"{years[0]:g} and {counted(years[1], 'year')}, {one:g} and {other:g} m/s",
            where,
            "Write the rarer gust after the more frequent one, and as the stronger of the two.",
        )
    together = rng.standard_normal(n_worlds)
    gusts = one + its_sd * together, other + other_sd * together
    mode, scale = gumbel_through(gusts[0], years[0], gusts[1], years[1])
    if np.any(scale <= 0):
        raise AssessmentError(
            "gusts that stay apart within their doubt",
            f"{one:g}±{its_sd:g} and {other:g}±{other_sd:g} m/s",
            where,
            "Give smaller standard deviations, or gusts that are further apart.",
        )
    words = (
        f"Gumbel yearly gusts through {one:g} m/s once in {years[0]:g} and {other:g} m/s once in "
        f"{counted(years[1], 'year')}: {said.source}"
    )
    ones = np.ones(n_worlds)
    return GustClimate("gumbel", mode, scale, ones, ones, words)


def climate_from_years(
    yearly_ms: Floats, n_worlds: int, rng: np.random.Generator, where: str, source: str
) -> GustClimate:
    """A Gumbel law fitted to yearly gusts; worlds are refits to redrawn years.

    Args:
        yearly_ms: Strongest gust of each year, m/s, at 10 m.
        n_worlds: How many refits.
        rng: Source of randomness.
        where: For messages.
        source: Where the gusts come from.

    Raises:
        AssessmentError: Fewer than `FEWEST_YEARS`, or impossible gusts.

    Source: L-moments of the Gumbel law, Hosking (1990), J. R. Statist. Soc. B 52(1), 105-124;
    parametric bootstrap.
    """
    n_years = len(yearly_ms)
    if n_years < FEWEST_YEARS or np.any(~(yearly_ms > 0) | (yearly_ms > 150)):
        raise AssessmentError(
            f"at least {FEWEST_YEARS} yearly gusts above 0 and at most 150 m/s",
            f"{n_years} from {yearly_ms.min(initial=np.inf):g} to {yearly_ms.max(initial=0):g}",
            where,
            "Add years, or state a climate from a wind map.",
        )
    mode, scale = gumbel_by_l_moments(yearly_ms[None])
    redrawn = rng.gumbel(mode, scale, (n_worlds, n_years))
    modes, scales = gumbel_by_l_moments(redrawn)
    words = (
        f"Gumbel law of {n_years} yearly gusts, mode {mode[0]:.1f} and scale {scale[0]:.2f} m/s: "
        f"{source}"
    )
    ones = np.ones(n_worlds)
    return GustClimate("gumbel", modes, scales, ones, ones, words)


def gumbel_by_l_moments(yearly_ms: Floats) -> tuple[Floats, Floats]:
    """Mode and scale of a Gumbel law for each row of yearly gusts, shape (n,).

    Source: Hosking (1990): ``a = l2 / ln 2``, ``U = l1 - 0.5772 a``.
    """
    ordered = np.sort(yearly_ms, axis=1)
    n_years = ordered.shape[1]
    weights = np.arange(n_years) / (n_years - 1)
    second = 2.0 * (ordered * weights).mean(axis=1) - ordered.mean(axis=1)
    scale = np.maximum(second / np.log(2.0), 1e-9)
    return ordered.mean(axis=1) - EULER * scale, scale
