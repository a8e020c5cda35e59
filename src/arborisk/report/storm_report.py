"""The report of storms: what to expect, where, how sure, and what was assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import arborisk
from arborisk.errors import TableError
from arborisk.mechanics.wind import Floats
from arborisk.records import Interval
from arborisk.report.page import render_page, write_page
from arborisk.report.storm_figures import (
    MOST_CURVES,
    exceedance_figure,
    fragility_figure,
    groups_figure,
    storm_plan,
)
from arborisk.risk.storm.analysis import StormAnalysis
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.tables import (
    GROUP_COLUMNS,
    LIMITS,
    YEAR_COLUMNS,
    chance_words,
    detail_sentences,
    first_lines,
    group_rows,
    headline,
    year_rows,
)
from arborisk.tables.layers import Ground
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text, share_text
from arborisk.wording.percent import percent

MOST_TREES = 40
MOST_REFUSED = 20


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One tree of the table, as text."""

    name: str
    group: str
    critical: str
    factor: str
    storm: str
    year: str
    first: str
    assumed: int


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """One assumption of the table, as text."""

    name: str
    kind: str
    law: str
    source: str


def write_storm_report(found: StormAnalysis, path: Path) -> Path:
    """Writes the report as one HTML file; gives its path.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, storm_page(found))


def storm_page(found: StormAnalysis) -> str:
    """The report as HTML; the same results give the same text."""
    result = found.result
    chance = ranking(found)
    order = [int(place) for place in np.argsort(-chance, kind="stable")]
    groups, years = result.groups, result.year_groups
    several = groups is not None and len(groups.names) > 1
    name = found.request.by or "group"
    storm_gust = None if result.storm is None else float(np.median(result.storm.gust_ms))
    return render_page(
        "storm.html.j2",
        kind="arborisk · storm",
        title="What a storm may bring down" if result.storm else "Fragility of these trees",
        subtitle=result.storm.words if result.storm else f"{counted(len(result.trees), 'tree')}",
        version=arborisk.__version__,
        first=first_lines(found),
        headline=headline(found),
        details=detail_sentences(found),
        group_columns=(name, *GROUP_COLUMNS[1:]),
        groups=groups_figure(groups) if several and groups is not None else "",
        group_rows=group_rows(groups, 100) if several and groups is not None else [],
        year_columns=(name, *YEAR_COLUMNS[1:]),
        year_rows=year_rows(years, 100) if years is not None and len(years.names) > 1 else [],
        plan=_plan(found, chance),
        fragility=fragility_figure(result, order[:MOST_CURVES]),
        exceedance=exceedance_figure(result.climate, storm_gust) if result.climate else "",
        trees=[_tree_row(found, place) for place in order[:MOST_TREES]],
        n_trees=len(result.trees),
        has_storm=result.storm is not None,
        has_year=result.climate is not None,
        refused=found.refused[:MOST_REFUSED],
        n_refused=len(found.refused),
        set_note=result.assumptions.note,
        set_name=result.assumptions.name,
        assumptions=_assumption_rows(found),
        limits=LIMITS,
    )


def ranking(found: StormAnalysis) -> Floats:
    """What trees are ordered by: the chance in the storm, in a year, or frailty."""
    by_tree = found.result.by_tree
    for name in ("p_storm", "p_year"):
        if name in by_tree:
            return by_tree[name]
    return -by_tree["critical_gust_ms"]


def _plan(found: StormAnalysis, chance: Floats) -> str:
    """The plan, where trees have places and a chance."""
    trees = found.result.trees
    if trees.places is None or chance.max() < 0 or not trees.places.known.any():
        return ""
    known = trees.places.known
    try:
        ground = Ground.around(trees.places, "the inventory")
    except TableError:
        return ""  # a country is no street plan
    x_m, y_m = (side[known] for side in ground.of(trees.places))
    return storm_plan(found.result, x_m, y_m, chance[known])


def _tree_row(found: StormAnalysis, place: int) -> TreeRow:
    result = found.result
    values = {name: float(column[place]) for name, column in result.by_tree.items()}
    n_draws = result.draws.total

    def chance(name: str) -> str:
        if name not in values:
            return ""
        if values[name] <= 0:
            return chance_words(0.0, values[f"{name}_high"], n_draws)
        return share_text(_interval(values, name), "rare")

    return TreeRow(
        result.trees.tree_id[place],
        result.trees.group_names[result.trees.group[place]],
        interval_text(_interval(values, "critical_gust_ms"), 0),
        interval_text(_interval(values, "strength_over_load"), 1)
        if "strength_over_load" in values
        else "",
        chance("p_storm"),
        chance("p_year"),
        f"stem in {percent(values['stem_first'])}",
        len(result.trees.assumed_of(place)),
    )


def _interval(values: Mapping[str, float], name: str) -> Interval:
    errors = (values[f"{name}_low_error"], values[f"{name}_high_error"])
    return Interval(values[name], values[f"{name}_low"], values[f"{name}_high"], errors=errors)


def _assumption_rows(found: StormAnalysis) -> list[AssumptionRow]:
    """All that was assumed of the kinds that occur, and errors of measurement."""
    result = found.result
    rows = []
    for place, kind in enumerate(KINDS):
        if not np.any(result.trees.kind == place):
            continue
        said = result.assumptions.kinds[place]
        drag = said.drag
        words = f"{drag.at_low:g} at {drag.low_ms:g} m/s, {drag.at_high:g} at {drag.high_ms:g} m/s"
        rows.append(AssumptionRow("drag coefficient", kind, words, drag.source))
        for name, law in (said.assumed | said.fill).items():
            chosen = result.trees.centre[name][result.trees.kind == place]
            if np.isnan(chosen).any():
                rows.append(AssumptionRow(name, kind, law.words, law.source))
    for name, error in result.assumptions.error.items():
        if not np.isnan(result.trees.centre[name]).all():
            words = f"standard deviation {error.value:g}"
            rows.append(AssumptionRow(f"error of {name}", "both", words, error.source))
    return rows
