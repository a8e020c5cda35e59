"""One metric of all cells of an experiment, each beside the answer that needs no photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arborisk.evaluation.experiment_axes import model_words
from arborisk.evaluation.results import OVERALL_METRICS
from arborisk.report.dot_plot import MAJORITY_MARK
from arborisk.report.experiment_rows import CellRow, RowGroup, figure_lines, height_in, label_rows
from arborisk.report.style import FIGURE_WIDTH_IN, MODEL_MARKS, Mark, draw_svg
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
