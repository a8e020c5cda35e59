"""The page of a search: what it found, how far to believe it, and what it rests on."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import arborisk
from arborisk.report.page import STANDING_WORDS, Fact, flat_settings, render_page, write_page
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, ORANGE, draw_svg
from arborisk.report.tune_records import DimensionWords, TrialRow, TuneSummary
from arborisk.wording.counts import counted
from arborisk.wording.percent import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


STOPPED_COLOUR = ORANGE
SLICES_A_ROW = 2
HIGHEST_SHARE = 0.9
"""Share of the losses that the axis is sure to show: a few bad trials must not flatten the rest."""


def history_figure(rows: Sequence[TrialRow], blind_loss: float, *, name: str) -> str:
    """Loss of each trial, stopped ones marked, and the lowest of the finished so far.

    Args:
        rows: All trials, oldest first.
        blind_loss: Loss of an answer that gives every class the same probability.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    finished = _of(rows, "finished")
    stopped = _of(rows, "stopped")
    lowest = np.minimum.accumulate([loss for _, loss in finished])
    top, clipped = _top([blind_loss, *(loss for _, loss in [*finished, *stopped])])

    def paint(figure: Figure) -> None:
        from matplotlib.ticker import MaxNLocator

        axes = figure.subplots()
        _dots(axes, stopped, top, finished=False)
        _dots(axes, finished, top, finished=True)
        axes.step(
            [number for number, _ in finished] + [rows[-1].number],
            [*lowest, lowest[-1]],
            where="post",
            color=INK,
            linewidth=1.4,
            label="lowest so far",
        )
        axes.axhline(
            blind_loss, color=MUTED, linewidth=1.6, linestyle=":", label="all classes alike"
        )
        axes.set_xlabel("trial")
        axes.set_ylabel("class-balanced log-loss")
        axes.set_ylim(top=top)
        axes.grid(axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)

    best_at = finished[int(np.argmin([loss for _, loss in finished]))]
    description = (
        f"Loss over {counted(len(rows), 'trial')}: {len(finished)} finished, {len(stopped)} were "
        f"stopped early. The lowest, {best_at[1]:.3f}, is trial {best_at[0]}."
        + (f" {clipped} trials above the axis are drawn at its edge." if clipped else "")
    )
    return draw_svg(name, (FIGURE_WIDTH_IN, 2.7), paint, description)


