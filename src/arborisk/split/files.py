"""Splits as files: ours, and those that people bring."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from arborisk.errors import SplitError
from arborisk.records import PhotoRow
from arborisk.split.check import group_notes
from arborisk.split.groups import number_names
from arborisk.split.plan import (
    FOLD,
    TEST,
    TRAIN,
    VALIDATION,
    Protocol,
    Split,
    leak_note,
    split_rows,
)

COLUMNS = ("photo_id", "file", "group", "part", "protocol", "seed")
SAME_PART = {"val": VALIDATION, "valid": VALIDATION, "training": TRAIN, "testing": TEST}
"""Usual variants of the names of parts."""
N_NAMED = 5
"""Files named in an error, at most."""


def write_split(split: Split, path: Path) -> None:
    """Writes a split as CSV: photo_id, file, group, part, protocol, seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    with partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in split.rows:
            writer.writerow(
                (row.photo_id, row.file, row.group, row.part, split.protocol, split.seed)
            )
    os.replace(partial, path)


def read_split(path: Path, rows: Sequence[PhotoRow], groups: Sequence[str]) -> Split:
    """Reads a split and fits it to the photos of a data set.

    A file needs a column ``part`` (train, test, validation; or folds as ``fold-1`` or ``1``) and a
    column ``file`` or ``photo_id``. Photos are found by id, by path, or by file name where that is
    unique. Photos without a line or a part are left out and counted in the notes.

    Args:
        path: CSV file with a header.
        rows: Labelled photos of the data set.
        groups: Group name per photo, for finding leaks.

    Returns:
        The split, of the rows that have a part, in the order of ``rows``. Its protocol is ``given``
        unless the file was written by arborisk and still keeps (or never kept) these groups whole.

    Raises:
        SplitError: The file names photos that are not in the data set, gives one photo two parts,
            has unknown parts, or leaves a side empty; says which and what to do.
    """
    table = _read_table(path)
    part_of = _match(table, rows, path)
    chosen = [index for index, row in enumerate(rows) if row.photo_id in part_of]
    kept = [rows[index] for index in chosen]
    kept_groups = [groups[index] for index in chosen]
    made = split_rows(kept, kept_groups, [part_of[row.photo_id] for row in kept])
    _check_sides({row.part for row in made}, path)
    notes = []
    if len(kept) < len(rows):
        notes.append(
            f"{len(rows) - len(kept)} of {len(rows)} photos have no part in {path.name} and are "
            "left out."
        )
    leaking = Split(made, "given", 0, ()).leaking_groups()
    protocol, seed = _origin(table)
    if protocol == "grouped" and leaking:
        protocol = "given"
    if protocol == "deck":
        notes.append("Random by photo, as in the deck: trees, sites and copies are not kept whole.")
    if leaking:
        notes.append(leak_note(made, leaking))
    notes.extend(group_notes(kept, *number_names(kept_groups)))
    return Split(made, protocol, seed, tuple(notes))


def _read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file by lower-case column name, without outer spaces."""
    remedy = "Give a CSV with the columns file (or photo_id) and part."
    if not path.is_file():
        raise SplitError("a split file", "no such file", str(path), remedy)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SplitError("a CSV file in UTF-8", "other bytes", str(path), remedy) from error
    lines = text.splitlines()
    delimiter = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader(lines, delimiter=delimiter)
    header = [name.strip().lower() for name in next(reader, [])]
    if "part" not in header or not {"file", "photo_id"} & set(header):
        raise SplitError("columns file (or photo_id) and part", f"{header}", str(path), remedy)
    return [
        dict(zip(header, (cell.strip() for cell in cells), strict=False))
        for cells in reader
        if any(cell.strip() for cell in cells)
    ]


def _match(table: Sequence[dict[str, str]], rows: Sequence[PhotoRow], path: Path) -> dict[str, str]:
    """Part by photo id."""
    by_name: dict[str, list[str]] = {}
    for row in rows:
        for name in {row.photo_id, row.file, PurePosixPath(row.file).name}:
            by_name.setdefault(name, []).append(row.photo_id)
    part_of: dict[str, str] = {}
    unknown = []
    for line in table:
        file = line.get("file", "").replace("\\", "/").removeprefix("./")
        photo = _find(by_name, [line.get("photo_id", ""), file, PurePosixPath(file).name])
        if photo is None:
            unknown.append(line.get("file") or line.get("photo_id", ""))
            continue
        part = _part(line["part"], path) if line.get("part") else ""
        if part_of.setdefault(photo, part) != part:
            raise SplitError(
                "one part for each photo",
                f"{part_of[photo]!r} and {part!r} for {file or photo}",
                str(path),
                "Remove one of the two lines.",
            )
    if unknown:
        named = ", ".join(unknown[:N_NAMED]) + (" ..." if len(unknown) > N_NAMED else "")
        raise SplitError(
            "photos of this data set",
            f"{len(unknown)} of {len(table)} lines with unknown or ambiguous photos: {named}",
            str(path),
            "Give paths relative to the photo root, as in the data set's photos.csv; or make a "
            "split for this data set with `arborisk split`.",
        )
    return {photo: part for photo, part in part_of.items() if part}


def _find(by_name: dict[str, list[str]], names: Sequence[str]) -> str | None:
    """Photo id of the first name that means exactly one photo."""
    for name in names:
        found = by_name.get(name, [])
        if name and len(found) == 1:
            return found[0]
    return None


def _part(text: str, path: Path) -> str:
    """Canonical name of a part."""
    part = SAME_PART.get(text.lower(), text.lower())
    if part in (TRAIN, TEST, VALIDATION):
        return part
    fold = re.fullmatch(r"(?:fold)?[-_ ]?(\d+)", part)
    if fold:
        return f"{FOLD}{int(fold[1])}"
    raise SplitError(
        "a part: train, test, validation, or fold-1, fold-2, ...",
        repr(text),
        str(path),
        "Rename the part, or leave it blank to leave the photo out.",
    )


def _check_sides(parts: set[str], path: Path) -> None:
    """Refuses a split with nothing to train on or nothing to test on."""
    folds = {part for part in parts if part.startswith(FOLD)}
    holdout = parts - folds
    if (len(folds) >= 2 and not holdout) or (not folds and TRAIN in holdout and len(holdout) >= 2):
        return
    raise SplitError(
        "photos in train and in test (or validation), or in two folds or more",
        f"the parts {sorted(parts)}",
        str(path),
        "Give each photo one of these parts.",
    )


def _origin(table: Sequence[dict[str, str]]) -> tuple[Protocol, int]:
    """Protocol and seed that a file of ours states; ``given`` for any other."""
    stated = {(line.get("protocol", ""), line.get("seed", "")) for line in table}
    if len(stated) == 1:
        protocol, seed = stated.pop()
        if seed.isdecimal() and protocol == "grouped":
            return "grouped", int(seed)
        if seed.isdecimal() and protocol == "deck":
            return "deck", int(seed)
    return "given", 0
