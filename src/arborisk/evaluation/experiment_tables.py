"""The tables of an experiment: as the deck prints them, in full, and fold by fold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from arborisk.dataset.schemes import IMPROBABLE
from arborisk.evaluation.deck_table import deck_class_labels
from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import model_words
from arborisk.evaluation.experiment_full import RESULTS_COLUMNS, results_markdown, results_rows
from arborisk.evaluation.fold_scores import AXES
from arborisk.evaluation.metric_names import CLASS_METRICS, OVERALL_METRICS
from arborisk.evaluation.verdict import Standing
from arborisk.files import write_text_whole
from arborisk.tables.write import to_csv_text
from arborisk.wording.percent import in_percent

VERDICT_WORDS: dict[Standing, str] = {
    "better": "better",
    "undecided": "undecided",
    "worse": "worse",
    "degenerate": "degenerate",
    "leaking": "leaking",
}
"""A verdict in a word, always against giving the majority class."""

DECK_COLUMNS = (
    *("class labels", "image size", "precision", "recall", "accuracy"),
    *("precision and recall of", "cell", "model", "weights", "protocol", "other settings"),
    *("majority accuracy", "verdict"),
)
"""The deck's five columns under its own names, then what it does not say. Shares in percent."""

_SHOWN_ELSEWHERE = {"scheme", "size", "model", "weights", "protocol"}


def write_experiment_tables(experiment: Experiment, out: Path) -> list[Path]:
    """Writes deck_table, results (CSV and Markdown) and folds.csv; gives their paths.

    Args:
        experiment: What was measured; only finished runs are in the tables.
        out: Folder to write to.
    """
    deck = [deck_row(experiment, cell, scored) for cell, scored in experiment.finished]
    fold_columns, folds = fold_table(experiment)
    texts = {
        "deck_table.csv": _csv(DECK_COLUMNS, deck),
        "deck_table.md": _deck_markdown(experiment, deck),
        "results.csv": _csv(RESULTS_COLUMNS, results_rows(experiment)),
        "results.md": results_markdown(experiment),
        "folds.csv": _csv(fold_columns, folds),
    }
    for name, text in texts.items():
        write_text_whole(out / name, text)
    return [out / name for name in texts]


def deck_row(experiment: Experiment, cell: Cell, scored: Scored) -> list[str]:
    """A cell in the columns of `DECK_COLUMNS`."""
    evaluation = scored.evaluation
    config, metrics = evaluation.config, evaluation.metrics
    title, name = precision_class(scored)
    size = config.size_px
    return [
        deck_class_labels(config.scheme),
        f"{size} x {size}" if size else "",
        in_percent(metrics[f"precision_{name}"].interval.value),
        in_percent(metrics[f"recall_{name}"].interval.value),
        in_percent(metrics["accuracy"].interval.value),
        title,
        cell.name,
        model_words(config.model),
        cell.start,
        cell.settings["protocol"],
        experiment.label(cell, without=_SHOWN_ELSEWHERE),
        in_percent(metrics["accuracy"].majority),
        VERDICT_WORDS[scored.verdict.standing],
    ]


def precision_class(scored: Scored) -> tuple[str, str]:
    """Title and name of the class that precision and recall of the deck's table are of.

    That is the class with Improbable, as we infer for the deck (`DECK_PRECISION_OF`); where no
    class has it, the commonest one, which Improbable was in the deck.
    """
    scheme = scored.evaluation.config.scheme
    index = scheme.class_of(IMPROBABLE)
    if index is None:
        counts = list(scored.evaluation.class_counts.values())
        index = counts.index(max(counts))
    return scheme.titles[index], scheme.names[index]


def fold_table(experiment: Experiment) -> tuple[list[str], list[list[object]]]:
    """Columns and rows of folds.csv: one row a fold of a repeat of a cell.

    A score that a scheme does not have (of another scheme's class) is left empty.
    """
    own = dict.fromkeys(axis for cell in experiment.cells for axis in cell.settings)
    axes = [*AXES, *(axis for axis in own if axis not in AXES)]
    measured = {name for _, s in experiment.finished for fold in s.folds for name in fold.scores}
    metrics = sorted(measured, key=_metric_rank)
    columns = ["cell", *axes, "repeat", "fold", "n_test", "n_train", *metrics]
    rows: list[list[object]] = []
    for cell, scored in experiment.finished:
        settings = [cell.settings.get(axis, "") for axis in axes]
        for fold in scored.folds:
            place: list[object] = [fold.repeat, fold.fold, fold.n_test, fold.n_train]
            values = [_number(fold.scores.get(name)) for name in metrics]
            rows.append([cell.name, *settings, *place, *values])
    return columns, rows


def _metric_rank(name: str) -> tuple[int, str, str]:
    """Scores of all classes first, in the order in which they are shown; then class by class."""
    overall = list(OVERALL_METRICS)
    if name in overall:
        return overall.index(name), "", ""
    kind, _, class_name = name.partition("_")
    return len(overall), class_name, str(list(CLASS_METRICS).index(kind))


def _deck_markdown(experiment: Experiment, rows: Sequence[Sequence[str]]) -> str:
    """The deck's table for people, with what to know before reading it."""
    lines = [
        f"# {experiment.about.get('title') or 'Experiment'}: the deck's table",
        "",
        "Shares in percent. The deck does not say of which class its precision and recall are; "
        "they are given here of the class named. An accuracy at or below that of always giving the "
        "majority class shows nothing. Pretrained networks and those from scratch are not to be "
        "compared.",
        "",
        "| " + " | ".join(DECK_COLUMNS) + " |",
        "|" + " --- |" * len(DECK_COLUMNS),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
    ]
    lines += [f"\nNot finished: {run}" for cell in experiment.unfinished for run in cell.unfinished]
    return "\n".join(lines) + "\n"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV text."""
    return to_csv_text(columns, (dict(zip(columns, row, strict=True)) for row in rows))


def _number(value: float | None) -> str:
    """A score for a table; "" where it is not defined."""
    return "" if value is None else f"{value:.9g}"
