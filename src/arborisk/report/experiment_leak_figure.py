"""The leak, shown: one setting under several protocols, joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arborisk.evaluation.experiment import Cell
from arborisk.evaluation.experiment_axes import value_words
from arborisk.evaluation.experiment_leak import HONEST, LEAK_METRICS, Flattery
from arborisk.evaluation.metric_names import OVERALL_METRICS
from arborisk.report.experiment_rows import Line, height_in, label_rows
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, ORANGE, PURPLE, VERMILLION
from arborisk.report.svg import draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
    lines = [Line(label) for label in settings]
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
    return draw_svg(name, size_in, paint, _description(settings))


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


def _description(settings: dict[str, dict[str, Cell]]) -> str:
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
