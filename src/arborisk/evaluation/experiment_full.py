"""Every metric of every cell, with interval and baselines: results.csv and results.md."""

from __future__ import annotations

from collections.abc import Iterator

from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.fold_scores import AXES
from arborisk.evaluation.metric_names import metric_title
from arborisk.evaluation.results import MetricResult
from arborisk.records import DRAWN
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends
from arborisk.wording.numbers import number
from arborisk.wording.sentences import DRAWN_TREES

RESULTS_COLUMNS = (
    *("cell", "settings", *AXES, "start"),
    *("metric", "value", "low", "high", "level", "note", "majority", "prior_sampling"),
    *("n_predictions", "n_groups"),
    *("n_photos_cell", "n_groups_cell", "n_rounds", "n_rounds_one_answer"),
    *("n_repeats", "n_repeats_finished"),
    *("n_groups_spanning", "n_photos_spanning", "n_trees_apart", "n_sites_apart"),
    *("verdict", "degenerate"),
)
"""One row a metric of a cell. ``n_predictions`` counts a photo once a repeat, ``n_photos_cell``
once in all. The other columns with ``_cell`` to the right are of the cell, the same in its rows."""


def results_rows(experiment: Experiment) -> Iterator[list[object]]:
    """Rows in the columns of `RESULTS_COLUMNS`."""
    for cell, scored in experiment.finished:
        evaluation = scored.evaluation
        leak = evaluation.leak
        before = [
            cell.name,
            experiment.label(cell),
            *(cell.settings.get(axis, "") for axis in AXES),
            cell.start,
        ]
        after = [
            scored.n_photos,
            evaluation.n_groups,
            evaluation.n_rounds,
            sum(fold.one_answer for fold in scored.folds),
            cell.n_runs,
            cell.n_runs - len(cell.unfinished),
            leak.n_groups_spanning,
            leak.n_photos,
            leak.n_trees_apart,
            leak.n_sites_apart,
            scored.verdict.standing,
            evaluation.degenerate or "",
        ]
        for name, result in evaluation.metrics.items():
            yield [*before, name, *_of_metric(result), *after]


def _of_metric(result: MetricResult) -> list[object]:
    """Value, interval, baselines and counts of one metric."""
    interval = result.interval
    return [
        f"{interval.value:.9g}",
        *("" if end is None else f"{end:.9g}" for end in (interval.low, interval.high)),
        interval.level,
        interval.note,
        f"{result.majority:.9g}",
        f"{result.prior_sampling:.9g}",
        result.n_photos,
        result.n_groups,
    ]


def results_markdown(experiment: Experiment) -> str:
    """The same for people: a section a cell, the verdict first."""
    about = experiment.about
    lines = [f"# {about.get('title') or 'Experiment'}: results in full", ""]
    if about.get("source") == DRAWN:
        lines += [DRAWN_TREES, ""]
    lines += [
        f"{experiment.n_finished_runs} of {experiment.n_runs} runs are finished. Intervals are at "
        "95 %, the group (tree, site, near-duplicates) as the unit, over all repeats together. "
        "The majority class is one answer for all photos scored, the commonest of them; prior "
        "sampling draws from the class shares of the training parts.",
    ]
    for cell in experiment.cells:
        lines += ["", f"## {cell.name}: {experiment.label(cell) or 'the only cell'}", ""]
        lines += [f"Not finished: {run}" for run in cell.unfinished]
        if cell.scored is not None:
            lines += _section(cell, cell.scored)
    return "\n".join(lines) + "\n"


def _section(cell: Cell, scored: Scored) -> list[str]:
    """One cell: verdict, counts, table."""
    evaluation = scored.evaluation
    scheme, leak = evaluation.config.scheme, evaluation.leak
    one_answer = sum(fold.one_answer for fold in scored.folds)
    found = [
        scored.verdict.headline,
        "",
        f"{cell.start}, protocol {cell.settings['protocol']}; {counted(scored.n_photos, 'photo')} "
        f"of {counted(evaluation.n_groups, 'group')}, {counted(evaluation.n_photos, 'prediction')} "
        f"in {counted(evaluation.n_rounds, 'round')}, in {one_answer} of which all photos were "
        f"given one class; {counted(leak.n_groups_spanning, 'group')} "
        f"({counted(leak.n_photos, 'photo')}) on both sides of the split.",
        "",
        "| metric | value | 95 % interval | majority class | prior sampling | predictions "
        "| groups |",
        "|" + " --- |" * 7,
    ]
    for name, result in evaluation.metrics.items():
        cells = (
            metric_title(name, scheme),
            number(result.interval.value, 3),
            ends(result.interval, 3),
            number(result.majority, 3),
            number(result.prior_sampling, 3),
            str(result.n_photos),
            str(result.n_groups),
        )
        found.append("| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |")
    return found
