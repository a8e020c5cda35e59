"""Figures of agreement: coefficients, raters and the model as dots with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.records import Interval
from arborisk.report.style import FIGURE_WIDTH_IN, GRID, MODEL_MARKS, MUTED, Mark, shortened
from arborisk.report.svg import draw_svg
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PEOPLE, MODEL = MODEL_MARKS[0], MODEL_MARKS[1]
ROW_HEIGHT_IN = 0.3
LONGEST_NAME = 31
CHANCE_COLOUR = "#75808a"


@dataclass(frozen=True, slots=True)
class Row:
    """One dot with its interval.

    Attributes:
        title: What it is.
        interval: Value and ends.
        mark: How it is drawn.
        by_chance: Where chance stands, or None to draw none.
    """

    title: str
    interval: Interval
    mark: Mark = PEOPLE
    by_chance: float | None = None


def dot_rows(
    rows: Sequence[Row],
    *,
    name: str,
    about: str,
    label: str,
    zero: str = "",
    limits: tuple[float, float] | None = None,
    signed: bool = False,
) -> str:
    """Dots with intervals, one row each, values at the right edge.

    Args:
        rows: From top to bottom.
        name: Name of the figure, unique on the page.
        about: What the figure shows, for people who do not see it.
        label: Under the axis.
        zero: What the line at 0 means; "" for no line.
        limits: Ends of the axis; by default what is drawn needs.
        signed: Whether values carry their sign.

    Returns:
        An ``<svg>`` element.
    """

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            _draw(axes, row, place, signed=signed)
        axes.set_yticks(range(len(rows)), [short(row.title) for row in rows])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(*(limits or _limits(rows, signed=signed)))
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        if zero:
            axes.axvline(0, color=MUTED, linewidth=1.2, zorder=1)
        axes.set_xlabel(label, color=MUTED)

    size_in = (FIGURE_WIDTH_IN, 0.75 + ROW_HEIGHT_IN * len(rows))
    words = [f"{row.title} {interval_text(row.interval, signed=signed)}" for row in rows]
    return draw_svg(name, size_in, paint, f"{about}: {'; '.join(words)}.")


def _draw(axes: Axes, row: Row, place: int, *, signed: bool) -> None:
    """One dot; open where it has no interval, a word where it has no value."""
    interval, colour = row.interval, row.mark.colour
    axes.axhline(place, color=GRID, linewidth=0.8, zorder=0)
    edge = axes.get_yaxis_transform()
    if np.isnan(interval.value):
        axes.text(0.5, place, "not defined", transform=edge, ha="center", va="center", color=MUTED)
        return
    if row.by_chance is not None:
        axes.plot(
            row.by_chance,
            place,
            marker="|",
            markersize=13,
            markeredgewidth=2.6,
            color=CHANCE_COLOUR,
            zorder=2,
        )
    known = interval.low is not None and interval.high is not None
    if interval.low is not None and interval.high is not None:
        axes.plot([interval.low, interval.high], [place] * 2, color=colour, linewidth=2.2, zorder=3)
    axes.plot(
        interval.value,
        place,
        marker=row.mark.marker,
        markersize=7,
        color=colour,
        markeredgecolor=colour,
        markerfacecolor=colour if known else "white",
        linestyle="none",
        clip_on=False,
        zorder=4,
    )
    axes.text(
        1.03,
        place,
        number(interval.value, signed=signed),
        transform=edge,
        color=colour,
        weight="bold",
        va="center_baseline",
    )


def _limits(rows: Sequence[Row], *, signed: bool) -> tuple[float, float]:
    """Axis that holds every dot, interval and mark of chance."""
    drawn = [
        value
        for row in rows
        for value in (row.interval.value, row.interval.low, row.interval.high, row.by_chance)
        if value is not None and not np.isnan(value)
    ]
    low, high = min(drawn, default=0.0), max(drawn, default=1.0)
    if signed:
        reach = max(abs(low), abs(high), 0.1) * 1.08
        return -reach, reach
    return min(low, 0.0) - 0.03, max(high, 1.0) + 0.03


def short(name: str) -> str:
    """A name cut to what fits beside a figure."""
    return shortened(name, LONGEST_NAME)
