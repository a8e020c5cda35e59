"""A storm, and a year of the site's weather, over an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.records import Progress
from arborisk.risk.storm.assumptions import Assumptions
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.fragility import fit_lognormal
from arborisk.risk.storm.groups import GroupCounts, GroupTally, GroupYears, YearTally
from arborisk.risk.storm.intervals import never_zero, world_interval
from arborisk.risk.storm.scenario import Storm
from arborisk.risk.storm.trees import Trees
from arborisk.risk.storm.worlds import Draws, blocks, draw_critical_gusts

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
            the stem is the weaker), ``p_storm``, ``p_year``, ``p_years`` each with ``_low`` and
            ``_high`` (95 % over worlds).
        groups: Counts by street, circuit and so on, or None without a storm.
        total: The same of all trees.
        year_groups: Expected failures a year by group, or None without a climate.
        year_total: The same of all trees.
        years_total: Expected failures of all trees within ``years``, or None for one year.
    """

    trees: Trees
    assumptions: Assumptions
    draws: Draws
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
    draws: Draws,
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
    tally = GroupTally(len(trees.group_names), draws) if storm is not None else None
    yearly_tally = YearTally(len(trees.group_names), draws) if climate is not None else None
    lasting_tally = YearTally(len(trees.group_names), draws)
    done = 0
    for places in blocks(trees, draws):
        critical = draw_critical_gusts(trees, places, assumptions, draws)
        first = np.ascontiguousarray(critical.first_ms)
        found = _fragility(first, critical.stem_ms < critical.root_ms)
        if storm is not None and tally is not None:
            fails = first <= storm.in_worlds(places, draws)
            tally.add(trees.group[places], fails)
            found |= _chance("p_storm", fails, draws)
        if climate is not None and yearly_tally is not None:
            yearly = climate.exceedance(first, (1, draws.n_worlds, 1))
            yearly_tally.add(trees.group[places], yearly)
            found |= _chance("p_year", yearly, draws)
            if years > 1:
                lasting = -np.expm1(years * np.log1p(-np.minimum(yearly, 1.0 - 1e-16)))
                lasting_tally.add(trees.group[places], lasting)
                found |= _chance("p_years", lasting, draws)
        for name, values in found.items():
            columns.setdefault(name, np.empty(len(trees)))[places] = values
        done += len(places)
        if progress is not None:
            progress(done, len(trees))
    groups, total = tally.counts(trees.group_names, trees.group) if tally else (None, None)
    by_year, in_year = (
        yearly_tally.years(trees.group_names, trees.group) if yearly_tally else (None, None)
    )
    lasting_total = lasting_tally.years(trees.group_names, trees.group)[1] if years > 1 else None
    return StormResult(
        *(trees, assumptions, draws, storm, climate, years, columns),
        groups=groups,
        total=total,
        year_groups=by_year,
        year_total=in_year,
        years_total=lasting_total,
    )


def _fragility(first_ms: Floats, stem_weaker: NDArray[np.bool_]) -> dict[str, Floats]:
    """Columns on the critical gust."""
    flat = first_ms.reshape(len(first_ms), -1)
    low, middle, high = np.quantile(flat, [0.025, 0.5, 0.975], axis=1)
    fit = fit_lognormal(flat)
    return {
        "critical_gust_ms": middle,
        "critical_gust_ms_low": low,
        "critical_gust_ms_high": high,
        "theta_ms": fit.theta_ms,
        "beta": fit.beta,
        "fit_error": fit.error,
        "stem_first": stem_weaker.reshape(len(first_ms), -1).mean(axis=1),
    }


def _chance(name: str, values: NDArray[np.bool_] | Floats, draws: Draws) -> dict[str, Floats]:
    """Mean over all draws, and its interval over worlds."""
    means = values.mean(axis=2)
    noise = (means * (1.0 - means) if values.dtype == np.bool_ else values.var(axis=2)).mean(
        axis=1
    ) / max(draws.n_inner - 1, 1)
    low, high = world_interval(means, noise)
    p = means.mean(axis=1)
    ceiling = never_zero(high, draws.total) if values.dtype == np.bool_ else high
    return {name: p, f"{name}_low": np.minimum(low, p), f"{name}_high": np.maximum(ceiling, p)}
