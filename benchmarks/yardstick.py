"""The default model against a plain logistic head on the same frozen embeddings and folds.

Run on a data set with real photos, for example the park trees (docs/tutorials/real-photos.md):

    python benchmarks/yardstick.py DATASET --scheme as-labelled

Prints balanced accuracy of both for each split seed, and their paired difference. The yardstick is
scikit-learn's logistic regression on the raw embeddings, at each of several fixed strengths; the
default model chooses its strength inside the training part of each fold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from arborisk.cli.console import progress_for
from arborisk.preprocess import prepare_files
from arborisk.split import make_folds
from arborisk.studies.head_learner import HeadLearner
from arborisk.studies.make_learner import make_learner
from arborisk.studies.settings import load_settings
from arborisk.studies.task import make_task

STRENGTHS = (0.001, 0.01, 0.1, 1.0)
MAX_ITERATIONS = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path, help="Data set made by `arborisk dataset import`.")
    parser.add_argument("--scheme", default="as-labelled", help="Class scheme.")
    parser.add_argument("--folds", type=int, default=5, help="Number of folds.")
    parser.add_argument("--seeds", type=int, default=5, help="Number of split seeds.")
    given = parser.parse_args()
    settings = load_settings({"scheme": given.scheme, "split": {"folds": given.folds}})
    task = make_task(given.dataset, settings)
    arrays = prepare_files(
        task.paths,
        [row.sha256 for row in task.labelled.rows],
        settings.preprocess,
        cache_dir=task.dataset.folder / "cache",
    )
    learner = make_learner(task, arrays, settings, progress_for)
    if not isinstance(learner, HeadLearner):
        raise SystemExit("the default model is no head on frozen embeddings")
    truth = task.class_index
    print("seed  default  " + "  ".join(f"C={strength:<6}" for strength in STRENGTHS))
    table = []
    for seed in range(given.seeds):
        split = make_folds(task.labelled.rows, truth, task.groups, n_folds=given.folds, seed=seed)
        position = {row.photo_id: index for index, row in enumerate(task.labelled.rows)}
        order = np.array([position[row.photo_id] for row in split.rows])
        said = np.zeros((1 + len(STRENGTHS), len(truth)), dtype=np.int64)
        for round_ in split.rounds():
            train, test = order[round_.train], order[round_.test]
            fitted = learner.fit(round_.name, train, test, Path(), None)
            said[0, test] = fitted.probability.argmax(axis=1)
            for row, strength in enumerate(STRENGTHS, start=1):
                said[row, test] = plain(learner.embeddings, truth, train, test, strength)
        scores = [balanced_accuracy_score(truth, answers) for answers in said]
        table.append(scores)
        print(f"{seed:>4}  {scores[0]:.4f}   " + "  ".join(f"{s:<8.4f}" for s in scores[1:]))
    means = np.mean(table, axis=0)
    print(f"mean  {means[0]:.4f}   " + "  ".join(f"{mean:<8.4f}" for mean in means[1:]))
    differences = np.array(table)[:, :1] - np.array(table)[:, 1:]
    for strength, column in zip(STRENGTHS, differences.T, strict=True):
        print(
            f"default minus C={strength}: mean {column.mean():+.4f}, "
            f"from {column.min():+.4f} to {column.max():+.4f} over {given.seeds} split seeds"
        )


def plain(
    embeddings: NDArray[np.float32],
    truth: NDArray[np.int64],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    strength: float,
) -> NDArray[np.int64]:
    """Answers of a plain logistic head of one fixed strength."""
    head = LogisticRegression(C=strength, max_iter=MAX_ITERATIONS)
    head.fit(embeddings[train], truth[train])
    return np.asarray(head.predict(embeddings[test]), dtype=np.int64)


if __name__ == "__main__":
    main()
