"""Rows of the data set's CSV files, to and from records."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from arborisk.dataset.table import DuplicatePair
from arborisk.errors import DatasetError, Remedy, option
from arborisk.records import Failure, PhotoFacts, PhotoRow, Rating
from arborisk.tables.write import exact_rows, to_csv_text

Record = TypeVar("Record")
Cells = dict[str, str]

PHOTO_COLUMNS = (
    "photo_id",
    "file",
    "sha256",
    "phash",
    "width",
    "height",
    "taken_at",
    "latitude",
    "longitude",
    "heading_deg",
    "tree_id",
    "site_id",
    "view",
    "label",
    "time_frame_years",
    "season",
    "source",
    "licence",
)
RATING_COLUMNS = (
    "rating_id",
    "photo_id",
    "tree_id",
    "rater",
    "label",
    "rated_at",
    "time_frame_years",
    "note",
)
FAILURE_COLUMNS = ("file", "reason", "message")
PAIR_COLUMNS = (
    "first",
    "second",
    "correlation",
    "mirrored",
    "same_frame",
    "strength",
    "change",
)
PAIR_COLUMNS_TO_2 = PAIR_COLUMNS[:5]
"""Of data sets of format 1 and 2."""


def photo_cells(row: PhotoRow) -> list[object]:
    """Cells of one photo in the order of `PHOTO_COLUMNS`; what is not stated is empty."""
    facts = row.facts
    taken_at = facts.taken_at.isoformat() if facts.taken_at else ""
    places = [facts.latitude, facts.longitude, facts.heading_deg]
    return [
        *(row.photo_id, row.file, row.sha256, row.phash, facts.width, facts.height, taken_at),
        *("" if value is None else repr(float(value)) for value in places),
        *(row.tree_id, row.site_id, row.view, row.label, row.time_frame_years),
        *(row.season, row.source, row.licence),
    ]


def photo_from(cells: Cells) -> PhotoRow:
    """One photo from its cells; a `ValueError` names the column that is wrong."""
    facts = PhotoFacts(
        width=_read(cells, "width", int),
        height=_read(cells, "height", int),
        taken_at=_read(cells, "taken_at", datetime.fromisoformat) if cells["taken_at"] else None,
        latitude=_optional_float(cells, "latitude"),
        longitude=_optional_float(cells, "longitude"),
        heading_deg=_optional_float(cells, "heading_deg"),
    )
    texts = {name: cells[name] for name in ("photo_id", "file", "sha256", "phash")}
    kept = ("tree_id", "site_id", "view", "label", "time_frame_years", "season", "source")
    return PhotoRow(
        **texts, facts=facts, **{name: cells[name] for name in kept}, licence=cells["licence"]
    )


def rating_cells(rating: Rating) -> list[object]:
    """Cells of one rating in the order of `RATING_COLUMNS`."""
    return [getattr(rating, name) for name in RATING_COLUMNS]


def failure_cells(failure: Failure) -> list[object]:
    """Cells of one failure in the order of `FAILURE_COLUMNS`."""
    return [failure.file, failure.reason, failure.message]


def pair_cells(pair: DuplicatePair) -> list[object]:
    """Cells of one pair in the order of `PAIR_COLUMNS`."""
    flags = ("yes" if flag else "no" for flag in (pair.mirrored, pair.same_frame))
    found = (f"{pair.correlation:.4f}", *flags, f"{pair.strength:.4f}")
    return [pair.first, pair.second, *found, pair.change]


def pair_from(cells: Cells) -> DuplicatePair:
    """One near-duplicate pair from its cells; before format 3 its strength is its correlation."""
    correlation = _read(cells, "correlation", float)
    strength = _read(cells, "strength", float) if "strength" in cells else correlation
    return DuplicatePair(
        cells["first"],
        cells["second"],
        correlation,
        cells["mirrored"] == "yes",
        cells["same_frame"] == "yes",
        max(0.0, strength),
        cells.get("change", ""),
    )


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with headers; text that a spreadsheet would run is guarded."""
    return to_csv_text(columns, (dict(zip(columns, row, strict=True)) for row in rows)).encode()


def from_csv(
    content: bytes,
    path: Path,
    columns: Sequence[str],
    record: Callable[[Cells], Record],
    *,
    guarded: bool = True,
) -> tuple[Record, ...]:
    """Records of a CSV file.

    Args:
        content: The file.
        path: Its path, for messages.
        columns: Its headers.
        record: Makes a record of cells by header.
        guarded: Whether the file was written with the guard against spreadsheets.

    Raises:
        DatasetError: Other headers, or a cell that cannot be read; names row and column.
    """
    remedy = Remedy("Import again with {}.", option("--overwrite", "dataset import"))
    try:
        header, *rows = exact_rows(content.decode(), guarded=guarded) or [[]]
    except ValueError as error:
        raise DatasetError("a CSV table", str(error), str(path), remedy) from error
    if tuple(header) != tuple(columns):
        found = ", ".join(header)
        raise DatasetError(f"the columns {', '.join(columns)}", found, str(path), remedy)
    records = []
    for number, cells in enumerate(rows, start=2):
        try:
            records.append(record(dict(zip(columns, cells, strict=True))))
        except ValueError as error:
            where = f"row {number} of {path}"
            raise DatasetError("a readable cell", str(error), where, remedy) from error
    return tuple(records)


def _read(cells: Cells, column: str, read: Callable[[str], Record]) -> Record:
    try:
        value = read(cells[column])
    except ValueError as error:
        raise ValueError(f"{cells[column]!r} in column {column}") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{cells[column]!r} in column {column}")
    return value


def _optional_float(cells: Cells, column: str) -> float | None:
    return _read(cells, column, float) if cells[column] else None
