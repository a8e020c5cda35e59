"""Figures of counts: how many photos of each class, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.run_tables import HistoryRow
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    INK,
    MUTED,
    VERMILLION,
    class_mark,
    draw_svg,
)
from arborisk.wording.counts import counted
from arborisk.wording.percent import counted_share, share_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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


def learning_curves(evaluation: Evaluation, *, name: str) -> str | None:
    """Mean over rounds with a band from the lowest to the highest round; None without epochs.

    Args:
        evaluation: A run.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    history = evaluation.history
    if not history:
        return None
    epochs = sorted({row.epoch for row in history})
    train = values_by_epoch(history, epochs, lambda row: row.train_loss)
    validation = values_by_epoch(history, epochs, lambda row: row.validation_loss)
    accuracy = values_by_epoch(history, epochs, lambda row: row.validation_accuracy)
    majority = evaluation.metrics["accuracy"].majority

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        draw_curve(left, epochs, train, BLUE, "-", "o", "training")
        draw_curve(left, epochs, validation, VERMILLION, "--", "D", "held back")
        left.set_title("Loss")
        left.set_ylim(bottom=0)
        left.legend()
        draw_curve(right, epochs, accuracy, VERMILLION, "--", "D", "held back")
        right.axhline(
            majority, color=MUTED, linewidth=1.6, linestyle=":", label="always the majority class"
        )
        right.set_title("Accuracy")
        right.set_ylim(0, 1.02)
        right.legend(loc="lower right")
        for axes in (left, right):
            axes.set_xlabel("epoch")
            axes.grid(axis="y")
            axes.xaxis.get_major_locator().set_params(integer=True)

    ends = [mean_words(values[place]) for values in (train, validation) for place in (0, -1)]
    description = (
        f"Learning curves over {counted(len(epochs), 'epoch')}, mean and range of "
        f"{counted(evaluation.n_rounds, 'round')}. Training loss goes from {ends[0]} to {ends[1]}, "
        f"loss on photos held back from {ends[2]} to {ends[3]}; their accuracy ends at "
        f"{mean_words(accuracy[-1])}, always giving the majority class scores {majority:.2f}."
    )
    return draw_svg(name, (FIGURE_WIDTH_IN, 2.4), paint, description)


def values_by_epoch(
    history: Sequence[HistoryRow], epochs: Sequence[int], value: Callable[[HistoryRow], float]
) -> list[NDArray[np.float64]]:
    """Values of all rounds at each epoch, without those not measured."""
    found = []
    for epoch in epochs:
        values = np.array([value(row) for row in history if row.epoch == epoch])
        found.append(values[np.isfinite(values)])
    return found


def draw_curve(
    axes: Axes,
    epochs: Sequence[int],
    values: Sequence[NDArray[np.float64]],
    colour: str,
    line: str,
    marker: str,
    label: str,
) -> None:
    """One line with its band, over the epochs at which something was measured."""
    kept = [(epoch, at) for epoch, at in zip(epochs, values, strict=True) if len(at)]
    if not kept:
        return
    x = [epoch for epoch, _ in kept]
    axes.fill_between(
        x,
        [float(at.min()) for _, at in kept],
        [float(at.max()) for _, at in kept],
        color=colour,
        alpha=0.18,
        linewidth=0,
    )
    axes.plot(
        x,
        [float(at.mean()) for _, at in kept],
        color=colour,
        linestyle=line,
        marker=marker,
        markersize=4.5 if len(x) <= 15 else 0,
        label=label,
    )


def mean_words(values: NDArray[np.float64]) -> str:
    """Mean in words."""
    return f"{values.mean():.2f}" if len(values) else "not measured"
