"""The search for copies: candidates, each checked by geometry and pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.photos.copies.candidates import candidate_pairs
from arborisk.photos.copies.features import LocalFeatures
from arborisk.photos.copies.geometry import BOTH_WAYS, AffineMap, find_maps, overlap_of
from arborisk.photos.workers import n_cores
from arborisk.records import Progress
from arborisk.wording.counts import listed
from arborisk.wording.percent import percent

_LEAST_REMOVED = 0.03  # share of the area; the border of a frame is not found to the pixel
_LEAST_TURN_DEG = 1.5
_LEAST_STRETCH = 1.06


def change_words(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64], *, mirrored: bool
) -> str:
    """What makes the one photo of the other; which of them came first nobody can tell.

    Args:
        first: Features of the one photo.
        second: Features of the other.
        matrix: From pixels of the first frame to those of the second, shape (2, 3).
        mirrored: Whether it turns the picture over.

    Returns:
        For example ``cropped (15 % of the area removed), turned by 90 degrees``; "" for the whole
        picture as it lies.
    """
    linear = _in_photo_pixels(first, second, matrix[:, :2])
    quarter, rest_deg, upside_down = _turn(linear, mirrored)
    large, small = np.linalg.svd(linear, compute_uv=False)
    removed = removed_share(first, second, matrix)
    words = []
    if removed >= _LEAST_REMOVED:
        words.append(f"cropped ({percent(removed)} of the area removed)")
    if upside_down:
        words.append("flipped upside down")
    elif mirrored:
        words.append("mirrored")
    if quarter and not upside_down:
        words.append(f"turned by {90 * quarter} degrees")
    if abs(rest_deg) >= _LEAST_TURN_DEG:
        words.append(f"turned by {abs(rest_deg):.0f} degrees")
    if large / small >= _LEAST_STRETCH:
        words.append(f"stretched {large / small:.1f} times")
    return listed(words)


def removed_share(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64]
) -> float:
    """Share of the larger picture's area that the smaller one does not show, 0 to 1."""
    return 1 - min(seen_shares(first, second, matrix))


def seen_shares(
    first: LocalFeatures, second: LocalFeatures, matrix: NDArray[np.float64]
) -> tuple[float, float]:
    """Shares of the first picture and of the second that the other one shows, 0 to 1."""
    linear = np.linalg.inv(matrix[:, :2])
    back = np.column_stack([linear, -linear @ matrix[:, 2]])
    return _seen(first.frame, second.frame, matrix), _seen(second.frame, first.frame, back)


def _seen(frame: tuple[int, int], other: tuple[int, int], matrix: NDArray[np.float64]) -> float:
    """Share of a frame that a map carries into the other frame."""
    across, down = np.meshgrid((np.arange(32) + 0.5) / 32, (np.arange(32) + 0.5) / 32)
    points = np.stack([across.ravel() * frame[0], down.ravel() * frame[1]], axis=1)
    carried = points @ matrix[:, :2].T + matrix[:, 2]
    return float(((carried >= 0) & (carried <= other)).all(axis=1).mean())


def _in_photo_pixels(
    first: LocalFeatures, second: LocalFeatures, linear: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A map of frames as one of the photos themselves, whose pixels are square."""
    to_frame = np.array(first.frame) / first.content
    to_photo = np.array(second.content) / second.frame
    return np.asarray(to_photo[:, None] * linear * to_frame)


def _turn(linear: NDArray[np.float64], mirrored: bool) -> tuple[int, float, bool]:
    """Quarter turns, 0 to 3, what is left in degrees, and whether it is flipped upside down."""
    upright = linear @ np.diag([-1.0, 1.0]) if mirrored else linear
    left, _, right = np.linalg.svd(upright)
    rotation = left @ right
    turn_deg = math.degrees(math.atan2(rotation[1, 0], rotation[0, 0]))
    quarter = round(turn_deg / 90)
    # Mirrored and turned by half a circle is the same as flipped upside down.
    return quarter % 4, turn_deg - 90 * quarter, mirrored and quarter % 4 == 2


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
