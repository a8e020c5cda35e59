"""The key picture: does the model beat an answer that needs no photo?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from arborisk.evaluation.results import CLASS_METRICS, OVERALL_METRICS, Evaluation, metric_title
from arborisk.report.style import (
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    MODEL_MARKS,
    MUTED,
    Mark,
    class_mark,
    draw_svg,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW_HEIGHT_IN = 0.27
HEAD_HEIGHT_IN = 1.05
BASELINE_COLOUR = "#75808a"


def metric_dot_plot(evaluations: Sequence[Evaluation], *, name: str, by_class: bool) -> str:
    """Every metric of one or more runs as a dot with its interval, beside both baselines.

    Args:
        evaluations: Runs with the same classes; the baselines drawn are each run's own.
        name: Name of the figure, unique on the page.
        by_class: Whether the metrics of single classes follow those over all classes.

    Returns:
        An ``<svg>`` element.
    """
    keys = _keys(evaluations[0], by_class=by_class)
    n_lines = len(keys) * max(1.0, 0.75 * len(evaluations))
    size_in = (FIGURE_WIDTH_IN, HEAD_HEIGHT_IN + ROW_HEIGHT_IN * n_lines)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _draw_rows(axes, evaluations, keys)
        figure.legend(
            handles=_legend(evaluations),
            loc="outside upper left",
            ncols=2,
            handletextpad=0.4,
            columnspacing=1.4,
        )

    return draw_svg(name, size_in, paint, _description(evaluations, keys))


def _keys(evaluation: Evaluation, *, by_class: bool) -> list[str]:
    """Metrics between 0 and 1 for which more is better, in the order of the rows."""
    keys = [
        key
        for key, metric in OVERALL_METRICS.items()
        if not metric.lower_is_better and key in evaluation.metrics and key != "macro_recall"
    ]
    if by_class:
        names = reversed(evaluation.config.scheme.names)
        keys += [f"{kind}_{name}" for name in names for kind in CLASS_METRICS]
    return keys


def _draw_rows(axes: Axes, evaluations: Sequence[Evaluation], keys: Sequence[str]) -> None:
    """One row a metric; runs of a row stand one below the other."""
    scheme = evaluations[0].config.scheme
    n_runs = len(evaluations)
    lowest = 0.0
    for row, key in enumerate(keys):
        axes.axhline(row, color=GRID, linewidth=0.8, zorder=0)
        for place, evaluation in enumerate(evaluations):
            y = row + (place - (n_runs - 1) / 2) * 0.34
            lowest = min(lowest, _draw_result(axes, evaluation, key, y, MODEL_MARKS[place % 4]))
        class_name = key.partition("_")[2]
        if class_name in scheme.names and key not in OVERALL_METRICS:
            index = scheme.names.index(class_name)
            mark = class_mark(scheme.titles[index], index)
            axes.plot(
                -0.03,
                row,
                marker=mark.marker,
                color=mark.colour,
                markeredgecolor=INK,
                markeredgewidth=0.7,
                markersize=6,
                transform=axes.get_yaxis_transform(),
                clip_on=False,
            )
    n_overall = sum(key in OVERALL_METRICS for key in keys)
    for row in range(n_overall, len(keys), len(CLASS_METRICS)):
        axes.axhline(row - 0.5, color=MUTED, linewidth=0.6, zorder=0)
    axes.set_yticks(range(len(keys)), [metric_title(key, scheme) for key in keys])
    axes.tick_params(axis="y", length=0, pad=21 if n_overall < len(keys) else 4)
    axes.set_ylim(len(keys) - 0.45, -0.55)
    axes.set_xlim(max(lowest, -1.0) - 0.03, 1.03)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def _draw_result(axes: Axes, evaluation: Evaluation, key: str, y: float, mark: Mark) -> float:
    """One metric of one run with its value at the right edge; gives the lowest value drawn."""
    result = evaluation.metrics[key]
    interval = result.interval
    axes.plot(result.majority, y, **MAJORITY_MARK)
    axes.plot(result.prior_sampling, y, **_PRIOR_SAMPLING)
    drawn = [interval.value, result.majority, result.prior_sampling]
    has_interval = interval.low is not None and interval.high is not None
    if interval.low is not None and interval.high is not None:
        axes.plot([interval.low, interval.high], [y, y], color=mark.colour, linewidth=2.2, zorder=3)
        drawn.append(interval.low)
    axes.plot(
        interval.value,
        y,
        marker=mark.marker,
        markersize=7,
        color=mark.colour,
        markeredgecolor=mark.colour,
        # An open mark: no interval can be given.
        markerfacecolor=mark.colour if has_interval else "white",
        linestyle="none",
        clip_on=False,
        zorder=4,
    )
    axes.text(
        1.03,
        y,
        f"{interval.value:.2f}",
        transform=axes.get_yaxis_transform(),
        color=mark.colour,
        weight="bold",
        va="center_baseline",
        fontsize=9,
    )
    return min(drawn)


MAJORITY_MARK: dict[str, Any] = {
    "marker": "|",
    "markersize": 13,
    "markeredgewidth": 2.6,
    "color": BASELINE_COLOUR,
    "linestyle": "none",
    "zorder": 2,
}
_PRIOR_SAMPLING: dict[str, Any] = {
    "marker": "x",
    "markersize": 5.5,
    "markeredgewidth": 1.6,
    "color": BASELINE_COLOUR,
    "linestyle": "none",
    "zorder": 2,
}


def _legend(evaluations: Sequence[Evaluation]) -> list[object]:
    """What the marks mean."""
    from matplotlib.lines import Line2D

    models = [
        Line2D(
            [],
            [],
            marker=MODEL_MARKS[place % 4].marker,
            markersize=7,
            color=MODEL_MARKS[place % 4].colour,
            linewidth=2.2,
            label=f"{evaluation.config.model}, 95 % interval",
        )
        for place, evaluation in enumerate(evaluations)
    ]
    return [
        *models,
        Line2D([], [], **MAJORITY_MARK, label="always the majority class"),
        Line2D([], [], **_PRIOR_SAMPLING, label="drawn from the class shares"),
    ]


def _description(evaluations: Sequence[Evaluation], keys: Sequence[str]) -> str:
    """The figure in words: the first metrics, and where the rest stands."""
    sentences = []
    for evaluation in evaluations:
        for key in keys[:2]:
            result = evaluation.metrics[key]
            interval = result.interval
            within = (
                f"{interval.low:.2f} to {interval.high:.2f}"
                if interval.low is not None and interval.high is not None
                else interval.note
            )
            sentences.append(
                f"{evaluation.config.model}: {metric_title(key, evaluation.config.scheme)} "
                f"{interval.value:.2f} ({within}); always the majority class {result.majority:.2f}."
            )
    return "Dot plot of metrics with 95 % intervals beside two baselines. " + " ".join(sentences)
