"""Leaks: what two sides of a split share and must not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from arborisk.dataset.components import connected
from arborisk.dataset.sides import sides_of
from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.records import PhotoRow

LeakKind = Literal["same_photo", "augmented_copy", "near_duplicate", "same_tree", "same_site"]
LEAK_KINDS: tuple[LeakKind, ...] = (
    "same_photo",
    "augmented_copy",
    "near_duplicate",
    "same_tree",
    "same_site",
)
"""Kinds of leak, the worst first."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that lies on more than one side of a split, see `sides_of`.

    Attributes:
        kind: What the parts share; see `is_augmented` for what sets an ``augmented_copy`` apart
            from another ``near_duplicate``.
        name: Tree or site, or "".
        parts: Part to its photos of the thing, training and validation parts apart.
    """

    kind: LeakKind
    name: str
    parts: Mapping[str, tuple[str, ...]]


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
    for kind in ("augmented_copy", "near_duplicate"):
        edges = [
            (by_id[pair.first].file, by_id[pair.second].file)
            for pair in dataset.duplicate_pairs
            if pair.first in by_id
            and pair.second in by_id
            and by_id[pair.first].sha256 != by_id[pair.second].sha256
            and is_augmented(pair, by_id) == (kind == "augmented_copy")
        ]
        crossing = [
            pair
            for pair in edges
            if len({side[part] for file in pair for part in parts_of[file]}) > 1
        ]
        leaks += [_leak(kind, "", files, parts_of) for files in connected(crossing)]
    trees = ((row.tree_id, row.file) for row in inside if row.tree_id)
    leaks += _shared("same_tree", trees, parts_of)
    sites = ((row.site_id, row.file) for row in inside if row.site_id)
    leaks += _shared("same_site", sites, parts_of)
    return tuple(leak for leak in leaks if len({side[part] for part in leak.parts}) > 1)


def is_augmented(pair: DuplicatePair, by_id: Mapping[str, PhotoRow]) -> bool:
    """Whether one photo of a near-duplicate pair is a mirrored or shifted copy of the other.

    No camera mirrors. Two shots of one scene are shifted too, and fit as well as shifted crops do,
    but were taken at different times; where times are not stated, a shifted pair counts as a copy.
    """
    times = {by_id[photo_id].facts.taken_at for photo_id in (pair.first, pair.second)}
    two_shots = len(times - {None}) == 2
    return pair.mirrored or (not pair.same_frame and not two_shots)


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
