"""The report of strikes: what lies within reach, how likely it is met, what that would mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import arborisk
from arborisk.report.page import render_page, write_page
from arborisk.report.storm_figures import draw_frame, plan_size_in
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    ISA_MARKS,
    MODEL_MARKS,
    MUTED,
    SKY,
    VERMILLION,
    draw_svg,
)
from arborisk.risk.strike.analysis import StrikeAnalysis
from arborisk.risk.strike.by_target import strikes_by_target
from arborisk.risk.strike.run import StrikeResult
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
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


MOST_NAMED = 25
"""Trees up to which names are written into the plan."""
MOST_ROWS = 25
LINE_COLOUR, ROAD_COLOUR, BUILDING_COLOUR = VERMILLION, "#d5d8d3", "#b9b2a3"


def strike_plan(result: StrikeResult) -> str:
    """Fall zones as circles over the targets; trees that may meet a line are diamonds."""
    trees = result.trees
    reach = result.reach_m
    x = np.concatenate([trees.x_m - reach, trees.x_m + reach])
    y = np.concatenate([trees.y_m - reach, trees.y_m + reach])

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _targets(axes, result)
        _trees(axes, result)
        draw_frame(axes, x, y)
        figure.legend(handles=_legend(result), loc="outside upper left", ncols=2, columnspacing=1.2)

    return draw_svg(
        "strike-plan",
        plan_size_in(x, y),
        paint,
        f"Plan of {counted(len(trees), 'tree')} with their fall zones, and of the targets within "
        "reach.",
    )


def _targets(axes: Axes, result: StrikeResult) -> None:
    """Outlines first, lines on top."""
    targets = result.targets
    for shape, number in zip(targets.areas, targets.area_target, strict=True):
        colour = ROAD_COLOUR if targets.targets[number].kind == "road" else BUILDING_COLOUR
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "Polygon":
                axes.fill(*np.asarray(part.exterior.coords)[:, :2].T, color=colour, zorder=1)
                for ring in part.interiors:
                    axes.fill(*np.asarray(ring.coords)[:, :2].T, color="white", zorder=1)
    is_line = np.array([target.kind == "line" for target in targets.targets])[targets.target]
    for piece in targets.ends_m[is_line]:
        axes.plot(piece[[0, 2]], piece[[1, 3]], color=LINE_COLOUR, linewidth=2.2, zorder=3)


def _trees(axes: Axes, result: StrikeResult) -> None:
    """Zones as rings; a diamond where a line is within reach, else a circle."""
    from matplotlib.patches import Circle

    trees = result.trees
    meets = result.by_kind[0].high > 0
    for tree in range(len(trees)):
        centre = (float(trees.x_m[tree]), float(trees.y_m[tree]))
        axes.add_patch(
            Circle(
                centre,
                float(result.reach_m[tree]),
                facecolor=SKY,
                alpha=0.12,
                linewidth=0,
                zorder=2,
            )
        )
        axes.add_patch(
            Circle(
                centre,
                float(result.reach_m[tree]),
                fill=False,
                edgecolor=BLUE,
                linewidth=0.8,
                linestyle=(0, (4, 2)) if trees.brittle[tree] else "solid",
                zorder=2,
            )
        )
    for mark, chosen in ((ISA_MARKS["Improbable"], ~meets), (ISA_MARKS["Probable"], meets)):
        axes.plot(
            trees.x_m[chosen], trees.y_m[chosen], linestyle="none", marker=mark.marker,
            markersize=5.5, color=mark.colour, markeredgecolor=INK, markeredgewidth=0.6, zorder=4,
        )  # fmt: skip
    if len(trees) <= MOST_NAMED:
        for name, x, y in zip(trees.tree_id, trees.x_m, trees.y_m, strict=True):
            axes.annotate(
                name[:10], (x, y), (4, 4), textcoords="offset points", fontsize=7.5, zorder=5
            )


def _legend(result: StrikeResult) -> list[object]:
    """What the marks mean, of what is there."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds = {target.kind for target in result.targets.targets}
    probable, improbable = ISA_MARKS["Probable"], ISA_MARKS["Improbable"]
    found: list[object] = []
    if "line" in kinds:
        found += [
            Line2D([], [], color=LINE_COLOUR, linewidth=2.2, label="line"),
            _mark(probable.marker, probable.colour, "tree, a line in reach"),
        ]
    found.append(_mark(improbable.marker, improbable.colour, "other tree"))
    if "road" in kinds:
        found.append(Patch(color=ROAD_COLOUR, label="road"))
    if "building" in kinds:
        found.append(Patch(color=BUILDING_COLOUR, label="building"))
    found.append(Line2D([], [], color=BLUE, linewidth=0.8, label="fall zone"))
    if result.trees.brittle.any():
        dashes = (0, (4, 2))
        found.append(Line2D([], [], color=BLUE, linewidth=0.8, linestyle=dashes, label="brittle"))
    return found


def _mark(marker: str, colour: str, label: str) -> object:
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=5.5, color=colour,
        markeredgecolor=INK, markeredgewidth=0.6, label=label,
    )  # fmt: skip


def chances_figure(result: StrikeResult) -> str:
    """Chance to meet any line, given that the tree fails, likeliest first; "" without lines."""
    chance = result.by_kind[0]
    order = [int(t) for t in np.argsort(-chance.value, kind="stable") if chance.high[t] > 0]
    order = order[:MOST_ROWS]
    if not order:
        return ""
    colour = MODEL_MARKS[0].colour

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for row, tree in enumerate(order):
            axes.axhline(row, color=GRID, linewidth=0.8, zorder=0)
            axes.plot([chance.low[tree], chance.high[tree]], [row] * 2, color=colour, linewidth=2.2)
            axes.plot(chance.value[tree], row, marker="o", markersize=6.5, color=colour)
        axes.set_yticks(range(len(order)), [result.trees.tree_id[tree][:22] for tree in order])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(order) - 0.45, -0.55)
        most = float(max(chance.high[order].max(), 0.1))
        axes.set_xlim(0, min(1.0, 1.15 * most))
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("chance to meet a line, if the tree fails", color=MUTED)

    words = "; ".join(f"{result.trees.tree_id[t]} {percent(chance.value[t])}" for t in order)
    return draw_svg(
        "strike-chances",
        (FIGURE_WIDTH_IN, 0.75 + 0.27 * len(order)),
        paint,
        f"Chance to meet a line if the tree fails, with 95 % intervals: {words}.",
    )


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
