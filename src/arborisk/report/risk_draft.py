"""What the draft report of one tree says, in words that its page and its PDF share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import arborisk
from arborisk.errors import AssessmentError
from arborisk.report.page import Fact, render_page, thumbnail_uri, write_page
from arborisk.report.style import FIGURE_WIDTH_IN, INK, MUTED, ORANGE, draw_svg
from arborisk.risk.model_answers import NOT_IMMINENT
from arborisk.risk.rating.assessment import Assessment
from arborisk.risk.rating.rating import Information, Rated
from arborisk.risk.rating.sentences import (
    NOT_ASSUMED,
    NOTES,
    ON_PAPER,
    caveats,
    facts_of,
    headline,
    rules_used,
    time_frame,
    urgent_line,
)
from arborisk.scales import RiskRating
from arborisk.wording.intervals import share_range
from arborisk.wording.sentences import NEVER_IMMINENT, WHEN_TO_CALL

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SIGNED = ("Assessor", "Qualification", "Date of inspection")
"""Facts that stand in the block of the signature."""
TELLING_BITS = 1e-9
STANDING = "Draft until signed"
PHOTO_CAPTION = (
    "One side at one moment. It is here for the eye: the rating does not follow from it."
)
CHANCES_CAPTION = (
    "Chance that the rating is this one or a higher one. A bar spans what the ranges allow; a dot "
    "stands where they leave one chance."
)
NOT_THIS = (
    "A rating holds for the time frame, the targets and the words above, and changes with any of "
    "them.",
    "A photo gives a likelihood of failure at most, from one side. It never gave this rating "
    "alone.",
    "Trees rated Low can fail and harm. What was not inspected is not in it.",
)


@dataclass(frozen=True, slots=True)
class DraftTable:
    """A table of words.

    Attributes:
        columns: Names of the columns.
        rows: Cells in the order of the columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ChanceOfRating:
    """Chance of a rating or a higher one.

    Attributes:
        label: The rating in words.
        low: Lowest chance that the inputs allow.
        high: Highest chance that the inputs allow.
    """

    label: str
    low: float
    high: float

    @property
    def words(self) -> str:
        """One share, or the span of shares, in whole percent; what is ruled out says so."""
        return share_range(self.low, self.high)

    @property
    def spoken(self) -> str:
        """Label and both ends, for people who do not see the figure."""
        return f"{self.label}: {self.words}"


@dataclass(frozen=True, slots=True)
class RiskDraft:
    """The draft report of one tree, without a layout.

    Attributes:
        imminent: What stands above all else where somebody said Imminent, else "".
        kind: What kind of report it is, with the level of the assessment.
        title: Tree and rating.
        subtitle: Time frame and assessor.
        headline: The rating in one sentence.
        caveats: What must stand beside it: level, what was not inspected, limitations.
        chances: Chances of the ratings; empty where the rating is certain.
        parts: Parts and targets with their ratings.
        rating_words: What the ratings mean.
        causes: What gives the highest possible rating.
        telling: What to find out first.
        idle: Inputs that alone would not change the rating.
        options: Options with cost and the rating that would remain.
        not_assumed: What is not assumed of the options.
        facts: The tree and the visit; empty text is for the pen.
        notes: The assessor's notes, a paragraph each.
        inputs: Who gave what.
        alert: When to call an arborist at once.
        signature: Lines of the signature block; empty text is for the pen.
        rules: Rules and sources.
    """

    imminent: str
    kind: str
    title: str
    subtitle: str
    headline: str
    caveats: tuple[str, ...]
    chances: tuple[ChanceOfRating, ...]
    parts: DraftTable
    rating_words: str
    causes: str
    telling: tuple[Information, ...]
    idle: str
    options: DraftTable
    not_assumed: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    inputs: DraftTable
    alert: str
    signature: tuple[Fact, ...]
    rules: tuple[str, ...]


