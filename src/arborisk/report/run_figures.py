"""Figures of counts: how many photos of each class, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

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
        An ``<svg>`` element; what is right runs down the main diagonal.
    """
    k = len(titles)
    wrapped = [title.replace(" or ", " or\n") for title in titles]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        draw_confusion(axes, confusion, count_size=12, share_size=8.5)
        axes.set_xticks(range(k), wrapped)
        rows = zip(wrapped, confusion.sum(axis=1), strict=True)
        axes.set_yticks(range(k), [f"{title}\n(n = {n})" for title, n in rows])

    size_in = (min(FIGURE_WIDTH_IN, 1.9 + 1.15 * k), 0.8 + 0.68 * k)
    words = confusion_words(confusion, titles)
    return draw_svg(name, size_in, paint, f"Confusion matrix; {words}.")


def draw_confusion(
    axes: Axes, confusion: NDArray[np.int64], *, count_size: float, share_size: float
) -> None:
    """Coloured by share of the true class, with count and share; bold where it is right.

    Args:
        axes: Drawn on; the caller names classes on both of its axes.
        confusion: See `confusion_figure`.
        count_size: Of the letters of counts, in points.
        share_size: Of those of shares.
    """
    from matplotlib.colors import LinearSegmentedColormap

    k = len(confusion)
    total = confusion.sum(axis=1, keepdims=True)
    share = np.divide(confusion, total, out=np.zeros(confusion.shape), where=total > 0)
    ramp = LinearSegmentedColormap.from_list("share", ["#f4f8fa", FULL_CELL])
    axes.imshow(share, cmap=ramp, vmin=0, vmax=1, aspect="auto")
    for true, said in np.ndindex(k, k):
        beside = share_beside(int(confusion[true, said]), int(total[true, 0]))
        for text, y, va, size, weight in (
            (f"{confusion[true, said]}", -0.05, "bottom", count_size, true == said),
            (beside, 0.06, "top", share_size, False),
        ):
            axes.text(
                said,
                true + y,
                text,
                va=va,
                ha="center",
                color=INK,
                fontsize=size,
                weight="bold" if weight else "normal",
            )
    axes.set_xticks(np.arange(k - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(k - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=3)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel("the model said", color=MUTED)
    axes.set_ylabel("true class", color=MUTED)
    axes.spines[:].set_visible(False)


def confusion_words(confusion: NDArray[np.int64], titles: Sequence[str]) -> str:
    """The same in words, for whoever does not see the figure."""
    return "; ".join(
        f"of {row.sum()} {title}: "
        + ", ".join(f"{n} said {said}" for n, said in zip(row, titles, strict=True))
        for title, row in zip(titles, confusion, strict=True)
    )


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