def importance_figure(shares: Mapping[str, float], *, name: str) -> str:
    """Bars of the share of the spread of the loss, the largest on top.

    Args:
        shares: By name of the setting; they sum to 1.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    ordered = sorted(shares.items(), key=lambda item: item[1])

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for row, (_, share) in enumerate(ordered):
            axes.barh(row, share, height=0.62, color=BLUE, edgecolor=INK, linewidth=0.8)
            axes.text(share + 0.012, row, percent(share), va="center")
        axes.set_yticks(range(len(ordered)), [label for label, _ in ordered])
        axes.tick_params(axis="y", length=0)
        axes.set_xlim(0, min(1.0, ordered[-1][1]) * 1.15 + 0.02)
        axes.set_xlabel("share of the spread of the loss")
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, "stated"))
        axes.spines["left"].set_visible(False)

    words = ", ".join(f"{label} {percent(share)}" for label, share in reversed(ordered))
    size_in = (FIGURE_WIDTH_IN, 0.65 + 0.3 * len(ordered))
    return draw_svg(name, size_in, paint, f"Bars of importance: {words}.")


def slices_figure(
    rows: Sequence[TrialRow], dimensions: Sequence[DimensionWords], best: TrialRow, *, name: str
) -> str:
    """Loss over each searched setting, one panel each, stopped trials marked.

    Args:
        rows: All trials.
        dimensions: What was searched.
        best: The trial that a line points out.
        name: Name of the figure, unique on the page.

    Returns:
        An ``<svg>`` element.
    """
    top, _ = _top([row.loss for row in rows if row.loss is not None])
    n_rows = -(-len(dimensions) // SLICES_A_ROW)

    def paint(figure: Figure) -> None:
        panels = figure.subplots(n_rows, SLICES_A_ROW, squeeze=False, sharey=True).ravel()
        for axes, dimension in zip(panels, dimensions, strict=False):
            _slice(axes, rows, dimension, best, top)
        for axes in panels[len(dimensions) :]:
            axes.set_visible(False)
        for axes in panels[::SLICES_A_ROW]:
            axes.set_ylabel("loss")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=3)

    description = f"Loss over each of {len(dimensions)} settings. The best trial had {best.words}."
    return draw_svg(name, (FIGURE_WIDTH_IN, 0.4 + 1.75 * n_rows), paint, description)


def _slice(
    axes: Axes, rows: Sequence[TrialRow], dimension: DimensionWords, best: TrialRow, top: float
) -> None:
    """One panel; words stand side by side, in the order in which they were listed."""
    told = [row for row in rows if dimension.name in row.values and row.loss is not None]
    words = dimension.options
    nudge = np.random.default_rng(0).uniform(-0.12, 0.12, len(told))

    def place(row: TrialRow) -> float:
        value = row.values[dimension.name]
        return float(words.index(str(value)) if words else value)

    for state, finished in (("stopped", False), ("finished", True)):
        points = [
            (place(row) + (shift if words else 0.0), row.loss or 0.0)
            for row, shift in zip(told, nudge.tolist(), strict=True)
            if row.state == state
        ]
        _dots(axes, points, top, finished=finished)
    axes.axvline(
        place(best),
        color=INK,
        linewidth=1.0,
        linestyle=":",
        label="the best trial",
        zorder=0,
    )
    if words:
        axes.set_xticks(range(len(words)), [word.replace(" x ", "\nx ") for word in words])
        axes.set_xlim(-0.5, len(words) - 0.5)
        if len(words) > 3:
            axes.tick_params(axis="x", labelsize=7.5 if len(words) == 4 else 6)
    else:
        low, high = dimension.ends
        margin = 0.04 * (math.log(high / low) if dimension.log else high - low)
        if dimension.log:
            axes.set_xscale("log")
            axes.xaxis.set_minor_formatter("")
            axes.set_xlim(low / math.exp(margin), high * math.exp(margin))
        else:
            axes.set_xlim(low - margin, high + margin)
    axes.set_title(dimension.name)
    axes.set_ylim(top=top)
    axes.grid(axis="y")


def _dots(axes: Axes, points: Sequence[tuple[float, float]], top: float, *, finished: bool) -> None:
    """Finished trials as full dots, stopped ones as open triangles; all inside the axis."""
    if not points:
        return  # an empty line that may leave its axes has no size, and no layout is found
    axes.plot(
        [x for x, _ in points],
        [min(loss, top) for _, loss in points],
        linestyle="none",
        marker="o" if finished else "v",
        markersize=5.5 if finished else 5,
        markerfacecolor=BLUE if finished else "white",
        markeredgecolor=BLUE if finished else STOPPED_COLOUR,
        markeredgewidth=1.2,
        clip_on=False,
        zorder=3 if finished else 2,
        label="finished" if finished else "stopped early",
    )


def _of(rows: Sequence[TrialRow], state: str) -> list[tuple[int, float]]:
    """Numbers and losses of the trials that ended so."""
    return [(row.number, row.loss) for row in rows if row.state == state and row.loss is not None]


def _top(losses: Sequence[float]) -> tuple[float, int]:
    """Upper end of the axis, and how many losses lie beyond it."""
    low, high = min(losses), float(np.quantile(losses, HIGHEST_SHARE))
    top = max(high + 0.15 * (high - low), low + 0.05)
    top = min(top, max(losses) + 0.05 * (max(losses) - low) + 0.01)
    return top, sum(loss > top for loss in losses)


N_BEST_SHOWN = 10
OUTER_METRICS = ("balanced_accuracy", "macro_f1", "accuracy", "log_loss")


def write_tune_report(path: Path, summary: TuneSummary) -> Path:
    """Writes the page of a search and gives its path.

    Args:
        path: HTML file to write; links are relative to it.
        summary: The search.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    finished = [row for row in summary.rows if row.state == "finished" and row.loss is not None]
    finished.sort(key=lambda row: (row.loss, row.number))
    outer = summary.outer
    text = render_page(
        "tune.html.j2",
        kind="arborisk · report of a search",
        title=summary.title,
        subtitle=(
            f"{counted(summary.n_tried, 'trial')} on {counted(summary.n_photos, 'photo')} of "
            f"{counted(summary.n_groups, 'group')}"
        ),
        version=arborisk.__version__,
        summary=summary,
        scheme=summary.scheme,
        standing_word=STANDING_WORDS[outer.verdict.standing] if outer else "",
        outer_link=Path(os.path.relpath(outer.report, path.parent)).as_posix() if outer else "",
        outer_metrics=[
            (name, outer.metrics[name]) for name in OUTER_METRICS if name in outer.metrics
        ]
        if outer
        else [],
        history=history_figure(summary.rows, summary.blind_loss, name="history"),
        importance=(
            importance_figure(summary.importance.shares, name="importance")
            if summary.importance
            else None
        ),
        slices=slices_figure(summary.rows, summary.dimensions, summary.best, name="slices"),
        shown=finished[:N_BEST_SHOWN],
        n_finished=len(finished),
        facts=_facts(summary),
        settings=flat_settings(summary.config),
    )
    return write_page(path, text)


def _facts(summary: TuneSummary) -> list[Fact]:
    """How the search went."""
    how = {
        "tpe": "learnt from finished trials (tree-structured Parzen estimator)",
        "random": "drawn at random, as Hyperband was published",
    }[summary.sampler]
    facts = [
        Fact("Judged on", f"{summary.inner}, trees, sites and near-duplicates whole"),
        Fact(
            "Judged by",
            "class-balanced log-loss: the mean over the classes of the mean log-loss of their "
            "photos. A log-loss moves smoothly where macro-F1 jumps by a photo; every class counts "
            "the same, as in the scores that people judge by.",
        ),
        Fact("Where to try next", f"{how}; seed {summary.seed}"),
    ]
    if summary.epochs_max is not None:
        facts.append(
            Fact(
                "Stopped early",
                f"by Hyperband: up to {counted(summary.epochs_max, 'epoch')}, a first look after "
                f"{summary.least_epochs}, and one in three goes on at each look. A stopped trial "
                "has seen the first inner part only. Li et al. (2018), JMLR 18(185).",
            )
        )
    facts.append(
        Fact(
            "Trials",
            f"{summary.count('finished')} finished, {summary.count('stopped')} stopped early, "
            f"{summary.count('failed')} failed; {summary.n_trials_asked} asked for",
        )
    )
    facts.append(Fact("Data set", f"{summary.dataset}, hash {summary.dataset_hash}"))
    return facts
