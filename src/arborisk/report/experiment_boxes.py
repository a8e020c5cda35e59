"""Scores of all folds by one setting at a time, the others side by side in each box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import axis_words, value_words
from arborisk.evaluation.experiment_summary import HONEST, LEAK_METRICS, Flattery, leaks
from arborisk.evaluation.experiment_tables import deck_class_labels
from arborisk.evaluation.fold_scores import natural_order
from arborisk.evaluation.results import OVERALL_METRICS
from arborisk.report.dot_plot import BASELINE_COLOUR
from arborisk.report.experiment_rows import TextLine, height_in, label_rows
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    draw_svg,
)
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


BOX_METRICS = ("balanced_accuracy", "macro_f1")
HEAD_HEIGHT_IN = 0.95
JITTER = (0.0, 0.17, -0.17, 0.08, -0.08, 0.25, -0.25)
"""Places of the dots above and below the middle of their box, in turn: no chance in a figure."""


@dataclass(frozen=True, slots=True)
class BoxFigure:
    """Box plots by one axis.

    Attributes:
        title: What they are by.
        svg: The figure.
        beside: Other settings that vary within a box, in words; "" for none.
    """

    title: str
    svg: str
    beside: str


@dataclass(frozen=True, slots=True)
class _Box:
    """Scores of folds in one box, by metric, shape (n_folds,), and the mean baseline."""

    values: dict[str, NDArray[np.float64]]
    majority: dict[str, float]


def box_figures(experiment: Experiment) -> list[BoxFigure]:
    """One figure for each axis that varies; by scheme only where nothing else varies.

    A figure needs two values under one heading of what may be compared: start (or, for the axis
    ``weights``, the model) and scheme. Leaking cells are left out: protocols have a figure.
    """
    honest = [(cell, scored) for cell, scored in experiment.finished if not leaks(scored)]
    varying = [
        axis
        for axis in experiment.varying
        if axis != "protocol" and len({cell.settings.get(axis) for cell, _ in honest}) > 1
    ]
    shown = [axis for axis in varying if axis != "scheme"]
    figures = [_figure(honest, axis, varying) for axis in shown]
    found = [figure for figure in figures if figure is not None]
    if not found and "scheme" in varying:
        by_scheme = _figure(honest, "scheme", varying)
        found = [by_scheme] if by_scheme is not None else []
    return found


def _figure(
    honest: Sequence[tuple[Cell, Scored]], axis: str, varying: Sequence[str]
) -> BoxFigure | None:
    """Box plots by one axis; None where no two of its values may be compared."""
    kinds: dict[tuple[str, str], dict[str, list[Cell]]] = {}
    for cell, _ in honest:
        beside = value_words("model", cell.settings["model"]) if axis == "weights" else cell.start
        scheme = "" if axis == "scheme" else cell.settings["scheme"]
        levels = kinds.setdefault((beside, scheme), {})
        levels.setdefault(cell.settings.get(axis, ""), []).append(cell)
    compared = [item for item in kinds.items() if len(item[1]) > 1]
    if not compared:
        return None
    compared.sort(key=lambda item: item[0][0] != "pretrained")
    lines: list[TextLine] = []
    boxes: list[_Box | None] = []
    before = ""
    for (beside, scheme), levels in compared:
        if beside != before and (len({key[0] for key in kinds}) > 1 or axis == "weights"):
            lines.append(TextLine(beside[0].upper() + beside[1:], "heading"))
            boxes.append(None)
        before = beside
        if scheme and len({key[1] for key in kinds}) > 1:
            lines.append(TextLine(_classes(next(iter(levels.values()))[0]), "classes"))
            boxes.append(None)
        for value in natural_order(levels):
            words = _classes(levels[value][0]) if axis == "scheme" else value_words(axis, value)
            lines.append(TextLine(words))
            boxes.append(_box([cell.scored for cell in levels[value] if cell.scored is not None]))
    members = [cells for _, levels in compared for cells in levels.values()]
    others = [
        axis_words(other)
        for other in varying
        if other != axis and any(len({c.settings.get(other) for c in m}) > 1 for m in members)
    ]
    title = axis_words(axis)
    svg = _draw_figure(lines, boxes, title, name=f"boxes-{axis.replace('.', '-')}")
    return BoxFigure(title, svg, ", ".join(others))


def _classes(cell: Cell) -> str:
    """Classes of a finished cell as the deck writes them."""
    return deck_class_labels(cell.scored.evaluation.config.scheme) if cell.scored else ""


def _box(members: Sequence[Scored]) -> _Box:
    """All folds of some cells."""
    return _Box(
        {
            metric: np.array([fold.scores[metric] for each in members for fold in each.folds])
            for metric in BOX_METRICS
        },
        {
            metric: float(np.mean([each.evaluation.metrics[metric].majority for each in members]))
            for metric in BOX_METRICS
        },
    )


def _draw_figure(
    lines: Sequence[TextLine], boxes: Sequence[_Box | None], title: str, *, name: str
) -> str:
    """Two panels beside each other, one a metric."""

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, len(BOX_METRICS), sharey=True)
        for place, (axes, metric) in enumerate(zip(panels, BOX_METRICS, strict=True)):
            label_rows(axes, lines, named=place == 0)
            for y, box in enumerate(boxes):
                if box is not None:
                    _draw_box(axes, box.values[metric], box.majority[metric], y)
            axes.set_title(OVERALL_METRICS[metric].title)

    size_in = (FIGURE_WIDTH_IN, HEAD_HEIGHT_IN + 1.25 * height_in(lines))
    return draw_svg(name, size_in, paint, _description(lines, boxes, title))


def _draw_box(axes: Axes, values: NDArray[np.float64], majority: float, y: int) -> None:
    """Quartiles as a box, the median as a line, every fold as a dot, the baseline as a bar."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    axes.barh(y, high - low, left=low, height=0.62, color=SKY, alpha=0.45, edgecolor=INK, zorder=2)
    axes.plot([middle, middle], [y - 0.31, y + 0.31], color=INK, linewidth=2.0, zorder=4)
    axes.plot([majority, majority], [y - 0.42, y + 0.42], color=BASELINE_COLOUR, linewidth=2.2)
    heights = [y + JITTER[place % len(JITTER)] for place in range(len(values))]
    axes.plot(
        values,
        heights,
        marker="o",
        markersize=2.6,
        color=INK,
        alpha=0.65,
        linestyle="none",
        zorder=3,
    )


