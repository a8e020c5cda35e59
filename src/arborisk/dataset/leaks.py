"""Leaks: what two sides of a split share and must not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from arborisk.dataset.components import connected
from arborisk.dataset.copy_links import COPY_KINDS, CopyKind, kind_of, links_of, star_groups
from arborisk.dataset.sides import sides_of
from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.wording.lists import listed

LeakKind = Literal[
    "same_photo",
    "augmented_copy",
    "near_duplicate",
    "taken_within_seconds",
    "same_tree",
    "same_site",
]
LEAK_KINDS: tuple[LeakKind, ...] = (
    "same_photo",
    "augmented_copy",
    "near_duplicate",
    "taken_within_seconds",
    "same_tree",
    "same_site",
)
"""Kinds of leak, the worst first."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that lies on more than one side of a split, see `sides_of`.

    Attributes:
        kind: What the parts share; see `arborisk.dataset.copy_links.kind_of` for what sets copies,
            near-duplicates and bursts apart.
        name: Tree or site, or "".
        parts: Part to its photos of the thing, training and validation parts apart.
        changes: What makes one of two copies of the other, as ``a.jpg and b.jpg: mirrored``, where
            it can be told.
    """

    kind: LeakKind
    name: str
    parts: Mapping[str, tuple[str, ...]]
    changes: tuple[str, ...] = ()


def find_leaks(dataset: Dataset, parts_of: Mapping[str, tuple[str, ...]]) -> tuple[Leak, ...]:
    """Every leak of a split, the worst kind first.

    Args:
        dataset: The data set.
        parts_of: Photo to its parts.
    """
    side = sides_of(part for parts in parts_of.values() for part in parts)
    inside = [row for row in dataset.photos if row.file in parts_of]
    leaks = _shared("same_photo", ((row.sha256, row.file) for row in inside), parts_of)
    by_id = {row.photo_id: row for row in inside}
    crossing: dict[CopyKind, list[tuple[str, str]]] = defaultdict(list)
    change_of: dict[tuple[str, str], str] = {}
    for kind, change, *two in _copies_inside(dataset, set(by_id)):
        first, second = (by_id[photo] for photo in two)
        files = (first.file, second.file)
        if first.sha256 != second.sha256 and _crosses(files, parts_of, side):
            crossing[kind].append(files)
            if change:
                change_of[files] = f"{listed(files)}: {change}"
    for kind in COPY_KINDS:
        for group in connected(crossing[kind]):
            told = {change_of.get(two, "") for two in crossing[kind] if two[0] in group} - {""}
            leaks.append(replace(_leak(kind, "", group, parts_of), changes=tuple(sorted(told))))
    trees = ((row.tree_id, row.file) for row in inside if row.tree_id)
    leaks += _shared("same_tree", trees, parts_of)
    sites = ((row.site_id, row.file) for row in inside if row.site_id)
    leaks += _shared("same_site", sites, parts_of)
    return tuple(leak for leak in leaks if len({side[part] for part in leak.parts}) > 1)


def _copies_inside(dataset: Dataset, inside: set[str]) -> Iterator[tuple[CopyKind, str, str, str]]:
    """Two photos of a split that must stay together as copies: what they are, and what was done.

    A photo that the split leaves out, for example for want of a label, still shows that two others
    are copies of one picture.
    """
    by_id = {row.photo_id: row for row in dataset.photos}
    links = links_of(dataset)
    kinds: dict[frozenset[str], CopyKind] = {}
    for pair in (*links.inside, *links.trusted):
        kinds[frozenset((pair.first, pair.second))] = kind = kind_of(pair, by_id)
        if pair.first in inside and pair.second in inside:
            change = pair.change or ("mirrored" if pair.mirrored else "")
            yield kind, change, pair.first, pair.second
    for middle, *others in star_groups(links.kept):
        if middle in inside:
            continue
        for first, second in combinations([photo for photo in others if photo in inside], 2):
            if frozenset((first, second)) not in kinds:
                both = (kinds[frozenset((middle, photo))] for photo in (first, second))
                yield min(both, key=COPY_KINDS.index), "", first, second


def crossing_pairs(
    dataset: Dataset,
    pairs: Iterable[DuplicatePair],
    parts_of: Mapping[str, tuple[str, ...]],
) -> list[str]:
    """Similar pictures on two sides of a split, as ``a.jpg and b.jpg``.

    Args:
        dataset: The data set.
        pairs: Those to look at.
        parts_of: Photo to its parts.
    """
    side = sides_of(part for parts in parts_of.values() for part in parts)
    file_of = {row.photo_id: row.file for row in dataset.photos if row.file in parts_of}
    files = [
        (file_of[pair.first], file_of[pair.second])
        for pair in pairs
        if pair.first in file_of and pair.second in file_of
    ]
    return [listed(two) for two in files if _crosses(two, parts_of, side)]


def _crosses(
    files: Iterable[str], parts_of: Mapping[str, tuple[str, ...]], side: Mapping[str, str]
) -> bool:
    return len({side[part] for file in files for part in parts_of[file]}) > 1


def _shared(
    kind: LeakKind, named: Iterable[tuple[str, str]], parts_of: Mapping[str, tuple[str, ...]]
) -> list[Leak]:
    """What parts have of each thing that has a name: all photos of one name belong on one side."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, file in named:
        groups[name].append(file)
    return [
        _leak(kind, "" if kind == "same_photo" else name, files, parts_of)
        for name, files in groups.items()
    ]


def _leak(
    kind: LeakKind, name: str, files: Sequence[str], parts_of: Mapping[str, tuple[str, ...]]
) -> Leak:
    by_part: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        for part in parts_of[file]:
            by_part[part].append(file)
    return Leak(kind, name, {part: tuple(by_part[part]) for part in sorted(by_part)})
