"""Which part of a split each photo is in, for any split that names photos and parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.sides import FOLD, TEST, TRAIN, VALIDATION
from arborisk.dataset.table import Dataset
from arborisk.errors import Remedy, SplitError, command
from arborisk.tables.choices import TableChoices
from arborisk.tables.role_table import RoleTable, read_role_table
from arborisk.tables.table import fold
from arborisk.tables.word_columns import cell_text

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
        parts: Photo to its parts, by the names of `arborisk.dataset.sides` where it knows one;
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
