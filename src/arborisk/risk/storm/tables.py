"""Storm results as rows and JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

import arborisk
from arborisk.metrics.drawn import never_certain
from arborisk.risk.storm.analysis import StormAnalysis
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.domain import domain_words
from arborisk.risk.storm.groups import GroupCounts, GroupYears
from arborisk.risk.storm.left_out import all_rows, five_digits
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.run import StormResult
from arborisk.risk.storm.words import LIMITS, expected_range
from arborisk.risk.storm.worlds import Draws
from arborisk.tables.beside import OutRows
from arborisk.tables.imminent import names_of
from arborisk.wording.imminent import imminent_json
from arborisk.wording.numbers import expected_count
from arborisk.wording.percent import percent

GROUP_COLUMNS = ("group", "trees", "expected", "95 % interval", "in 95 % of draws", "any fails")


def group_rows(counts: GroupCounts, most: int | None = None) -> list[list[str]]:
    """Cells under `GROUP_COLUMNS`, most expected failures first."""
    order = np.argsort(-counts.expected, kind="stable")[:most]
    return [
        [
            counts.names[place],
            f"{counts.n_trees[place]:,}",
            expected_count(counts.expected[place]),
            expected_range(counts, place),
            f"{counts.count_low[place]:.0f} to {counts.count_high[place]:.0f}",
            percent(float(counts.p_any[place])),
        ]
        for place in order
    ]


YEAR_COLUMNS = ("group", "trees", "expected in a year", "95 % interval")


def year_rows(years: GroupYears, most: int | None = None) -> list[list[str]]:
    """Cells under `YEAR_COLUMNS`, most expected failures first."""
    order = np.argsort(-years.expected, kind="stable")[:most]
    return [
        [
            years.names[place],
            f"{years.n_trees[place]:,}",
            expected_count(years.expected[place]),
            expected_range(years, place),
        ]
        for place in order
    ]


CHANCES = tuple(
    f"{name}{end}" for name in ("p_storm", "p_year", "p_years") for end in ("", "_low", "_high")
)
ALL_COLUMNS = (
    *("storm_status", "storm_reason", "storm_assumed"),
    *("critical_gust_ms", "critical_gust_ms_low", "critical_gust_ms_high", "theta_ms", "beta"),
    *("fit_error", "stem_first", "strength_over_load", "strength_over_load_low"),
    *("strength_over_load_high", *CHANCES),
)
"""Columns that stand beside the user's own; which of the last ones depends on what was asked."""


def out_rows(found: StormAnalysis) -> OutRows:
    """One row for each row of the inventory: the user's own columns, then what was computed."""
    result = found.result

    def cells(tree: int) -> dict[str, Any]:
        numbers = _numbers(result, tree)
        return {"storm_assumed": " ".join(result.trees.assumed_of(tree)), **numbers}

    columns = [name for name in ALL_COLUMNS if name in result.by_tree or name in ALL_COLUMNS[:3]]
    return all_rows(found.rows, columns, "storm", found.checked.place, found.refused, cells)


def _numbers(result: StormResult, tree: int) -> dict[str, float | None]:
    """Numbers of one tree as they are written: no chance is 0 or 1."""
    found = {}
    for name, values in result.by_tree.items():
        value = float(values[tree])
        if name in CHANCES:  # of these only p_storm was counted: others are means of chances
            value = never_certain(value, result.draws.total if name == "p_storm" else None)
        found[name] = five_digits(value)
    return found


def as_json(found: StormAnalysis) -> dict[str, Any]:
    """Everything, as plain values."""
    result = found.result
    return {
        "imminent": imminent_json(names_of(found.rows, found.imminent)),
        "arborisk": arborisk.__version__,
        "storm": result.storm.words if result.storm else None,
        "doubted": [*(result.storm.doubts if result.storm else ()), *found.checked.doubts],
        "climate": result.climate.words if result.climate else None,
        "years": result.years,
        "draws": {
            "worlds": result.draws.n_worlds,
            "in_each": result.draws.n_inner,
            "seed": result.draws.seed,
        },
        "total": _counts(result.total, result.draws)[0] if result.total else None,
        "groups": _counts(result.groups, result.draws) if result.groups else [],
        "year_total": _years(result.year_total)[0] if result.year_total else None,
        "year_groups": _years(result.year_groups) if result.year_groups else [],
        "years_total": _years(result.years_total)[0] if result.years_total else None,
        "trees": [
            {
                "tree_id": name,
                "group": result.trees.group_names[result.trees.group[tree]],
                "kind": KINDS[result.trees.kind[tree]],
                "assumed": list(result.trees.assumed_of(tree)),
            }
            | _numbers(result, tree)
            for tree, name in enumerate(result.trees.tree_id)
        ],
        "refused": [item.as_json() for item in found.refused],
        "assumptions": result.assumptions.model_dump(),
        "measures": {name: measure.meaning for name, measure in MEASURES.items()},
        "domain": domain_words(),
        "notes": [*found.checked.notes, *found.rows.notes, *found.rows.places.notes],
        "limits": list(LIMITS),
    }


def _counts(counts: GroupCounts, draws: Draws) -> list[dict[str, Any]]:
    names = ("expected", "expected_low", "expected_high", "count_low", "count_high")
    return [
        {"group": group, "trees": int(counts.n_trees[place])}
        | {name: five_digits(getattr(counts, name)[place]) for name in names}
        | {"p_any": five_digits(never_certain(counts.p_any[place], draws.total))}
        for place, group in enumerate(counts.names)
    ]


def _years(years: GroupYears) -> list[dict[str, Any]]:
    names = ("expected", "expected_low", "expected_high")
    return [
        {"group": group, "trees": int(years.n_trees[place])}
        | {name: five_digits(getattr(years, name)[place]) for name in names}
        for place, group in enumerate(years.names)
    ]
