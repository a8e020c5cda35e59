"""Figures of storms: fragility with bands, gusts of the site, streets, and a plan of the trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arborisk.mechanics.wind import Floats
from arborisk.report.style import (
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    ISA_MARKS,
    MODEL_MARKS,
    MUTED,
    Mark,
    draw_svg,
    shortened,
)
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.fragility import lognormal_curve
from arborisk.risk.storm.groups import GroupCounts
from arborisk.risk.storm.run import StormResult, fragility_band
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LEAST_EXTENT_M = 30.0
MARGIN = 0.06


def extent_m(x_m: Floats, y_m: Floats) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a plan that holds all points, with a margin."""
    ends = []
    widest = max(float(np.ptp(x_m)), float(np.ptp(y_m)), LEAST_EXTENT_M)
    for values in (x_m, y_m):
        middle = (float(values.min()) + float(values.max())) / 2.0
        half = max(float(np.ptp(values)), 0.3 * widest) / 2.0 + MARGIN * widest
        ends += [middle - half, middle + half]
    # Below all points there is room for the bar of metres.
    return ends[0], ends[1], ends[2] - MARGIN * widest, ends[3]


def plan_size_in(x_m: Floats, y_m: Floats) -> tuple[float, float]:
    """Width and height of the figure of a plan, with room for a legend above."""
    left, right, bottom, top = extent_m(x_m, y_m)
    height = FIGURE_WIDTH_IN * (top - bottom) / (right - left)
    return FIGURE_WIDTH_IN, min(height, 7.5) + 0.8


def draw_frame(axes: Axes, x_m: Floats, y_m: Floats) -> None:
    """Sets the extent, and draws a bar of metres and an arrow to the north."""
    left, right, bottom, top = extent_m(x_m, y_m)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
    length = _round_length(0.28 * (right - left))
    x, y = left + 0.04 * (right - left), bottom + 0.02 * (top - bottom)
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt")
    words = f"{length:,.0f} m" if length < 1000 else f"{length / 1000:g} km"
    axes.annotate(words, (x, y), (0, 4), textcoords="offset points", color=INK, fontsize=8.5)
    axes.annotate(
        "N",
        xy=(0.965, 0.98),
        xytext=(0.965, 0.86),
        xycoords="axes fraction",
        ha="center",
        va="top",
        color=MUTED,
        arrowprops={"arrowstyle": "-|>", "color": MUTED},
    )


def _round_length(longest_m: float) -> float:
    """The longest of 1, 2, 5, 10, ... that fits."""
    power = 10.0 ** np.floor(np.log10(longest_m))
    return float(power * max(step for step in (1.0, 2.0, 5.0) if step * power <= longest_m))


MOST_CURVES = 4
MOST_GROUPS = 20
LONGEST_NAME = 22
MOST_SINGLE_POINTS = 3000
"""Points of a plan above which they become one picture: each by itself would make a large page."""
CHANCE_BANDS: tuple[tuple[float, str, Mark], ...] = (
    (0.25, "25 % and more", ISA_MARKS["Imminent"]),
    (0.05, "5 to 25 %", ISA_MARKS["Probable"]),
    (0.01, "1 to 5 %", ISA_MARKS["Possible"]),
    (0.0, "below 1 %", ISA_MARKS["Improbable"]),
)
"""Steps of the map, and how they are drawn. They are steps of this figure, not ISA words."""


def fragility_figure(result: StormResult, trees: list[int]) -> str:
    """Curves of some trees, each in a row of its own, with the lognormal curve dashed."""
    column = result.by_tree["critical_gust_ms"]
    top = float(np.clip(2.2 * np.nanmedian(column[trees]), 40.0, 120.0))
    gusts = np.linspace(0.5, top, 160)

    def paint(figure: Figure) -> None:
        rows = figure.subplots(len(trees), 1, sharex=True, squeeze=False)[:, 0]
        for place, (axes, tree) in enumerate(zip(rows, trees, strict=True)):
            _fragility(axes, result, tree, gusts, MODEL_MARKS[place % len(MODEL_MARKS)].colour)
        rows[-1].set_xlabel("gust at 10 m, m/s")

    names = [result.trees.tree_id[tree] for tree in trees]
    return draw_svg(
        "fragility",
        (FIGURE_WIDTH_IN, 0.5 + 1.35 * len(trees)),
        paint,
        f"Chance of failure of {', '.join(names)} as a function of the gust, with 95 % bands.",
    )


