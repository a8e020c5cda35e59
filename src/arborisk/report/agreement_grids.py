"""Figures of agreement as grids: kappa of every two raters, and which word meets which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.report.agreement_figures import short
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED
from arborisk.report.svg import draw_svg
from arborisk.wording.numbers import number
from arborisk.wording.percent import counted_part

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
        An ``<svg>`` element; the likeliest class stands in the top row.
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
    order = slice(None, None, -1)
    return _grid(
        name,
        size_in,
        share[order],
        text[order],
        wrapped[order],
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
