"""The section of a page on whether its maps are to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from arborisk.explanation.belief.check import LABELS_NOT_RUN, NOTHING_SPEAKS, MapBelief, Word
from arborisk.explanation.belief.faithfulness import Faithfulness
from arborisk.explanation.belief.stability import MOST_LEFT, Cascade
from arborisk.records import Interval
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, GRID, INK, MUTED, ORANGE, draw_svg
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


WAYS = (("the map", BLUE, "-", "o"), ("random", MUTED, "--", "s"), ("centre", ORANGE, ":", "^"))
"""Label, colour, line and marker of each kind of `arborisk.explanation.belief.faithfulness.KINDS`.
"""
ROW_IN = 0.34


def cascade_figure(cascade: Cascade) -> str:
    """Likeness that is left of the map as weights are redrawn from the last layer down."""
    steps = cascade.steps
    values = [1.0, *(step.likeness.value for step in steps)]
    titles = ["as trained", *(step.title for step in steps)]

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axhspan(-0.1, MOST_LEFT, color=GRID, zorder=0)
        axes.plot(range(len(values)), values, "-o", color=BLUE, mec=INK, mew=0.7, ms=6)
        for place, step in enumerate(steps, start=1):
            if step.likeness.low is not None and step.likeness.high is not None:
                axes.vlines(place, step.likeness.low, step.likeness.high, color=BLUE, linewidth=1.4)
        axes.set_xticks(range(len(values)), [_wrapped(title) for title in titles], fontsize=8)
        axes.set_ylim(-0.1, 1.06)
        axes.set_ylabel("likeness to the map")

    said = ", ".join(f"{title} {value:.2f}" for title, value in zip(titles, values, strict=True))
    return draw_svg(
        "belief-cascade",
        (FIGURE_WIDTH_IN, 2.5),
        paint,
        f"Rank correlation with the original map as weights are redrawn: {said}.",
    )


def curves_figure(found: Faithfulness) -> str:
    """Score while photos are covered and uncovered: by the map, by chance, from the middle."""

    def paint(figure: Figure) -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, curves, title in (
            (left, found.deletion, "Covering"),
            (right, found.insertion, "Uncovering"),
        ):
            for curve, (label, colour, line, marker) in zip(curves, WAYS, strict=True):
                axes.plot(
                    found.shares, curve, line, color=colour, marker=marker, ms=4.5, label=label
                )
            axes.set_title(title)
            axes.set_xlabel("share of the photo")
            axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
            axes.grid(axis="y")
        left.set_ylabel("score, log-odds")
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=3, borderaxespad=0.1)

    ends = ", ".join(
        f"{label} {np.mean(down):.2f} and {np.mean(up):.2f}"
        for (label, *_), down, up in zip(WAYS, found.deletion, found.insertion, strict=True)
    )
    return draw_svg(
        "belief-curves",
        (FIGURE_WIDTH_IN, 2.8),
        paint,
        f"Mean score at the shares shown, while covering and while uncovering: {ends}.",
    )


def alike_figure(belief: MapBelief) -> str:
    """Rank correlations of maps that should be alike, and of maps that should not."""
    rows = alike_rows(belief)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axvline(MOST_LEFT, color=MUTED, linewidth=1.1, linestyle="--")
        axes.axvline(0.0, color=GRID, linewidth=1.0)
        for place, (_, value, should) in enumerate(reversed(rows)):
            _dot(axes, place, value, should)
        axes.set_yticks(range(len(rows)), [title for title, *_ in reversed(rows)])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlim(min(-0.3, *(value.value - 0.05 for _, value, _ in rows)), 1.05)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("rank correlation")

    said = "; ".join(f"{title} {value.value:.2f}" for title, value, _ in rows)
    size = (FIGURE_WIDTH_IN, 0.75 + ROW_IN * len(rows))
    return draw_svg("belief-alike", size, paint, f"Rank correlations of maps: {said}.")


def alike_rows(belief: MapBelief) -> list[tuple[str, Interval, bool]]:
    """Title, rank correlation, and whether the maps should be alike."""
    rows = [(title, value, True) for title, value in belief.stability.figures]
    labels = belief.labels
    if labels is not None:
        if labels.true is not None:
            rows.append(("fitted again, true labels", labels.true, True))
        rows.append(("fitted to dealt labels", labels.shuffled, False))
    if belief.stability.between is not None:
        between = Interval(belief.stability.between, None, None)
        rows.append(("another photo", between, False))
    return rows


def _dot(axes: Axes, place: int, value: Interval, should: bool) -> None:
    """A circle for what should be alike, an open square for what should not."""
    if value.low is not None and value.high is not None:
        axes.hlines(place, value.low, value.high, color=MUTED, linewidth=1.4)
    marker, fill = ("o", BLUE) if should else ("s", "white")
    axes.plot(value.value, place, marker, color=fill, mec=INK, mew=0.9, ms=7)


def _wrapped(title: str) -> str:
    """A title on two lines where it is long."""
    return title.replace(" of ", "\nof ").replace("last layer", "last\nlayer")


STANDING: dict[Word, str] = {
    "believable": "better",
    "partly": "undecided",
    "not to be believed": "worse",
}
"""Colours of a verdict, as classes of the house's style."""