def _fragility(axes: Axes, result: StormResult, tree: int, gusts: Floats, colour: str) -> None:
    band = fragility_band(result, tree, gusts)
    axes.fill_between(gusts, band.low, band.high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(gusts, band.chance, color=colour)
    theta, beta, error = (result.by_tree[name][tree] for name in ("theta_ms", "beta", "fit_error"))
    words = "weight alone is too much"
    if np.isfinite(theta):
        curve = lognormal_curve(gusts, theta, beta)
        axes.plot(gusts, curve, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
        words = f"median {theta:.0f} m/s, beta {beta:.2f}, misses by {error:.2f}"
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.grid(axis="y")
    axes.set_title(f"{shortened(result.trees.tree_id[tree], LONGEST_NAME)}: {words}", fontsize=8.5)
    if result.storm is not None:
        gust = result.storm.gust_ms
        axes.axvline(gust[0] if len(gust) == 1 else gust[tree], color=MUTED, linewidth=1.1)


def exceedance_figure(climate: GustClimate, storm_gust_ms: float | None) -> str:
    """Gusts against the years between them, with a band over worlds."""
    gusts = np.linspace(10.0, 70.0, 241)
    chance = climate.exceedance(gusts[:, None])
    years = 1.0 / np.maximum(chance, 1e-12)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        low, high = np.quantile(years, [0.025, 0.975], axis=1)
        middle = 1.0 / chance.mean(axis=1)
        axes.fill_betweenx(gusts, low, high, color=MODEL_MARKS[0].colour, alpha=0.2, linewidth=0)
        axes.plot(middle, gusts, color=MODEL_MARKS[0].colour)
        if storm_gust_ms is not None:
            axes.axhline(storm_gust_ms, color=MUTED, linewidth=1.1)
            axes.text(1.06, storm_gust_ms, "the storm", va="bottom", color=MUTED, fontsize=8.5)
        axes.set_xscale("log")
        axes.set_xlim(1.0, 1000.0)
        shown = gusts[(middle > 1.02) & (middle < 1000.0)]
        if len(shown):
            axes.set_ylim(0.85 * shown.min(), 1.1 * shown.max())
        ticks = [1, 2, 5, 10, 50, 200, 1000]
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("exceeded once in so many years, on average")
        axes.set_ylabel("gust at 10 m, m/s")
        axes.grid()

    return draw_svg(
        "exceedance",
        (FIGURE_WIDTH_IN, 2.8),
        paint,
        "Gusts of the site against their return period, with a 95 % band.",
    )


def groups_figure(counts: GroupCounts) -> str:
    """Expected failures of each group: a dot, its interval, and thinner how many may fail."""
    order = np.argsort(-counts.expected, kind="stable")[:MOST_GROUPS]
    colour = MODEL_MARKS[0].colour

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for row, place in enumerate(order):
            axes.axhline(row, color=GRID, linewidth=0.8, zorder=0)
            axes.plot(
                [counts.count_low[place], counts.count_high[place]],
                [row, row],
                color=MUTED,
                linewidth=1.2,
                marker="|",
                markersize=7,
            )
            ends = [counts.expected_low[place], counts.expected_high[place]]
            axes.plot(ends, [row, row], color=colour, linewidth=4.5, solid_capstyle="butt")
            axes.plot(
                counts.expected[place], row, marker="o", markersize=7, color="white",
                markeredgecolor=colour, markeredgewidth=2, clip_on=False,
            )  # fmt: skip
        axes.set_yticks(
            range(len(order)), [shortened(counts.names[place], LONGEST_NAME) for place in order]
        )
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(order) - 0.45, -0.55)
        axes.set_xlim(left=0)
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("trees that fail", color=MUTED)

    listed = "; ".join(f"{counts.names[p]} {counts.expected[p]:.2g}" for p in order)
    return draw_svg(
        "groups",
        (FIGURE_WIDTH_IN, 0.7 + 0.3 * len(order)),
        paint,
        f"Expected failures with intervals: {listed}.",
    )


def storm_plan(result: StormResult, x_m: Floats, y_m: Floats, chance: Floats) -> str:
    """Where the trees stand, each with the step of its chance, the likeliest on top."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        above = np.inf
        rows = []
        for low, words, mark in CHANCE_BANDS:
            rows.append((words, mark, (chance >= low) & (chance < above)))
            above = low
        for words, mark, chosen in reversed(rows):
            axes.plot(
                x_m[chosen], y_m[chosen], linestyle="none", marker=mark.marker, markersize=6,
                color=mark.colour, markeredgecolor=INK, markeredgewidth=0.6,
                label=f"{words} ({chosen.sum():,})",
                rasterized=len(x_m) > MOST_SINGLE_POINTS,
            )  # fmt: skip
        draw_frame(axes, x_m, y_m)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], labels[::-1], loc="outside upper left", ncols=2)

    return draw_svg(
        "plan",
        plan_size_in(x_m, y_m),
        paint,
        f"Places of {counted(len(x_m), 'tree')}, marked by their chance of failure.",
    )
