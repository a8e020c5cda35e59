"""The section of a page on the parts of the photos: what the network looks at, and how sure we are.

A page shows it by ``{% import "parts_section.html.j2" as which_part %}`` and
``{{ which_part.section(content) }}``.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from arborisk.explanation.parts.part_map import PART_COLOURS, PART_TITLES, PARTS, PartMap
from arborisk.explanation.parts.reader import load_head_weights
from arborisk.explanation.parts.shares import Shares
from arborisk.records import Interval
from arborisk.report.style import FIGURE_WIDTH_IN, GRID, INK, draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text, share_text
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ROW_IN, HEAD_IN = 0.46, 0.95
AREA_COLOUR = "#c3cacd"
TINT = 0.55
"""Share of the part's colour in the overlay; the photo shines through."""
JPEG_QUALITY = 80


def shares_figure(shares: Shares, *, name: str = "parts") -> str:
    """Share of the attribution on each part, beside the part's share of the picture.

    Args:
        shares: What was found.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    rows = sorted(shares.parts, key=lambda one: one.positive.value)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            _bar(axes, place + 0.19, row.positive, PART_COLOURS[row.part], 0.36)
            _bar(axes, place - 0.19, row.area, AREA_COLOUR, 0.26)
        axes.set_yticks(range(len(rows)), [row.title for row in rows])
        axes.set_ylim(-0.55, len(rows) - 0.45)
        axes.set_xlim(0, None)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.grid(True, axis="x", color=GRID)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("share of the attribution; grey: of the picture")

    said = "; ".join(
        f"{row.title} {percent(row.positive.value)} of the attribution, "
        f"{percent(row.area.value)} of the area"
        for row in rows[::-1]
    )
    size = (FIGURE_WIDTH_IN, HEAD_IN + ROW_IN * len(rows))
    return draw_svg(name, size, paint, f"Attribution by part of the photo: {said}.")


def _bar(axes: Axes, place: float, share: Interval, colour: str, height: float) -> None:
    """A bar with its interval, where there is one."""
    axes.barh(place, share.value, height, color=colour, edgecolor=INK, linewidth=0.6)
    if share.low is not None and share.high is not None:
        axes.plot([share.low, share.high], [place, place], color=INK, linewidth=1.1)
        for end in (share.low, share.high):
            axes.plot([end, end], [place - 0.08, place + 0.08], color=INK, linewidth=1.1)


def part_overlay(parts: PartMap) -> Image.Image:
    """The photo with each part in its colour."""
    colours = np.array([_rgb(PART_COLOURS[name]) for name in PARTS], dtype=np.float64)
    tinted = TINT * colours[parts.part] + (1 - TINT) * parts.picture
    return Image.fromarray(tinted.astype(np.uint8))


def overlay_uri(parts: PartMap) -> str:
    """Photo and overlay side by side, as a data URI."""
    height, width = parts.picture.shape[:2]
    both = Image.new("RGB", (2 * width, height))
    both.paste(Image.fromarray(parts.picture), (0, 0))
    both.paste(part_overlay(parts), (width, 0))
    stream = io.BytesIO()
    both.save(stream, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def legend(names: Sequence[str] = PARTS) -> list[tuple[str, str]]:
    """Colour and title of each part, for a list beside the pictures."""
    return [(PART_COLOURS[name], PART_TITLES[name]) for name in names]


def _rgb(colour: str) -> tuple[int, int, int]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))  # type: ignore[return-value]


BARE_NOTE = (
    "Out of leaf, the bare twigs of a living crown count as dead or bare wood: a photo cannot tell "
    "them apart."
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A photo beside its parts, as a data URI, with what is said of it."""

    uri: str
    caption: str


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One part in the table: shares and ratio in words."""

    title: str
    positive: str
    area: str
    ratio: str


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """How well one part is told, in words: on real regions and on drawn photos."""

    title: str
    real: str
    drawn: str


@dataclass(frozen=True, slots=True)
class PartsSection:
    """What the page shows.

    Attributes:
        name: Unique on the page.
        asked: What the attribution explains, for example ``Probable and not Possible``.
        headline: Shares in a sentence, or "" where no attribution was given.
        basis: Photos and groups.
        figure: Figure of the shares, or "".
        rows: Shares as numbers.
        overlays: Some photos with their parts.
        legend: Colour and title of each part.
        accuracy: How well parts are told; empty where it is not shown.
        notes: What to keep in mind.
    """

    name: str
    asked: str
    headline: str
    basis: str
    figure: str
    rows: tuple[ShareRow, ...]
    overlays: tuple[Overlay, ...]
    legend: tuple[tuple[str, str], ...]
    accuracy: tuple[AccuracyRow, ...]
    notes: tuple[str, ...]


def parts_section(
    shares: Shares | None,
    photos: Sequence[tuple[PartMap, str]] = (),
    *,
    asked: str = "",
    name: str = "parts",
    with_accuracy: bool = True,
) -> PartsSection:
    """The section.

    Args:
        shares: Of an attribution over photos, or None to show the parts alone.
        photos: Parts of some photos, each with a caption.
        asked: What the attribution explains, in words.
        name: Of the section and its figure, unique on the page.
        with_accuracy: Whether the table of how well parts are told is shown; once a page is enough.

    Raises:
        MissingDependencyError: matplotlib is not installed.
    """
    rows = [] if shares is None else sorted(shares.parts, key=lambda one: -one.positive.value)
    return PartsSection(
        name=name,
        asked=asked,
        headline="" if shares is None else shares.sentence,
        basis="" if shares is None else _basis(shares),
        figure="" if shares is None else shares_figure(shares, name=name),
        rows=tuple(
            ShareRow(
                row.title,
                share_text(row.positive),
                share_text(row.area),
                interval_text(row.ratio),
            )
            for row in rows
        ),
        overlays=tuple(Overlay(overlay_uri(parts), caption) for parts, caption in photos),
        legend=tuple(legend()),
        accuracy=accuracy_rows() if with_accuracy else (),
        notes=(BARE_NOTE,),
    )


def accuracy_rows() -> tuple[AccuracyRow, ...]:
    """Measured accuracy of the packaged head, by part."""
    facts = load_head_weights().facts
    return tuple(
        AccuracyRow(
            title, _fact(facts["real"][part]), _fact(facts["drawn"]["parts"][part]["recall"])
        )
        for part, title in PART_TITLES.items()
    )


def _basis(shares: Shares) -> str:
    """Photos that count, and those left out."""
    n_photos, n_groups = counted(shares.n_photos, "photo"), counted(shares.n_groups, "group")
    text = f"Mean over {n_photos} of {n_groups}; intervals are 95 %."
    if shares.n_left_out:
        text += f" {counted(shares.n_left_out, 'photo')} without positive attribution left out."
    return text


def _fact(share: dict[str, Any]) -> str:
    """A measured share with its interval."""
    return share_text(Interval(share["share"], share["low"], share["high"]))
