"""The page of a search: what it found, how far to believe it, and what it rests on."""

from __future__ import annotations

import os
from pathlib import Path

import arborisk
from arborisk.report.content import STANDING_WORDS, Fact, flat_settings
from arborisk.report.page import render_page, write_page
from arborisk.report.tune_figures import history_figure, importance_figure, slices_figure
from arborisk.report.tune_records import TuneSummary
from arborisk.wording.counts import counted

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
