"""Photo files: which there are, and the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

from arborisk.photos.problems import problem, problem_from

PHOTO_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".mpo", ".png", ".webp", ".tif", ".tiff", ".heic", ".heif"}
)
"""Suffixes of files that are taken for photos, in lower case; any case is found."""


def find_photos(root: Path) -> list[Path]:
    """Photos at or under a path, sorted.

    Links to folders are followed, each folder once, and none that leads back to `root` or to a
    folder that holds it, so loops end and nothing outside comes in by one. Names that begin with a
    dot are passed over: they are thumbnails' and systems' own files. A link to a file that is gone
    is listed, so that it becomes a row with a reason and is not lost.

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
    seen = {_identity(folder) for folder in (root, *root.resolve().parents)}
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
    refuse_special_file(path)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise problem_from(path, error) from error


def refuse_special_file(path: Path) -> None:
    """Refuses pipes, devices and sockets: opening one may wait for ever.

    Raises:
        PhotoError: The file is missing, cannot be looked at, or is no plain file.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise problem_from(path, error) from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder is told by opening it
        raise problem(path, "unreadable", "a pipe, a device or a socket, not a plain file")


def _is_photo_name(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in PHOTO_SUFFIXES


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
