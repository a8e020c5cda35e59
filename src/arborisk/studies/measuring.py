"""From a task to a measured run: every round fitted, every photo predicted while held back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.evaluate import evaluate_run, write_metrics
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.run_config import RunData
from arborisk.metrics.sums import predicted_class
from arborisk.preprocess.files import prepare_files
from arborisk.records import DRAWN
from arborisk.split.files import write_split
from arborisk.split.plan import Round
from arborisk.studies.learners import Fitted, Learner, ProgressFor
from arborisk.studies.make_learner import make_learner
from arborisk.studies.rounds import fingerprint_of, fit_round, refuse_other_rounds
from arborisk.studies.run_folder import open_run_folder, write_environment, write_table
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training.records import OnEpoch

LEFT_OUT = "left_out.csv"
HISTORY_COLUMNS = (
    "round",
    "epoch",
    "train_loss",
    "validation_loss",
    "validation_accuracy",
    "seconds",
    "inner_loss",
)
PrepareTask = Callable[[Task, RunSettings, ProgressFor], NDArray[np.uint8]]
LearnerFor = Callable[[Task, NDArray[np.uint8], RunSettings, ProgressFor], Learner]


@dataclass(frozen=True, slots=True)
class Measured:
    """A run whose rounds are fitted and scored; nothing is shipped yet.

    Attributes:
        task: What was learnt.
        learner: What fitted it.
        fitted: One a round of the split.
        arrays: Prepared photos, shape (n, size, size, channels).
        evaluation: What was measured.
    """

    task: Task
    learner: Learner
    fitted: tuple[Fitted, ...]
    arrays: NDArray[np.uint8]
    evaluation: Evaluation


def prepare_task(task: Task, settings: RunSettings, progress_for: ProgressFor) -> NDArray[np.uint8]:
    """Prepared photos of a task, shape (n, size, size, channels)."""
    return prepare_files(
        task.paths,
        [row.sha256 for row in task.labelled.rows],
        settings.preprocess,
        cache_dir=task.dataset.folder / "cache",
        progress=progress_for("Preparing photos"),
    )


def measure(
    task: Task,
    settings: RunSettings,
    run: Path,
    *,
    resume: bool = False,
    progress_for: ProgressFor = lambda _: lambda done, total: None,
    on_epoch: OnEpoch | None = None,
    prepare: PrepareTask = prepare_task,
    learner_for: LearnerFor = make_learner,
) -> Measured:
    """Fits and scores every round, and writes all of a run folder but bundle and report.

    Args:
        task: What to learn.
        settings: How.
        run: Folder to write.
        resume: Go on with a run that was interrupted; it ends with the same numbers.
        progress_for: Gives the progress of a named piece of long work.
        on_epoch: Called after each epoch of a network.
        prepare: Gives the pictures of the task's photos.
        learner_for: Gives what fits the rounds.

    Raises:
        SettingsError: The run folder is taken.
        PhotoError: A photo cannot be used.
    """
    open_run_folder(run, settings, _run_data(task, settings), resume=resume)
    rounds = task.split.rounds()
    marks = {round_.name: fingerprint_of(task, settings, round_) for round_ in rounds}
    refuse_other_rounds(run, marks)
    write_split(task.split, run / "split.csv")
    arrays = prepare(task, settings, progress_for)
    learner = learner_for(task, arrays, settings, progress_for)
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
    return Measured(task, learner, tuple(fitted), arrays, evaluation)


def _run_data(task: Task, settings: RunSettings) -> RunData:
    """Where the photos are, what they were, and how many of them the settings were tuned on."""
    rows = task.labelled.rows
    return RunData(
        scheme=task.scheme,
        dataset=task.dataset.folder.name,
        dataset_hash=task.dataset.content_hash,
        photo_root=task.dataset.root,
        source=DRAWN if task.is_drawn else "",
        n_tuned_on=settings.tuned.n_of(row.sha256 for row in rows),
        n_photos=len(rows),
        counts_classes_alike=settings.counts_classes_alike,
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
                    photo.tree_id,
                    round_.name,
                    photo.label,
                    names[task.class_index[index]],
                    *(f"{value:.9g}" for value in probability),
                    names[answer],
                    *prior,
                ]
            )
    columns = ["photo_id", "file", "group", "tree_id", "round", "label", "class"]
    columns += [f"p_{name}" for name in names] + ["predicted"]
    columns += [f"prior_{name}" for name in names]
    write_table(run / "predictions.csv", columns, rows)
    history = [
        [getattr(row, column) for column in HISTORY_COLUMNS]
        for result in fitted
        for row in result.history
    ]
    write_table(run / "history.csv", HISTORY_COLUMNS, history)
