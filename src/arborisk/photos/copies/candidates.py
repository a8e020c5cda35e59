"""Photos that may be copies of each other: those with rare words in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.features import LocalFeatures
from arborisk.photos.copies.geometry import MIRRORED, unit
from arborisk.photos.workers import n_cores
from arborisk.records import Progress

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
class FeatureWords:
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


def learn_vocabulary(descriptors: NDArray[np.uint8], n_photos: int) -> FeatureWords:
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
    return FeatureWords(padded, lower, offset)


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


MOST_CANDIDATES: Final = 12
"""Photos looked at for each photo."""
_NEAREST: Final = 4
_CLEAR: Final = 4.0
"""Of the `MOST_CANDIDATES`, beyond the nearest few only those are looked at whose score lies so
many deviations above the other photos'; by their median and median deviation."""
_COMMON: Final = 0.1  # share of the photos with a word from which on the word tells nothing
_ALWAYS: Final = 50  # photos that may have a word whatever their share
_BRANCHES_SEARCHED: Final = 2
_MOST_SAMPLED: Final = 60_000  # features that words are learnt from
_AT_ONCE: Final = 64  # photos whose words are found together
_PLACES: Final = 24  # cells along a side, to tell what lies at the same place in many photos
_FEW: Final = 12  # copies of one photo share features at one place too
_SHARED: Final = 0.03


def candidate_pairs(
    photos: Sequence[LocalFeatures], *, progress: Progress | None = None
) -> Indices:
    """Pairs worth a check, and whether the one is mirrored: shape (n, 3), ordered, each once.

    Args:
        photos: Features of all photos.
        progress: Called with the number of photos looked up, and of all.
    """
    if len(photos) < 2 or not any(len(one.descriptor) for one in photos):
        return np.zeros((0, 3), dtype=np.int64)
    index = WordIndex(photos)
    found: list[tuple[int, int, bool]] = []
    for row, looked_up in enumerate(index.look_up(photos, own=True)):
        found += [(min(row, other), max(row, other), mirrored) for other, mirrored in looked_up]
        if progress is not None:
            progress(row + 1, len(photos))
    pairs = np.array(found, dtype=np.int64).reshape(-1, 3)
    return np.unique(pairs, axis=0)


class WordIndex:
    """Which photos have a word.

    Args:
        photos: Features of all photos; two or more, one of them with features.
    """

    def __init__(self, photos: Sequence[LocalFeatures]) -> None:
        self.n_photos = len(photos)
        self._vocabulary = learn_vocabulary(_sample(photos), len(photos))
        n_words = self._vocabulary.n_words
        own = [
            one
            for start in range(0, len(photos), _AT_ONCE)
            for one in _words(self._vocabulary, photos[start : start + _AT_ONCE])
        ]
        told = _without_shared(photos, own)
        words = [np.unique(one[tells]) for one, tells in zip(own, told, strict=True)]
        flat = np.concatenate(words)
        count = np.bincount(flat, minlength=n_words)
        weight = np.log(len(photos) / np.maximum(count, 1))
        weight[count > max(_ALWAYS, _COMMON * len(photos))] = 0
        self._weight = weight
        owner = np.repeat(np.arange(len(photos)), [len(one) for one in words])
        order = np.argsort(flat, kind="stable")
        self._posted = owner[order].astype(np.int32)
        self._start = np.searchsorted(flat[order], np.arange(n_words + 1))
        squared = np.bincount(owner, weight[flat] ** 2, len(photos))
        self._length = np.sqrt(np.maximum(squared, 1e-6))

    def look_up(
        self, photos: Sequence[LocalFeatures], *, own: bool = False
    ) -> Iterator[list[tuple[int, bool]]]:
        """The nearest photos of the index for each of some photos, see `best_of`.

        Args:
            photos: To look up, as they lie and mirrored.
            own: Whether they are the photos of the index: none is found for itself.

        Yields:
            For each, the nearest photos and whether they look nearer mirrored.
        """
        blocks = range(0, len(photos), _AT_ONCE)
        with ThreadPoolExecutor(n_cores()) as pool:
            for found in pool.map(lambda start: self._nearest(photos, start, own), blocks):
                yield from found

    def _nearest(
        self, photos: Sequence[LocalFeatures], start: int, own: bool
    ) -> list[list[tuple[int, bool]]]:
        block = photos[start : start + _AT_ONCE]
        upright, turned = (
            _words(self._vocabulary, block, _BRANCHES_SEARCHED, mirrored=way)
            for way in (False, True)
        )
        found = []
        for row in range(len(block)):
            as_it_lies, mirrored = self._score(upright[row]), self._score(turned[row])
            scores = np.maximum(as_it_lies, mirrored)
            if own:
                scores[start + row] = -1
            best = best_of(scores)
            found.append([(one, bool(mirrored[one] > as_it_lies[one])) for one in best])
        return found

    def _score(self, words: Indices) -> NDArray[np.float64]:
        asked = np.unique(words)
        asked = asked[self._weight[asked] > 0]
        first, last = self._start[asked], self._start[asked + 1]
        sizes = last - first
        # All postings of the words asked for, one after the other.
        place = np.arange(sizes.sum()) + np.repeat(first - np.cumsum(sizes) + sizes, sizes)
        squared = np.repeat(self._weight[asked] ** 2, sizes)
        return np.bincount(self._posted[place], squared, self.n_photos) / self._length


