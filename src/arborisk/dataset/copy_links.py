"""Which links between similar pictures keep photos together, and which do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.photos.copies.features import LocalFeatures
from arborisk.photos.copies.geometry import FEWEST_ALIKE
from arborisk.photos.copies.search import CopyPair, find_copies
from arborisk.photos.fingerprints import find_near_duplicates
from arborisk.records import PhotoRow

Thing = TypeVar("Thing", bound=Hashable)


def connected(pairs: Iterable[tuple[Thing, Thing]]) -> list[list[Thing]]:
    """Connected components of a graph given by its edges, in order of first mention.

    >>> connected([("a", "b"), ("c", "d"), ("b", "e")])
    [['a', 'b', 'e'], ['c', 'd']]
    """
    leader: dict[Thing, Thing] = {}

    def find(thing: Thing) -> Thing:
        leader.setdefault(thing, thing)
        while leader[thing] != thing:
            leader[thing] = leader[leader[thing]]  # halve the path, so that it stays short
            thing = leader[thing]
        return thing

    for first, second in pairs:
        one, other = find(first), find(second)
        leader[other] = one
    groups: dict[Thing, list[Thing]] = defaultdict(list)
    for thing in list(leader):
        groups[find(thing)].append(thing)
    return list(groups.values())


CopyKind = Literal["augmented_copy", "near_duplicate", "taken_within_seconds"]
COPY_KINDS: Final[tuple[CopyKind, ...]] = (
    "augmented_copy",
    "near_duplicate",
    "taken_within_seconds",
)
"""The worst first."""

WITHIN_S: Final = 30.0
"""Seconds between two shots of one scene that are named a burst."""
SAME_EXPOSURE: Final = 0.9
"""Correlation of detail from which on two pictures without stated times count as one exposure.

Copies of one park photo correlate by 0.86 to 0.99, two shots seconds apart by 0.49 to 0.97
(benchmarks/copies.py): the two cannot be told apart for sure, and to keep a doubtful pair together
is the error that does no harm."""


@dataclass(frozen=True, slots=True)
class CopyLinks:
    """Links of a data set, sorted by what follows from them.

    Attributes:
        kept: Stars: one photo of each, and every photo that matches it directly.
        inside: All links between photos of one star, those to its middle among them.
        apart: Links between two stars: they are not joined, for a chain of links says nothing of
            its ends. Strong links come first when stars are made, so that these are the weak ones.
            Links by which a photo without a stated tree would join two stated trees are here too.
        outvoted: Similar pictures of different stated trees that are no one exposure: no links.
        trusted: One exposure under different stated trees: a link, unless tree ids are trusted.
    """

    kept: tuple[DuplicatePair, ...]
    inside: tuple[DuplicatePair, ...]
    apart: tuple[DuplicatePair, ...]
    outvoted: tuple[DuplicatePair, ...]
    trusted: tuple[DuplicatePair, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Ids of the links that are kept."""
        return tuple((pair.first, pair.second) for pair in self.kept)


def links_of(dataset: Dataset, *, trust_tree_ids: bool = False) -> CopyLinks:
    """Links of a data set, see `link_copies`."""
    return link_copies(dataset.photos, dataset.duplicate_pairs, trust_tree_ids=trust_tree_ids)


def link_copies(
    rows: Sequence[PhotoRow], pairs: Iterable[DuplicatePair], *, trust_tree_ids: bool = False
) -> CopyLinks:
    """Sorts links.

    Args:
        rows: All photos of the data set.
        pairs: Similar pictures found at import.
        trust_tree_ids: Whether different stated trees part even one exposure.
    """
    by_id = {row.photo_id: row for row in rows}
    known = [pair for pair in pairs if pair.first in by_id and pair.second in by_id]
    differing = [pair for pair in known if _of_different_trees(pair, by_id)]
    trusted = [pair for pair in differing if is_one_exposure(pair, by_id)]
    outvoted = [pair for pair in differing if not is_one_exposure(pair, by_id)]
    parted = {*outvoted, *(trusted if trust_tree_ids else ())}
    likely = [pair for pair in known if pair not in parted]
    joining = set(_joining(likely, by_id, trust_tree_ids=trust_tree_ids))
    kept, inside, apart = stars_of([pair for pair in likely if pair not in joining])
    apart = tuple(pair for pair in likely if pair in joining or pair in apart)
    return CopyLinks(kept, inside, apart, tuple(outvoted), tuple(trusted))


