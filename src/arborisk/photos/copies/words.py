"""Descriptors sorted into words, so that photos with rare words in common are found at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.geometry import unit

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

_N_SAMPLE: Final = 60_000
_ROUNDS: Final = 8
_MANY_PHOTOS: Final = 4_000
_BRANCHES: Final = (128, 256)
"""Branches at either level for up to, and above, `_MANY_PHOTOS`: with twice as many features in
a word, a crop's photo was lost among others (benchmarks/copies.py)."""
_SEED: Final = 20201202
_FAR: Final = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Two levels of means.

    Attributes:
        upper: Shape (branches, 128).
        lower: Of each branch, shape (branches, branches, 128).
        offset: Half the squared length of the lower means, shape (branches, branches); large where
            there is none.
    """

    upper: Floats
    lower: Floats
    offset: Floats

    @property
    def n_words(self) -> int:
        """Words there are."""
        return len(self.upper) ** 2

    def words(self, descriptor: Floats, n_branches: int = 1) -> Indices:
        """Nearest word of each descriptor in each of its nearest branches.

        Args:
            descriptor: Of length 1, shape (n, 128).
            n_branches: Branches to look into.

        Returns:
            Shape (n, n_branches).
        """
        near = descriptor @ self.upper.T - 0.5 * (self.upper**2).sum(axis=1)
        rows = np.arange(len(near))
        branches = np.empty((len(near), n_branches), dtype=np.int64)
        for rank in range(n_branches):
            branches[:, rank] = near.argmax(axis=1)
            near[rows, branches[:, rank]] = -_FAR
        flat = branches.ravel()
        order = np.argsort(flat, kind="stable")
        first = np.searchsorted(flat[order], np.arange(len(self.upper) + 1))
        found = np.empty(len(flat), dtype=np.int64)
        for branch in range(len(self.upper)):
            asked = order[first[branch] : first[branch + 1]]
            if len(asked):
                own = descriptor[asked // n_branches]
                closeness = own @ self.lower[branch].T - self.offset[branch]
                found[asked] = branch * len(self.upper) + closeness.argmax(axis=1)
        return found.reshape(branches.shape)


def learn_vocabulary(descriptors: NDArray[np.uint8], n_photos: int) -> Vocabulary:
    """Words for the photos of one search.

    Args:
        descriptors: A sample of features of the photos, shape (n, 128), at least one.
        n_photos: Photos to be searched.

    Source: vocabulary tree, Nister and Stewenius (2006), CVPR.
    """
    random = np.random.default_rng(_SEED)
    sample = unit(descriptors[random.permutation(len(descriptors))[:_N_SAMPLE]])
    branches = _BRANCHES[n_photos > _MANY_PHOTOS]
    upper, own = _means(sample, branches)
    lower = np.zeros((branches, branches, sample.shape[1]), dtype=np.float32)
    offset = np.full((branches, branches), _FAR, dtype=np.float32)
    padded = np.zeros((branches, sample.shape[1]), dtype=np.float32)
    padded[: len(upper)] = upper
    for branch in range(len(upper)):
        means, _ = _means(sample[own == branch], branches)
        lower[branch, : len(means)] = means
        offset[branch, : len(means)] = 0.5 * (means**2).sum(axis=1)
    padded[len(upper) :] = _FAR
    return Vocabulary(padded, lower, offset)


def _means(sample: Floats, most: int) -> tuple[Floats, Indices]:
    """Means of clusters, at most a quarter as many as there are rows, and each row's own."""
    import cv2

    n_means = max(1, min(most, len(sample) // 4))
    if n_means == 1:
        return sample[:1] if len(sample) < 4 else sample.mean(axis=0, keepdims=True), np.zeros(
            len(sample), dtype=np.int64
        )
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, 0)
    _, own, means = cv2.kmeans(sample, n_means, None, stop, 1, cv2.KMEANS_RANDOM_CENTERS)
    return np.asarray(means, dtype=np.float32), own.ravel().astype(np.int64)
