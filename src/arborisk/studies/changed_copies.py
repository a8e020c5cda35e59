"""Changed copies of photos for frozen embeddings, where no epoch can change a photo anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.training.augmentation_settings import AugmentationSettings

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