def kind_of(pair: DuplicatePair, by_id: Mapping[str, PhotoRow]) -> CopyKind:
    """What two similar pictures are: a burst, a copy that was changed, or two of one kind.

    No camera mirrors. Two shots of one scene are shifted and cropped too, and fit nearly as well,
    but were taken at different times; where times are not stated, a changed picture counts as a
    copy.
    """
    seconds = _seconds_between(pair, by_id)
    if seconds and seconds <= WITHIN_S and not pair.mirrored:
        return "taken_within_seconds"
    changed = bool(pair.change) or not pair.same_frame
    return "augmented_copy" if pair.mirrored or (changed and not seconds) else "near_duplicate"


def is_one_exposure(pair: DuplicatePair, by_id: Mapping[str, PhotoRow]) -> bool:
    """Whether two files come from one opening of the shutter, as far as can be told."""
    first, second = by_id[pair.first], by_id[pair.second]
    if pair.mirrored or (first.sha256 and first.sha256 == second.sha256):
        return True
    seconds = _seconds_between(pair, by_id)
    return seconds == 0 if seconds is not None else pair.correlation >= SAME_EXPOSURE


def star_groups(pairs: Iterable[DuplicatePair]) -> list[list[str]]:
    """Photos of each star of links that were kept, in order of first mention."""
    groups: dict[str, list[str]] = defaultdict(list)
    links = list(pairs)
    count: dict[str, int] = defaultdict(int)
    for pair in links:
        count[pair.first] += 1
        count[pair.second] += 1
    for pair in links:
        hub, other = pair.first, pair.second
        if count[other] > count[hub]:
            hub, other = other, hub
        groups[hub] = groups[hub] or [hub]
        groups[hub].append(other)
    return list(groups.values())


def _of_different_trees(pair: DuplicatePair, by_id: Mapping[str, PhotoRow]) -> bool:
    trees = {by_id[photo].tree_id for photo in (pair.first, pair.second)}
    return len(trees) == 2 and "" not in trees


def _joining(
    pairs: Iterable[DuplicatePair], by_id: Mapping[str, PhotoRow], *, trust_tree_ids: bool
) -> Iterator[DuplicatePair]:
    """Links by which a photo without a stated tree would join two stated trees.

    Such a photo stays with the tree of its surest link, one exposure before a likeness. Its links
    to other trees join nothing, but for those of one exposure where tree ids are not trusted: then
    the trees are one picture.
    """
    links: dict[str, list[DuplicatePair]] = defaultdict(list)
    for pair in pairs:
        for own, other in ((pair.first, pair.second), (pair.second, pair.first)):
            if not by_id[own].tree_id and by_id[other].tree_id:
                links[own].append(pair)
    for own, found in links.items():
        exposure = {pair: is_one_exposure(pair, by_id) for pair in found}
        tree = {pair: by_id[_other(pair, own)].tree_id for pair in found}
        surest = max(found, key=lambda pair: (exposure[pair], pair.strength, pair.correlation))
        for pair in found:
            if tree[pair] != tree[surest] and (trust_tree_ids or not exposure[pair]):
                yield pair


def _other(pair: DuplicatePair, own: str) -> str:
    return pair.second if pair.first == own else pair.first


def _seconds_between(pair: DuplicatePair, by_id: Mapping[str, PhotoRow]) -> float | None:
    """Seconds between two photos; None where a time is not stated."""
    times = [by_id[photo].facts.taken_at for photo in (pair.first, pair.second)]
    if times[0] is None or times[1] is None:
        return None
    return abs((times[0] - times[1]).total_seconds())