def risk_draft(rated: Rated, information: Sequence[Information]) -> RiskDraft:
    """The words of the draft report; the same rating gives the same words.

    Args:
        rated: The tree with its rating.
        information: What each uncertain input would tell.

    Raises:
        AssessmentError: No time frame: a few words were looked up, which makes no report.
    """
    about, rating = rated.assessment, rated.rating
    if math.isnan(about.time_frame_years):
        raise AssessmentError(
            "a time frame, for a report",
            "none",
            f"tree {about.tree}",
            "State time_frame_years and level in the form, or as options.",
        )
    meanings = rated.rules.meanings["rating"]
    idle = [one.name for one in information if one.bits <= TELLING_BITS]
    causes = [cause.text for cause in rated.causes]
    return RiskDraft(
        imminent=urgent_line(about),
        kind=f"arborisk · risk, draft · level {about.level}",
        title=f"Tree {about.tree}: {rating.text}",
        subtitle=_subtitle(about),
        headline=headline(rated),
        caveats=tuple(caveats(rated)),
        chances=() if rating.is_certain else _chances(rated),
        parts=_parts(rated),
        rating_words="The highest row is the tree's rating. The rating in words: "
        + "; ".join(f"{word}: {meanings[word]}" for word in rating.words)
        + ".",
        causes=f"What gives the highest possible rating: {'; '.join(causes)}." if causes else "",
        telling=tuple(one for one in information if one.bits > TELLING_BITS),
        idle=f"These alone would not change it: {', '.join(idle)}." if idle else "",
        options=_options(rated),
        not_assumed=NOT_ASSUMED,
        facts=tuple(
            Fact(name, text)
            for name, text in facts_of(about)
            if name not in SIGNED and name != NOTES and (text or name in ON_PAPER)
        ),
        notes=about.details.notes,
        inputs=_inputs(rated),
        alert=NEVER_IMMINENT if NOT_IMMINENT in about.notes else WHEN_TO_CALL,
        signature=(
            Fact("Assessor", about.assessor),
            Fact("Qualification, number", about.details.qualification),
            Fact("Date of inspection", about.date),
            Fact("Signed, date", ""),
        ),
        rules=tuple(rules_used(rated)),
    )


def _subtitle(about: Assessment) -> str:
    """Time frame, who and when, and where, in one line."""
    said = [f"Over {time_frame(about)}, by {about.assessor or 'nobody named'}", about.date]
    return ", ".join(filter(None, [*said, about.details.species, about.details.address]))


def _chances(rated: Rated) -> tuple[ChanceOfRating, ...]:
    levels = list(RiskRating)[1:]
    labels = [
        level.word if level is RiskRating.EXTREME else f"{level.word} or higher" for level in levels
    ]
    return tuple(
        ChanceOfRating(label, *rated.rating.at_least(level))
        for label, level in zip(labels, levels, strict=True)
    )


def _parts(rated: Rated) -> DraftTable:
    columns = (
        "part, condition",
        "target",
        "failure",
        "impact",
        "failure and impact",
        "consequences",
        "rating",
    )
    rows = tuple(
        (
            one.row.finding,
            one.row.target,
            one.row.failure.words,
            one.impact.text,
            one.event.text,
            one.row.consequences.words,
            one.rating.text,
        )
        for one in rated.rows
    )
    return DraftTable(columns, rows)


def _options(rated: Rated) -> DraftTable:
    rows = tuple(
        (
            one.option.name,
            "\N{EN DASH}" if one.option.cost is None else f"{one.option.cost:,.0f}",
            one.text,
        )
        for one in rated.options
    )
    return DraftTable(("option", "cost", "rating that would remain"), rows)


def _inputs(rated: Rated) -> DraftTable:
    rows = tuple(
        (one.name, "not known" if one.is_missing else one.words, one.by)
        for one in rated.assessment.inputs
    )
    return DraftTable(("input", "value", "given by"), rows)


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
