"""Augment, then split: the task and the pictures of changed copies. Only for this comparison."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.preprocess.files import prepare_files
from arborisk.split.leaky import COPY_MARK, copies_of, make_leaky_split
from arborisk.studies.learners import ProgressFor
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task, make_task

CHANGES = "light"
"""The copies are cropped and mirrored, as in the deck's sequel: a preset of
`arborisk.training.augmentation_settings.PRESETS`."""

PHOTOS_AT_ONCE = 64


def task_of(dataset: Path, settings: RunSettings, n_copies: int) -> Task:
    """The task of a cell, also under the protocol ``leaky``.

    Args:
        dataset: Folder of the data set.
        settings: Of the cell.
        n_copies: Changed copies of each photo, under ``leaky``.

    Raises:
        DatasetError: The data set or the scheme cannot be used.
        SplitError: No such split exists.
    """
    if settings.split.protocol != "leaky":
        return make_task(dataset, settings)
    grouped = settings.split.model_copy(update={"protocol": "grouped"})
    task = make_task(dataset, settings.model_copy(update={"split": grouped}))
    rows = copies_of(task.labelled.rows, n_copies)
    labelled = replace(
        task.labelled, rows=tuple(rows), class_index=np.repeat(task.class_index, n_copies)
    )
    groups = tuple(group for group in task.groups for _ in range(n_copies))
    split = make_leaky_split(
        rows,
        labelled.class_index,
        groups,
        n_folds=settings.split.folds,
        test_share=settings.split.test_share,
        seed=settings.seed,
    )
    share = None if task.class_share is None else np.repeat(task.class_share, n_copies, axis=0)
    return replace(task, labelled=labelled, groups=groups, split=split, class_share=share)


def arrays_of(task: Task, settings: RunSettings, progress_for: ProgressFor) -> NDArray[np.uint8]:
    """Prepared pictures of a task's photos, or of their copies; memory-mapped.

    Copies are made from the prepared pictures once and kept beside them: each by its own seed, so
    that they are the same in every cell.
    """
    cache = task.dataset.folder / "cache"
    sha256 = [row.sha256 for row in task.labelled.rows]
    if settings.split.protocol != "leaky":
        return prepare_files(
            task.paths,
            sha256,
            settings.preprocess,
            cache_dir=cache,
            progress=progress_for("Preparing photos"),
        )
    paths = list(dict.fromkeys(task.paths))
    n_copies = len(sha256) // len(paths)
    photo_sha256 = [name.partition(COPY_MARK)[0] for name in sha256[::n_copies]]
    decisive = f"{CHANGES} {settings.preprocess.fingerprint()} {' '.join(sha256)}"
    path = cache / f"leaky-{hashlib.sha256(decisive.encode()).hexdigest()[:16]}.npy"
    if not path.is_file():
        photos = prepare_files(paths, photo_sha256, settings.preprocess, cache_dir=cache)
        _write_copies(path, photos, sha256, n_copies)
    copies: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return copies


def _write_copies(path: Path, photos: NDArray[np.uint8], names: list[str], n_copies: int) -> None:
    """Writes changed copies of photos whole, copies of one photo one after another."""
    from arborisk.training.augmentation import augment
    from arborisk.training.augmentation_settings import PRESETS

    temporary = path.with_name(f".{path.name}.{os.getpid()}.npy")
    shape = (len(names), *photos.shape[1:])
    copies = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
    for start in range(0, len(photos), PHOTOS_AT_ONCE):
        some = np.repeat(photos[start : start + PHOTOS_AT_ONCE], n_copies, axis=0)
        first = start * n_copies
        seeds = np.array([_seed(name) for name in names[first : first + len(some)]], np.int64)
        copies[first : first + len(some)] = augment(some, PRESETS[CHANGES], seeds)
    copies.flush()
    del copies  # an open map cannot be renamed on Windows
    os.replace(temporary, path)


def _seed(name: str) -> int:
    """Seed of a copy, from its name: the same in every cell."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:15], 16)
