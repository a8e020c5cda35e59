"""Rounds fitted by a last layer on frozen embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.models.table import build, model_entry
from arborisk.records import Progress
from arborisk.studies.learners import Fitted, ProgressFor, Weights
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training.head import fit_head
from arborisk.training.settings import AugmentationSettings, OnEpoch

if TYPE_CHECKING:
    from arborisk.models.network import Network


DEFINITION = "changed-copies-1"
"""Raised whenever a copy of the same name comes to look otherwise."""


@dataclass(frozen=True, slots=True)
class ChangedCopies:
    """Changed copies of photos, made when they are looked at.

    A copy's seed follows from the photo's hash, the run's seed and the copy's number, so that it is
    the same in every fold and in every cell of an experiment.

    Attributes:
        arrays: Prepared photos, shape (n, size, size, channels).
        sha256: Hash of each photo's file, n of them.
        changes: What may change, by how much, and how many copies there are of each photo.
        seed: Of the run.
    """

    arrays: NDArray[np.uint8]
    sha256: Sequence[str]
    changes: AugmentationSettings
    seed: int

    @property
    def names(self) -> list[str]:
        """Name of each copy, which decides how it looks: all copies of a photo in a row."""
        drawn = self.changes.model_dump_json(exclude={"copies"})  # more copies leave the first ones
        text = f"{DEFINITION} {self.seed} {drawn}"
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        return [
            f"{photo}#{key}#{number}"
            for photo in self.sha256
            for number in range(self.changes.copies)
        ]

    @property
    def shape(self) -> tuple[int, ...]:
        """(n copies, size, size, channels)."""
        return (len(self.sha256) * self.changes.copies, *self.arrays.shape[1:])

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        """Type of a byte."""
        return self.arrays.dtype

    def __getitem__(self, rows: list[int], /) -> NDArray[np.uint8]:
        """The copies of these rows, shape (len(rows), size, size, channels)."""
        from arborisk.training.augmentation import augment

        names = self.names
        digests = [hashlib.sha256(names[row].encode()).digest() for row in rows]
        seeds = np.array([int.from_bytes(digest[:8]) >> 1 for digest in digests], np.int64)
        photos = self.arrays[[row // self.changes.copies for row in rows]]
        return augment(photos, self.changes, seeds)


@dataclass(frozen=True, slots=True)
class HeadLearner:
    """Fits a last layer on frozen embeddings.

    Attributes:
        embeddings: Of each view of each photo, shape (views, n, d); the photo itself first.
        copies: Of changed copies, shape (n, copies, d). A head learns from those of its own
            training part alone.
        task: What is learnt.
        settings: How.
    """

    embeddings: NDArray[np.float32]
    copies: NDArray[np.float32]
    task: Task
    settings: RunSettings

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path | None,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """See `Learner`; a head is fitted in a second, so nothing is kept half way."""
        _, n_copies, width = self.copies.shape
        photo = np.concatenate([train, np.repeat(train, n_copies)])  # shown in each row
        changed = self.copies[train].reshape(-1, width)
        share = self.task.class_share
        head = fit_head(
            np.concatenate([self.embeddings[0, train], changed]),
            self.task.class_index[photo],
            [self.task.groups[index] for index in photo],
            n_classes=len(self.task.scheme.classes),
            settings=self.settings.head,
            seed=self.settings.seed,
            output=self.settings.output,
            class_share=None if share is None else share[photo],
            parts=model_entry(self.settings.model).parts,
        )
        probability = np.mean([head.probability(view[test]) for view in self.embeddings], axis=0)
        return Fitted({**head.weights}, probability, ())

    @property
    def frozen_embeddings(self) -> NDArray[np.float32]:
        """See `Learner`: of the photos themselves; the backbone is the same in every member."""
        own: NDArray[np.float32] = self.embeddings[0]
        return own

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """See `Learner`; all heads share one backbone."""
        import torch

        from arborisk.models.network import make_head

        n_classes = len(self.task.scheme.classes)
        base = build(
            self.settings.model,
            n_classes=n_classes,
            channels=self.settings.preprocess.channels,
            size=self.settings.preprocess.size_px,
            weights=self.settings.weights,
            output=self.settings.output,
        )
        networks = []
        for one in weights:
            classifier = make_head(self.settings.output, self.embeddings.shape[2], n_classes)
            state = {name: torch.from_numpy(np.asarray(value)) for name, value in one.items()}
            classifier.load_state_dict(state)
            networks.append(base.with_classifier(classifier).eval())
        return networks


def make_head_learner(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> HeadLearner:
    """Embeds what no earlier run embedded, for a learner of heads.

    Args:
        task: What is learnt.
        arrays: Its prepared photos, shape (n, size, size, channels).
        settings: How.
        progress_for: Gives the progress of "Embedding photos"; it counts the pictures embedded,
            and is not called where none is missing.

    Raises:
        SettingsError: The model has no such pretrained weights, or there is no such device.
    """
    from arborisk.models.embedding import embed_arrays, embed_views

    sha256 = [row.sha256 for row in task.labelled.rows]
    cache_dir = task.dataset.folder / "cache"
    progress = _Onward(progress_for("Embedding photos"))
    embeddings = embed_views(
        arrays,
        sha256=sha256,
        preprocess=settings.preprocess,
        cache_dir=cache_dir,
        model=settings.model,
        weights=settings.weights,
        views=settings.test_views,
        device=settings.training.device,
        progress=progress,
    )
    copies = np.empty((len(sha256), 0, embeddings.shape[2]), np.float32)
    if not settings.augmentation.changes_nothing:
        pictures = ChangedCopies(arrays, sha256, settings.augmentation, settings.seed)
        progress.go_on()
        changed = embed_arrays(
            pictures,
            sha256=pictures.names,
            preprocess=settings.preprocess,
            cache_dir=cache_dir / "changed-copies",
            model=settings.model,
            weights=settings.weights,
            device=settings.training.device,
            progress=progress,
        )
        copies = changed.reshape(len(sha256), settings.augmentation.copies, -1)
    return HeadLearner(embeddings, copies, task, settings)


class _Onward:
    """A progress that counts on over several pieces of work."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.before = 0
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        """So many of the piece at hand."""
        self.done = done
        self.progress(self.before + done, self.before + total)

    def go_on(self) -> None:
        """What comes now is another piece."""
        self.before, self.done = self.before + self.done, 0
