"""Figures of a work list: what each budget leaves, and where the jobs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, VERMILLION
from arborisk.report.svg import draw_svg
from arborisk.risk.portfolio_plan import Plan
from arborisk.risk.portfolio_work_list import amount_text
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
SMALLEST_MARK, LARGEST_MARK = 16.0, 90.0


def curve_figure(plan: Plan, budgets: Floats, removed: Floats, *, unit: str) -> str:
    """Risk that remains at each budget; an ``<svg>`` element."""
    total = float(plan.options.risk.sum())

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(budgets, total - removed, color=BLUE)
        axes.plot(plan.budget, plan.left, "o", color=INK, markersize=7, label="this plan")
        axes.plot(
            plan.budget,
            total - plan.greedy,
            "x",
            color=VERMILLION,
            markersize=8,
            markeredgewidth=2,
            label="by risk removed per cost alone",
        )
        axes.set_ylim(0, total * 1.05)
        axes.set_xlim(0, float(budgets[-1]))
        axes.set_xlabel("budget")
        axes.set_ylabel(f"risk that remains\n{unit}")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_formatter(lambda amount, _: f"{amount:,g}")
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="y")
        axes.legend(loc="upper right")

    told = f"{amount_text(plan.left)} of {amount_text(total)} at a budget of {plan.budget:,.0f}"
    return draw_svg("risk-curve", (FIGURE_WIDTH_IN, 2.7), paint, f"Risk that remains: {told}.")


def map_figure(plan: Plan, longitude: Floats, latitude: Floats) -> str | None:
    """Where the jobs are among all trees; None where no tree has a place."""
    known = ~(np.isnan(longitude) | np.isnan(latitude))
    if known.sum() < 2:
        return None
    options = plan.options
    gain = np.zeros(len(options.trees))
    np.add.at(gain, options.tree[plan.chosen], options.removed[plan.chosen])
    done = known & (gain > 0)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(
            longitude[known],
            latitude[known],
            ".",
            color=MUTED,
            markersize=3,
            alpha=0.5,
            rasterized=bool(known.sum() > 2_000),
        )
        size = SMALLEST_MARK + (LARGEST_MARK - SMALLEST_MARK) * gain[done] / max(gain.max(), 1e-300)
        axes.scatter(
            longitude[done],
            latitude[done],
            s=size,
            marker="D",
            color=VERMILLION,
            edgecolor=INK,
            linewidth=0.7,
            zorder=3,
        )
        # A degree of longitude is shorter than one of latitude away from the equator.
        axes.set_aspect(1 / np.cos(np.radians(float(latitude[known].mean()))), adjustable="datalim")
        axes.set_xlabel("longitude")
        axes.set_ylabel("latitude")
        axes.ticklabel_format(useOffset=False)
        axes.locator_params(axis="x", nbins=4)
        axes.locator_params(axis="y", nbins=5)

    told = f"{counted(int(done.sum()), 'tree')} on the list among {int(known.sum())}"
    return draw_svg("risk-map", (FIGURE_WIDTH_IN, 3.6), paint, f"Map: {told}.")
