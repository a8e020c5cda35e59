"""Leaks: what two sides of a split share and must not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Literal

from arborisk.dataset.copy_links import (
    COPY_KINDS,
    CopyKind,
    connected,
    kind_of,
    links_of,
    star_groups,
)
from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.errors import Remedy, SplitError, command
from arborisk.tables.choices import TableChoices
from arborisk.tables.role_table import RoleTable, read_role_table
from arborisk.tables.table import fold
from arborisk.tables.word_columns import cell_text
from arborisk.wording.counts import listed

TRAIN, TEST, VALIDATION = "train", "test", "validation"
FOLD = "fold-"
"""Begins the names of folds: ``fold-1``, ``fold-2``, ..."""


def sides_of(parts: Iterable[str]) -> dict[str, str]:
    """Part to the side it stands on.

    Every part is a side of its own, but for one case: of train, validation and test parts,
    validation joins training, as whatever is chosen on it is chosen before the test.

    >>> sides_of(["train", "validation", "test"])["validation"]
    'train'
    >>> sides_of(["train", "validation"])["validation"]
    'validation'
    """
    named = set(parts)
    joins = {TRAIN, TEST, VALIDATION} <= named
    return {part: TRAIN if joins and part == VALIDATION else part for part in named}


def on_both_sides(things: Iterable[tuple[str, str]]) -> set[str]:
    """Things, such as groups or sites, with photos on more than one side of a split.

    Args:
        things: Thing and part of each photo of the split; "" is no thing.
    """
    pairs = list(things)
    side = sides_of(part for _, part in pairs)
    sides: dict[str, set[str]] = defaultdict(set)
    for thing, part in pairs:
        sides[thing].add(side[part])
    return {thing for thing, its_sides in sides.items() if thing and len(its_sides) > 1}


_SAME_PART = {
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "dev": VALIDATION,
    "testing": TEST,
}
_N_NAMED = 5
_FOLD_NUMBER = re.compile(r"(?:fold)?[-_ ]?(\d+)")


@dataclass(frozen=True, slots=True)
class SplitParts:
    """A split, matched to a data set.

    Attributes:
        parts: Photo to its parts, by the names of `arborisk.dataset.leaks` where it knows one;
            more than one part when the split names the photo in several.
        unknown: What the split names and the data set lacks.
        ambiguous: What the split names and fits several photos.
        refused_rows: Rows of its table that cannot be used, each with its reason.
        protocol: How it was drawn, where all rows of the table state the same, else "".
        seed: Seed of the draw, likewise.
        trust_tree_ids: Whether the table states that it was drawn so.
    """

    parts: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]
    refused_rows: tuple[str, ...] = ()
    protocol: str = ""
    seed: str = ""
    trust_tree_ids: bool = False


def read_split_parts(
    split: Path | Mapping[str, str], dataset: Dataset, choices: TableChoices | None = None
) -> SplitParts:
    """Matches a split to the photos of a data set.

    Args:
        split: Table of any format with a row a photo (path, bare name, stem or photo id) and its
            part, or a mapping of photo to part.
        dataset: The data set.
        choices: What the user says of the table.

    Raises:
        TableError: No table, or no column of photos or of parts; says which headers there are.
    """
    file_of_id = {row.photo_id: row.file for row in dataset.photos}
    protocol = seed = trusted = ""
    refused: tuple[str, ...] = ()
    if isinstance(split, Mapping):
        rows = list(split.items())
    else:
        table = read_role_table(split, choices, command="split")
        rows = _rows(table, file_of_id)
        refused = tuple(f"{table.name(row)}: {why}" for row, why in sorted(table.problems.items()))
        protocol, seed = _common(table, "protocol"), _common(table, "seed")
        trusted = _common(table, "trust_tree_ids")
    index = PhotoIndex(dataset.root, (row.file for row in dataset.photos))
    named = [file_of_id.get(reference, reference) for reference, _ in rows]
    parts: dict[str, dict[str, None]] = {}
    unknown, ambiguous = [], []
    for reference, (_, part), match in zip(named, rows, index.match_all(named), strict=True):
        if not fold(part):
            continue
        if match.kind == "missing":
            unknown.append(reference)
        elif match.kind == "ambiguous":
            ambiguous.append(reference)
        else:
            parts.setdefault(match.files[0], {})[_name_of(part)] = None
    return SplitParts(
        {file: tuple(names) for file, names in parts.items()},
        tuple(unknown),
        tuple(ambiguous),
        refused,
        protocol,
        seed,
        fold(trusted) == "yes",
    )


def unmatched_error(matched: SplitParts, where: str) -> SplitError:
    """The refusal of a split that names photos which the data set lacks, or names no part."""
    lost = [*matched.unknown, *matched.ambiguous]
    named = ", ".join(lost[:_N_NAMED]) + (" ..." if len(lost) > _N_NAMED else "")
    return SplitError(
        "photos of this data set",
        f"{len(lost)} unknown or ambiguous photos: {named}" if lost else "no photo with a part",
        where,
        Remedy(
            "Give paths relative to the photo root, as in the data set's photos.csv; or make a "
            "split for this data set with {}.",
            command("split"),
        ),
    )


def _name_of(part: str) -> str:
    """One name for the spellings of a part: train, validation, test, ``fold-1``, or as written."""
    name = fold(part)
    number = _FOLD_NUMBER.fullmatch(name)
    return f"{FOLD}{int(number[1])}" if number else _SAME_PART.get(name, name)


def _rows(table: RoleTable, known_ids: Mapping[str, str]) -> list[tuple[str, str]]:
    """Photo and part of each row; a photo id that is known here counts before a file name."""
    photos, parts = table.text("file"), table.text("subset")
    ids = _column(table, "photo_id") or photos
    return [
        (photo_id if photo_id in known_ids else photo, part)
        for row, (photo_id, photo, part) in enumerate(zip(ids, photos, parts, strict=True))
        if row not in table.problems
    ]


def _common(table: RoleTable, header: str) -> str:
    """What all rows of a table state in a column; "" where they differ or there is none."""
    stated = {*_column(table, header)}
    return stated.pop() if len(stated) == 1 else ""


def _column(table: RoleTable, header: str) -> list[str]:
    """Cells under a header of our own split files; empty where there is none."""
    headers = [fold(name).replace(" ", "_") for name in table.table.headers]
    if header not in headers:
        return []
    place = headers.index(header)
    return [cell_text(row[place]) for row in table.table.rows]


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

    A photo that the split leaves out, for example without a label, still shows that two others
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
