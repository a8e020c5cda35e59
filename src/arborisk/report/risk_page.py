"""The draft report of one tree's risk as a page: rating or range, doubt, options, who gave what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import arborisk
from arborisk.report.page import render_page, write_page
from arborisk.report.risk_draft import (
    CHANCES_CAPTION,
    NOT_THIS,
    PHOTO_CAPTION,
    STANDING,
    ChanceOfRating,
    risk_draft,
)
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, ORANGE
from arborisk.report.svg import draw_svg
from arborisk.report.thumbnails import thumbnail_uri
from arborisk.risk.information import Information
from arborisk.risk.rating import Rated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PHOTO_PX = 640


def write_risk_page(
    rated: Rated, information: Sequence[Information], path: Path, *, photo: Path | None = None
) -> Path:
    """Writes the draft report of one tree.

    Args:
        rated: The tree with its rating.
        information: What each uncertain input would tell.
        path: HTML file to write.
        photo: Picture of the tree, for the eye only.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(path, risk_page(rated, information, photo=photo))


def risk_page(
    rated: Rated, information: Sequence[Information], *, photo: Path | None = None
) -> str:
    """The draft report as HTML; the same rating gives the same text."""
    draft = risk_draft(rated, information)
    return render_page(
        "risk.html.j2",
        kind=draft.kind,
        title=draft.title,
        subtitle=draft.subtitle,
        version=arborisk.__version__,
        standing="undecided",
        standing_words=STANDING,
        imminent=draft.imminent,
        draft=draft,
        figure=chances_figure(draft.chances, name="risk-chances") if draft.chances else None,
        chances_caption=CHANCES_CAPTION,
        photo=None if photo is None else thumbnail_uri(photo, long_side_px=PHOTO_PX),
        photo_caption=PHOTO_CAPTION,
        not_this=NOT_THIS,
    )


def chances_figure(chances: Sequence[ChanceOfRating], *, name: str) -> str:
    """Chance of each rating or a higher one, as a span or a dot; an ``<svg>`` element."""

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, one in enumerate(chances):
            if one.high > one.low:
                axes.plot([one.low, one.high], [place, place], color=ORANGE, linewidth=9, zorder=2)
            for end in {one.low, one.high}:
                axes.plot(end, place, marker="o", color=INK, markersize=5, zorder=3)
        # Words below the label, not beside the bar: so the figure is narrow enough for a phone.
        axes.set_yticks(range(len(chances)), [f"{one.label}:\n{one.words}" for one in chances])
        axes.set_ylim(-0.6, len(chances) - 0.4)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)

    told = "; ".join(one.spoken for one in chances)
    return draw_svg(name, (FIGURE_WIDTH_IN, 1.9), paint, f"Chances of the rating: {told}.")
