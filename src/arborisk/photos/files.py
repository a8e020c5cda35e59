"""Photo files: which there are, and the hash of their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from arborisk.errors import PhotoError
from arborisk.wording.counts import listed

MAX_PIXELS: Final = 178_000_000
"""Largest photo read, in pixels. A little below the size at which Pillow itself refuses (178.9
million), above any common camera; a file that claims more is taken for a decompression bomb."""

MIN_SIDE_PX: Final = 16
"""Shortest side read, in pixels: fewer can be an icon or a rule of a page, but show no tree."""

_EXPECTED: Final = "a photo (JPEG, PNG, WebP, TIFF, BMP, AVIF or HEIC)"

_REMEDY: Final = {
    "missing": "Check the path, or take the photo off the list.",
    "unreadable": "Check that you may read the file, and that the disk or share is in reach.",
    "empty": "Copy the photo again from the camera or the original folder.",
    "truncated": "Copy the photo again from the camera or the original folder.",
    "not_an_image": "Remove the file, or export it as a JPEG with a photo program.",
    "corrupt": "Copy the photo again, or open it in a photo program and save it as a JPEG.",
    "damaged": "Copy the photo again; if it still looks torn or half grey, take it off the list.",
    "too_many_pixels": "Export a smaller copy as a JPEG; a few thousand pixels a side are plenty.",
    "too_small": "Copy the photo itself, not an icon of it.",
    "unsupported": "Export the photo as a JPEG.",
    "camera_raw": "Export it as a JPEG with a photo program, or use the JPEG of the same exposure.",
    "cmyk": "Export the photo as an RGB (sRGB) JPEG; print colours depend on a press.",
    "sixteen_bit": "Export the photo as an 8-bit JPEG, so that you choose how tones are mapped.",
    "animated": "Save the one frame or page that shows the tree as a JPEG.",
}

REASONS: Final = tuple(_REMEDY)
"""Every reason code that this package gives; the codes are stable."""

HEIC_REMEDY: Final = "Install it with: pip install '.[heic]' -c constraints.txt, or export a JPEG."


def problem(path: Path, reason: str, found: str, *, remedy: str | None = None) -> PhotoError:
    """The error for one photo.

    Args:
        path: The photo.
        reason: One of `REASONS`.
        found: What was found instead of a usable photo.
        remedy: What to do now; by default the usual remedy for the reason.
    """
    return PhotoError(reason, _EXPECTED, found, str(path), remedy or _REMEDY[reason])


def problem_from(path: Path, error: Exception) -> PhotoError:
    """The error for whatever the operating system or a decoder raised on a photo."""
    if isinstance(error, PhotoError):
        return error
    if isinstance(error, FileNotFoundError):
        return problem(path, "missing", "no such file")
    if isinstance(error, PermissionError):
        return problem(path, "unreadable", "a file that may not be read (permission denied)")
    if isinstance(error, IsADirectoryError):
        return problem(path, "unreadable", "a folder")
    if isinstance(error, OSError) and error.errno is not None:
        return problem(path, "unreadable", f"an error of the system: {error.strerror}")
    text = str(error).strip() or type(error).__name__
    if any(word in text.lower() for word in ("truncated", "unexpected end", "premature end")):
        return problem(path, "truncated", "a picture whose end is missing")
    return problem(path, "corrupt", f"damaged picture data ({text})")


_RAW: Final = (
    ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .k25 .kdc .mef .mos .mrw .nef .nrw .orf "
    ".pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f"
)
_READ: Final = (
    ".jpg .jpeg .jpe .jfif .pjpeg .pjp .mpo .png .webp .tif .tiff .bmp .dib .avif .heic .heif"
)
_READ_SUFFIXES: Final = frozenset(_READ.split())

RAW_SUFFIXES: Final = frozenset(_RAW.split())
"""Suffixes of cameras' raw files, which hold no picture until a photo program develops them."""

PHOTO_SUFFIXES: Final = _READ_SUFFIXES | RAW_SUFFIXES
"""Suffixes of files that are taken for photos, in lower case; any case is found."""

HIDDEN: Final = "hidden"
"""Where files are counted by suffix, the count of those whose name begins with a dot."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What lies under a folder; every file is one or the other.

    Attributes:
        photos: What is taken for a photo, sorted.
        passed_over: How many other files there are by suffix, the commonest first: "" for names
            without one, `HIDDEN` for names that begin with a dot.
    """

    photos: list[Path]
    passed_over: dict[str, int]


def passed_over_text(passed_over: Mapping[str, int]) -> str:
    """The files that were passed over, in a sentence; empty where there are none.

    >>> passed_over_text({".txt": 3, "": 1})
    'Not taken for photos: 3 .txt and 1 without suffix.'
    """
    names = [f"{n} {suffix or 'without suffix'}" for suffix, n in passed_over.items()]
    return f"Not taken for photos: {listed(names)}." if names else ""


def find_photos(root: Path) -> list[Path]:
    """Photos at or under a path, sorted; see `find_files`.

    Raises:
        PhotoError: Nothing is at `root`; check the path.
    """
    return find_files(root).photos


def find_files(root: Path) -> FoundFiles:
    """Photos at or under a path, and how many other files lie there.

    Links to folders are followed, each folder once, and none that leads back to `root` or to a
    folder that holds it, so loops end and nothing outside comes in by one. Names that begin with a
    dot are passed over: they are thumbnails' and systems' own files. So is a camera raw file beside
    a photo of the same name that can be read; alone it becomes a row with a reason. A link to a
    file that is gone is listed, so that it becomes a row with a reason and is not lost.

    Args:
        root: A folder, searched with its sub-folders, or one file, taken whatever its suffix.

    Raises:
        PhotoError: Nothing is at `root`; check the path.
    """
    if root.is_file():
        return FoundFiles([root], {})
    if not root.is_dir():
        raise problem(root, "missing", "no such file or folder")
    photos: list[Path] = []
    others: Counter[str] = Counter()
    seen = {_identity(folder) for folder in (root, *root.resolve().parents)}
    for folder, folders, files in os.walk(root, followlinks=True):
        names = _photo_names(files)
        photos += [Path(folder, name) for name in names]
        others.update(_kind(name) for name in set(files) - names)
        entered = []
        for name in sorted(folders):
            identity = _identity(Path(folder, name))
            if not name.startswith(".") and identity not in seen:
                seen.add(identity)
                entered.append(name)
        folders[:] = entered
    return FoundFiles(
        sorted(photos), dict(sorted(others.items(), key=lambda kind: (-kind[1], kind)))
    )


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


def _photo_names(files: list[str]) -> set[str]:
    """Of the names in one folder, those of photos."""
    suffix_of = {name: _kind(name) for name in files}
    read = {name for name, suffix in suffix_of.items() if suffix in _READ_SUFFIXES}
    developed = {Path(name).stem.lower() for name in read}
    raw = {name for name, suffix in suffix_of.items() if suffix in RAW_SUFFIXES}
    return read | {name for name in raw if Path(name).stem.lower() not in developed}


def _kind(name: str) -> str:
    return HIDDEN if name.startswith(".") else Path(name).suffix.lower()


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
