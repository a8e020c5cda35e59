"""Rounds of a split, one after another; finished ones are kept and not fitted again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

import arborisk
from arborisk.errors import Remedy, SettingsError, option
from arborisk.files import write_text_whole, written_whole
from arborisk.split.plan import Round
from arborisk.studies.learners import Fitted, Learner
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.text_files import read_json
from arborisk.training.records import EpochRow, OnEpoch

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