def stars_of(
    pairs: Sequence[DuplicatePair],
) -> tuple[tuple[DuplicatePair, ...], tuple[DuplicatePair, ...], tuple[DuplicatePair, ...]]:
    """Links that make stars, all links inside a star, and those that are left between stars.

    The photo with the most direct matches is the middle of the first star, then that of those left.
    """
    links: dict[str, dict[str, DuplicatePair]] = defaultdict(dict)
    for pair in pairs:
        links[pair.first][pair.second] = links[pair.second][pair.first] = pair
    star_of: dict[str, str] = {}
    kept = []
    free: set[str] = set()

    def standing(photo: str) -> tuple[int, float, str]:
        own = [pair.strength for other, pair in links[photo].items() if other in free]
        return (-len(own), -sum(own), photo)

    for joined in connected((pair.first, pair.second) for pair in pairs):
        free = set(joined)
        while free:
            hub = min(free, key=standing)
            members = [other for other in links[hub] if other in free]
            free -= {hub, *members}
            star_of |= dict.fromkeys([hub, *members], hub)
            kept += [links[hub][other] for other in members]
    inside = [pair for pair in pairs if star_of[pair.first] == star_of[pair.second]]
    between = [pair for pair in pairs if star_of[pair.first] != star_of[pair.second]]
    return tuple(kept), tuple(inside), tuple(between)


_SAME_FRAME_CORRELATION = 0.97
"""Correlation of whole thumbnails above which two pictures lie alike: chosen on park photos so that
smaller, harder-compressed copies pass and crops shifted by a tenth of the side do not."""
_FEW_FEATURES = 3 * FEWEST_ALIKE
"""Photos with fewer features (blurred, or nearly even) are compared by thumbnails instead."""
_HALF_SURE = 20
"""Features carried over that give a link half of its strength."""


def find_pairs(
    rows: Sequence[PhotoRow],
    thumbnails: NDArray[np.uint8],
    features: Sequence[LocalFeatures] = (),
) -> list[DuplicatePair]:
    """Near-duplicates among photos.

    Args:
        rows: Photos.
        thumbnails: One a photo, shape (n_photos, height, width).
        features: One a photo; without them thumbnails alone are compared.
    """
    if not features:
        return _by_thumbnails(rows, thumbnails, range(len(rows)))
    pairs = [
        DuplicatePair(
            rows[pair.first].photo_id,
            rows[pair.second].photo_id,
            pair.correlation,
            pair.mirrored,
            pair.whole,
            strength=strength_of(pair),
            change=pair.change,
        )
        for pair in find_copies(features)
    ]
    plain = [row for row, one in enumerate(features) if len(one.place) < _FEW_FEATURES]
    known = {(pair.first, pair.second) for pair in pairs}
    pairs += [
        pair
        for pair in _by_thumbnails(rows, thumbnails, plain)
        if (pair.first, pair.second) not in known
    ]
    place = {row.photo_id: number for number, row in enumerate(rows)}
    return sorted(pairs, key=lambda pair: (place[pair.first], place[pair.second]))


def strength_of(pair: CopyPair) -> float:
    """How sure a link is, 0 to 1, by the features carried over."""
    return pair.n_alike / (pair.n_alike + _HALF_SURE)


def _by_thumbnails(
    rows: Sequence[PhotoRow], thumbnails: NDArray[np.uint8], chosen: Sequence[int]
) -> list[DuplicatePair]:
    kept = thumbnails[list(chosen)]
    return [
        DuplicatePair(
            rows[chosen[pair.first]].photo_id,
            rows[chosen[pair.second]].photo_id,
            pair.correlation,
            pair.mirrored,
            _correlation(kept[pair.first], kept[pair.second]) >= _SAME_FRAME_CORRELATION,
            strength=max(0.0, pair.correlation),
        )
        for pair in find_near_duplicates(kept)
    ]


def _correlation(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Correlation of two pictures as they lie; 1 for two that show nothing."""
    left, right = first.astype(np.float64).ravel(), second.astype(np.float64).ravel()
    left, right = left - left.mean(), right - right.mean()
    length = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / length if length else 1.0
