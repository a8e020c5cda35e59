"""Which part of a split each photo is in, for any split that names photos and parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from arborisk.dataset.columns import ROLES
from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.sides import FOLD, TEST, TRAIN, VALIDATION
from arborisk.dataset.table import Dataset
from arborisk.dataset.tables import RawTable, read_table
from arborisk.errors import DatasetError, Remedy, SplitError, command
from arborisk.tables.text import fold, words_of

_PART_HEADERS = (
    *("part", "split", "set", "subset", "partition", "fold", "phase", "usage", "group set"),
    *("data split", "train test", "kfold", "cv fold"),
)
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
        protocol: How it was drawn, where all rows of the table state the same, else "".
        seed: Seed of the draw, likewise.
    """

    parts: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]
    protocol: str = ""
    seed: str = ""


def read_split_parts(split: Path | Mapping[str, str], dataset: Dataset) -> SplitParts:
    """Matches a split to the photos of a data set.

    Args:
        split: CSV or XLSX with a row a photo (path, bare name, stem or photo id) and its part, or
            a mapping of photo to part.
        dataset: The data set.

    Raises:
        DatasetError: No column of photos or of parts; says which headers there are.
    """
    file_of_id = {row.photo_id: row.file for row in dataset.photos}
    protocol = seed = ""
    if isinstance(split, Mapping):
        rows = list(split.items())
    else:
        table = read_table(split)
        rows = _rows(table, file_of_id)
        protocol, seed = _common(table, "protocol"), _common(table, "seed")
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
        protocol,
        seed,
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


def _rows(table: RawTable, known_ids: Mapping[str, str]) -> list[tuple[str, str]]:
    """Photo and part of each row; a photo id that is known here counts before a file name."""
    headers = [" ".join(words_of(header)) for header in table.headers]
    photo_id = _first(headers, ("photo id",))
    photo = _first(headers, (*ROLES["file"], "photo id"))
    part = _first(headers, _PART_HEADERS)
    if photo is None or part is None:
        raise DatasetError(
            "a column of photos (file) and a column of parts (part)",
            f"the headers {', '.join(filter(None, table.headers))}",
            table.path.name,
            "Name the two columns file and part.",
        )
    return [
        (
            cells[photo_id]
            if photo_id is not None and cells[photo_id] in known_ids
            else cells[photo],
            cells[part],
        )
        for _, cells in table.rows
    ]


def _common(table: RawTable, header: str) -> str:
    """What all rows of a table state in a column; "" where they differ or there is none."""
    column = _first([" ".join(words_of(name)) for name in table.headers], (header,))
    stated = {cells[column] for _, cells in table.rows} if column is not None else set()
    return stated.pop() if len(stated) == 1 else ""


def _first(headers: list[str], names: Iterable[str]) -> int | None:
    return next((headers.index(name) for name in names if name in headers), None)
