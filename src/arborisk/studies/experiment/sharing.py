"""What many cells need, made once: every photo decoded once, every picture embedded once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.loading import load_dataset
from arborisk.errors import ArboriskError
from arborisk.models.weights import FROM_SCRATCH
from arborisk.preprocess.files import prepare_files, prepare_many
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import PhotoRow, Progress
from arborisk.split.leaky import COPY_MARK, copies_of, make_leaky_split
from arborisk.studies.experiment.cells import GridCell, naming_cell
from arborisk.studies.experiment.folder import Counts
from arborisk.studies.learners import ProgressFor
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task, make_task
from arborisk.training.settings import NO_CHANGE

CHANGES = "light"
"""The copies are cropped and mirrored, as in the deck's sequel: a preset of
`arborisk.training.settings.PRESETS`."""

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
    from arborisk.training.settings import PRESETS

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


MADE_ALIKE = {"model", "weights", "preprocess", "test_views", "augmentation", "scheme"}
"""Settings that decide which pictures are made and embedded, beside the seed of changed ones."""

Tasks = dict[str, Task]
"""Task by what decides it, see `_task_key`."""


def check_networks(cells: Sequence[GridCell]) -> None:
    """Builds each network once, so that an impossible one is refused before any work.

    Raises:
        SettingsError: A picture too small, weights that are not there ...; names the cell.
    """
    from arborisk.models.table import build

    built: set[str] = set()
    for cell in cells:
        settings = cell.settings[0]
        parts = {"model", "weights", "output", "preprocess", "model1"}
        mark = settings.model_dump_json(include=parts)
        if mark in built:
            continue
        built.add(mark)
        try:
            build(
                settings.model,
                n_classes=2,
                channels=settings.preprocess.channels,
                size=settings.preprocess.size_px,
                settings=settings.model1 if settings.model == "model1" else None,
                weights=settings.weights,
                output=settings.output,
            )
        except ArboriskError as error:
            raise naming_cell(error, cell.axes) from error


def make_tasks(dataset: Path, cells: Sequence[GridCell], n_copies: int) -> Tasks:
    """Every different task of the cells: schemes and splits are checked before any work.

    Raises:
        DatasetError: A scheme does not fit the labels; names the cell.
        SplitError: No such split exists; names the cell.
    """
    tasks: Tasks = {}
    for cell in cells:
        for settings in cell.settings:
            key = _task_key(settings)
            if key in tasks:
                continue
            try:
                tasks[key] = task_of(dataset, settings, n_copies)
            except ArboriskError as error:
                raise naming_cell(error, cell.axes) from error
    return tasks


def prepare_photos(
    dataset: Path,
    cells: Sequence[GridCell],
    tasks: Tasks,
    counts: Counts,
    progress_for: ProgressFor,
) -> None:
    """Prepares every photo for all cells; each is opened once."""
    photos: dict[str, PhotoRow] = {}
    for task in tasks.values():
        photos.update((row.file, row) for row in task.labelled.rows)
    files = load_dataset(dataset)
    # A copy of a leaky task carries its photo's file; the hash is the photo's own.
    rows = [row for row in files.photos if row.file in photos]
    wanted: dict[str, PreprocessSettings] = {}
    for cell in cells:
        preprocess = cell.settings[0].preprocess
        wanted.setdefault(preprocess.fingerprint(), preprocess)
    counts.n_photos = len(rows)
    with_count, n_done = _counted(progress_for("Preparing photos"))
    prepare_many(
        [files.path_of(row) for row in rows],
        [row.sha256 for row in rows],
        list(wanted.values()),
        cache_dir=dataset / "cache",
        progress=with_count,
    )
    counts.n_decoded += n_done()


def embed_photos(
    cells: Sequence[GridCell], tasks: Tasks, counts: Counts, progress_for: ProgressFor
) -> None:
    """Embeds every picture once for each backbone and size; makes the copies of leaky cells."""
    made: set[str] = set()
    for cell in cells:
        for settings in cell.settings:
            embedding = _embedding_settings(settings)
            seeded = embedding is not None and not embedding.augmentation.changes_nothing
            parts = {*MADE_ALIKE, "seed"} if seeded else MADE_ALIKE
            mark = (embedding or settings).model_dump_json(include=parts)
            mark += f"{embedding is None} {settings.split.protocol == 'leaky'}"
            if mark in made:
                continue
            made.add(mark)
            task = tasks[_task_key(settings)]
            arrays = arrays_of(task, settings, progress_for)
            if embedding is not None:
                counts.n_embedded += _embed(task, arrays, embedding, progress_for)


def _embedding_settings(settings: RunSettings) -> RunSettings | None:
    """Settings of a learner that embeds what a cell needs, or None where it needs nothing.

    Training that starts from pretrained weights starts under a last layer that is fitted to the
    embeddings of the photos as they are.
    """
    if settings.regime == "frozen":
        return settings
    if settings.weights == FROM_SCRATCH:
        return None
    changes = {"regime": "frozen", "augmentation": NO_CHANGE, "test_views": "one"}
    return settings.model_copy(update=changes)


def _embed(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> int:
    """Lets the learner embed what it needs; gives the number of pictures."""
    from arborisk.studies.network_learner import make_learner

    with_count, n_done = _counted(progress_for("Embedding photos"))
    make_learner(task, arrays, settings, lambda _: with_count)
    return n_done()


def _task_key(settings: RunSettings) -> str:
    """What decides who is learnt from and who is held back."""
    return settings.model_dump_json(include={"scheme", "split", "seed", "labels"})


def _counted(progress: Progress) -> tuple[Progress, Callable[[], int]]:
    """The same progress, and a function that gives how far it came."""
    reached = 0

    def step(done: int, total: int) -> None:
        nonlocal reached
        reached = done
        progress(done, total)

    return step, lambda: reached
