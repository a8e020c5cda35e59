"""Pairs of photos of different classes, and how much of their difference travels with a piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.held_back import held_back_scores
from arborisk.explanation.shortcuts.measures import of_pairs, share
from arborisk.explanation.shortcuts.photos import ShortcutPhotos
from arborisk.records import Interval

Rows = NDArray[np.int64]
Swap = Callable[[Rows, Rows], NDArray[np.uint8]]
"""Photos of the first rows with a piece of those of the second, shape (n, size, size, c)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Hosts with donors; each pair stands twice, once in each direction.

    So a change that any pasting brings about, whatever is pasted, cancels out.

    Attributes:
        host: Photo that is altered, shape (n,).
        donor: Photo of another class, another group and the same member, shape (n,).
    """

    host: Rows
    donor: Rows

    def __len__(self) -> int:
        return len(self.host)

    def part(self, first: int, last: int) -> Pairs:
        """Some of the pairs, both directions of each; counted in pairs."""
        return Pairs(self.host[2 * first : 2 * last], self.donor[2 * first : 2 * last])


@dataclass(frozen=True, slots=True)
class Swapped:
    """What swapping a piece does.

    Attributes:
        travel: Share of the difference between two photos' scores that goes with the piece.
        changed: Share of photos whose answer changes.
        won: Share of photos whose answer becomes the donor's class, of those where it was not.
    """

    travel: Interval
    changed: Interval
    won: float


def make_pairs(photos: ShortcutPhotos, n_classes: int, *, n_pairs: int, seed: int) -> Pairs:
    """Pairs of all combinations of classes in turn, each photo used as seldom as can be.

    Args:
        photos: The photos.
        n_classes: Number of classes.
        n_pairs: Pairs wanted; fewer where there are not so many.
        seed: Chooses.
    """
    random = np.random.default_rng(seed)
    queues = []
    for first, other in combinations(range(n_classes), 2):
        candidates = _candidates(photos, first, other)
        queues.append(candidates[random.permutation(len(candidates))])
    used = np.zeros(len(photos), dtype=np.int64)
    chosen: list[tuple[int, int]] = []
    while len(chosen) < n_pairs and any(len(queue) for queue in queues):
        for number, queue in enumerate(queues):
            if not len(queue) or len(chosen) == n_pairs:
                continue
            best = int(np.argmin(used[queue].sum(axis=1)))
            pair = queue[best]
            used[pair] += 1
            chosen += [(int(pair[0]), int(pair[1]))]
            queues[number] = np.delete(queue, best, axis=0)
    both = [one for pair in chosen for one in (pair, pair[::-1])]
    array = np.array(both, dtype=np.int64).reshape(-1, 2)
    return Pairs(array[:, 0], array[:, 1])


def _candidates(photos: ShortcutPhotos, first: int, other: int) -> Rows:
    """All pairs of two classes of one member and different groups, shape (n, 2)."""
    one = np.flatnonzero(photos.class_index == first)
    two = np.flatnonzero(photos.class_index == other)
    grid = np.stack(np.meshgrid(one, two, indexing="ij"), axis=-1).reshape(-1, 2)
    groups = np.asarray(photos.groups, dtype=np.str_)[grid]
    member = photos.member[grid]
    kept = (groups[:, 0] != groups[:, 1]) & (member[:, 0] == member[:, 1])
    return np.asarray(grid[kept], dtype=np.int64)


def pull_of(
    photos: ShortcutPhotos,
    plain: NDArray[np.float64],
    altered: NDArray[np.float64],
    pairs: Pairs,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the altered hosts moved towards the donors' classes, and how far these are apart.

    Both are of log p(donor's class) less log p(host's class), as the host's member says it.

    Args:
        photos: The photos.
        plain: Log-probabilities of all photos, shape (n_photos, k).
        altered: Of the altered hosts, shape (n, k).
        pairs: The pairs.

    Returns:
        Pull and gap, each of shape (n,).
    """
    to, away = photos.class_index[pairs.donor], photos.class_index[pairs.host]
    rows = np.arange(len(pairs))
    before = plain[pairs.host, to] - plain[pairs.host, away]
    after = altered[rows, to] - altered[rows, away]
    wanted = plain[pairs.donor, to] - plain[pairs.donor, away]
    return after - before, wanted - before


def swapped(
    opened: OpenedModel,
    photos: ShortcutPhotos,
    plain: NDArray[np.float64],
    pairs: Pairs,
    swap: Swap,
) -> Swapped:
    """Swaps a piece in all pairs and measures what goes with it."""
    altered = held_back_scores(opened, swap(pairs.host, pairs.donor), photos.member[pairs.host])
    pull, gap = pull_of(photos, plain, altered, pairs)
    said, before = altered.argmax(axis=1), plain[pairs.host].argmax(axis=1)
    donor_class = photos.class_index[pairs.donor]
    open_to = before != donor_class
    won = (said == donor_class)[open_to]
    return Swapped(
        travel_share(photos, pairs, pull, gap),
        share(said != before, photos.group_names(pairs.host)),
        float(won.mean()) if len(won) else 0.0,
    )


def travel_share(
    photos: ShortcutPhotos,
    pairs: Pairs,
    pull: NDArray[np.float64],
    gap: NDArray[np.float64],
) -> Interval:
    """Share of the difference between photos that goes with what was swapped."""
    groups = list(zip(photos.group_names(pairs.host), photos.group_names(pairs.donor), strict=True))

    def ratio(kept: NDArray[np.bool_]) -> float:
        total = float(gap[kept].sum())
        return float(pull[kept].sum()) / total if total > 0 else 0.0

    return of_pairs(ratio, groups)


def gap_of(photos: ShortcutPhotos, plain: NDArray[np.float64], pairs: Pairs) -> Interval:
    """Mean difference between photos of different classes.

    Where it is not above 0 the model does not tell them apart, and nothing can travel.
    """
    _, gap = pull_of(photos, plain, plain[pairs.host], pairs)
    groups = list(zip(photos.group_names(pairs.host), photos.group_names(pairs.donor), strict=True))
    return of_pairs(lambda kept: float(gap[kept].mean()), groups)
