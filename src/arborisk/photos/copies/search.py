"""The search for copies: candidates, each checked by geometry and pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.candidates import candidate_pairs
from arborisk.photos.copies.change import change_words, removed_share, seen_shares
from arborisk.photos.copies.features import LocalFeatures
from arborisk.photos.copies.geometry import BOTH_WAYS, AffineMap, find_maps
from arborisk.photos.copies.overlap import overlap_of
from arborisk.photos.workers import n_cores
from arborisk.records import Progress

LEAST_CORRELATION: Final = 0.4
LEAST_AGREEING: Final = 0.5
"""Of the overlap's detail, and of its tiles. Between photos of different trees the highest seen
were 0.10 and 0.05; of copies the lowest 0.86 and 0.99 (benchmarks/copies.py)."""
LEAST_IN_COMMON: Final = 0.3
"""Share of the one picture or the other that both show. Two halves of one photo have a third of
each in common at least; a logo, a car's bonnet or a quarter of a collage is less."""
_FEWEST_TILES: Final = 6
_WHOLE_SHARE: Final = 0.97
_AT_ONCE: Final = 256
_MOST_MATCHES: Final = 40


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two photos of which one is a copy of the other, or both are of a third.

    Attributes:
        first: Index of the one photo.
        second: Index of the other, larger than `first`.
        correlation: Of the detail where they overlap, 0.4 to 1.
        mirrored: Whether one is turned over.
        whole: Whether they show the same frame, as it lies.
        n_alike: Features that one map carries over.
        change: What makes the one of the other, in words; "" for none.
    """

    first: int
    second: int
    correlation: float
    mirrored: bool
    whole: bool
    n_alike: int
    change: str


def find_copies(
    photos: Sequence[LocalFeatures],
    *,
    progress: Progress | None = None,
) -> list[CopyPair]:
    """Pairs of photos that show the same picture, wholly or in part.

    Args:
        photos: Features of the photos.
        progress: Called with the number of pairs checked, and of all.

    Returns:
        Pairs, ordered by first and second index.
    """
    pairs = candidate_pairs(photos)
    found = _checked(photos, pairs, progress)
    more = _checked(photos, _between_matches(found, pairs), None)
    # Of a pair that was looked at both ways up the better match stays, by features carried over.
    best = {(one.first, one.second): one for one in sorted(found + more, key=_standing)}
    return sorted(best.values(), key=lambda one: (one.first, one.second))


def _standing(pair: CopyPair) -> int:
    return pair.n_alike


def _checked(
    photos: Sequence[LocalFeatures], pairs: NDArray[np.int64], progress: Progress | None
) -> list[CopyPair]:
    found: list[CopyPair] = []
    with ThreadPoolExecutor(n_cores()) as pool:
        for start in range(0, len(pairs), _AT_ONCE):
            block = pairs[start : start + _AT_ONCE].tolist()
            checked = pool.map(
                lambda pair: _check(photos, pair[0], pair[1], (bool(pair[2]),)), block
            )
            found += [one for one in checked if one is not None]
            if progress is not None:
                progress(min(start + _AT_ONCE, len(pairs)), len(pairs))
    return found


def _between_matches(found: Sequence[CopyPair], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs not looked at that have a match in common, either way up, shape (n, 3).

    Copies of one photo are copies of each other; one with more copies than there are candidates
    finds them all this way.
    """
    matches: dict[int, set[int]] = {}
    for one in found:
        matches.setdefault(one.first, set()).add(one.second)
        matches.setdefault(one.second, set()).add(one.first)
    known = {(first, second, mirrored) for first, second, mirrored in pairs.tolist()}
    asked = {
        (*pair, mirrored)
        for near in matches.values()
        if len(near) <= _MOST_MATCHES
        for pair in combinations(sorted(near), 2)
        for mirrored in (0, 1)
        if (*pair, mirrored) not in known
    }
    return np.array(sorted(asked), dtype=np.int64).reshape(-1, 3)


def compare(first: LocalFeatures, second: LocalFeatures) -> CopyPair | None:
    """Whether two photos show the same picture; as pair 0 and 1."""
    return _check((first, second), 0, 1)


def _check(
    photos: Sequence[LocalFeatures], first: int, second: int, ways: Sequence[bool] = BOTH_WAYS
) -> CopyPair | None:
    for one in _confirmed(photos[first], photos[second], ways):
        found, correlation = one
        left, right = photos[first], photos[second]
        change = change_words(left, right, found.matrix, mirrored=found.mirrored)
        whole = not change and removed_share(left, right, found.matrix) < 1 - _WHOLE_SHARE
        return CopyPair(
            first, second, min(1.0, correlation), found.mirrored, whole, found.n_alike, change
        )
    return None


def _confirmed(
    first: LocalFeatures, second: LocalFeatures, ways: Sequence[bool]
) -> Iterator[tuple[AffineMap, float]]:
    """Maps under which the pixels agree too."""
    for one in find_maps(first, second, ways):
        seen = overlap_of(first, second, one.matrix)
        if (
            seen.n_tiles >= _FEWEST_TILES
            and seen.correlation >= LEAST_CORRELATION
            and seen.agreeing >= LEAST_AGREEING
            and max(seen_shares(first, second, one.matrix)) >= LEAST_IN_COMMON
        ):
            yield one, seen.correlation
