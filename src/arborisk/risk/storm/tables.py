"""Storm results as rows and JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

import arborisk
from arborisk.metrics.drawn import never_certain
from arborisk.risk.storm.analysis import StormAnalysis
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.groups import GroupCounts, GroupYears
from arborisk.risk.storm.left_out import (
    MOST_NAMED,
    all_rows,
    domain_words,
    five_digits,
    refused_sentences,
)
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.run import StormResult
from arborisk.risk.storm.worlds import WorldDraws
from arborisk.tables.beside import OutRows
from arborisk.tables.imminent import called, names_of
from arborisk.wording.counts import agreeing, counted, listed
from arborisk.wording.intervals import drawn_count
from arborisk.wording.numbers import expected_count
from arborisk.wording.percent import percent
from arborisk.wording.sentences import imminent_json, imminent_line

LIMITS = (
    "A model of wind and wood with assumed constants, most of them from forest conifers: not "
    "calibrated on trees that failed. Outcomes of a storm are what it must be checked against.",
    "Whole trees only, stem and root plate, quasi-static gusts: no branches, no ice or snow, no "
    "soaked ground beyond what root_kept says, no shelter by buildings or other trees.",
    "A tree without failures in the draws can fail: its chance is given as below a bound, never "
    "as none.",
)


def chance_words(value: float, high: float, n_draws: int) -> str:
    """A chance for people; a bound where no draw showed it.

    >>> chance_words(0.1234, 0.3, 10_000), chance_words(0.0, 0.0003, 10_000)
    ('12 %', 'under 0.030 %')
    """
    if value > 0:
        return percent(value, "rare")
    bound = percent(max(high, 3.0 / n_draws), "rare")
    return bound if bound.startswith("under") else f"under {bound}"


def first_lines(found: StormAnalysis) -> list[str]:
    """What stands before everything else: what was rated Imminent, then what is to be doubted."""
    lines = [imminent_line(called(found.rows, found.imminent))]
    storm = found.result.storm
    if storm is not None:
        lines += [_doubted(doubt) for doubt in storm.doubts]
    return [line for line in lines if line]


def _doubted(doubt: str) -> str:
    return f"Doubted: {doubt}" + ("" if doubt.endswith("?") else ".")


def headline(found: StormAnalysis) -> str:
    """What came out, in one or two sentences."""
    result = found.result
    n_trees = len(result.trees)
    some = counted(n_trees, "tree")
    if result.total is not None and result.storm is not None:
        return f"In {result.storm.words}, of {some} {counts_words(result.total)}"
    if result.year_total is not None:
        return (
            f"In a year of this site's weather, of {some} {years_words(result.year_total)} are "
            "expected to fail at stem or root plate."
        )
    middle = float(np.median(result.by_tree["critical_gust_ms"]))
    return f"Half of {some} have a median critical gust below {middle:.0f} m/s at 10 m."


def counts_words(counts: GroupCounts, place: int = 0) -> str:
    """Expected failures of one group with both intervals."""
    return (
        f"{expected_count(counts.expected[place])} are expected to fail at stem or root plate "
        f"(95 % interval {expected_range(counts, place)}, by what is not known). With "
        f"luck included, {counts.count_low[place]:.0f} to {counts.count_high[place]:.0f} fail in "
        "95 % of the draws."
    )


def expected_range(counts: GroupCounts | GroupYears, place: int) -> str:
    """The interval of an expected number, with no more digits than the draws bear."""
    low = drawn_count(counts.expected_low[place], counts.low_error[place])
    high = drawn_count(counts.expected_high[place], counts.high_error[place])
    return f"{low} to {high}"


def years_words(years: GroupYears, place: int = 0) -> str:
    """Expected failures of one group in a year with their interval."""
    return f"{expected_count(years.expected[place])} (95 % interval {expected_range(years, place)})"


def detail_sentences(found: StormAnalysis) -> list[str]:
    """What stands behind the numbers."""
    result, lines = found.result, []
    draws = result.draws
    if result.climate is not None:
        lines.append(f"Climate: {result.climate.words}")
        if result.storm is not None and result.year_total is not None:
            lines.append(
                f"In a year of this weather {years_words(result.year_total)} are expected to fail."
            )
        if result.years_total is not None:
            lines.append(
                f"In {counted(result.years, 'year')} {years_words(result.years_total)} are "
                "expected to fail. A tree that stood in one storm is likelier to stand in the "
                "next, so this is less than the years times a year."
            )
    lines.append(
        f"{draws.total:,} draws of each tree: {draws.n_inner} in each of {draws.n_worlds} worlds. "
        "In a world, what is not known of wood, drag, roots and wind is the same for all trees."
    )
    lines.append(
        f"Assumed ({result.assumptions.name}): {result.assumptions.title}. "
        "The table of assumptions is in the report and in --format json."
    )
    drawn = [
        f"{name} ({count:,})"
        for name, measure in MEASURES.items()
        if measure.of_tree and (count := int(np.isnan(result.trees.centre[name]).sum()))
    ]
    if drawn:
        lines.append(
            f"Not measured, so drawn from the assumptions, with the number of trees: "
            f"{', '.join(drawn)}."
        )
    lines += refused_sentences(found.refused, len(found.rows))
    lines += [_doubted(doubt) for doubt in found.checked.doubts]
    lines += (*found.checked.notes, *found.rows.notes)
    lines += found.rows.places.notes
    lines += _placeless(found)
    worst = float(np.nanmax(result.by_tree["fit_error"]))
    if np.isfinite(worst):
        lines.append(
            f"The lognormal curves (theta_ms, beta) miss the drawn fragility by {worst:.2f} at "
            "most; chances are from the draws, not from the curves."
        )
    return lines


def _placeless(found: StormAnalysis) -> list[str]:
    """Trees that are counted although their place cannot be used."""
    problems = found.rows.places.problems
    rows = [int(row) for row in found.checked.place if int(row) in problems]
    if not rows:
        return []
    named = listed(names_of(found.rows, rows), most=MOST_NAMED)
    have = agreeing(len(rows), "has", "have")
    return [
        f"{counted(len(rows), 'tree')} {have} no place that can be used and "
        f"{agreeing(len(rows), 'is', 'are')} counted without: {named}. The first: "
        f"{problems[rows[0]]} ({found.rows.where(rows[0])})."
    ]


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


def _counts(counts: GroupCounts, draws: WorldDraws) -> list[dict[str, Any]]:
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
