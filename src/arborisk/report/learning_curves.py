"""Loss and accuracy over the epochs, with the spread over rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.run_tables import HistoryRow
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, MUTED, VERMILLION
from arborisk.report.svg import draw_svg
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


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
