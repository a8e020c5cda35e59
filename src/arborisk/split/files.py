"""Splits as files: ours, and those that people bring."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from arborisk.dataset.leaks import (
    FOLD,
    TEST,
    TRAIN,
    VALIDATION,
    SplitParts,
    read_split_parts,
    unmatched_error,
)
from arborisk.dataset.table import Dataset
from arborisk.errors import SplitError
from arborisk.records import PhotoRow
from arborisk.split.groups import group_notes, number_names
from arborisk.split.leaky import DECK_NOTE
from arborisk.split.plan import Protocol, Split, leak_notes, split_rows
from arborisk.tables.write import Field, write_table
from arborisk.wording.counts import counted, listed

_OF_ROWS = ("photo_id", "file", "group", "part", "tree_id", "site_id")
COLUMNS = (*_OF_ROWS[:4], "protocol", "seed", *_OF_ROWS[4:], "trust_tree_ids")


def write_split(split: Split, path: Path) -> None:
    """Writes a split with the columns of `COLUMNS`, in the format that the file's name asks for.

    Raises:
        OutputError, MissingDependencyError: See `arborisk.tables.write.write_table`.
    """
    trusted = "yes" if split.trust_tree_ids else "no"
    made = {"protocol": split.protocol, "seed": split.seed, "trust_tree_ids": trusted}
    rows = ({name: getattr(row, name) for name in _OF_ROWS} | made for row in split.rows)
    fields = [Field(name, "whole" if name == "seed" else "text") for name in COLUMNS]
    write_table(path, fields, rows)


def read_split(
    path: Path, dataset: Dataset, rows: Sequence[PhotoRow], groups: Sequence[str]
) -> Split:
    """Reads a split, as the audit does, and fits it to the photos that have a class.

    Parts are train, test and validation, or folds such as ``fold-1``. Photos without a part are
    left out and counted in the notes.

    Args:
        path: Table of any format, see `arborisk.dataset.leaks.read_split_parts`.
        dataset: The data set; the split may name all of its photos.
        rows: Its photos that have a class.
        groups: Group name per row, for finding leaks.

    Returns:
        The split, of the rows that have a part, in the order of ``rows``. Its protocol is ``given``
        unless the file was written by arborisk and still keeps (or never kept) these groups whole.

    Raises:
        TableError: The file cannot be read, or lacks a column of photos or of parts.
        SplitError: The file names photos that are not in the data set, gives one photo two parts,
            has unknown parts, or leaves a side empty; says which and what to do.
    """
    matched = read_split_parts(path, dataset)
    _check_photos(matched, path)
    part_of = {file: parts[0] for file, parts in matched.parts.items()}
    chosen = [index for index, row in enumerate(rows) if row.file in part_of]
    kept = [rows[index] for index in chosen]
    kept_groups = [groups[index] for index in chosen]
    made = split_rows(kept, kept_groups, [part_of[row.file] for row in kept])
    _check_sides({row.part for row in made}, path)
    notes = []
    if matched.refused_rows:
        notes.append(
            f"{counted(len(matched.refused_rows), 'row')} of {path.name} cannot be used: "
            f"{listed(matched.refused_rows, most=5)}."
        )
    if len(kept) < len(rows):
        notes.append(
            f"{len(rows) - len(kept)} of {len(rows)} photos have no part in {path.name} and are "
            "left out."
        )
    protocol, seed = _origin(matched)
    if protocol == "grouped" and Split(made, protocol, seed, ()).leaking_groups():
        protocol = "given"
    if protocol == "deck":
        notes.append(DECK_NOTE)
    notes += [*leak_notes(made), *group_notes(kept, *number_names(kept_groups))]
    return Split(made, protocol, seed, tuple(notes), matched.trust_tree_ids)


def _check_photos(matched: SplitParts, path: Path) -> None:
    """Refuses what a training cannot honour: unknown photos, unknown parts, two parts of one."""
    if matched.unknown or matched.ambiguous:
        raise unmatched_error(matched, str(path))
    for file, parts in matched.parts.items():
        if len(parts) > 1:
            raise SplitError(
                "one part for each photo",
                f"{' and '.join(map(repr, parts))} for {file}",
                str(path),
                "Remove all but one of its lines.",
            )
        is_fold = parts[0].removeprefix(FOLD).isdecimal()
        if not is_fold and parts[0] not in (TRAIN, TEST, VALIDATION):
            raise SplitError(
                "a part: train, test, validation, or fold-1, fold-2, ...",
                repr(parts[0]),
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


def _origin(matched: SplitParts) -> tuple[Protocol, int]:
    """Protocol and seed that a file of ours states; ``given`` for any other."""
    if matched.seed.isdecimal() and matched.protocol == "grouped":
        return "grouped", int(matched.seed)
    if matched.seed.isdecimal() and matched.protocol == "deck":
        return "deck", int(matched.seed)
    return "given", 0
