"""Photo files: which there are, and the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from arborisk.photos.problems import problem, problem_from

PHOTO_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"}
)
"""Suffixes of files that are taken for photos, in lower case; any case is found."""


def find_photos(root: Path) -> list[Path]:
    """Photos at or under a path, sorted.

    Links to folders are followed, each folder once, so loops end. Names that begin with a dot are
    passed over: they are thumbnails' and systems' own files. A link to a file that is gone is
    listed, so that it becomes a row with a reason and is not lost.

    Args:
        root: A folder, searched with its sub-folders, or one file, taken whatever its suffix.

    Raises:
        PhotoError: Nothing is at `root`; check the path.
    """
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise problem(root, "missing", "no such file or folder")
    found: list[Path] = []
    seen = {_identity(root)}
    for folder, folders, files in os.walk(root, followlinks=True):
        found += [Path(folder, name) for name in files if _is_photo_name(name)]
        entered = []
        for name in sorted(folders):
            identity = _identity(Path(folder, name))
            if not name.startswith(".") and identity not in seen:
                seen.add(identity)
                entered.append(name)
        folders[:] = entered
    return sorted(found)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hexadecimal digits.

    Raises:
        PhotoError: The file is missing or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise problem_from(path, error) from error


def _is_photo_name(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in PHOTO_SUFFIXES


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
