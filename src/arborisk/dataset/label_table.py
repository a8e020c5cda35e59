"""Ratings and facts of photos from a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from arborisk.dataset.label_columns import RatingsTable, rater_named_by
from arborisk.dataset.references import Match, PhotoIndex
from arborisk.errors import DatasetError, Remedy, TableError, option
from arborisk.tables.columns import need
from arborisk.tables.rating_words import rows_that_mention, says_imminent
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import is_missing
from arborisk.wording.counts import first_lines

PHOTO_ROLES = (
    "tree",
    "site",
    "view",
    "season",
    "taken_at",
    "source",
    "licence",
)
"""Facts of the photo itself, beside its place: rows of several raters must agree on them."""

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
        refused_rows: ``row 7: 5 cells where the headers are 4`` for each row that cannot be used.
        unread_places: Rows whose place cannot be used, each with its reason.
    """

    ratings: tuple[TableRating, ...]
    facts: Mapping[str, Mapping[str, str]]
    n_matched_by: Mapping[str, int]
    rows_without_photo: tuple[str, ...]
    imminent_without_photo: tuple[str, ...]
    refused_rows: tuple[str, ...]
    unread_places: tuple[str, ...]


def match_label_table(read: RatingsTable, index: PhotoIndex) -> LabelTable:
    """Matches every row of a table to a photo.

    Args:
        read: Table; a column of photos is required.
        index: The photos.

    Raises:
        TableError: No column for the photo, or rows that disagree on the tree, site or another
            fact of one photo.
        DatasetError: A reference that fits several photos, or no row that fits any photo.
    """
    table = read.table
    need(table.table, table.columns, "file")
    references = table.text("file")
    usable = [row for row in range(len(table)) if row not in table.problems]
    matches = dict(zip(usable, _match_all(index, [references[row] for row in usable]), strict=True))
    _refuse_ambiguous(table, references, matches)
    given = _Given(read)
    ratings: list[TableRating] = []
    facts: dict[str, dict[str, tuple[str, int]]] = {}
    missing, urgent = [], []
    noted = sorted(rows_that_mention(table.table, read.labels))
    for row, match in matches.items():
        if match.kind == "missing":
            missing.append(f"{table.name(row)}: {references[row] or '(no photo named)'}")
            if row in noted or any(says_imminent(rating.word) for rating in given.ratings("", row)):
                urgent.append(missing[-1])
            continue
        theirs = given.ratings(match.files[0], row)
        if row in noted and not any(says_imminent(rating.word) for rating in theirs):
            urgent.append(f"{table.name(row)}: {match.files[0]}")
        ratings += theirs
        _add_facts(table, facts.setdefault(match.files[0], {}), given.facts(row), row)
    refused = [f"{table.name(row)}: {why}" for row, why in sorted(table.problems.items())]
    urgent += [table.name(row) for row in noted if row not in matches]
    if not matches:
        raise TableError(
            "a row that can be used",
            f"none of {len(table)}, for example {refused[0]}",
            table.table.source,
            "Correct the rows.",
        )
    if len(missing) == len(matches):
        raise DatasetError(
            "rows that name the photos by path, name, stem or number",
            f"no photo for any of {len(missing)} rows, for example {missing[0]}",
            table.table.source,
            Remedy(
                "Check PHOTOS and choose the column with {}.",
                option("--column file=HEADER", "import"),
            ),
        )
    return LabelTable(
        tuple(ratings),
        {
            file: MappingProxyType({role: value for role, (value, _) in known.items()})
            for file, known in facts.items()
        },
        dict(Counter(match.kind for match in matches.values() if match.kind != "missing")),
        tuple(missing),
        tuple(urgent),
        tuple(refused),
        tuple(f"{table.name(row)}: {why}" for row, why in sorted(given.place_problems.items())),
    )


class _Given:
    """What the rows of a table say beside the photo.

    Attributes:
        place_problems: Index of a row to why its place cannot be used.
    """

    def __init__(self, read: RatingsTable) -> None:
        table = read.table
        self._table = table
        places = table.places if table.table.shapes or _has_both(table) else None
        self.place_problems = {
            row: why
            for row, why in (places.problems if places else {}).items()
            if row not in table.problems
        }
        self._places = places if places and places.plane is None else None
        self._facts = {role: table.text(role) for role in PHOTO_ROLES if table.has(role)}
        roles = ("rater", "rated_at", "time_frame", "note")
        self._of_rating = {role: table.text(role) for role in roles}
        one_a_rater = len(read.labels) > 1
        self._labels = [
            (rater_named_by(table.table.headers[index]) if one_a_rater else None, cells)
            for index in read.labels
            for cells in [read.label_cells(index)]
        ]

    def facts(self, row: int) -> dict[str, str]:
        """Facts of the photo by role; those that are missing are left out."""
        given = {role: cells[row] for role, cells in self._facts.items()}
        found = {role: value for role, value in given.items() if not is_missing(value)}
        if self._places is not None and self._places.known[row]:
            found["latitude"] = repr(float(self._places.latitude[row]))
            found["longitude"] = repr(float(self._places.longitude[row]))
        return found

    def ratings(self, file: str, row: int) -> list[TableRating]:
        """One rating a label column: with several, the header names the rater."""
        said = {role: cells[row] for role, cells in self._of_rating.items()}
        return [
            TableRating(
                self._table.table.numbers[row],
                file,
                said["rater"] if rater is None else rater,
                cells[row],
                said["rated_at"],
                said["time_frame"],
                said["note"],
            )
            for rater, cells in self._labels
        ]


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


def _has_both(table: RoleTable) -> bool:
    return table.has("latitude") and table.has("longitude")


def _add_facts(
    table: RoleTable, known: dict[str, tuple[str, int]], given: Mapping[str, str], row: int
) -> None:
    for role, value in given.items():
        before, first_row = known.setdefault(role, (value, row))
        if before != value:
            raise TableError(
                f"one {role.replace('_', ' ')} for a photo",
                f"{before!r} in {table.name(first_row)} and {value!r} in {table.name(row)}",
                table.table.source,
                "Correct one of the rows.",
            )


def _refuse_ambiguous(
    table: RoleTable, references: list[str], matches: Mapping[int, Match]
) -> None:
    """A label on the wrong photo is worse than no import."""
    unclear = [
        f"{table.name(row)}: {references[row]} fits {', '.join(match.files)}"
        for row, match in matches.items()
        if match.kind == "ambiguous"
    ]
    if unclear:
        raise DatasetError(
            "rows that each name one photo",
            "; ".join(first_lines(unclear, _MAX_LISTED)),
            table.table.source,
            "Write the path relative to PHOTOS in these rows.",
        )