@dataclass(frozen=True, slots=True)
class MapCheckRow:
    """One check, as the page shows it.

    Attributes:
        title: What was asked.
        outcome: Passed, failed, not shown, not run.
        sentence: In words.
    """

    title: str
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BeliefSection:
    """What the page shows.

    Attributes:
        standing: Class of the verdict's colour.
        word: The verdict.
        asked: What the maps explain.
        against: What speaks against the maps.
        missing: What was not tried.
        cascade: Figure of redrawn weights.
        curves: Figure of covering and uncovering, or "".
        alike: Figure of maps made again.
        rows: Every check in words.
        localisation: On drawn trees with masks, in a sentence, or "".
        n_photos: Photos that maps were made of.
    """

    standing: str
    word: str
    asked: str
    against: tuple[str, ...]
    missing: tuple[str, ...]
    cascade: str
    curves: str
    alike: str
    rows: tuple[MapCheckRow, ...]
    localisation: str
    n_photos: int


def belief_section(belief: MapBelief) -> BeliefSection:
    """Content of the macro ``section`` of ``belief_section.html.j2``.

    Args:
        belief: What `arborisk.explanation.belief.check_maps` gave.

    Raises:
        MissingDependencyError: matplotlib is not installed.
    """
    found = belief.faithfulness
    return BeliefSection(
        standing=STANDING[belief.verdict.word],
        word=belief.verdict.title,
        asked=f"Why {belief.contrast}?",
        against=belief.verdict.against,
        missing=belief.verdict.missing,
        cascade=cascade_figure(belief.cascade),
        curves=curves_figure(found) if found is not None else "",
        alike=alike_figure(belief),
        rows=(
            _skill_row(belief),
            MapCheckRow("Weights redrawn", _passed(belief.cascade.passed), belief.cascade.sentence),
            _labels_row(belief),
            _faithfulness_row(belief),
            MapCheckRow(
                "Stable, and of this photo",
                _passed(belief.stability.stable and belief.stability.of_the_photo),
                belief.stability.sentence,
            ),
        ),
        localisation=belief.localisation.sentence if belief.localisation is not None else "",
        n_photos=belief.n_photos,
    )


def _passed(passed: bool | None) -> str:
    """Outcome of a check."""
    return {True: "passed", False: "failed", None: "too few groups"}[passed]


def _skill_row(belief: MapBelief) -> MapCheckRow:
    """Whether the model knows anything."""
    if belief.skill is None:
        return MapCheckRow("The model knows", "not run", "No labels were given.")
    return MapCheckRow("The model knows", _passed(belief.skill.passed), belief.skill.sentence)


def _labels_row(belief: MapBelief) -> MapCheckRow:
    """Dealt labels."""
    if belief.labels is None:
        return MapCheckRow("Labels dealt at random", "not run", LABELS_NOT_RUN)
    return MapCheckRow(
        "Labels dealt at random", _passed(belief.labels.passed), belief.labels.sentence
    )


def _faithfulness_row(belief: MapBelief) -> MapCheckRow:
    """Covering and uncovering."""
    found = belief.faithfulness
    if found is None:
        return MapCheckRow("Covering and uncovering", "not run", NOTHING_SPEAKS)
    random, centre = found.standing("random"), found.standing("centre")
    if random == centre == "better":
        outcome = "passed"
    elif random == "better":
        outcome = "passed in part"
    else:
        outcome = "failed" if random != "too few photos" else "too few photos"
    return MapCheckRow("Covering and uncovering", outcome, found.sentence)
