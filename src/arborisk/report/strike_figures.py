"""Plan of fall zones over lines, roads and buildings, and each tree's chance to meet a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arborisk.report.plan_view import draw_frame, plan_size_in
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
)
from arborisk.report.svg import draw_svg
from arborisk.risk.strike.run import StrikeResult
from arborisk.wording.counts import counted
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
