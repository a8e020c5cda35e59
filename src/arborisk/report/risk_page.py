"""The draft report of one tree's risk: rating or range, doubt, options, who gave what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import arborisk
from arborisk.report.content import Fact
from arborisk.report.page import render_page, write_page
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, ORANGE
from arborisk.report.svg import draw_svg
from arborisk.report.thumbnails import thumbnail_uri
from arborisk.risk.information import Information
from arborisk.risk.model_answers import NOT_IMMINENT
from arborisk.risk.rating import Rated
from arborisk.risk.rating_words import NOT_ASSUMED, caveats, headline, rules_used
from arborisk.scales import RiskRating

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TELLING_BITS = 1e-9
NOT_NAMED = "not named"
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
    about, rating = rated.assessment, rated.rating
    meanings = rated.rules.meanings["rating"]
    return render_page(
        "risk.html.j2",
        kind=f"arborisk · risk, draft · level {about.level}",
        title=f"Tree {about.tree}: {rating.text}",
        subtitle=f"Over {about.time_frame_years:g} years, by {about.assessor or 'nobody named'}",
        version=arborisk.__version__,
        standing="undecided",
        headline=headline(rated),
        caveats=list(caveats(rated)),
        figure=None if rating.is_certain else chances_figure(rated, name="risk-chances"),
        rows=rated.rows,
        rating_words=[Fact(word, meanings[word]) for word in rating.words],
        causes=[cause.text for cause in rated.causes],
        telling=[one for one in information if one.bits > TELLING_BITS],
        idle=[one.name for one in information if one.bits <= TELLING_BITS],
        options=rated.options,
        not_assumed=NOT_ASSUMED,
        inputs=list(about.inputs),
        assessor=about.assessor or NOT_NAMED,
        date=about.date or "not stated",
        photo=None if photo is None else thumbnail_uri(photo, long_side_px=PHOTO_PX),
        from_model=NOT_IMMINENT in about.notes,
        rules=list(rules_used(rated)),
    )


def chances_figure(rated: Rated, *, name: str) -> str:
    """Chance of each rating or a higher one, as a span or a dot; an ``<svg>`` element."""
    levels = list(RiskRating)[1:]
    ends = [rated.rating.at_least(level) for level in levels]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for place, (low, high) in enumerate(ends):
            if high > low:
                axes.plot([low, high], [place, place], color=ORANGE, linewidth=9, zorder=2)
            for end in {low, high}:
                axes.plot(end, place, marker="o", color=INK, markersize=5, zorder=3)
            words = _share(low) if high - low < 5e-3 else f"{_share(low)} to {_share(high)}"
            axes.annotate(words, (1.04, place), va="center", color=INK, annotation_clip=False)
        axes.set_yticks(range(len(levels)), _labels(levels))
        axes.set_ylim(-0.6, len(levels) - 0.4)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)

    told = "; ".join(
        f"{label} {_share(low)} to {_share(high)}"
        for label, (low, high) in zip(_labels(levels), ends, strict=True)
    )
    return draw_svg(name, (FIGURE_WIDTH_IN, 1.6), paint, f"Chances of the rating: {told}.")


def _labels(levels: Sequence[RiskRating]) -> list[str]:
    return [
        level.word if level is RiskRating.EXTREME else f"{level.word} or higher" for level in levels
    ]


def _share(chance: float) -> str:
    """Whole percent."""
    return f"{100 * chance:.0f} %"
