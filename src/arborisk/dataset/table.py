"""The checked table of a data set, and how a class scheme reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import DatasetError, Remedy, key, option
from arborisk.photos.copy_search import CopySearch
from arborisk.records import Failure, PhotoRow, Rating

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
                    option("--overwrite", "dataset import"),
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
                option("--labels", "dataset import"),
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
