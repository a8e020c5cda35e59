"""A plan without a base map: equal scales, a bar of metres, north up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arborisk.mechanics.wind import Floats
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
