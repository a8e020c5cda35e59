"""What each part of the default model's embedding is worth, and how its head should weigh classes.

    python benchmarks/default_features.py DATASET --scheme as-labelled

Embeds each photo once with the default model and fits heads to parts of the embedding, on the same
grouped folds: the last map of one network or of both, with and without the middle maps; then all
parts without balanced class weights, and scaled as one instead of each part as a whole. Prints
macro-F1 over the split seeds and each row's paired difference from the first.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from arborisk.cli.console import progress_for
from arborisk.models.embedding import embed_arrays
from arborisk.models.table import model_entry
from arborisk.split.make import make_folds
from arborisk.studies.measuring import prepare_task
from arborisk.studies.settings import load_settings
from arborisk.studies.task import Task, make_task
from arborisk.training.head import fit_head
from arborisk.training.settings import HeadSettings

MODEL = "efficientnet_pair"
LITE0_LAST, LITE0_MIDDLE, LITE2_LAST, LITE2_MIDDLE = range(4)  # parts of its embedding
WAYS: dict[str, tuple[tuple[int, ...], bool, HeadSettings]] = {
    "Lite0, last map": ((LITE0_LAST,), True, HeadSettings()),
    "Lite2, last map": ((LITE2_LAST,), True, HeadSettings()),
    "both, last maps": ((LITE0_LAST, LITE2_LAST), True, HeadSettings()),
    "Lite0, last and middle": ((LITE0_LAST, LITE0_MIDDLE), True, HeadSettings()),
    "Lite2, last and middle": ((LITE2_LAST, LITE2_MIDDLE), True, HeadSettings()),
    "both, last and middle": ((0, 1, 2, 3), True, HeadSettings()),
    "  classes not balanced": ((0, 1, 2, 3), True, HeadSettings(class_weights="none")),
    "  scaled as one": ((0, 1, 2, 3), False, HeadSettings()),
}
"""Parts of the embedding, whether each is scaled as a whole, and how the head is fitted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path, help="Data set made by `arborisk import`.")
    parser.add_argument("--scheme", default="as-labelled", help="Class scheme.")
    parser.add_argument("--folds", type=int, default=5, help="Number of folds.")
    parser.add_argument("--seeds", type=int, default=5, help="Number of split seeds.")
    given = parser.parse_args()
    wanted = {"scheme": given.scheme, "model": MODEL, "split": {"folds": given.folds}}
    settings = load_settings(wanted)
    task = make_task(given.dataset, settings)
    embeddings = embed_arrays(
        prepare_task(task, settings, progress_for),
        sha256=[row.sha256 for row in task.labelled.rows],
        preprocess=settings.preprocess,
        cache_dir=task.dataset.folder / "cache",
        model=MODEL,
        progress=progress_for("Embedding photos"),
    )
    lengths = model_entry(MODEL).parts
    columns = np.split(np.arange(embeddings.shape[1]), np.cumsum(lengths)[:-1])
    print(f"{len(task.groups)} photos in {len(set(task.groups))} groups, {given.seeds} split seeds")
    print(f"{'macro-F1':26}  mean    difference: mean, least, most")
    first = None
    for name, (parts, each, head) in WAYS.items():
        features = embeddings[:, np.concatenate([columns[part] for part in parts])]
        scaled = tuple(lengths[part] for part in parts) if each else ()
        scores = np.array(
            [
                score(task, features, scaled, head, n_folds=given.folds, seed=seed)
                for seed in range(given.seeds)
            ]
        )
        first = scores if first is None else first
        lead = scores - first
        print(
            f"{name:26}  {scores.mean():.4f}  "
            f"{lead.mean():+.4f}  {lead.min():+.4f}  {lead.max():+.4f}",
            flush=True,
        )


def score(
    task: Task,
    features: NDArray[np.float32],
    parts: tuple[int, ...],
    head: HeadSettings,
    *,
    n_folds: int,
    seed: int,
) -> float:
    """Macro-F1 of held-back answers on one grouped split."""
    rows, truth = task.labelled.rows, task.class_index
    split = make_folds(rows, truth, task.groups, n_folds=n_folds, seed=seed)
    position = {row.photo_id: index for index, row in enumerate(rows)}
    order = np.array([position[row.photo_id] for row in split.rows])
    said = np.empty(len(rows), dtype=np.int64)
    for round_ in split.rounds():
        train, test = order[round_.train], order[round_.test]
        fitted = fit_head(
            features[train],
            truth[train],
            [task.groups[row] for row in train],
            n_classes=len(task.scheme.classes),
            settings=head,
            seed=0,
            parts=parts,
        )
        said[test] = fitted.probability(features[test]).argmax(axis=1)
    return float(f1_score(truth, said, average="macro", zero_division=0))


if __name__ == "__main__":
    main()
