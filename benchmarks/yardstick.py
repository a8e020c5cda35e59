"""Skill of the default model against a plain logistic regression on EfficientNet-Lite0, paired.

Run on a data set with real photos, for example the park trees (docs/tutorials/real-photos.md):

    python benchmarks/yardstick.py DATASET --scheme as-labelled

The yardstick is scikit-learn's logistic regression on the frozen embeddings of EfficientNet-Lite0
(224 px, middle square), at each of several fixed strengths, and at the one with the lowest log-loss
on grouped inner folds of the training part; this last one also with balanced class weights. The
default model does its own choosing inside the training part. All learn and answer on the same
grouped folds. Prints macro-F1 and balanced accuracy for each split seed, and the paired
differences. `--model1` adds CNN Model 1, trained as the deck trained it: minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss

from arborisk.cli.console import progress_for
from arborisk.models.embedding import embed_arrays
from arborisk.models.table import model_entry
from arborisk.split.make import inner_folds, make_folds
from arborisk.studies.learners import Learner
from arborisk.studies.measuring import prepare_task
from arborisk.studies.network_learner import make_learner
from arborisk.studies.settings import RunSettings, load_settings
from arborisk.studies.task import Task, make_task

BACKBONE = "efficientnet_lite0"
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # scikit-learn's C: larger is weaker
SHOWN_ALONE = (0.001, 0.01, 0.1, 1.0)
INNER_FOLDS = 5
MAX_ITERATIONS = 5000

Rows = NDArray[np.int64]
Way = Callable[[Rows, Rows], dict[str, Rows]]
"""From training and test rows to the class said for each test row, by the name of the answerer."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path, help="Data set made by `arborisk import`.")
    parser.add_argument("--scheme", default="as-labelled", help="Class scheme.")
    parser.add_argument("--folds", type=int, default=5, help="Number of folds.")
    parser.add_argument("--seeds", type=int, default=5, help="Number of split seeds.")
    parser.add_argument("--model1", action="store_true", help="CNN Model 1 too.")
    given = parser.parse_args()
    choices = {"scheme": given.scheme, "split": {"folds": given.folds}}
    settings = load_settings(choices)
    task = make_task(given.dataset, settings)
    ways = [by_learner("default", task, settings), by_regression(task)]
    if given.model1:
        ways.append(by_learner("Model 1", task, load_settings({**choices, "model": "model1"})))
    print(f"default is {settings.model}; {len(task.groups)} photos, {len(set(task.groups))} groups")
    scores: dict[str, list[tuple[float, float]]] = {}
    for seed in range(given.seeds):
        for name, said in answers(task, ways, n_folds=given.folds, seed=seed).items():
            macro_f1 = f1_score(task.class_index, said, average="macro", zero_division=0)
            balanced = balanced_accuracy_score(task.class_index, said)
            scores.setdefault(name, []).append((float(macro_f1), float(balanced)))
    for column, metric in enumerate(("macro-F1", "balanced accuracy")):
        tell(metric, {name: [pair[column] for pair in pairs] for name, pairs in scores.items()})


def answers(task: Task, ways: list[Way], *, n_folds: int, seed: int) -> dict[str, Rows]:
    """What each answerer says of each photo while it is held back, on one grouped split."""
    rows = task.labelled.rows
    split = make_folds(rows, task.class_index, task.groups, n_folds=n_folds, seed=seed)
    position = {row.photo_id: index for index, row in enumerate(rows)}
    order = np.array([position[row.photo_id] for row in split.rows])
    said: dict[str, Rows] = {}
    for round_ in split.rounds():
        train, test = order[round_.train], order[round_.test]
        for way in ways:
            for name, classes in way(train, test).items():
                said.setdefault(name, np.full(len(rows), -1))[test] = classes
    return said


def by_learner(name: str, task: Task, settings: RunSettings) -> Way:
    """A model as `arborisk train` fits it."""
    arrays = prepare_task(task, settings, progress_for)
    learner: Learner = make_learner(task, arrays, settings, progress_for)

    def way(train: Rows, test: Rows) -> dict[str, Rows]:
        with tempfile.TemporaryDirectory() as scratch:
            fitted = learner.fit(name, train, test, Path(scratch) / "checkpoint", None)
        return {name: fitted.probability.argmax(axis=1)}

    return way


def by_regression(task: Task) -> Way:
    """Logistic regressions on the embeddings of EfficientNet-Lite0."""
    preprocess = model_entry(BACKBONE).preprocess
    settings = load_settings({"model": BACKBONE, "preprocess": preprocess.model_dump()})
    embeddings = embed_arrays(
        prepare_task(task, settings, progress_for),
        sha256=[row.sha256 for row in task.labelled.rows],
        preprocess=preprocess,
        cache_dir=task.dataset.folder / "cache",
        model=BACKBONE,
        progress=progress_for("Embedding photos"),
    ).astype(np.float64)
    # Turned to their own axes: fewer numbers, the same distances, so the same regression.
    centred = embeddings - embeddings.mean(axis=0)
    embeddings = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    truth = task.class_index

    def fit(rows: Rows, strength: float, weights: str | None) -> LogisticRegression:
        head = LogisticRegression(C=strength, class_weight=weights, max_iter=MAX_ITERATIONS)
        return head.fit(embeddings[rows], truth[rows])

    def chosen(train: Rows, weights: str | None) -> float:
        groups = [task.groups[row] for row in train]
        losses = np.zeros(len(STRENGTHS))
        for learn, judge in inner_folds(truth[train], groups, n_folds=INNER_FOLDS, seed=0):
            head = LogisticRegression(
                class_weight=weights, max_iter=MAX_ITERATIONS, warm_start=True
            )
            for index, strength in enumerate(STRENGTHS):
                head.set_params(C=strength).fit(embeddings[train[learn]], truth[train[learn]])
                said = head.predict_proba(embeddings[train[judge]])
                losses[index] += log_loss(
                    truth[train[judge]], said, labels=head.classes_, normalize=False
                )
        return STRENGTHS[int(losses.argmin())]

    def way(train: Rows, test: Rows) -> dict[str, Rows]:
        plain = {f"C={strength:g}": (strength, None) for strength in SHOWN_ALONE}
        asked: dict[str, tuple[float, str | None]] = {
            "C chosen": (chosen(train, None), None),
            "C chosen, balanced": (chosen(train, "balanced"), "balanced"),
            **plain,
        }
        return {
            name: np.asarray(fit(train, *choice).predict(embeddings[test]), dtype=np.int64)
            for name, choice in asked.items()
        }

    return way


def tell(metric: str, scores: dict[str, list[float]]) -> None:
    """One metric as a table: each split seed, mean, and the default's lead."""
    default = np.array(scores["default"])
    seeds = "  ".join(f"seed {seed}" for seed in range(len(default)))
    print(f"\n{metric}\n{'':20}{seeds}    mean   default's lead: mean, least, most")
    for name, values in scores.items():
        lead = default - np.array(values)
        each = "  ".join(f"{value:.4f}" for value in values)
        print(
            f"{name:20}{each}  {np.mean(values):.4f}   "
            f"{lead.mean():+.4f}  {lead.min():+.4f}  {lead.max():+.4f}"
        )


if __name__ == "__main__":
    main()
