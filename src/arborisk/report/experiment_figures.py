"""One metric of all cells of an experiment, each beside the answer that needs no photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.evaluation.experiment_axes import model_words
from arborisk.evaluation.results import OVERALL_METRICS, Evaluation
from arborisk.evaluation.run_tables import HistoryRow
from arborisk.report.dot_plot import MAJORITY_MARK
from arborisk.report.experiment_rows import CellRow, RowGroup, figure_lines, height_in, label_rows
from arborisk.report.run_figures import (
    confusion_words,
    draw_confusion,
    draw_curve,
    mean_words,
    values_by_epoch,
)
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    MODEL_MARKS,
    MUTED,
    VERMILLION,
    Mark,
    draw_svg,
)
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


FOOT_HEIGHT_IN = 0.75
ONE_ANSWER = " †"
"""Stands behind the value of a degenerate cell."""
WORDS_AT_MOST = 12
"""Cells that the words for people who do not see the figure name one by one."""


def experiment_dot_plot(groups: Sequence[RowGroup], metric: str, *, name: str) -> str:
    """A metric of every cell as a dot with its interval, beside the majority class.

    Args:
        groups: Finished cells, at least one.
        metric: Key of the metric.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    lines = figure_lines(groups)
    rows = [row for _, row in lines if row is not None]
    marks = model_marks(rows)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        label_rows(axes, [line for line, _ in lines])
        ends = [
            end
            for place, (_, row) in enumerate(lines)
            if row is not None
            for end in _draw(axes, row, metric, place, marks[_model(row)])
        ]
        axes.set_xlim(max(min(ends) - 0.04, -1.0), min(max(ends) + 0.04, 1.03))
        axes.set_xlabel(OVERALL_METRICS[metric].within)
        figure.legend(
            handles=_legend(marks),
            loc="outside upper left",
            ncols=2,
            handletextpad=0.4,
            columnspacing=1.4,
        )

    legend_in = 0.2 * ((len(marks) + 2) // 2)
    size_in = (FIGURE_WIDTH_IN, FOOT_HEIGHT_IN + legend_in + height_in([line for line, _ in lines]))
    return draw_svg(name, size_in, paint, _description(rows, metric))


def model_marks(rows: Sequence[CellRow]) -> dict[str, Mark]:
    """A shape for each model, in the order of the rows."""
    models = dict.fromkeys(_model(row) for row in rows)
    return {model: MODEL_MARKS[place % len(MODEL_MARKS)] for place, model in enumerate(models)}


def _model(row: CellRow) -> str:
    """Name of the model of a cell."""
    return row.scored.evaluation.config.model


def _draw(axes: Axes, row: CellRow, metric: str, y: float, mark: Mark) -> list[float]:
    """One cell with its value at the right edge; gives what must be in sight."""
    result = row.scored.evaluation.metrics[metric]
    interval = result.interval
    axes.plot(result.majority, y, **{**MAJORITY_MARK, "markersize": 11})
    ends = [interval.value, result.majority]
    has_interval = interval.low is not None and interval.high is not None
    if interval.low is not None and interval.high is not None:
        axes.plot([interval.low, interval.high], [y, y], color=mark.colour, linewidth=2.0, zorder=3)
        ends += [interval.low, interval.high]
    axes.plot(
        interval.value,
        y,
        marker=mark.marker,
        markersize=6,
        color=mark.colour,
        # An open mark: no interval can be given.
        markerfacecolor=mark.colour if has_interval else "white",
        linestyle="none",
        clip_on=False,
        zorder=4,
    )
    degenerate = row.scored.evaluation.degenerate is not None
    axes.text(
        1.02,
        y,
        f"{interval.value:.2f}" + (ONE_ANSWER if degenerate else ""),
        transform=axes.get_yaxis_transform(),
        color=mark.colour,
        weight="bold",
        va="center_baseline",
    )
    return ends


def _legend(marks: dict[str, Mark]) -> list[object]:
    """What the marks mean."""
    from matplotlib.lines import Line2D

    models = [
        Line2D(
            [],
            [],
            marker=mark.marker,
            markersize=6,
            color=mark.colour,
            linewidth=2.0,
            label=model_words(model),
        )
        for model, mark in marks.items()
    ]
    return [*models, Line2D([], [], **MAJORITY_MARK, label="always the majority class")]


def _description(rows: Sequence[CellRow], metric: str) -> str:
    """The figure in words: the first cells one by one, then how many more."""
    told = []
    for row in rows[:WORDS_AT_MOST]:
        result = row.scored.evaluation.metrics[metric]
        within = ends(result.interval, 2)
        told.append(
            f"{row.full_title}: {result.interval.value:.2f} ({within}), "
            f"majority class {result.majority:.2f}."
        )
    if len(rows) > WORDS_AT_MOST:
        told.append(f"{len(rows) - WORDS_AT_MOST} more cells stand in the table of all cells.")
    title = OVERALL_METRICS[metric].within
    return f"Dot plot of {title} with 95 % intervals, beside the majority class. {' '.join(told)}"


WIDTH_IN = 2.55
"""Two beside each other on a screen, one on a phone, their text of the size of other figures'."""
LOSS_ROOM = 3.0
"""Losses above this many times that of guessing evenly are cut off, so that one cell that diverges
does not flatten all others."""


@dataclass(frozen=True, slots=True)
class Multiple:
    """A small picture with the cell it is of."""

    row: CellRow
    svg: str


def curve_multiples(rows: Sequence[CellRow]) -> list[Multiple]:
    """Learning curves of every cell that has epochs: mean and range over folds and repeats."""
    trained = [row for row in rows if row.scored.evaluation.history]
    highest = max((_highest_loss(row.scored.evaluation) for row in trained), default=1.0)
    return [Multiple(row, _curves(row, highest)) for row in trained]


def _curves(row: CellRow, highest_loss: float) -> str:
    """Loss above, accuracy below, over the same epochs."""
    evaluation = row.scored.evaluation
    history = evaluation.history
    epochs = sorted({entry.epoch for entry in history})
    train = values_by_epoch(history, epochs, lambda entry: entry.train_loss)
    held_back = values_by_epoch(history, epochs, lambda entry: entry.validation_loss)
    accuracy = values_by_epoch(history, epochs, lambda entry: entry.validation_accuracy)
    majority = evaluation.metrics["accuracy"].majority

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True)
        draw_curve(above, epochs, train, BLUE, "-", "o", "training")
        draw_curve(above, epochs, held_back, VERMILLION, "--", "D", "held back")
        above.set_ylim(0, highest_loss)
        above.set_ylabel("loss")
        draw_curve(below, epochs, accuracy, VERMILLION, "--", "D", "held back")
        below.axhline(majority, color=MUTED, linewidth=1.6, linestyle=":")
        below.set_ylim(0, 1.02)
        below.set_ylabel("accuracy")
        below.set_xlabel("epoch")
        for axes in (above, below):
            axes.grid(axis="y")
            axes.xaxis.get_major_locator().set_params(integer=True)

    description = (
        f"Learning curves of {row.full_title}, {counted(len(epochs), 'epoch')}, mean and range of "
        f"{counted(evaluation.n_rounds, 'round')}. Training loss from {mean_words(train[0])} to "
        f"{mean_words(train[-1])}, held back from {mean_words(held_back[0])} to "
        f"{mean_words(held_back[-1])}; accuracy held back ends at {mean_words(accuracy[-1])}, "
        f"the majority class scores {majority:.2f}."
    )
    return draw_svg(f"curves-{row.cell.name}", (WIDTH_IN, 2.5), paint, description)


