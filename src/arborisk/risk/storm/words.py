"""Storm results in words."""

from __future__ import annotations

import numpy as np

from arborisk.risk.storm.analysis import StormAnalysis
from arborisk.risk.storm.groups import GroupCounts, GroupYears
from arborisk.risk.storm.measures import MEASURES

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
    ('12.3 %', 'below 0.03 %')
    """
    if value <= 0:
        return f"below {100 * max(high, 3.0 / n_draws):.2g} %"
    if value < 0.001:
        return f"{100 * value:.2g} %"
    return f"{100 * value:.1f} %" if value < 0.9995 else "above 99.9 %"


def count_words(value: float) -> str:
    """An expected number for people: two digits, and no bare 0.

    >>> count_words(0.0), count_words(0.034), count_words(17.24), count_words(1234.5)
    ('below 0.01', '0.034', '17', '1,234')
    """
    if value < 0.01:
        return "below 0.01"
    if value < 0.995:
        return f"{value:.2g}"
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def headline(found: StormAnalysis) -> str:
    """What came out, in one or two sentences."""
    result = found.result
    n_trees = len(result.trees)
    some = f"{n_trees:,} tree{'s' * (n_trees != 1)}"
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
    low, high = counts.expected_low[place], counts.expected_high[place]
    return (
        f"{count_words(counts.expected[place])} are expected to fail at stem or root plate (95 % "
        f"interval {count_words(low)} to {count_words(high)}, by what is not known of all trees "
        f"alike). With luck included, {counts.count_low[place]:.0f} to "
        f"{counts.count_high[place]:.0f} fail in 95 % of the draws."
    )


def years_words(years: GroupYears, place: int = 0) -> str:
    """Expected failures of one group in a year with their interval."""
    low, high = years.expected_low[place], years.expected_high[place]
    return (
        f"{count_words(years.expected[place])} (95 % interval {count_words(low)} to "
        f"{count_words(high)})"
    )


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
                f"In {result.years} years {years_words(result.years_total)} are expected to fail. "
                "A tree that stood in one storm is likelier to stand in the next, so this is less "
                "than the years times a year."
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
    if found.refused:
        n_rows = len(found.table.rows)
        lines.append(
            f"{len(found.refused)} of {n_rows} rows could not be computed and are not in any "
            f"count. The first: {found.refused[0].reason}"
        )
    worst = float(np.nanmax(result.by_tree["fit_error"]))
    if np.isfinite(worst):
        lines.append(
            f"The lognormal curves (theta_ms, beta) miss the drawn fragility by {worst:.2f} at "
            "most; chances are from the draws, not from the curves."
        )
    return lines
