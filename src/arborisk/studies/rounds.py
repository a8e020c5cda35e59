"""Rounds of a split, one after another; finished ones are kept and not fitted again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from arborisk.split import Round
from arborisk.studies.learners import Fitted, Learner
from arborisk.studies.run_folder import write_text
from arborisk.training import EpochRow, OnEpoch

ROUNDS = "rounds"


def fit_round(learner: Learner, round_: Round, run: Path, on_epoch: OnEpoch | None) -> Fitted:
    """Fits one round, or reads it if it is finished.

    ``rounds/NAME.json`` is written last: where it stands, the round is finished.
    """
    folder = run / ROUNDS
    folder.mkdir(exist_ok=True)
    result = folder / f"{round_.name}.json"
    weights = folder / f"{round_.name}.safetensors"
    checkpoint = folder / f"{round_.name}.checkpoint"
    if result.is_file() and weights.is_file():
        return _read(result, weights)
    fitted = learner.fit(round_.name, round_.train, round_.test, checkpoint, on_epoch)
    temporary = weights.with_name(f".{weights.name}.part")
    save_file(
        {key: np.ascontiguousarray(value) for key, value in fitted.weights.items()}, temporary
    )
    temporary.replace(weights)
    content = {
        "probability": fitted.probability.tolist(),
        "history": [asdict(row) for row in fitted.history],
    }
    write_text(result, json.dumps(content))
    checkpoint.unlink(missing_ok=True)
    return fitted


def _read(result: Path, weights: Path) -> Fitted:
    """A finished round."""
    content = json.loads(result.read_text(encoding="utf-8"))
    history = tuple(EpochRow(**row) for row in content["history"])
    probability = np.asarray(content["probability"], np.float64)
    return Fitted(load_file(weights), probability, history)
