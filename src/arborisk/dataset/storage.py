"""Writes a data set's folder: whole or not at all."""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import arborisk
from arborisk.dataset.table import (
    FAILURE_COLUMNS,
    PAIR_COLUMNS,
    PHOTO_COLUMNS,
    RATING_COLUMNS,
    Dataset,
    DuplicatePair,
    content_hash_of,
    failure_cells,
    pair_cells,
    photo_cells,
    rating_cells,
    to_csv,
)
from arborisk.errors import DatasetError, Remedy, option
from arborisk.leftovers import scratch_beside
from arborisk.photos.examine import CopySearch
from arborisk.records import Failure, PhotoRow, Rating
from arborisk.tables.table import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


FORMAT_VERSION = 3
"""Since 2, text that a spreadsheet would run stands in the tables behind an apostrophe; since 3,
it is stated how copies were searched, and each pair has its strength and the change."""
MANIFEST = "dataset.toml"
TABLES = ("photos.csv", "ratings.csv", "failures.csv", "near_duplicates.csv")
THUMBNAILS = "thumbnails.npy"
REPORT = "import.json"
CACHE = "cache"
ROOT_NOTE = f"{CACHE}/photos-are-in.txt"
_REPLACED = "-replaced"
"""Ends the name under which an old data set waits until the new one is in its place."""
MANIFEST_KEYS = ("format_version", "arborisk_version", "root", "content_hash")
_OURS = {MANIFEST, *TABLES, THUMBNAILS, REPORT}


@dataclass(frozen=True, slots=True)
class DatasetContent:
    """All that is written into a data set's folder.

    Attributes:
        root: Folder of the photos.
        photos: One row a readable photo.
        thumbnails: One row a photo, as `arborisk.photos.thumbnail` makes them.
        ratings: Ratings.
        failures: Photos that could not be read.
        duplicate_pairs: Near-duplicates.
        copy_search: How they were searched.
        options: Options of the import, for the manifest.
        report: Report of the import, as JSON text.
    """

    root: Path
    photos: Sequence[PhotoRow]
    thumbnails: NDArray[np.uint8]
    ratings: Sequence[Rating]
    failures: Sequence[Failure]
    duplicate_pairs: Sequence[DuplicatePair]
    copy_search: CopySearch
    options: Mapping[str, str]
    report: str


def check_target(folder: Path, *, overwrite: bool) -> None:
    """Refuses a target that must not be replaced, before any work is done.

    A data set that an import was killed in replacing is put back first.

    Raises:
        DatasetError: There is something at the target, or it cannot be put back.
    """
    _put_back(folder.absolute())
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file():
        remedy = Remedy("Choose a new folder with {}.", option("--out", "import"))
        raise DatasetError("a new folder or a data set", "something else", str(folder), remedy)
    if not overwrite:
        raise DatasetError(
            "a new folder",
            "a data set",
            str(folder),
            Remedy(
                "Choose another {}, or replace its tables with {} (its cache is kept).",
                option("--out", "import"),
                option("--overwrite", "import"),
            ),
        )


def adopt_cache(source: Path, folder: Path) -> None:
    """Moves arrays that were prepared during an import into the cache of the data set.

    Args:
        source: Folder on the same disk, laid out as the cache is.
        folder: The data set.
    """
    for path in sorted(source.rglob("*.npy")):
        target = folder / CACHE / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


def write_dataset(content: DatasetContent, folder: Path) -> None:
    """Writes a data set beside its target and renames it into place.

    What else lies in a replaced folder, such as its cache or splits, moves into the new one.
    """
    folder = folder.absolute()
    with scratch_beside(folder) as new:
        _write_files(content, new, folder)
        _swap(new, folder)
    _note_root(content.root, folder)


def _note_root(root: Path, folder: Path) -> None:
    """Keeps where the photos are on this disk in the cache, which is never passed on."""
    note = folder / ROOT_NOTE
    note.parent.mkdir(exist_ok=True)
    note.write_bytes(os.fsencode(root.resolve()))


def _swap(new: Path, folder: Path) -> None:
    """Puts a new data set in the place of the old one, or leaves the old one where it was."""
    if not folder.exists():
        os.replace(new, folder)
        return
    old = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}{_REPLACED}")
    try:
        os.replace(folder, old)
        os.replace(new, folder)
        _finish(old, folder)
    except BaseException:  # Ctrl-C too
        if old.exists():
            _finish(old, folder)
        raise


