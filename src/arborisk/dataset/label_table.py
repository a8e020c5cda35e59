"""Ratings and facts of photos from a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from arborisk.dataset.columns import Columns, rater_named_by
from arborisk.dataset.references import Match, PhotoIndex
from arborisk.dataset.tables import RawTable
from arborisk.errors import DatasetError, Remedy, option
from arborisk.tables.rating_words import says_imminent

PHOTO_ROLES = (
    "tree",
    "site",
    "view",
    "season",
    "taken_at",
    "latitude",
    "longitude",
    "source",
    "licence",
)
"""Facts of the photo itself: rows of several raters must agree on them."""

_WHOLE_NUMBER = re.compile(r"(\d+)\.0+")
_MAX_LISTED = 10


@dataclass(frozen=True, slots=True)
class TableRating:
    """One word in a label column.

    Attributes:
        row: Row number in the table.
        file: Photo, relative to the root.
        rater: Who rated, or "".
        word: Label as written; "" when the rater left it blank.
        rated_at: As given, or "".
        time_frame: As given, or "".
        note: As given, or "".
    """

    row: int
    file: str
    rater: str
    word: str
    rated_at: str
    time_frame: str
    note: str


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A table of ratings, matched to the photos that are there.

    Attributes:
        ratings: One for each label cell of a matched row, blank ones too.
        facts: Photo to role to value, for `PHOTO_ROLES`.
        n_matched_by: How references were matched: path, name, stem or number.
        rows_without_photo: ``row 12: IMG_99`` for each row whose photo is not there.
        imminent_without_photo: Those of them that say Imminent.
    """

    ratings: tuple[TableRating, ...]
    facts: Mapping[str, Mapping[str, str]]
    n_matched_by: Mapping[str, int]
    rows_without_photo: tuple[str, ...]
    imminent_without_photo: tuple[str, ...]


def match_label_table(table: RawTable, columns: Columns, index: PhotoIndex) -> LabelTable:
    """Matches every row of a table to a photo.

    Args:
        table: Table.
        columns: Its columns; ``file`` is required.
        index: The photos.

    Raises:
        DatasetError: No row; no column for the photo; a reference that fits several photos; no
            row that fits any photo; or rows that disagree on the tree, site or another fact of
            one photo.
    """
    if "file" not in columns.one:
        raise DatasetError(
            "a column that names the photos",
            f"the headers {', '.join(filter(None, table.headers))}",
            table.path.name,
            Remedy("Name it with {}.", option("--file-column", "dataset import")),
        )
    if not table.rows:
        raise DatasetError(
            "rows below the headers",
            "none",
            table.path.name,
            "Add a row for each photo below the headers.",
        )
    references = [cells[columns.one["file"]] for _, cells in table.rows]
    matches = _match_all(index, references)
    _refuse_ambiguous(table, references, matches)
    ratings: list[TableRating] = []
    facts: dict[str, dict[str, tuple[str, int]]] = {}
    missing, urgent = [], []
    for (row, cells), reference, match in zip(table.rows, references, matches, strict=True):
        if match.kind == "missing":
            missing.append(f"row {row}: {reference or '(no photo named)'}")
            if any(says_imminent(cells[index]) for index in columns.labels):
                urgent.append(missing[-1])
            continue
        given = {role: cells[index] for role, index in columns.one.items()}
        ratings += _ratings_of(table, columns, match.files[0], row, cells, given)
        _add_facts(table, facts.setdefault(match.files[0], {}), given, row)
    if len(missing) == len(table.rows):
        raise DatasetError(
            "rows that name the photos by path, name, stem or number",
            f"no photo for any of {len(missing)} rows, for example {missing[0]}",
            table.path.name,
            Remedy(
                "Check PHOTOS and choose the column with {}.",
                option("--file-column", "dataset import"),
            ),
        )
    return LabelTable(
        tuple(ratings),
        {
            file: MappingProxyType({role: value for role, (value, _) in known.items()})
            for file, known in facts.items()
        },
        dict(Counter(match.kind for match in matches if match.kind != "missing")),
        tuple(missing),
        tuple(urgent),
    )


def _match_all(index: PhotoIndex, references: list[str]) -> list[Match]:
    """Matches references; ``12.0`` that fits no photo is 12, as number columns are exported."""
    matches = index.match_all(references)
    whole = [
        number[1]
        if match.kind == "missing" and (number := _WHOLE_NUMBER.fullmatch(reference))
        else ""
        for reference, match in zip(references, matches, strict=True)
    ]
    return [
        again if number else match
        for number, match, again in zip(whole, matches, index.match_all(whole), strict=True)
    ]


def _ratings_of(
    table: RawTable,
    columns: Columns,
    file: str,
    row: int,
    cells: tuple[str, ...],
    given: Mapping[str, str],
) -> list[TableRating]:
    """One rating a label column: with several, the header names the rater."""
    one_a_rater = len(columns.labels) > 1
    return [
        TableRating(
            row,
            file,
            rater_named_by(table.headers[column]) if one_a_rater else given.get("rater", ""),
            cells[column],
            given.get("rated_at", ""),
            given.get("time_frame", ""),
            given.get("note", ""),
        )
        for column in columns.labels
    ]


def _add_facts(
    table: RawTable, known: dict[str, tuple[str, int]], given: Mapping[str, str], row: int
) -> None:
    for role in PHOTO_ROLES:
        value = given.get(role, "")
        if not value:
            continue
        before, first_row = known.setdefault(role, (value, row))
        if before != value:
            raise DatasetError(
                f"one {role.replace('_', ' ')} for a photo",
                f"{before!r} in row {first_row} and {value!r} in row {row}",
                table.path.name,
                "Correct one of the rows.",
            )


def _refuse_ambiguous(table: RawTable, references: list[str], matches: list[Match]) -> None:
    """A label on the wrong photo is worse than no import."""
    unclear = [
        f"row {row}: {reference} fits {', '.join(match.files)}"
        for (row, _), reference, match in zip(table.rows, references, matches, strict=True)
        if match.kind == "ambiguous"
    ]
    if unclear:
        more = f"; and {len(unclear) - _MAX_LISTED} more" if len(unclear) > _MAX_LISTED else ""
        raise DatasetError(
            "rows that each name one photo",
            "; ".join(unclear[:_MAX_LISTED]) + more,
            table.path.name,
            "Write the path relative to PHOTOS in these rows.",
        )
