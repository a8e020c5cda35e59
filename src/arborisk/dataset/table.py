"""The checked table of a data set, and how a class scheme reads it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import DatasetError, Remedy, key, option
from arborisk.photos.examine import CopySearch
from arborisk.records import Failure, PhotoFacts, PhotoRow, Rating
from arborisk.tables.write import exact_rows, to_csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two photos that show nearly the same picture.

    Attributes:
        first: Photo id.
        second: Photo id.
        correlation: Of the pictures where they lie best on each other, -1 to 1.
        mirrored: Whether they fit best with one of them mirrored left to right.
        same_frame: Whether the whole pictures agree as they lie, without shift or mirroring.
        strength: How sure the link is beside other links, 0 to 1; orders them, no probability.
        change: In plain words, what turns the one picture into the other, such as
            ``a crop (15 % of the area removed), turned by 90 degrees``; "" if nothing or unknown.
    """

    first: str
    second: str
    correlation: float
    mirrored: bool
    same_frame: bool
    strength: float = 0.0
    change: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set as imported.

    Attributes:
        folder: Folder of the data set.
        root: Folder of the photos; they stay where they are.
        photos: One row a readable photo, by file name.
        ratings: One row a rating, when labels came from a table.
        failures: Photos that could not be read.
        duplicate_pairs: Near-duplicates found at import.
        content_hash: Hash over photo ids, file hashes and labels.
        copy_search: How near-duplicates were searched at import, and with it what was not looked
            for, see `arborisk.photos.copies_not_looked_for`.
    """

    folder: Path
    root: Path
    photos: tuple[PhotoRow, ...]
    ratings: tuple[Rating, ...]
    failures: tuple[Failure, ...]
    duplicate_pairs: tuple[DuplicatePair, ...]
    content_hash: str
    copy_search: CopySearch = "thumbnails"

    @property
    def cache_dir(self) -> Path:
        """Folder of prepared arrays."""
        return self.folder / "cache"

    def path_of(self, row: PhotoRow) -> Path:
        """Path of a photo.

        Raises:
            DatasetError: The folder of the photos is gone; says where it was expected.
        """
        if not self.root.is_dir():
            raise DatasetError(
                "the folder of the photos",
                f"nothing at {self.root}",
                str(self.folder / "dataset.toml"),
                Remedy(
                    "Put the photos back, correct {} there, or import again with {}.",
                    key("root", "dataset"),
                    option("--overwrite", "import"),
                ),
            )
        return self.root / row.file

    def label_counts(self) -> dict[str, int]:
        """Photos by label, unrated ones left out."""
        return dict(Counter(row.label for row in self.photos if row.label))


@dataclass(frozen=True, slots=True)
class LabelledPhotos:
    """Photos that have a class under a scheme.

    Attributes:
        scheme: The scheme.
        rows: Photos with a class, in the order of the data set.
        class_index: Index of each photo's class, shape (n_photos,).
        left_out: Label to number of photos that the scheme leaves out.
        left_out_files: Their files.
        n_unrated: Photos without a label.
    """

    scheme: ClassScheme
    rows: tuple[PhotoRow, ...]
    class_index: NDArray[np.int64]
    left_out: dict[str, int]
    left_out_files: tuple[str, ...]
    n_unrated: int


def apply_scheme(dataset: Dataset, scheme: ClassScheme) -> LabelledPhotos:
    """Photos with their classes; what a scheme leaves out is counted and named.

    Raises:
        DatasetError: No photo has a class under the scheme; says which labels there are.
    """
    rows, classes, left_out = [], [], []
    n_unrated = 0
    for row in dataset.photos:
        index = scheme.class_of(row.label)
        if not row.label:
            n_unrated += 1
        elif index is None:
            left_out.append(row)
        else:
            rows.append(row)
            classes.append(index)
    if not rows:
        labels = ", ".join(sorted(dataset.label_counts())) or "none"
        raise DatasetError(
            f"photos labelled {', '.join(word for item in scheme.classes for word in item.members)}"
            f" for the scheme {scheme.name}",
            f"the labels {labels}",
            str(dataset.folder),
            Remedy(
                "Choose another scheme, for example as-labelled, or import again with {}.",
                option("--labels", "import"),
            ),
        )
    return LabelledPhotos(
        scheme,
        tuple(rows),
        np.array(classes, dtype=np.int64),
        dict(Counter(row.label for row in left_out)),
        tuple(row.file for row in left_out),
        n_unrated,
    )


def content_hash_of(photos: Iterable[PhotoRow]) -> str:
    """Hash over photo ids, file hashes and labels, whatever their order."""
    lines = sorted(f"{row.photo_id}\t{row.sha256}\t{row.label}" for row in photos)
    return sha256("\n".join(lines).encode()).hexdigest()


def photo_id_of(file: str) -> str:
    """Id of a photo: a hash of its path relative to the root, so that it survives a new import."""
    return sha256(file.encode()).hexdigest()[:16]


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
    remedy = Remedy("Import again with {}.", option("--overwrite", "import"))
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