def _description(lines: Sequence[TextLine], boxes: Sequence[_Box | None], title: str) -> str:
    """The figure in words."""
    told = []
    for line, box in zip(lines, boxes, strict=True):
        if box is None:
            told.append(f"{line.text}:")
            continue
        medians = ", ".join(
            f"{OVERALL_METRICS[metric].within} {np.median(values):.2f}"
            for metric, values in box.values.items()
        )
        told.append(
            f"{line.text}: median {medians} of {counted(len(box.values[BOX_METRICS[0]]), 'fold')}."
        )
    return f"Box plots of fold scores by {title}. {' '.join(told)}"


LEAK_HEAD_HEIGHT_IN = 1.0
STEP = 0.26
"""From one protocol of a setting down to the next, in rows."""
_MARKS = {HONEST: ("o", BLUE), "deck": ("s", ORANGE), "leaky": ("D", VERMILLION)}
_OTHER = ("^", PURPLE)


def leak_figure(found: Sequence[Flattery], labels: Sequence[str], *, name: str) -> str:
    """Scores of each setting by protocol, joined by a line from the honest one.

    Args:
        found: Settings under two protocols, at least one.
        labels: What each setting is, in words; equal for the same setting.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    settings: dict[str, dict[str, Cell]] = {}
    for item, label in zip(found, labels, strict=True):
        row = settings.setdefault(label, {HONEST: item.honest})
        row[item.protocol] = item.other
    lines = [TextLine(label) for label in settings]
    protocols = list(dict.fromkeys([HONEST, *(item.protocol for item in found)]))

    def paint(figure: Figure) -> None:
        panels = figure.subplots(1, len(LEAK_METRICS), sharey=True, sharex=True)
        for place, (axes, metric) in enumerate(zip(panels, LEAK_METRICS, strict=True)):
            label_rows(axes, lines, named=place == 0)
            for y, cells in enumerate(settings.values()):
                _draw(axes, cells, metric, y)
            axes.set_title(OVERALL_METRICS[metric].title.replace(" a", "\na"))
            axes.margins(x=0.08)
        figure.legend(handles=_legend(protocols), loc="outside upper left", ncols=2)

    legend_in = 0.2 * ((len(protocols) + 1) // 2)
    size_in = (FIGURE_WIDTH_IN, LEAK_HEAD_HEIGHT_IN + legend_in + 1.9 * height_in(lines))
    return draw_svg(name, size_in, paint, _description_of_experiment_leak_figure(settings))


def _draw(axes: Axes, cells: dict[str, Cell], metric: str, y: int) -> None:
    """One setting: the honest mark, and from its place a line to each other protocol below it."""
    honest = _value(cells[HONEST], metric)
    first = y - STEP * (len(cells) - 1) / 2
    last = y + STEP * (len(cells) - 1) / 2
    axes.plot([honest, honest], [first, last], color=MUTED, linewidth=1.0, zorder=1)
    for place, (protocol, cell) in enumerate(cells.items()):
        marker, colour = _MARKS.get(protocol, _OTHER)
        value, height = _value(cell, metric), first + STEP * place
        axes.plot([honest, value], [height, height], color=MUTED, linewidth=1.8, zorder=2)
        axes.plot(
            value,
            height,
            marker=marker,
            markersize=6,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.7,
            linestyle="none",
            zorder=3,
        )


def _value(cell: Cell, metric: str) -> float:
    """A metric of a finished cell."""
    if cell.scored is None:
        raise RuntimeError(f"{cell.name} is compared and has no scores")
    return cell.scored.evaluation.metrics[metric].interval.value


def _legend(protocols: Sequence[str]) -> list[object]:
    """What the marks mean."""
    from matplotlib.lines import Line2D

    handles: list[object] = []
    for protocol in protocols:
        marker, colour = _MARKS.get(protocol, _OTHER)
        handles.append(
            Line2D(
                [],
                [],
                marker=marker,
                markersize=6.5,
                color=colour,
                markeredgecolor=INK,
                linestyle="none",
                label=value_words("protocol", protocol),
            )
        )
    return handles


def _description_of_experiment_leak_figure(settings: dict[str, dict[str, Cell]]) -> str:
    """The figure in words."""
    told = []
    for label, cells in settings.items():
        scores = "; ".join(
            f"{value_words('protocol', protocol)} "
            + ", ".join(
                f"{OVERALL_METRICS[metric].within} {_value(cell, metric):.2f}"
                for metric in LEAK_METRICS
            )
            for protocol, cell in cells.items()
        )
        told.append(f"{label or 'The setting'}: {scores}.")
    return "Scores of the same settings by protocol. " + " ".join(told)