def _sample(photos: Sequence[LocalFeatures]) -> NDArray[np.uint8]:
    """Features to learn words from, some of every photo."""
    each = max(2, _MOST_SAMPLED // len(photos))
    kept = []
    for row, photo in enumerate(photos):
        chosen = np.random.default_rng(row).permutation(len(photo.descriptor))[:each]
        kept.append(photo.descriptor[chosen])
    return np.concatenate(kept)


def _words(
    vocabulary: FeatureWords,
    photos: Sequence[LocalFeatures],
    n_branches: int = 1,
    *,
    mirrored: bool = False,
) -> list[Indices]:
    """Words of each photo's features, shape (n_features, n_branches)."""
    descriptor: Floats = unit(np.concatenate([one.descriptor for one in photos]))
    found = vocabulary.words(descriptor[:, MIRRORED] if mirrored else descriptor, n_branches)
    ends = np.cumsum([len(one.descriptor) for one in photos])
    return list(np.split(found, ends[:-1]))


def _without_shared(
    photos: Sequence[LocalFeatures], words: Sequence[Indices]
) -> list[NDArray[np.bool_]]:
    """Which features are no part of a caption, stamp or logo that many photos carry.

    Such a feature has the same word at the same place of the frame in many photos.
    """
    keys = []
    for photo, own in zip(photos, words, strict=True):
        cell = np.minimum(photo.place / photo.frame * _PLACES, _PLACES - 1).astype(np.int64)
        keys.append(own[:, 0] * _PLACES**2 + cell[:, 1] * _PLACES + cell[:, 0])
    key, count = np.unique(np.concatenate([np.unique(one) for one in keys]), return_counts=True)
    many = key[count > max(_FEW, _SHARED * len(photos))]
    return [~np.isin(one, many) for one in keys]


def best_of(scores: NDArray[np.float64]) -> list[int]:
    """The nearest photos, and more where they stand out."""
    n = min(MOST_CANDIDATES, len(scores) - 1)
    best = np.argpartition(-scores, n)[:n]
    best = best[np.argsort(-scores[best], kind="stable")]
    middle = float(np.median(scores))
    spread = float(np.median(np.abs(scores - middle))) * 1.4826
    clear = scores[best] > middle + _CLEAR * max(spread, 1e-9)
    clear[:_NEAREST] = True
    return [int(one) for one in best[clear & (scores[best] > 0)]]
