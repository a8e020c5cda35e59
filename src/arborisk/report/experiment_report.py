"""The report of an experiment: the honest headline first, then tables and figures of all cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import arborisk
from arborisk.dataset.schemes import IMPROBABLE, ClassScheme
from arborisk.evaluation.experiment import Experiment, read_experiment
from arborisk.evaluation.experiment_axes import axis_name, value_text, value_words
from arborisk.evaluation.experiment_summary import LEAK_METRICS, Flattery, flatteries
from arborisk.evaluation.experiment_tables import (
    DECK_PRECISION_OF,
    DECK_ROWS,
    VERDICT_WORDS,
    deck_class_labels,
    deck_row,
)
from arborisk.evaluation.results import OVERALL_METRICS
from arborisk.records import DRAWN, Interval
from arborisk.report.experiment_boxes import box_figures, leak_figure
from arborisk.report.experiment_figures import (
    confusion_multiples,
    curve_multiples,
    experiment_dot_plot,
)
from arborisk.report.experiment_rows import headline, protocol_sentences, row_groups
from arborisk.report.page import Fact, render_page, write_page
from arborisk.wording.counts import counted
from arborisk.wording.intervals import points_text

SHOWN_MULTIPLES = 6
"""Small pictures in sight; more are folded away."""
TABLE_METRICS = ("balanced_accuracy", "macro_f1", "accuracy", "log_loss")
NOT_FACTS = {"title", "note", "source", "axes", "cells", "skipped", "failed"}
"""Keys of experiment.json that the page shows elsewhere."""
_FACT_NAMES = {
    "dataset": "data set",
    "n_photos": "photos",
    "n_decoded": "photos decoded",
    "n_embedded": "pictures embedded",
}


def write_experiment_report(out: Path) -> Path:
    """Reads an experiment and writes OUT/report.html; gives its path.

    Args:
        out: Folder of the experiment.

    Raises:
        DatasetError: There is no experiment, or its description is damaged; says what to do.
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    return write_page(out / "report.html", experiment_page(read_experiment(out)))


def experiment_page(experiment: Experiment) -> str:
    """The report of an experiment as HTML; the same experiment gives the same text."""
    groups = row_groups(experiment)
    rows = sorted((row for group in groups for row in group.rows), key=lambda row: row.cell.name)
    found = flatteries(experiment)
    labels = _leak_labels(experiment, found)
    schemes = _schemes(experiment)
    n_cells, n_finished = len(experiment.cells), len(experiment.finished)
    return render_page(
        "experiment.html.j2",
        kind="arborisk · report of an experiment",
        title=experiment.about.get("title") or "Experiment",
        subtitle=(
            f"{n_finished} of {n_cells} settings measured on the same photos, "
            f"{experiment.n_finished_runs} of {counted(experiment.n_runs, 'run')} finished"
        ),
        version=arborisk.__version__,
        drawn=experiment.about.get("source") == DRAWN,
        note=experiment.about.get("note", ""),
        headline=headline(experiment),
        groups=groups,
        deck_cells={row.cell.name: deck_row(experiment, row.cell, row.scored) for row in rows},
        deck_rows=DECK_ROWS if any(s.class_of(IMPROBABLE) is not None for s in schemes) else (),
        short_model=lambda name: value_words("model", name),
        deck_of=DECK_PRECISION_OF,
        dot_plots=[
            experiment_dot_plot(groups, metric, name=metric.replace("_", "-"))
            for metric in ("balanced_accuracy", "macro_f1")
            if groups
        ],
        boxes=box_figures(experiment),
        curves=curve_multiples(rows),
        confusions=confusion_multiples(rows),
        n_shown=SHOWN_MULTIPLES,
        schemes=schemes,
        most_classes=max((len(scheme.names) for scheme in schemes), default=0),
        scheme_words=[f"{scheme.name} is {deck_class_labels(scheme)}" for scheme in schemes],
        class_words={
            item.name: item.title
            for scheme in schemes
            for item in scheme.classes
            if item.name != item.title
        },
        leak=leak_figure(found, labels, name="leak") if found else None,
        leak_sentences=protocol_sentences(found),
        leak_rows=[
            LeakRow(
                label,
                value_words("protocol", item.protocol),
                [_gain(item.gains[metric]) for metric in LEAK_METRICS],
            )
            for item, label in zip(found, labels, strict=True)
        ],
        table_metrics=TABLE_METRICS,
        metric_names=OVERALL_METRICS,
        verdict_words=VERDICT_WORDS,
        skipped=[
            (_combination(entry["axes"]), str(entry["reason"]))
            for entry in experiment.about.get("skipped", [])
        ],
        unfinished=[run for cell in experiment.unfinished for run in cell.unfinished],
        provenance=_provenance(experiment),
        grid=_grid(experiment.folder),
    )


def _leak_labels(experiment: Experiment, found: Sequence[Flattery]) -> list[str]:
    """What sets each of these settings apart from the others of them, in words."""
    alike = {
        axis
        for axis in experiment.varying
        if len({item.honest.settings.get(axis) for item in found}) == 1
    }
    without = {"protocol"} | alike
    return [experiment.label(item.honest, without=without) or item.honest.name for item in found]


@dataclass(frozen=True, slots=True)
class LeakRow:
    """What one protocol scores more than groups kept whole, in one setting.

    Attributes:
        label: The setting in words.
        protocol: The protocol in words.
        gains: Difference and interval in words, one a metric.
    """

    label: str
    protocol: str
    gains: Sequence[tuple[str, str]]


def _gain(interval: Interval) -> tuple[str, str]:
    """A difference in points and its interval, in words."""
    gain, _, within = points_text(interval, 1).removesuffix(")").partition(" (")
    return gain, within


def _combination(axes: Mapping[str, object]) -> str:
    """Values of a combination in words."""
    return " · ".join(value_words(axis_name(axis), value_text(v)) for axis, v in axes.items())


def _schemes(experiment: Experiment) -> list[ClassScheme]:
    """The schemes of finished cells, each once."""
    return list(
        {
            scored.evaluation.config.scheme.name: scored.evaluation.config.scheme
            for _, scored in experiment.finished
        }.values()
    )


def _provenance(experiment: Experiment) -> list[Fact]:
    """What the numbers can be traced to: data, work done, time, versions."""
    about = experiment.about
    facts = [
        Fact(_FACT_NAMES.get(key, key.replace("_", " ")), str(value))
        for key, value in about.items()
        if key not in NOT_FACTS and isinstance(value, str | int | float) and value != ""
    ]
    evaluations = [scored.evaluation for _, scored in experiment.finished]
    hashes = dict.fromkeys(item.config.data.dataset_hash for item in evaluations)
    facts.append(Fact("data set hash", ", ".join(hashes) or "none"))
    times = [scored.seconds for _, scored in experiment.finished]
    told = sum(time for time in times if math.isfinite(time))
    if told:
        facts.append(Fact("time of all epochs", f"{told:.0f} s"))
    versions = dict.fromkeys(
        ", ".join(line for line in path.read_text(encoding="utf-8").split("\n") if line)
        for item in evaluations
        if (path := item.run / "environment.txt").is_file()
    )
    facts += [Fact("versions", line) for line in versions]
    return facts


def _grid(folder: Path) -> str:
    """The grid as it was given, or ""."""
    path = folder / "grid.toml"
    return path.read_text(encoding="utf-8") if path.is_file() else ""
