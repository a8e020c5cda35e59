"""A storm, and a year of the site's weather, over an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics.wind import Floats
from arborisk.metrics.drawn import drawn_quantiles
from arborisk.records import Progress
from arborisk.risk.storm.assumptions import Assumptions
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.fragility import (
    fit_lognormal,
    never_zero,
    share_below,
    within_years,
    world_interval,
    world_laws,
)
from arborisk.risk.storm.groups import GroupCounts, GroupTally, GroupYears, YearTally
from arborisk.risk.storm.scenario import Storm
from arborisk.risk.storm.trees import Trees
from arborisk.risk.storm.worlds import WorldDraws, blocks, draw_block

ENDS = (0.025, 0.975)
ENDS_AND_MIDDLE = (0.025, 0.5, 0.975)
MOST_COUNT_CELLS = 60_000_000
"""Streets x draws that are counted at once: 240 MB."""


@dataclass(frozen=True, slots=True)
class StormResult:
    """What came out. Arrays of ``by_tree`` have shape (n_trees,).

    Attributes:
        trees: The trees.
        assumptions: What was assumed.
        draws: How many draws.
        storm: The storm, or None.
        climate: The climate, or None.
        years: Time frame of ``p_years``.
        by_tree: Columns by name: ``critical_gust_ms`` (median) with ``_low`` and ``_high`` (95 % of
            draws), ``theta_ms``, ``beta``, ``fit_error``, ``stem_first`` (share of draws in which
            the stem is the weaker), ``strength_over_load`` (the safety factor) in the storm,
            likewise with its ends, ``p_storm``, ``p_year``, ``p_years`` each with ``_low`` and
            ``_high`` (95 % over worlds). Each end has its Monte Carlo standard error beside it,
            ``_low_error`` and ``_high_error``.
        groups: Counts by street, circuit and so on, or None without a storm.
        total: The same of all trees.
        year_groups: Expected failures a year by group, or None without a climate.
        year_total: The same of all trees.
        years_total: Expected failures of all trees within ``years``, or None for one year.
    """

    trees: Trees
    assumptions: Assumptions
    draws: WorldDraws
    storm: Storm | None
    climate: GustClimate | None
    years: int
    by_tree: Mapping[str, Floats]
    groups: GroupCounts | None
    total: GroupCounts | None
    year_groups: GroupYears | None
    year_total: GroupYears | None
    years_total: GroupYears | None


def run_storm(
    trees: Trees,
    assumptions: Assumptions,
    draws: WorldDraws,
    *,
    storm: Storm | None = None,
    climate: GustClimate | None = None,
    years: int = 1,
    progress: Progress | None = None,
) -> StormResult:
    """Critical gusts of every tree by Monte Carlo; memory does not grow with draws x trees.

    Args:
        trees: See `arborisk.risk.storm.trees.check_trees`.
        assumptions: What is assumed where nobody measured.
        draws: How many worlds, and draws in each.
        storm: A gust or a map; None for none.
        climate: Yearly gusts with as many worlds as ``draws``; None for none.
        years: Time frame for ``p_years``. A tree keeps its strength over these years, so this is
            not ``1 - (1 - p_year)^years``: who stood in one storm is likelier to stand in the next.
        progress: Called as trees are done.

    Raises:
        AssessmentError: Counts that would not fit into memory.
    """
    n_cells = len(trees.group_names) * draws.total
    if storm is not None and n_cells > MOST_COUNT_CELLS:
        raise AssessmentError(
            f"at most {MOST_COUNT_CELLS:,} counts (groups x draws)",
            f"{len(trees.group_names):,} x {draws.total:,}",
            "--by and --draws",
            "Ask for fewer draws or larger groups.",
        )
    columns: dict[str, Floats] = {}
    tallies = _Tallies(
        GroupTally(len(trees.group_names), draws) if storm is not None else None,
        YearTally(len(trees.group_names), draws) if climate is not None else None,
        YearTally(len(trees.group_names), draws) if climate is not None and years > 1 else None,
    )
    done = 0
    for places in blocks(trees, draws):
        found = _one_block(trees, places, assumptions, draws, storm, climate, years, tallies)
        for name, values in found.items():
            columns.setdefault(name, np.empty(len(trees)))[places] = values
        done += len(places)
        if progress is not None:
            progress(done, len(trees))
    named = trees.group_names, trees.group
    groups, total = tallies.storm.counts(*named) if tallies.storm else (None, None)
    by_year, in_year = tallies.year.years(*named) if tallies.year else (None, None)
    lasting_total = tallies.lasting.years(*named)[1] if tallies.lasting else None
    return StormResult(
        *(trees, assumptions, draws, storm, climate, years, columns),
        groups=groups,
        total=total,
        year_groups=by_year,
        year_total=in_year,
        years_total=lasting_total,
    )


@dataclass(frozen=True, slots=True)
class _Tallies:
    """What is added up over blocks."""

    storm: GroupTally | None
    year: YearTally | None
    lasting: YearTally | None


def _one_block(
    trees: Trees,
    places: NDArray[np.int64],
    assumptions: Assumptions,
    draws: WorldDraws,
    storm: Storm | None,
    climate: GustClimate | None,
    years: int,
    tallies: _Tallies,
) -> dict[str, Floats]:
    """Columns of some trees; their draws are gone when it is done."""
    block = draw_block(trees, places, assumptions, draws)
    first = np.ascontiguousarray(block.gusts.first_ms)
    found = _fragility(first, block.gusts.stem_ms < block.gusts.root_ms)
    laws = world_laws(first)
    if storm is not None and tallies.storm is not None:
        gusts = storm.in_worlds(places, draws)
        fails = first <= gusts
        tallies.storm.add(trees.group[places], fails)
        found |= _middle("strength_over_load", block.safety_factor(gusts))
        found |= _chance("p_storm", fails.mean(axis=(1, 2)), laws.in_storm(gusts[..., 0]), draws)
    if climate is not None and tallies.year is not None:
        yearly = climate.exceedance(first, (1, draws.n_worlds, 1))
        tallies.year.add(trees.group[places], yearly)
        found |= _chance("p_year", yearly.mean(axis=(1, 2)), laws.in_years(climate, 1), draws)
        if tallies.lasting is not None:
            lasting = within_years(yearly, years)
            tallies.lasting.add(trees.group[places], lasting)
            in_worlds = laws.in_years(climate, years)
            found |= _chance("p_years", lasting.mean(axis=(1, 2)), in_worlds, draws)
    return found


def _fragility(first_ms: Floats, stem_weaker: NDArray[np.bool_]) -> dict[str, Floats]:
    """Columns on the critical gust."""
    fit = fit_lognormal(first_ms.reshape(len(first_ms), -1))
    return _middle("critical_gust_ms", first_ms) | {
        "theta_ms": fit.theta_ms,
        "beta": fit.beta,
        "fit_error": fit.error,
        "stem_first": stem_weaker.reshape(len(first_ms), -1).mean(axis=1),
    }


def _middle(name: str, drawn: Floats) -> dict[str, Floats]:
    """Median and the ends of 95 % of the draws."""
    flat = drawn.reshape(len(drawn), -1)
    (low, middle, high), errors = drawn_quantiles(flat, ENDS_AND_MIDDLE)
    return {
        name: middle,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_low_error": errors[0],
        f"{name}_high_error": errors[2],
    }


def _chance(name: str, chance: Floats, in_worlds: Floats, draws: WorldDraws) -> dict[str, Floats]:
    """Mean over all draws, and its 95 % interval over worlds."""
    (low, high), errors = drawn_quantiles(in_worlds, ENDS)
    bound = np.where(chance > 0, high, never_zero(high, draws.total))
    return {
        name: chance,
        f"{name}_low": np.minimum(low, chance),
        f"{name}_high": np.maximum(bound, chance),
        f"{name}_low_error": errors[0],
        f"{name}_high_error": errors[1],
    }


@dataclass(frozen=True, slots=True)
class FragilityBand:
    """Chance of failure of one tree in gusts. Shapes (n_gusts,).

    Attributes:
        gust_ms: Gusts at 10 m.
        chance: Over all draws.
        low: Lower end of the 95 % interval over worlds.
        high: Upper end.
    """

    gust_ms: Floats
    chance: Floats
    low: Floats
    high: Floats


def fragility_band(result: StormResult, tree: int, gust_ms: Floats) -> FragilityBand:
    """The same draws of one tree as in the result, counted below each gust.

    Args:
        result: What `arborisk.risk.storm.run.run_storm` gave.
        tree: Place of the tree.
        gust_ms: Gusts, shape (n_gusts,).
    """
    block = next(places for places in blocks(result.trees, result.draws) if np.any(places == tree))
    drawn = draw_block(result.trees, block, result.assumptions, result.draws).gusts.first_ms
    worlds = np.sort(drawn[int(np.flatnonzero(block == tree)[0])], axis=1)
    shares = np.stack([share_below(world, gust_ms) for world in worlds], axis=1)
    noise = (shares * (1.0 - shares)).mean(axis=1) / max(result.draws.n_inner - 1, 1)
    found = world_interval(shares, noise)
    chance = shares.mean(axis=1)
    low, high = np.minimum(found.low, chance), np.maximum(found.high, chance)
    return FragilityBand(gust_ms, chance, low, high)