def _put_back(folder: Path) -> None:
    """Finishes what an import that was killed left beside its target."""
    name = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}{_REPLACED}")
    if folder.parent.is_dir():
        for old in sorted(path for path in folder.parent.iterdir() if name.fullmatch(path.name)):
            _finish(old, folder)


def _finish(old: Path, folder: Path) -> None:
    """Puts an old data set back, or, beside its successor, moves over what is not ours."""
    if not folder.exists():
        os.replace(old, folder)
        return
    theirs = [entry for entry in old.iterdir() if entry.name not in _OURS]
    twice = [
        entry.name for entry in theirs if entry.name != CACHE and (folder / entry.name).exists()
    ]
    if twice:
        raise DatasetError(
            "what an import that was killed left behind, to move back",
            f"{', '.join(sorted(twice))} in {folder} too",
            str(old),
            f"Keep what you need of {old} elsewhere, delete it, and import again.",
        )
    for entry in theirs:
        if not (folder / entry.name).exists():
            os.replace(entry, folder / entry.name)
    shutil.rmtree(old)


def _write_files(content: DatasetContent, new: Path, folder: Path) -> None:
    thumbnails = io.BytesIO()
    np.save(thumbnails, content.thumbnails, allow_pickle=False)
    files = {
        "photos.csv": to_csv(PHOTO_COLUMNS, map(photo_cells, content.photos)),
        "ratings.csv": to_csv(RATING_COLUMNS, map(rating_cells, content.ratings)),
        "failures.csv": to_csv(FAILURE_COLUMNS, map(failure_cells, content.failures)),
        "near_duplicates.csv": to_csv(PAIR_COLUMNS, map(pair_cells, content.duplicate_pairs)),
        THUMBNAILS: thumbnails.getvalue(),
        REPORT: content.report.encode(),
    }
    for name, data in files.items():
        (new / name).write_bytes(data)
    root = content.root.resolve()
    manifest: dict[str, Mapping[str, object]] = {
        "": {
            "format_version": FORMAT_VERSION,
            "arborisk_version": arborisk.__version__,
            "root": Path(os.path.relpath(root, folder.resolve())).as_posix(),
            "content_hash": content_hash_of(content.photos),
            "copy_search": content.copy_search,
        },
        "counts": {
            "photos": len(content.photos),
            "unrated": sum(not row.label for row in content.photos),
            "ratings": len(content.ratings),
            "failures": len(content.failures),
            "near_duplicate_pairs": len(content.duplicate_pairs),
        },
        "sha256": {json.dumps(name): sha256(data).hexdigest() for name, data in files.items()},
        "options": content.options,
    }
    (new / MANIFEST).write_text(_toml(manifest), encoding="utf-8")


def _toml(sections: Mapping[str, Mapping[str, object]]) -> str:
    """Sections of texts and whole numbers as TOML; JSON strings are TOML strings but for DEL.

    Keys stand as given: bare words or quoted.
    """
    lines = []
    for section, entries in sections.items():
        lines += [f"\n[{section}]"] if section else []
        for key, value in entries.items():
            text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"


INDEX = "serial-names.csv"


def check_serial_target(target: Path, photos: Path) -> None:
    """Refuses a folder that is in use, or that the next import would find photos in.

    Raises:
        DatasetError: As said; says to choose another folder.
    """
    remedy = Remedy("Choose a new folder with {}.", option("--serial-copy", "import"))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DatasetError("a new or empty folder", "something in it", str(target), remedy)
    if target.resolve().is_relative_to(photos.resolve()):
        raise DatasetError("a folder outside PHOTOS", "one inside", str(target), remedy)


def copy_serially(dataset: Dataset, target: Path) -> int:
    """Copies rated photos under serial names, numbered by file name within each label.

    The files are copied byte by byte, so their time, place and orientation stay. Beside them,
    ``serial-names.csv`` says which file each came from. Unrated photos are not copied.

    Returns:
        Number of photos copied.

    Raises:
        DatasetError: The target is in use, or lies inside the photo folder.
    """
    check_serial_target(target, dataset.root)
    n_of_label: dict[str, int] = defaultdict(int)
    names = []
    with scratch_beside(target) as new:
        for row in dataset.photos:
            if not row.label:
                continue
            word = "-".join(words_of(row.label)) or "label"
            n_of_label[word] += 1
            name = f"{word}-{n_of_label[word]}{Path(row.file).suffix.lower()}"
            shutil.copy2(dataset.path_of(row), new / name)
            names.append((name, row.file, row.label))
        (new / INDEX).write_bytes(to_csv(("file", "original", "label"), names))
        os.replace(new, target)
    return len(names)
