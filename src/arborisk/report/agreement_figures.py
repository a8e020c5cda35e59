"""Figures of agreement: coefficients, raters and the model as dots with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Interval
from arborisk.report.style import (
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    MODEL_MARKS,
    MUTED,
    Mark,
    draw_svg,
    shortened,
)
from arborisk.wording.intervals import interval_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import counted_part

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


PEOPLE, MODEL = MODEL_MARKS[0], MODEL_MARKS[1]
ROW_HEIGHT_IN = 0.3
LONGEST_NAME = 31
CHANCE_COLOUR = "#75808a"


@dataclass(frozen=True, slots=True)
class AgreementRow:
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
    rows: Sequence[AgreementRow],
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


def _draw(axes: Axes, row: AgreementRow, place: int, *, signed: bool) -> None:
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


def _limits(rows: Sequence[AgreementRow], *, signed: bool) -> tuple[float, float]:
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


MOST_RATERS = 16
"""Raters up to which a grid is still read."""
FULL_CELL = "#74b4da"
"""Colour of a cell of value 1: dark text on it keeps a contrast above 7."""


def kappa_grid(names: Sequence[str], kappa: NDArray[np.float64], *, name: str) -> str:
    """Kappa of every two raters.

    Args:
        names: Raters.
        kappa: Kappa by the two raters, NaN where not defined, shape (r, r).
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    words = [
        f"{names[one]} and {names[other]} {number(kappa[one, other])}"
        for one in range(len(names))
        for other in range(one)
    ]
    size_in = (FIGURE_WIDTH_IN, 0.75 + 0.4 * len(names))
    everyone = range(len(names))
    text = [
        ["" if one == other else number(kappa[one, other]) for other in everyone]
        for one in everyone
    ]
    shown = np.where(np.eye(len(names), dtype=bool), np.nan, np.maximum(kappa, 0.0))
    return _grid(name, size_in, shown, text, names, names, ("", ""), f"Kappa: {'; '.join(words)}.")


def exchange_grid(
    titles: Sequence[str], share: NDArray[np.float64], *, name: str, of: str = "one rater"
) -> str:
    """What the other raters say where one rater says a class.

    Args:
        titles: Classes, in class order.
        share: Rows sum to 1, or are 0 where nobody said the class, shape (k, k).
        name: Name of the figure, unique on the page.
        of: Who says the words of the rows.

    Returns:
        An ``<svg>`` element; agreement runs down the main diagonal.
    """
    k = len(titles)
    used = share.sum(axis=1) > 0
    text = [
        [counted_part(one) if used[row] else "\N{EN DASH}" for one in share[row]]
        for row in range(k)
    ]
    words = [
        f"where {of} says {titles[row]}: "
        + ", ".join(f"{text[row][column]} say {titles[column]}" for column in range(k))
        for row in range(k)
        if used[row]
    ]
    size_in = (FIGURE_WIDTH_IN, 0.8 + 0.45 * k)
    wrapped = [title.replace(" or ", " or\n") for title in titles]
    return _grid(
        name,
        size_in,
        share,
        text,
        wrapped,
        wrapped,
        (f"{of} says", "another rater says"),
        f"Exchange of words; {'; '.join(words)}.",
    )


def _grid(
    name: str,
    size_in: tuple[float, float],
    values: NDArray[np.float64],
    text: Sequence[Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
    labels: tuple[str, str],
    description: str,
) -> str:
    """Cells shaded by their value from 0 to 1, with text inside."""
    from matplotlib.colors import LinearSegmentedColormap

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        ramp = LinearSegmentedColormap.from_list("share", ["#f4f8fa", FULL_CELL], bad="#ffffff")
        axes.imshow(values, cmap=ramp, vmin=0, vmax=1, aspect="auto")
        for row, cells in enumerate(text):
            for column, cell in enumerate(cells):
                shown = cell.replace("not defined", "\N{EN DASH}")
                axes.text(column, row, shown, ha="center", va="center", color=INK)
        tilted = sum(map(len, columns)) > 50
        axes.set_xticks(
            range(len(columns)),
            [short(one) for one in columns],
            rotation=40 if tilted else 0,
            ha="right" if tilted else "center",
        )
        axes.set_yticks(range(len(rows)), [short(one) for one in rows])
        axes.tick_params(length=0)
        axes.set_xticks(np.arange(len(columns) - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(len(rows) - 1) + 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=3)
        axes.tick_params(which="minor", length=0)
        axes.set_ylabel(labels[0], color=MUTED)
        axes.set_xlabel(labels[1], color=MUTED)
        axes.spines[:].set_visible(False)

    return draw_svg(name, size_in, paint, description)
