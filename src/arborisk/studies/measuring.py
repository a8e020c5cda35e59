"""From a task to a measured run: every round fitted, every photo predicted while held back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

import arborisk
from arborisk.errors import Remedy, SettingsError, option
from arborisk.evaluation.evaluate import evaluate_run, write_metrics
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.run_tables import RunData
from arborisk.files import write_text_whole, written_whole
from arborisk.metrics.scores import predicted_class
from arborisk.preprocess.files import prepare_files
from arborisk.records import DRAWN
from arborisk.split.files import write_split
from arborisk.split.plan import Round
from arborisk.studies.learners import Fitted, Learner, ProgressFor
from arborisk.studies.network_learner import make_learner
from arborisk.studies.run_folder import open_run_folder, write_environment, write_table
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.text_files import read_json
from arborisk.training.settings import EpochRow, OnEpoch

ROUNDS = "rounds"


def fit_round(
    learner: Learner, round_: Round, run: Path, fingerprint: str, on_epoch: OnEpoch | None
) -> Fitted:
    """Fits one round, or reads it if it is finished.

    ``rounds/NAME.json`` is written last: where it stands, the round is finished.

    Args:
        learner: Fits the round.
        round_: Who is learnt from and who is held back.
        run: Run folder.
        fingerprint: Of all that decides the round's numbers, see `fingerprint_of`.
        on_epoch: Called after each epoch of a network.

    Raises:
        SettingsError: The finished round is of other photos, labels, groups or settings: its
            answers would be scored on photos that it may have learnt from.
    """
    folder = run / ROUNDS
    folder.mkdir(exist_ok=True)
    result = folder / f"{round_.name}.json"
    weights = folder / f"{round_.name}.safetensors"
    checkpoint = folder / f"{round_.name}-{fingerprint[:12]}.checkpoint"
    if result.is_file() and weights.is_file():
        return _read(result, weights, fingerprint)
    fitted = learner.fit(round_.name, round_.train, round_.test, checkpoint, on_epoch)
    arrays = {key: np.ascontiguousarray(value) for key, value in fitted.weights.items()}
    with written_whole(weights) as temporary:
        save_file(arrays, temporary)
    content = {
        "fingerprint": fingerprint,
        "probability": fitted.probability.tolist(),
        "history": [asdict(row) for row in fitted.history],
    }
    write_text_whole(result, json.dumps(content))
    checkpoint.unlink(missing_ok=True)
    return fitted


def refuse_other_rounds(run: Path, fingerprints: Mapping[str, str]) -> None:
    """Refuses to go on where a finished round is of other work; nothing is changed.

    Args:
        run: Run folder.
        fingerprints: Round's name to its fingerprint.

    Raises:
        SettingsError: See `fit_round`.
    """
    for name, fingerprint in fingerprints.items():
        result = run / ROUNDS / f"{name}.json"
        if result.is_file():
            _finished(result, fingerprint)


def fingerprint_of(task: Task, settings: RunSettings, round_: Round) -> str:
    """SHA-256 of all that decides a round's numbers, in order."""
    rows = task.labelled.rows
    content = {
        "arborisk": arborisk.__version__,
        # By which rule the bundle answers decides nothing of what is learnt.
        "settings": settings.model_dump(mode="json", exclude={"answer", "costs"}),
        "classes": [item.members for item in task.scheme.classes],
        "train": [[rows[i].photo_id, rows[i].sha256] for i in round_.train],
        "test": [[rows[i].photo_id, rows[i].sha256] for i in round_.test],
        "labels": task.class_index.tolist(),
        "shares": None if task.class_share is None else task.class_share.tolist(),
        "groups": task.groups,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _read(result: Path, weights: Path, fingerprint: str) -> Fitted:
    """A finished round."""
    content = _finished(result, fingerprint)
    history = tuple(EpochRow(**row) for row in content["history"])
    probability = np.asarray(content["probability"], np.float64)
    return Fitted(load_file(weights), probability, history)


def _finished(result: Path, fingerprint: str) -> dict[str, Any]:
    """What a finished round wrote, if it is of this work."""
    content: dict[str, Any] = read_json(result, "a finished round", SettingsError)
    if content.get("fingerprint") != fingerprint:
        raise SettingsError(
            "the photos, labels, groups, split, settings and version of the finished round",
            "others",
            str(result),
            Remedy("Start anew with another {}.", option("--out", "train")),
        )
    return content


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
