"""Figures of counts: how many photos of each class, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, class_mark
from arborisk.report.svg import draw_svg
from arborisk.wording.percent import counted_share, share_beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FULL_CELL = "#74b4da"
"""Colour of a cell that holds all photos of its class: dark text on it keeps a contrast above 7."""


def class_balance(counts: Mapping[str, int], *, name: str, unit: str = "photos") -> str:
    """Bars of how many photos each class has.

    Args:
        counts: Number by class title, in class order.
        name: Name of the figure, unique on the page.
        unit: What is counted.

    Returns:
        An ``<svg>`` element.
    """
    total = max(1, sum(counts.values()))
    words = [f"{title} {counted_share(count, total)}" for title, count in counts.items()]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for row, (title, count) in enumerate(counts.items()):
            mark = class_mark(title, row)
            axes.barh(row, count, height=0.62, color=mark.colour, edgecolor=INK, linewidth=0.8)
            axes.text(
                count + 0.012 * max(counts.values()),
                row,
                counted_share(count, total),
                va="center",
            )
        axes.set_yticks(range(len(counts)), list(counts))
        axes.tick_params(axis="y", length=0)
        axes.set_xlim(0, max(counts.values()) * 1.22)
        axes.set_ylim(-0.6, len(counts) - 0.4)
        axes.set_xlabel(unit)
        axes.spines["left"].set_visible(False)

    size_in = (FIGURE_WIDTH_IN, 0.6 + 0.32 * len(counts))
    return draw_svg(name, size_in, paint, f"Bars of {unit} by class: {', '.join(words)}.")


def confusion_figure(confusion: NDArray[np.int64], titles: Sequence[str], *, name: str) -> str:
    """Counts, with the share of each true class, by true class and class said.

    Args:
        confusion: Photos by (true class, class said), shape (k, k), ascending by likelihood.
        titles: Class titles in class order.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element; the likeliest class stands in the top row.
    """
    from matplotlib.colors import LinearSegmentedColormap

    k = len(titles)
    row_total = confusion.sum(axis=1, keepdims=True)
    share = np.divide(confusion, row_total, out=np.zeros(confusion.shape), where=row_total > 0)
    wrapped = [title.replace(" or ", " or\n") for title in titles]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        ramp = LinearSegmentedColormap.from_list("share", ["#f4f8fa", FULL_CELL])
        axes.imshow(share, cmap=ramp, vmin=0, vmax=1, origin="lower", aspect="auto")
        for true in range(k):
            for said in range(k):
                weight = "bold" if true == said else "normal"
                place: dict[str, Any] = {"ha": "center", "color": INK}
                axes.text(
                    said,
                    true + 0.06,
                    f"{confusion[true, said]}",
                    va="bottom",
                    fontsize=12,
                    weight=weight,
                    **place,
                )
                axes.text(
                    said,
                    true - 0.06,
                    share_beside(int(confusion[true, said]), int(row_total[true, 0])),
                    va="top",
                    fontsize=8.5,
                    **place,
                )
        axes.set_xticks(range(k), wrapped)
        axes.set_yticks(
            range(k),
            [f"{title}\n(n = {n})" for title, n in zip(wrapped, row_total[:, 0], strict=True)],
        )
        axes.tick_params(length=0)
        axes.set_xticks(np.arange(k - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(k - 1) + 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=3)
        axes.tick_params(which="minor", length=0)
        axes.set_xlabel("the model said", color=MUTED)
        axes.set_ylabel("true class", color=MUTED)
        axes.spines[:].set_visible(False)

    words = [
        f"of {row_total[true, 0]} {titles[true]}: "
        + ", ".join(f"{confusion[true, said]} said {titles[said]}" for said in range(k))
        for true in reversed(range(k))
    ]
    size_in = (min(FIGURE_WIDTH_IN, 1.9 + 1.15 * k), 0.8 + 0.68 * k)
    return draw_svg(name, size_in, paint, f"Confusion matrix; {'; '.join(words)}.")
