"""The page on drift: are new photos still like those that the model learnt from?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import arborisk
from arborisk.bundle.load import Bundle
from arborisk.prediction.drift.words import (
    GROUPS_WORDS,
    WHAT_TO_DO,
    ClassShare,
    Drift,
    beyond_sentence,
    headline,
    leaf_sentence,
)
from arborisk.report.page import Fact, render_page, thumbnail_uri, write_page
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    MUTED,
    VERMILLION,
    draw_svg,
    on_lines,
)
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


MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class FarCard:
    """A new photo far from training, with its picture as a data URI where it can be read."""

    photo: str
    group: str
    distance: float
    uri: str | None


def write_drift_report(drift: Drift, bundle: Bundle, photos: Path, path: Path) -> Path:
    """Writes the page and gives its path.

    Args:
        drift: What was found.
        bundle: The model.
        photos: Folder of the new photos, for the pictures of the farthest ones.
        path: HTML file to write or replace.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, drift_page(drift, bundle, photos))


def drift_page(drift: Drift, bundle: Bundle, photos: Path) -> str:
    """The page as HTML; the same photos give the same text."""
    root = photos if photos.is_dir() else photos.parent
    standing = "worse" if drift.alarm else "undecided"
    word = "The photos have changed" if drift.alarm else "No change shown"
    if not drift.alarm and not drift.can_alarm:
        word = "Too few groups to tell"
    return render_page(
        "drift.html.j2",
        kind="arborisk · drift",
        title="Are the new photos like those of training?",
        subtitle=(
            f"{counted(drift.n_new, 'new photo')} of {counted(drift.n_new_groups, 'group')} "
            f"against {counted(drift.n_old, 'training photo')} of "
            f"{counted(drift.n_old_groups, 'group')}"
        ),
        version=arborisk.__version__,
        standing=standing,
        standing_word=word,
        headline=headline(drift),
        cautions=drift.cautions,
        drawn=bundle.description.drawn,
        drift=drift,
        shifts=shifts_figure(drift),
        map=map_figure(drift),
        distances=distance_figure(drift),
        classes=classes_figure(drift.classes),
        beyond=beyond_sentence(drift.beyond, drift.n_new),
        cards=[
            FarCard(item.photo, item.group, item.distance, thumbnail_uri(root / item.photo))
            for item in drift.farthest
        ],
        what_to_do=WHAT_TO_DO,
        facts=_facts(drift, bundle),
        scheme=bundle.description.scheme.scheme,
    )


def _facts(drift: Drift, bundle: Bundle) -> list[Fact]:
    """What was compared with what."""
    failed = ", ".join(f"{reason} ({count})" for reason, count in drift.failures.items())
    return [
        Fact("Model", f"{bundle.description.model}, bundle {bundle.bundle_id}"),
        Fact("New photos grouped by", GROUPS_WORDS[drift.grouped_by]),
        Fact("Months of the new photos", months_in_words(drift.months)),
        Fact("Out of leaf", leaf_sentence(drift.leafless)),
        Fact("Photos that could not be used", failed or "none"),
        Fact("Found and not looked at", str(drift.n_left_out)),
        Fact("Chance of any alarm without a change", percent(drift.level, "stated")),
        Fact(
            "Smallest p value that can come out",
            f"{drift.smallest_p:.2g}, corrected for {len(drift.shifts)} tests",
        ),
    ]


def months_in_words(months: Mapping[int, int]) -> str:
    """Photos by month, for example ``June 3, July 2``."""
    names = ("not stated", *MONTHS.split())
    return ", ".join(f"{names[month]} {count}" for month, count in months.items())
