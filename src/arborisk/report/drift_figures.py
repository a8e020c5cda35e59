"""Figures of drift: where photos lie, how far out, and what changed more than luck explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from arborisk.prediction.drift.record import ClassShare, Drift
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, GRID, INK, MUTED, VERMILLION, on_lines
from arborisk.report.svg import draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OLD, NEW = (BLUE, "o"), (VERMILLION, "^")
ROW_IN = 0.42


def shifts_figure(drift: Drift) -> str:
    """Each difference over the largest that luck gives in 19 of 20 cases."""
    shifts = [shift for shift in drift.shifts if shift.times_luck is not None]
    values = [max(shift.times_luck or 0.0, 0.0) for shift in shifts]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(shifts))[::-1]
        axes.axvspan(0, 1, color=GRID, zorder=0)
        axes.hlines(places, 0, values, color=MUTED, linewidth=1.2)
        for place, value, shift in zip(places, values, shifts, strict=True):
            colour, marker = NEW if shift.alarm else OLD
            axes.plot(value, place, marker, color=colour, mec=INK, mew=0.8, ms=7.5)
        axes.set_yticks(places, [on_lines(shift.title) for shift in shifts])
        axes.set_xlim(0, max(1.6, max(values) * 1.1))
        axes.set_ylim(-0.6, len(shifts) - 0.4)
        axes.grid(True, axis="x", color=GRID)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("difference; 1 is the most by luck in 19 of 20 cases")

    said = "; ".join(
        f"{shift.title} {value:.1f}{' (more than luck)' if shift.alarm else ''}"
        for shift, value in zip(shifts, values, strict=True)
    )
    size = (FIGURE_WIDTH_IN, 0.7 + ROW_IN * len(shifts))
    return draw_svg("shifts", size, paint, f"Differences over what luck gives: {said}.")


def map_figure(drift: Drift) -> str:
    """Training photos and new ones along the two directions in which training photos vary most."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for points, (colour, marker), label in (
            (drift.map_old, OLD, f"training ({drift.n_old})"),
            (drift.map_new, NEW, f"new ({drift.n_new})"),
        ):
            axes.plot(
                points[:, 0],
                points[:, 1],
                marker,
                color=colour,
                mec="white",
                mew=0.4,
                ms=4.5,
                alpha=0.75,
                label=label,
            )
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel("direction in which training photos vary most")
        axes.set_ylabel("second direction")
        figure.legend(loc="outside upper left", ncols=2, borderaxespad=0.1)

    return draw_svg(
        "map",
        (FIGURE_WIDTH_IN, 3.6),
        paint,
        f"{counted(drift.n_old, 'training photo')} and {drift.n_new} new ones, by what the network "
        "sees in them.",
    )


def distance_figure(drift: Drift) -> str:
    """How far out photos lie, as shares that are farther."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        _share_beyond(axes, drift.distance_old, OLD[0], "-", "training photos, left out")
        _share_beyond(axes, drift.distance_new, NEW[0], "--", "new photos")
        if np.isfinite(drift.distance_limit):
            axes.axvline(drift.distance_limit, color=INK, linewidth=1.1, linestyle=":")
            axes.annotate(
                "limit of the gate",
                (drift.distance_limit, 1.0),
                xytext=(-4, -2),
                textcoords="offset points",
                ha="right",
                va="top",
                fontsize=8.5,
            )
        axes.set_ylim(0, 1.02)
        axes.yaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.grid(True, color=GRID)
        axes.set_xlabel("distance from the training photos")
        axes.set_ylabel("share of photos farther")
        figure.legend(loc="outside upper left", ncols=2, borderaxespad=0.1)

    return draw_svg(
        "distance",
        (FIGURE_WIDTH_IN, 2.9),
        paint,
        f"Share of photos beyond each distance. Median {np.median(drift.distance_old):.3g} of "
        f"training photos left out, {np.median(drift.distance_new):.3g} of new ones.",
    )


def classes_figure(classes: tuple[ClassShare, ...]) -> str:
    """Share of each class in training, as answered for new photos, and as estimated for them."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, share in enumerate(reversed(classes)):
            axes.plot(share.training, place + 0.18, label=_first("training", place), **_style(OLD))
            axes.plot(
                share.predicted,
                place,
                "s",
                mfc="white",
                mec=INK,
                ms=6.5,
                label=_first("new, as answered", place),
            )
            if share.estimated is not None:
                if share.low is not None and share.high is not None:
                    axes.hlines(place - 0.18, share.low, share.high, color=NEW[0], linewidth=1.8)
                axes.plot(
                    share.estimated,
                    place - 0.18,
                    label=_first("new, errors allowed for", place),
                    **_style(NEW),
                )
        axes.set_yticks(range(len(classes)), [share.title for share in reversed(classes)])
        axes.set_ylim(-0.6, len(classes) - 0.4)
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.grid(True, axis="x", color=GRID)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("share of photos")
        figure.legend(loc="outside upper left", ncols=3, borderaxespad=0.1, columnspacing=1.0)

    said = "; ".join(
        f"{share.title} {percent(share.training)} in training, "
        f"{percent(share.predicted)} of new answers"
        for share in classes
    )
    size = (FIGURE_WIDTH_IN, 1.1 + 0.55 * len(classes))
    return draw_svg("classes", size, paint, f"Shares of classes: {said}.")


def _style(style: tuple[str, str]) -> dict[str, Any]:
    """One marker, filled, with a dark edge."""
    colour, marker = style
    return {"marker": marker, "color": colour, "linestyle": "", "mec": INK, "mew": 0.8, "ms": 7}


def _first(label: str, place: int) -> str:
    """The legend names each kind once."""
    return label if place == 0 else "_"


def _share_beyond(
    axes: Axes, distance: NDArray[np.float64], colour: str, style: str, label: str
) -> None:
    ordered = np.sort(distance)
    share = 1 - np.arange(len(ordered)) / len(ordered)
    axes.step(ordered, share, where="pre", color=colour, linestyle=style, label=label)
