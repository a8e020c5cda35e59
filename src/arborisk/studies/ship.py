"""The bundle that ships: the model that was measured, or a refit that says it was not."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription, SchemeRecord, ScoreRecord
from arborisk.dataset.croissant import data_card
from arborisk.errors import BundleError, Remedy, command
from arborisk.evaluation.results import Evaluation
from arborisk.evaluation.verdict import verdict_of
from arborisk.models.table import model_entry
from arborisk.models.weights import FROM_SCRATCH, IMAGENET, find_imported
from arborisk.prediction.decide import package_rules
from arborisk.prediction.gates.gating import gate_alarms
from arborisk.split.plan import Round
from arborisk.studies.answering import calibration_record, certainty_to_ship, with_answers
from arborisk.studies.learners import Fitted, Learner
from arborisk.studies.measuring import fingerprint_of, fit_round
from arborisk.studies.run_folder import as_toml_values, software_versions
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.wording.sentences import DRAWN_TREES

if TYPE_CHECKING:
    from arborisk.models.export import TrainingPhotos

BUNDLE = "bundle"
NOT_STATED = "not stated"


def ship(
    run: Path,
    task: Task,
    settings: RunSettings,
    learner: Learner,
    fitted: Sequence[Fitted],
    arrays: NDArray[np.uint8],
    evaluation: Evaluation,
) -> Path:
    """Exports the fitted rounds, or a refit, as ``RUN/bundle`` through the parity gate.

    Raises:
        BundleError: ONNX Runtime and torch disagree on real photos; nothing is written.
    """
    from arborisk.models.export import MAX_PARITY_ARRAYS, export_bundle

    everything = np.arange(len(task.class_index))
    trained_on = everything
    kind: Literal["folds_averaged", "held_out", "refit"] = "folds_averaged"
    weights = [one.weights for one in fitted]
    if settings.refit:
        kind = "refit"
        nothing = np.array([], dtype=np.int64)
        round_ = Round("refit", everything, nothing)
        whole = fit_round(learner, round_, run, fingerprint_of(task, settings, round_), None)
        weights = [whole.weights]
    elif len(fitted) == 1:
        kind = "held_out"
        trained_on = task.split.rounds()[0].train
    certainty = None if settings.refit else certainty_to_ship(evaluation)
    description = _description(task, settings, evaluation, kind, len(weights), trained_on, run)
    description = description.model_copy(
        update={
            "drawn": task.is_drawn,
            "gate_alarms": gate_alarms(learner.frozen_embeddings),
            "rules": package_rules(),
        }
    )
    if certainty:
        record = calibration_record(certainty, task.scheme)
        description = description.model_copy(update={"calibration": record})
    description = with_answers(description, settings, task.scheme, certainty)
    bundle = export_bundle(
        learner.members(weights),
        run / BUNDLE,
        description=description,
        arrays=np.array(arrays[:MAX_PARITY_ARRAYS]),
        data=_data_sentence(task),
        licence=_licence(settings),
        views=settings.test_views,
        calibration=certainty.table if certainty else None,
        training_photos=_training_photos(task, learner, arrays, trained_on),
        data_card=json.dumps(data_card(task.dataset, tables=False), indent=2, ensure_ascii=False),
    )
    return bundle.folder


def _training_photos(
    task: Task, learner: Learner, arrays: NDArray[np.uint8], trained_on: NDArray[np.int64]
) -> TrainingPhotos:
    """The photos that the shipped model learnt from."""
    from arborisk.models.export import TrainingPhotos

    embeddings = learner.frozen_embeddings
    return TrainingPhotos(
        arrays[trained_on],
        [task.groups[row] for row in trained_on],
        task.class_index[trained_on],
        None if embeddings is None else embeddings[trained_on],
    )


def _description(
    task: Task,
    settings: RunSettings,
    evaluation: Evaluation,
    kind: Literal["folds_averaged", "held_out", "refit"],
    n_members: int,
    trained_on: NDArray[np.int64],
    run: Path,
) -> BundleDescription:
    """All that the bundle states about itself."""
    names = task.scheme.names
    counts = np.bincount(task.class_index[trained_on], minlength=len(names))
    shares = counts / counts.sum()
    refit = kind == "refit"
    return BundleDescription(
        model=settings.model,
        scheme=SchemeRecord.of(task.scheme),
        preprocess=settings.preprocess,
        kind=kind,
        protocol=_protocol(task),
        n_groups_spanning_parts=evaluation.leak.n_groups_spanning,
        cautions=_cautions(evaluation, refit=refit),
        n_members=n_members,
        n_training_photos=len(trained_on),
        n_training_groups=len({task.groups[index] for index in trained_on}),
        training_share=dict(zip(names, shares.tolist(), strict=True)),
        lean="equal_shares" if settings.counts_classes_alike else "training_shares",
        time_frame_years=_time_frame(task),
        scores={} if refit else _scores(evaluation),
        data_hash=task.dataset.content_hash,
        split_hash="" if refit else _hash_of(run / "split.csv"),
        training=as_toml_values(settings),
        versions=software_versions(),
    )


def _protocol(task: Task) -> Literal["grouped", "deck", "given"]:
    """Protocol of the split that measured the model."""
    if task.split.protocol == "leaky":
        raise BundleError(
            "a model measured on whole photos",
            "protocol 'leaky': copies of one photo on both sides of the split",
            "bundle to ship",
            Remedy("Leave such a split to {}, and train on another.", command("experiment")),
        )
    return task.split.protocol


def _licence(settings: RunSettings) -> str:
    """Licence of the weights, a sentence for the model card."""
    if settings.weights == FROM_SCRATCH:
        return "the weights were trained from scratch on these photos"
    if settings.weights == IMAGENET:
        return model_entry(settings.model).weights_licence
    imported = find_imported(settings.model, settings.weights)
    source = f", from {imported.source}" if imported.source else ""
    return (
        f"{imported.licence or NOT_STATED}; training started from the imported weights "
        f"{imported.name!r} (SHA-256 begins {imported.identity}{source})"
    )


def _scores(evaluation: Evaluation) -> dict[str, ScoreRecord]:
    """Measured scores; one that is not defined is left out."""
    return {
        name: ScoreRecord(
            value=result.interval.value,
            low=result.interval.low,
            high=result.interval.high,
            n_photos=result.n_photos,
            n_groups=result.n_groups,
            note=result.interval.note,
            majority=_defined(result.majority),
            prior_sampling=_defined(result.prior_sampling),
        )
        for name, result in evaluation.metrics.items()
        if np.isfinite(result.interval.value) and result.n_photos
    }


def _defined(value: float) -> float | None:
    """A bundle holds no NaN and no infinity."""
    return value if np.isfinite(value) else None


def _cautions(evaluation: Evaluation, *, refit: bool) -> tuple[str, ...]:
    """What takes from the scores, the verdict first unless the model beat the majority class.

    A refit was not measured, but models fitted alike were: their cautions are all there is.
    """
    before = "Of the models measured before this refit: " if refit else ""
    return tuple(before + caution for caution in verdict_of(evaluation).against)


def _time_frame(task: Task) -> str:
    """The one time frame of all labels, or that there is none."""
    stated = {row.time_frame_years for row in task.labelled.rows}
    return stated.pop() or NOT_STATED if len(stated) == 1 else NOT_STATED


def _data_sentence(task: Task) -> str:
    """What the photos are, for the model card."""
    licences = Counter(row.licence or NOT_STATED for row in task.labelled.rows)
    stated = ", ".join(f"{name} ({count})" for name, count in licences.most_common())
    if task.is_drawn:
        return f"Photos are of drawn trees, made by a program. {DRAWN_TREES} Licence: {stated}."
    return f"Photos of the data set {task.dataset.folder.name!r}. Licence: {stated}."


def _hash_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
