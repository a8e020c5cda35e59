"""The report of strikes: what lies within reach, how likely it is met, what that would mean."""

from __future__ import annotations

from pathlib import Path

import arborisk
from arborisk.report.page import render_page, write_page
from arborisk.report.strike_figures import chances_figure, strike_plan
from arborisk.risk.strike.analysis import StrikeAnalysis
from arborisk.risk.strike.by_target import strikes_by_target
from arborisk.risk.strike.tables import pair_intervals, pair_rows
from arborisk.risk.strike.words import (
    TARGET_COLUMNS,
    consequence_sentences,
    detail_sentences,
    first_lines,
    headline,
    limits_of,
    target_rows,
    wires_line,
)
from arborisk.wording.counts import counted
from arborisk.wording.intervals import share_text

MOST_PAIRS = 60
MOST_TARGETS = 60
MOST_REFUSED = 20
MOST_DRAWN = 3000
"""Trees up to which the plan is drawn: more make a page of many megabytes."""


def write_strike_report(found: StrikeAnalysis, path: Path) -> Path:
    """Writes the report as one HTML file; gives its path.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, strike_page(found))


def strike_page(found: StrikeAnalysis) -> str:
    """The report as HTML; the same results give the same text."""
    result = found.result
    strikes = strikes_by_target(result)
    pairs = pair_rows(found)
    refused = [f"{item.tree_id}: {item.reason}" for item in found.checked.refused]
    refused += [f"{one.kind} {one.name}: {one.reason}" for one in result.targets.refused]
    return render_page(
        "strike.html.j2",
        kind="arborisk · strike",
        title="What these trees may fall on",
        subtitle=f"{counted(len(result.trees), 'tree')}, "
        f"{counted(len(result.targets.targets), 'target')}",
        version=arborisk.__version__,
        headline=headline(found),
        first=first_lines(found),
        near_wires=wires_line(found),
        details=detail_sentences(found),
        plan=strike_plan(result) if len(result.trees) <= MOST_DRAWN else "",
        chances=chances_figure(result),
        target_columns=TARGET_COLUMNS,
        target_rows=target_rows(strikes[:MOST_TARGETS]),
        consequences=[
            (one.target.name, consequence_sentences(one))
            for one in strikes[:MOST_TARGETS]
            if consequence_sentences(one)
        ],
        pairs=[
            (
                row["tree_id"],
                f"{row['kind']} {row['target']}",
                f"{row['distance_m']:.1f} m",
                share_text(chance),
                row["contact"],
            )
            for row, chance in zip(pairs[:MOST_PAIRS], pair_intervals(found), strict=False)
        ],
        n_pairs=len(pairs),
        refused=refused[:MOST_REFUSED],
        n_refused=len(refused),
        limits=limits_of(found),
    )