def _highest_loss(evaluation: Evaluation) -> float:
    """Upper end of the scale of losses that a cell asks for."""
    even = float(np.log(len(evaluation.config.scheme.classes)))
    losses = np.array([loss for entry in evaluation.history for loss in _losses(entry)])
    finite = losses[np.isfinite(losses)]
    return min(float(finite.max(initial=even)) * 1.05, LOSS_ROOM * even)


def _losses(entry: HistoryRow) -> tuple[float, float]:
    """Both losses of an epoch."""
    return entry.train_loss, entry.validation_loss


def confusion_multiples(rows: Sequence[CellRow]) -> list[Multiple]:
    """Confusion matrix of every cell: counts over all repeats, and shares of the true class."""
    return [Multiple(row, _confusion(row)) for row in rows]


def _confusion(row: CellRow) -> str:
    """One matrix; what is right runs down the main diagonal."""
    evaluation = row.scored.evaluation
    confusion, scheme = evaluation.confusion, evaluation.config.scheme
    k = len(scheme.names)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        draw_confusion(axes, confusion, count_size=10, share_size=7.5)
        long = max(len(name) for name in scheme.names) * k > 24
        axes.set_xticks(range(k), scheme.names, rotation=40 if long else 0)
        if long:
            for label in axes.get_xticklabels():
                label.set_horizontalalignment("right")
        axes.set_yticks(range(k), scheme.names)

    words = confusion_words(confusion, scheme.titles)
    description = f"Confusion matrix of {row.full_title}; {words}."
    size_in = (max(WIDTH_IN, 1.1 + 0.62 * k), 0.75 + 0.5 * k)
    return draw_svg(f"confusion-{row.cell.name}", size_in, paint, description)
