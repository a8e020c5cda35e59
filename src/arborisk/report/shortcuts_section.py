"""The section of a page on shortcuts: does the model read something else than the tree?

A page shows it by ``{% import "shortcuts_section.html.j2" as shortcuts_part %}`` and
``{{ shortcuts_part.section(content) }}``.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arborisk.explanation.shortcuts.material import (
    STANDING_WORDS,
    FramePlaces,
    ShortcutFinding,
    ShortcutReading,
    Shortcuts,
)
from arborisk.report.style import (
    BLUE,
    FIGURE_WIDTH_IN,
    GRID,
    INK,
    MUTED,
    ORANGE,
    VERMILLION,
    draw_svg,
    on_lines,
)
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text, share_text
from arborisk.wording.numbers import number
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ROW_IN = 0.36
EXAMPLE_PX = 224
JPEG_QUALITY = 80


def readings_figure(name: str, readings: Sequence[tuple[str, ShortcutReading]], axis: str) -> str:
    """Numbers of several tests as dots with their intervals, in percent.

    Args:
        name: Name of the figure, unique on the page.
        readings: Short title and number of each row, the first on top.
        axis: What the numbers are.
    """

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        places = np.arange(len(readings))[::-1]
        baselines = {item.baseline for _, item in readings if item.baseline is not None}
        if len(baselines) == 1:
            axes.axvline(100 * baselines.pop(), color=MUTED, linestyle=":", linewidth=1.2)
        for place, (_, item) in zip(places, readings, strict=True):
            _dot(axes, place, item)
        axes.set_yticks(places, [title for title, _ in readings])
        axes.set_ylim(-0.6, len(readings) - 0.4)
        axes.set_xlim(min(0, axes.get_xlim()[0]), max(100, axes.get_xlim()[1]))
        axes.set_xlabel(axis)
        axes.grid(True, axis="x", color=GRID)
        axes.tick_params(axis="y", length=0)

    said = "; ".join(f"{title} {percent(item.interval.value)}" for title, item in readings)
    size = (FIGURE_WIDTH_IN, 0.75 + ROW_IN * len(readings))
    return draw_svg(name, size, paint, f"{axis}: {said}.")


def _dot(axes: Axes, place: float, reading: ShortcutReading) -> None:
    """A dot, with its interval where there is one; hollow where there is none."""
    interval = reading.interval
    known = interval.low is not None and interval.high is not None
    if interval.low is not None and interval.high is not None:
        low, high = (max(-60.0, min(160.0, 100 * end)) for end in (interval.low, interval.high))
        axes.hlines(place, low, high, color=BLUE, linewidth=2)
    axes.plot(
        100 * interval.value,
        place,
        "o",
        color=BLUE if known else "white",
        mec=INK,
        mew=0.9,
        ms=7,
    )


def places_figure(name: str, places: FramePlaces, titles: str) -> str:
    """Map of the frame: how much of the difference between classes goes with each place."""
    percent = 100 * places.share
    row, column, side = places.suspect

    def paint(figure: Figure) -> None:
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.patches import Rectangle

        axes = figure.subplots()
        colours = LinearSegmentedColormap.from_list("share", ["#ffffff", ORANGE, VERMILLION])
        top = max(30.0, float(percent.max()))
        axes.imshow(percent, cmap=colours, vmin=0, vmax=top)
        for (i, j), value in np.ndenumerate(percent):
            axes.text(j, i, f"{value:.0f}", ha="center", va="center", color=INK, fontsize=8.5)
        box = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(box, side, side, fill=False, edgecolor=INK, linewidth=2.2))
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(True)

    description = (
        f"{titles}: share of the difference that goes with each of {percent.size} places of the "
        f"frame, in percent; the largest is {percent.max():.0f}."
    )
    return draw_svg(name, (3.2, 3.1), paint, description)


def array_uri(array: NDArray[np.uint8]) -> str:
    """A prepared photo as a data URI, as large as a page shows it.

    Args:
        array: Bytes, shape (size, size, channels).
    """
    image = Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
    if image.width < EXAMPLE_PX:
        image = image.resize((EXAMPLE_PX, EXAMPLE_PX), Image.Resampling.NEAREST)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=JPEG_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


TRAVELS = "difference that goes with it"
ORDERS = "order right"
CARD_CLASSES = {
    "found": "worse",
    "noticed": "undecided",
    "not found": "better",
    "not tested": "",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """An altered photo as a data URI, with what was done to it."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """One number of a test, in words."""

    title: str
    number: str
    baseline: str


@dataclass(frozen=True, slots=True)
class Card:
    """One test, as the page shows it."""

    title: str
    standing: str
    css: str
    sentence: str
    rule: str
    rows: tuple[ShortcutRow, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class ShortcutsSection:
    """What the page shows.

    Attributes:
        headline: The outcome in a sentence.
        css: Colour of the headline.
        asked: What the score explains.
        basis: Photos and groups.
        orders: Figure of how well altered photos are put in order.
        travels: Figure of what travels with swapped pieces.
        places: Map of the frame, or "".
        cards: One a test.
        drawn: Whether the trees are drawn.
    """

    headline: str
    css: str
    asked: str
    basis: str
    orders: str
    travels: str
    places: str
    cards: tuple[Card, ...]
    drawn: bool


def shortcuts_section(found: Shortcuts) -> ShortcutsSection:
    """The section as the page shows it.

    Args:
        found: What the tests found.
    """
    place = next((item.places for item in found.findings if item.places is not None), None)
    return ShortcutsSection(
        headline=found.headline,
        css="worse" if found.found else "undecided",
        asked=found.contrast_title,
        basis=f"{counted(found.n_photos, 'photo')} of {counted(found.n_groups, 'group')}, each "
        "scored by a model that did not learn from it",
        orders=readings_figure(
            "shortcut-orders",
            [("photos as they are", found.untouched), *_chosen(found, ORDERS)],
            "pairs of photos in the right order, %",
        ),
        travels=_travels(found),
        places=places_figure("shortcut-places", place, found.contrast_title) if place else "",
        cards=tuple(_card(item) for item in found.findings),
        drawn=found.drawn,
    )


def _travels(found: Shortcuts) -> str:
    """Figure of what travels, or "" where nothing was swapped or nothing can be judged."""
    readings = _chosen(found, TRAVELS)
    judged = any(
        item.standing != "not tested" and any(TRAVELS in one.title for one in item.readings)
        for item in found.findings
    )
    if not readings or not judged:
        return ""
    return readings_figure(
        "shortcut-travels", readings, "difference between classes that goes with it, %"
    )


def _chosen(found: Shortcuts, kind: str) -> list[tuple[str, ShortcutReading]]:
    """Numbers of one kind, with short titles."""
    chosen = []
    for finding in found.findings:
        for reading in finding.readings:
            if kind in reading.title:
                title = reading.title.partition(":")[0]
                if finding.name == "place":
                    title = f"one place: {title}"
                chosen.append((on_lines(title), ShortcutReading(title, reading.interval)))
                if kind == ORDERS:
                    chosen[-1] = (on_lines(title), reading)
    return chosen


def _card(finding: ShortcutFinding) -> Card:
    return Card(
        finding.title,
        STANDING_WORDS[finding.standing],
        CARD_CLASSES[finding.standing],
        finding.sentence,
        finding.rule,
        tuple(_row(reading) for reading in finding.readings),
        tuple(Picture(array_uri(item.array), item.title) for item in finding.examples),
    )


def _row(reading: ShortcutReading) -> ShortcutRow:
    """A number in words, with what it stands beside."""
    words = interval_text if reading.signed else share_text
    if reading.baseline is None:
        return ShortcutRow(reading.title, words(reading.interval), "")
    beside = number(reading.baseline, 0) if reading.signed else percent(reading.baseline, "stated")
    return ShortcutRow(
        reading.title, words(reading.interval), f"{reading.baseline_title}: {beside}"
    )
