"""Pictures of the parts of a photo: attribution beside area, and parts laid over the photo."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from arborisk.explanation.parts.colours import PART_COLOURS
from arborisk.explanation.parts.part_map import PART_TITLES, PARTS, PartMap
from arborisk.explanation.parts.shares import Shares
from arborisk.records import Interval
from arborisk.report.style import FIGURE_WIDTH_IN, GRID, INK
from arborisk.report.svg import draw_svg
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
