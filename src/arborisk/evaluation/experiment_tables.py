"""The tables of an experiment: as the deck prints them, in full, and fold by fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.dataset.schemes import IMPROBABLE, ClassScheme
from arborisk.evaluation.experiment import Cell, Experiment, Scored
from arborisk.evaluation.experiment_axes import model_words
from arborisk.evaluation.fold_scores import AXES
from arborisk.evaluation.results import (
    CLASS_METRICS,
    OVERALL_METRICS,
    Evaluation,
    MetricResult,
    metric_title,
)
from arborisk.evaluation.verdict import Standing
from arborisk.files import write_text_whole
from arborisk.records import DRAWN
from arborisk.tables.write import to_csv_text
from arborisk.wording.counts import counted
from arborisk.wording.intervals import ends
from arborisk.wording.numbers import number
from arborisk.wording.percent import in_percent
from arborisk.wording.sentences import DRAWN_TREES


@dataclass(frozen=True, slots=True)
class DeckRow:
    """One row of the table; shares from 0 to 1, None where nothing is stated.

    Attributes:
        source: Who measured.
        class_labels: The classes, likeliest first, as the deck writes them.
        image_size_px: Side of the square the network saw, in pixels.
        precision_of: Class that precision and recall are of; inferred for the deck's own rows.
        precision: Of the photos called so, the share that are so.
        recall: Of the photos that are so, the share called so.
        accuracy: Share of validation photos told right.
        majority_accuracy: What always giving the majority class scores.
    """

    source: str
    class_labels: str
    image_size_px: int | None
    precision_of: str
    precision: float | None
    recall: float | None
    accuracy: float
    majority_accuracy: float


DECK_PRECISION_OF = IMPROBABLE
"""The class that the deck's precision and recall are of, as we infer; its slide names none.

A recall of 100 % with an accuracy of 66 in 76 is what always answering Improbable gives where 66 of
76 validation photos are Improbable, and the printed precision of 87.9 % is then that answer's mean
over batches of 32, 32 and 12 photos, with 55 Improbable in the first two and 11 in the last:
(55 / 32 + 11 / 12) / 3 = 0.8785. No confusion matrix of 76 photos gives 87.9 % with this recall and
accuracy. Source: derived here from the printed values of the slide; the predictions were not kept.
"""

_SOURCE = "the deck"
_GROUPED = "{(Probable + Possible), Improbable}"
_THREE = "{Probable, Possible, Improbable}"
_TWO = "{Probable, Improbable}"
DECK_ROWS = (
    DeckRow(_SOURCE, _GROUPED, 108, IMPROBABLE, None, None, 0.652, 322 / 458),
    DeckRow(_SOURCE, _THREE, 108, IMPROBABLE, None, None, 0.728, 322 / 458),
    DeckRow(_SOURCE, _TWO, 108, IMPROBABLE, 0.879, 1.0, 0.868, 322 / 378),
    DeckRow(_SOURCE, _TWO, 224, IMPROBABLE, 0.879, 1.0, 0.868, 322 / 378),
)
"""Model 1, monochrome, 4 epochs, 32 a batch, Adam; validation photos of a random 80:20 split.

The last column is the share of Improbable among all photos of the row: 322 of 458, or of 378
without Possible. Source: NARS Lab, UMass Amherst, slides of 2 December 2020, results.
"""


def deck_class_labels(scheme: ClassScheme) -> str:
    """The classes as the deck writes them, likeliest first, for example ``{Probable, Improbable}``.

    >>> from arborisk.dataset.schemes import ISA_SCHEMES
    >>> deck_class_labels(ISA_SCHEMES["PrPo_Im"])
    '{(Probable + Possible), Improbable}'
    """
    titles = (
        "(" + item.title.replace(" or ", " + ") + ")" if " or " in item.title else item.title
        for item in reversed(scheme.classes)
    )
    return "{" + ", ".join(titles) + "}"


def deck_table(evaluation: Evaluation) -> tuple[DeckRow, ...]:
    """The deck's rows, then this run once for each class; empty when none holds Improbable."""
    scheme = evaluation.config.scheme
    if scheme.class_of(IMPROBABLE) is None:
        return ()
    class_labels = deck_class_labels(scheme)
    metrics = evaluation.metrics
    majority = metrics["accuracy"].majority
    ours = (
        DeckRow(
            source=f"this run, {evaluation.config.model}",
            class_labels=class_labels,
            image_size_px=evaluation.config.size_px,
            precision_of=item.title,
            precision=metrics[f"precision_{item.name}"].interval.value,
            recall=metrics[f"recall_{item.name}"].interval.value,
            accuracy=metrics["accuracy"].interval.value,
            majority_accuracy=majority,
        )
        for item in scheme.classes
    )
    return (*DECK_ROWS, *ours)


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
