"""From a data set to a measured model and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.evaluation import Evaluation, RunData, evaluate_run, verdict_of, write_metrics
from arborisk.metrics import predicted_class
from arborisk.preprocess import prepare_files
from arborisk.records import DRAWN
from arborisk.report import write_run_report
from arborisk.split import Round, write_split
from arborisk.studies.learners import Fitted, ProgressFor, make_learner
from arborisk.studies.rounds import fingerprint_of, fit_round, refuse_other_rounds
from arborisk.studies.run_folder import open_run_folder, write_environment, write_table
from arborisk.studies.settings import RunSettings
from arborisk.studies.ship import ship
from arborisk.studies.task import Task, make_task
from arborisk.training import OnEpoch

LEFT_OUT = "left_out.csv"
HISTORY_COLUMNS = (
    "round",
    "epoch",
    "train_loss",
    "validation_loss",
    "validation_accuracy",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes:
        folder: Where it is.
        evaluation: What was measured.
        report: The HTML report.
        bundle: The bundle that ships.
        notes: What a person should know of the split, and of photos that were not used.
    """

    folder: Path
    evaluation: Evaluation
    report: Path
    bundle: Path
    notes: tuple[str, ...]

    @property
    def headline(self) -> str:
        """What was measured, in a sentence, with its cautions."""
        verdict = verdict_of(self.evaluation)
        return " ".join([verdict.sentence, *verdict.cautions])


def train(
    dataset_folder: Path,
    settings: RunSettings,
    run: Path,
    *,
    resume: bool = False,
    progress_for: ProgressFor = lambda _: lambda done, total: None,
    on_epoch: OnEpoch | None = None,
) -> Run:
    """Splits, trains every round, measures, ships and reports.

    Args:
        dataset_folder: Data set made by ``arborisk dataset import``.
        settings: What to do.
        run: Folder to write.
        resume: Go on with a run that was interrupted; it ends with the same numbers.
        progress_for: Gives the progress of a named piece of long work.
        on_epoch: Called after each epoch of a network.

    Raises:
        DatasetError: The data set or scheme cannot be used.
        SplitError: No valid split exists.
        SettingsError: The run folder is taken.
        BundleError: The exported model does not do what the trained one does.
    """
    task = make_task(dataset_folder, settings)
    open_run_folder(run, settings, _run_data(task), resume=resume)
    rounds = task.split.rounds()
    marks = {round_.name: fingerprint_of(task, settings, round_) for round_ in rounds}
    refuse_other_rounds(run, marks)
    write_split(task.split, run / "split.csv")
    arrays = prepare_files(
        task.paths,
        [row.sha256 for row in task.labelled.rows],
        settings.preprocess,
        cache_dir=task.dataset.folder / "cache",
        progress=progress_for("Preparing photos"),
    )
    learner = make_learner(task, arrays, settings, progress_for)
    fitted = []
    step = progress_for("Training")
    for index, round_ in enumerate(rounds):
        fitted.append(fit_round(learner, round_, run, marks[round_.name], on_epoch))
        step(index + 1, len(rounds))
    _write_tables(run, task, rounds, fitted)
    write_table(run / LEFT_OUT, ("file",), [[file] for file in task.labelled.left_out_files])
    write_environment(run)
    evaluation = evaluate_run(run)
    write_metrics(evaluation, run)
    bundle = ship(run, task, settings, learner, fitted, arrays, evaluation)
    report = write_run_report(run)
    return Run(run, evaluation, report, bundle, (*task.split.notes, *_left_out_notes(task)))


def _left_out_notes(task: Task) -> list[str]:
    """How many photos were not used, having no class under the scheme or no label."""
    notes = []
    if task.labelled.left_out:
        counts = ", ".join(f"{label} {count}" for label, count in task.labelled.left_out.items())
        notes.append(f"Scheme {task.scheme.name} leaves out: {counts}. Their names: {LEFT_OUT}.")
    if task.labelled.n_unrated:
        notes.append(f"Not used, for they carry no label: {task.labelled.n_unrated} photos.")
    return notes


def _run_data(task: Task) -> RunData:
    """Where the photos are and what they were."""
    return RunData(
        scheme=task.scheme,
        dataset=task.dataset.folder.name,
        dataset_hash=task.dataset.content_hash,
        photo_root=task.dataset.root,
        source=DRAWN if task.is_drawn else "",
    )


def _write_tables(run: Path, task: Task, rounds: Sequence[Round], fitted: Sequence[Fitted]) -> None:
    """Writes ``predictions.csv`` (each photo predicted while held back) and ``history.csv``."""
    names = task.scheme.names
    rows: list[list[object]] = []
    for round_, result in zip(rounds, fitted, strict=True):
        counts = np.bincount(task.class_index[round_.train], minlength=len(names))
        prior = [f"{share:.9g}" for share in counts / counts.sum()]
        said = predicted_class(result.probability)
        for index, probability, answer in zip(round_.test, result.probability, said, strict=True):
            photo = task.labelled.rows[index]
            rows.append(
                [
                    photo.photo_id,
                    photo.file,
                    task.groups[index],
                    round_.name,
                    photo.label,
                    names[task.class_index[index]],
                    *(f"{value:.9g}" for value in probability),
                    names[answer],
                    *prior,
                ]
            )
    columns = ["photo_id", "file", "group", "round", "label", "class"]
    columns += [f"p_{name}" for name in names] + ["predicted"]
    columns += [f"prior_{name}" for name in names]
    write_table(run / "predictions.csv", columns, rows)
    history = [
        [getattr(row, column) for column in HISTORY_COLUMNS]
        for result in fitted
        for row in result.history
    ]
    write_table(run / "history.csv", HISTORY_COLUMNS, history)
