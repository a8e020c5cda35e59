"""Reads a data set's folder and checks it."""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from arborisk.dataset.storage import FORMAT_VERSION, MANIFEST, ROOT_NOTE, THUMBNAILS
from arborisk.dataset.table import (
    FAILURE_COLUMNS,
    PAIR_COLUMNS,
    PAIR_COLUMNS_TO_2,
    PHOTO_COLUMNS,
    RATING_COLUMNS,
    Dataset,
    content_hash_of,
    from_csv,
    pair_from,
    photo_from,
)
from arborisk.errors import DatasetError, Remedy, command, option
from arborisk.photos.examine import CopySearch
from arborisk.records import Failure, Rating

if TYPE_CHECKING:
    from numpy.typing import NDArray


def load_dataset(folder: Path) -> Dataset:
    """Reads a data set and checks its tables against its manifest.

    Args:
        folder: Folder that ``arborisk import`` wrote.

    Raises:
        DatasetError: Not a data set, another format, or a table that was changed or damaged.
    """
    manifest = _read_manifest(folder)
    version = manifest["format_version"]
    guarded = version > 1
    photos = from_csv(
        _checked(folder, "photos.csv", manifest),
        folder / "photos.csv",
        PHOTO_COLUMNS,
        photo_from,
        guarded=guarded,
    )
    ratings = from_csv(
        _checked(folder, "ratings.csv", manifest),
        folder / "ratings.csv",
        RATING_COLUMNS,
        lambda cells: Rating(**cells),
        guarded=guarded,
    )
    failures = from_csv(
        _checked(folder, "failures.csv", manifest),
        folder / "failures.csv",
        FAILURE_COLUMNS,
        lambda cells: Failure(**cells),
        guarded=guarded,
    )
    pairs = from_csv(
        _checked(folder, "near_duplicates.csv", manifest),
        folder / "near_duplicates.csv",
        PAIR_COLUMNS if version > 2 else PAIR_COLUMNS_TO_2,
        pair_from,
        guarded=guarded,
    )
    root = _root_of(folder, manifest)
    search: CopySearch = (
        "local_features" if manifest.get("copy_search") == "local_features" else "thumbnails"
    )
    content_hash = content_hash_of(photos)
    return Dataset(folder, root, photos, ratings, failures, pairs, content_hash, search)


def load_thumbnails(dataset: Dataset) -> NDArray[np.uint8]:
    """Thumbnails of a data set, in the order of its photos."""
    data = _checked(dataset.folder, THUMBNAILS, _read_manifest(dataset.folder))
    thumbnails: NDArray[np.uint8] = np.load(io.BytesIO(data), allow_pickle=False)
    return thumbnails


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    remedy = Remedy("Make one with: {}", command("import PHOTOS --out DATASET"))
    if not path.is_file():
        raise DatasetError("a data set", f"no {MANIFEST}", str(folder), remedy)
    try:
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DatasetError("a manifest", f"{error}", str(path), remedy) from error
    version = manifest.get("format_version")
    complete = isinstance(manifest.get("root"), str) and isinstance(manifest.get("sha256"), dict)
    if version not in range(1, FORMAT_VERSION + 1) or not complete:
        raise DatasetError(
            f"a manifest of format 1 to {FORMAT_VERSION} with root and sha256",
            f"format {version}",
            str(path),
            "Import again with this version of arborisk.",
        )
    return manifest


def _checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    """Content of one of our files, if it is the one that was written."""
    path = folder / name
    remedy = Remedy(
        "Import again with {}; put corrections into the ratings table.",
        option("--overwrite", "import"),
    )
    if not path.is_file():
        raise DatasetError(f"the file {name}", "none", str(folder), remedy)
    data = path.read_bytes()
    if sha256(data).hexdigest() != manifest["sha256"].get(name):
        raise DatasetError("the table as imported", "a changed one", str(path), remedy)
    return data


def _root_of(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Photo root: relative to the data set, so that the pair can move; else where it was."""
    beside = (folder.resolve() / manifest["root"]).resolve()
    note = folder / ROOT_NOTE
    if note.is_file():
        was = Path(os.fsdecode(note.read_bytes()))
    else:  # imports before 0.1.0 was out wrote it into the manifest
        was = Path(str(manifest.get("root_when_imported", beside)))
    return was if was.is_dir() and not beside.is_dir() else beside
