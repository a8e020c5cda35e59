"""The section of a run's report on how far to trust its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arborisk.calibration.table import METHOD_WORDS
from arborisk.calibration.workload import WorkloadCurve
from arborisk.evaluation.certainty import (
    COVERAGE,
    Certainty,
    SetsOfClass,
    certainty_of,
    referable_classes,
)
from arborisk.evaluation.results import Evaluation
from arborisk.metrics.reliability import ClassReliability, Reliability
from arborisk.report.page import ClassEntry, class_entries
from arborisk.report.style import FIGURE_WIDTH_IN, GRID, INK, MUTED, class_mark, draw_svg
from arborisk.wording.counts import counted
from arborisk.wording.intervals import interval_text
from arborisk.wording.leaks import ERRORS_LOOK_SMALL
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PANELS_A_ROW = 3
PANEL_HEIGHT_IN = 2.05
TICKS = (0, 0.5, 1)


def reliability_figure(
    before: Reliability, after: Reliability, titles: Sequence[str], *, name: str
) -> str:
    """Share seen against probability said, class by class, raw and calibrated.

    Args:
        before: Of raw probabilities.
        after: Of calibrated ones.
        titles: Class titles in class order.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    columns = min(PANELS_A_ROW, len(titles))
    rows = -(-len(titles) // columns)

    def paint(figure: Figure) -> None:
        panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for number, axes in enumerate(panels.flat):
            if number >= len(titles):
                axes.set_visible(False)
                continue
            _paint_class(
                axes, before.classes[number], after.classes[number], titles[number], number
            )
        figure.supxlabel("probability said", fontsize=9)
        figure.supylabel("share seen", fontsize=9)

    return draw_svg(
        name,
        (FIGURE_WIDTH_IN, 0.35 + PANEL_HEIGHT_IN * rows),
        paint,
        f"Probability said against share seen for {', '.join(titles)}. Calibration error raw "
        f"{before.error.value:.3f}, calibrated {after.error.value:.3f}.",
    )


def _paint_class(
    axes: Any,  # noqa: ANN401 - matplotlib's axes
    before: ClassReliability,
    after: ClassReliability,
    title: str,
    number: int,
) -> None:
    mark = class_mark(title, number)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.plot(before.said, before.seen, color=MUTED, linewidth=0.9, zorder=2)
    axes.plot(before.said, before.seen, "o", mfc="white", mec=MUTED, ms=4, zorder=3, label="raw")
    axes.vlines(after.said, after.low, after.high, color=mark.colour, linewidth=1.4, zorder=4)
    axes.plot(
        after.said,
        after.seen,
        mark.marker,
        mfc=mark.colour,
        mec=INK,
        mew=0.8,
        ms=5.5,
        zorder=5,
        label="calibrated",
    )
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xticks(TICKS)
    axes.set_yticks(TICKS)
    axes.set_aspect("equal")
    axes.grid(True, color=GRID)
    axes.set_title(title, fontsize=9)


def workload_figure(curves: Sequence[tuple[str, int, WorkloadCurve]], *, name: str) -> str:
    """Share of the trees of a class that is caught against the share of all trees referred.

    Args:
        curves: Title of the class (and likelier ones), its number, and its curve; at least one.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.text(0.6, 0.56, "at random", color=MUTED, rotation=33, va="top", fontsize=8.5)
        for title, number, curve in curves:
            mark = class_mark(title, number)
            if curve.low is not None and curve.high is not None:
                axes.fill_between(
                    curve.referred, curve.low, curve.high, color=mark.colour, alpha=0.16, lw=0
                )
            axes.plot(
                curve.referred,
                curve.caught,
                color=mark.colour,
                marker=mark.marker,
                markevery=20,
                mec=INK,
                mew=0.7,
                ms=5.5,
                label=f"{title} ({curve.n_of_class} of {counted(curve.n_trees, 'tree')})",
            )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.yaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.grid(True, color=GRID)
        axes.set_xlabel("share of all trees that a person is sent to, the most worrying first")
        axes.set_ylabel("share of the class among these")
        axes.legend(loc="lower right")

    said = "; ".join(
        f"of {title}, {percent(curve.caught_at(0.2))} with the first 20 % of trees"
        for title, _, curve in curves
    )
    return draw_svg(name, (FIGURE_WIDTH_IN, 3.4), paint, f"Workload: {said}.")


MINUS = "\N{MINUS SIGN}"
LEAKS = f"Nothing is said of calibration, likelihood sets and misses: {ERRORS_LOOK_SMALL}."


@dataclass(frozen=True, slots=True)
class SetsRow:
    """Likelihood sets of one class, as the page shows them."""

    entry: ClassEntry
    sets: SetsOfClass


@dataclass(frozen=True, slots=True)
class CertaintySection:
    """What the page shows.

    Attributes:
        headline: What is known, in sentences.
        reliability: Figure of said against seen.
        workload: Figure of caught against referred, or "" where no class allows one.
        rows: Likelihood sets, the likeliest class first.
        set_price: What the sets cost, in a sentence, or "".
        promises: For each class what may be promised on misses, in a sentence.
        coverage: Coverage asked of the sets.
    """

    headline: tuple[str, ...]
    reliability: str
    workload: str
    rows: tuple[SetsRow, ...]
    set_price: str
    promises: tuple[str, ...]
    coverage: float = COVERAGE


def certainty_section(evaluation: Evaluation) -> CertaintySection | None:
    """The section, or None where the split leaks."""
    if evaluation.leak.n_groups_spanning:
        return None
    scheme, found = evaluation.config.scheme, certainty_of(evaluation)
    entries = class_entries(scheme)
    numbers = referable_classes(len(entries), ordered=scheme.ordered)
    above = [
        scheme.titles[number]
        + (" or likelier" if scheme.ordered and number + 1 < len(entries) else "")
        for number in numbers
    ]
    curves = [
        (title, number, curve)
        for title, number, curve in zip(above, numbers, found.workload, strict=True)
        if curve is not None
    ]
    rows = [SetsRow(entry, sets) for entry, sets in zip(entries, found.sets, strict=True)]
    return CertaintySection(
        headline=_headline(found),
        reliability=reliability_figure(found.before, found.after, scheme.titles, name="trust"),
        workload=workload_figure(curves, name="workload") if curves else "",
        rows=tuple(reversed(rows)),
        set_price=found.set_price.sentence(scheme.titles[-1]) if found.set_price else "",
        promises=tuple(
            rule.sentence(title) for rule, title in zip(found.miss_rules, above, strict=True)
        ),
    )


def _headline(found: Certainty) -> tuple[str, ...]:
    """How the probabilities were calibrated, and what it changed."""
    before, after = found.before.error, found.after.error
    calibrated = interval_text(after, 3)
    return (
        f"Calibrated by {METHOD_WORDS[found.map.method]}. Calibration error {before.value:.3f} "
        f"raw, {calibrated} calibrated; {found.after.by_chance:.3f} is what luck "
        "alone gives where every probability is right.",
        f"Log-loss {found.log_loss[0]:.3f} raw, {found.log_loss[1]:.3f} calibrated. Brier score "
        f"{found.after.brier.total:.3f} = {found.after.brier.reliability:.3f} from wrong "
        f"probabilities {MINUS} {found.after.brier.resolution:.3f} from telling photos "
        f"apart + {found.after.brier.uncertainty:.3f} from the class shares "
        f"{'+' if found.after.brier.within >= 0 else MINUS} {abs(found.after.brier.within):.3f} "
        "within bins.",
    )
