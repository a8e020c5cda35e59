"""What all shortcut tests of one model share, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.activation_map import Contrast
from arborisk.explanation.belief.maps import above
from arborisk.explanation.opened import OpenedModel
from arborisk.explanation.shortcuts.measures import of_pairs, order_share, share
from arborisk.explanation.shortcuts.photos import ShortcutPhotos, held_back_scores, score_of
from arborisk.records import Interval

Standing = Literal["found", "noticed", "not found", "not tested"]

STANDING_WORDS: Final[dict[Standing, str]] = {
    "found": "shortcut found",
    "noticed": "worth knowing",
    "not found": "not found",
    "not tested": "not tested",
}
"""A standing in words."""


@dataclass(frozen=True, slots=True)
class ShortcutReading:
    """One number of a test.

    Attributes:
        title: What it is, in words.
        interval: The number, with its interval over groups.
        baseline: What it stands beside (chance, or the untouched photos), or None.
        baseline_title: What the baseline is.
        signed: Whether it can be negative (a correlation, a difference): else it is a share.
    """

    title: str
    interval: Interval
    baseline: float | None = None
    baseline_title: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class ShortcutExample:
    """A photo as a test altered it.

    Attributes:
        title: What was done.
        array: Bytes, shape (size, size, channels).
    """

    title: str
    array: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FramePlaces:
    """How much of the difference between classes travels with each place of the frame.

    Attributes:
        share: Share of the difference, shape (rows, columns); 1 / cells each where all places
            count alike.
        suspect: Row and column of the upper left cell of the block looked at again, and its side
            in cells.
    """

    share: NDArray[np.float64]
    suspect: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ShortcutFinding:
    """One test.

    Attributes:
        name: Short name: ``border``, ``place``, ``background``, ``camera`` or ``dead_wood``.
        title: The question.
        standing: What came out.
        sentence: What came out, in words with figures.
        rule: When the test says "found" and "noticed".
        readings: The numbers.
        examples: Altered photos, one by one.
        places: Map of the frame, for the test of fixed places.
    """

    name: str
    title: str
    standing: Standing
    sentence: str
    rule: str = ""
    readings: tuple[ShortcutReading, ...] = ()
    examples: tuple[ShortcutExample, ...] = ()
    places: FramePlaces | None = None


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """All tests of one model.

    Attributes:
        contrast_title: The question to the model, for example ``Probable and not Possible``.
        findings: One a test.
        untouched: How well the model tells the classes apart on the photos as they are.
        n_photos: Photos looked at.
        n_groups: Groups they belong to.
        drawn: Whether the trees are drawn.
    """

    contrast_title: str
    findings: tuple[ShortcutFinding, ...]
    untouched: ShortcutReading
    n_photos: int
    n_groups: int
    drawn: bool = False

    @property
    def found(self) -> tuple[ShortcutFinding, ...]:
        """Tests that found a shortcut."""
        return tuple(item for item in self.findings if item.standing == "found")

    @property
    def headline(self) -> str:
        """The outcome in a sentence; it never says that there are no shortcuts."""
        if self.found:
            return "Shortcut found: " + "; ".join(item.title for item in self.found) + "."
        left_out = [item.title for item in self.findings if item.standing == "not tested"]
        words = "No shortcut found among those looked for."
        if left_out:
            words += " Not tested: " + "; ".join(left_out) + "."
        return words

    def finding(self, name: str) -> ShortcutFinding:
        """A test by its short name."""
        return next(item for item in self.findings if item.name == name)


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


@dataclass(frozen=True, slots=True)
class Material:
    """Model, photos, and what the one says of the others.

    Attributes:
        opened: The model.
        photos: The photos.
        contrast: The question.
        plain: Log-probabilities of the untouched photos, shape (n, k).
        pairs: Pairs of photos of different classes.
        order: How well the untouched photos are put in order by the contrast.
        gap: Mean difference between photos of different classes.
        seed: Of all choices.
    """

    opened: OpenedModel
    photos: ShortcutPhotos
    contrast: Contrast
    plain: NDArray[np.float64]
    pairs: Pairs
    order: Interval
    gap: Interval
    seed: int

    @property
    def rows(self) -> NDArray[np.int64]:
        """Photos of the classes that are contrasted."""
        wanted = (self.contrast.of, *self.contrast.against)
        return np.flatnonzero(np.isin(self.photos.class_index, wanted))

    @property
    def tells_apart(self) -> bool:
        """Whether the model tells classes apart beyond chance: those asked about, or any."""
        return above(self.order, 0.5) or above(self.gap, 0.0)

    def score(self, log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of the contrast."""
        return score_of(log_probability, self.contrast.weights(self.opened.n_classes))

    def order_of(self, score: NDArray[np.float64], rows: NDArray[np.int64]) -> Interval:
        """How well a score of some photos puts their classes in order."""
        is_first = self.photos.class_index[rows] == self.contrast.of
        return order_share(score, is_first, self.photos.group_names(rows))

    def altered_order(self, arrays: NDArray[np.uint8], title: str) -> ShortcutReading:
        """How well the model orders the photos of `rows` after an alteration."""
        rows = self.rows
        said = held_back_scores(self.opened, arrays, self.photos.member[rows])
        return ShortcutReading(title, self.order_of(self.score(said), rows), 0.5, "chance")

    def untouched(self) -> ShortcutReading:
        """How well the model orders the photos as they are."""
        return ShortcutReading("photos as they are: order right", self.order, 0.5, "chance")


def make_material(
    opened: OpenedModel, photos: ShortcutPhotos, contrast: Contrast, *, n_pairs: int, seed: int
) -> Material:
    """Scores the untouched photos and chooses pairs.

    Args:
        opened: The model.
        photos: The photos.
        contrast: The question.
        n_pairs: Pairs of photos for tests that swap pieces.
        seed: Chooses the pairs.
    """
    plain = held_back_scores(opened, photos.arrays, photos.member)
    pairs = make_pairs(photos, opened.n_classes, n_pairs=n_pairs, seed=seed)
    wanted = np.isin(photos.class_index, (contrast.of, *contrast.against))
    rows = np.flatnonzero(wanted)
    score = score_of(plain[rows], contrast.weights(opened.n_classes))
    is_first = photos.class_index[rows] == contrast.of
    order = order_share(score, is_first, photos.group_names(rows))
    gap = gap_of(photos, plain, pairs)
    return Material(opened, photos, contrast, plain, pairs, order, gap, seed)
