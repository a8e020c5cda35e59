"""Everything a data set wants to know of its photos, from one decode each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import PhotoError, Remedy, extra
from arborisk.photos.copies.features import SIDE_PX, LocalFeatures, local_features
from arborisk.photos.decode import DecodedPhoto, decoding
from arborisk.photos.files import sha256_of
from arborisk.photos.fingerprints import perceptual_hash, thumbnail
from arborisk.photos.workers import map_photos
from arborisk.records import Failure, PhotoFacts, Progress

CopySearch = Literal["thumbnails", "local_features"]
"""``local_features`` needs the extra ``copies``; ``thumbnails`` compares small grey squares over
shifts and mirroring."""

_NOT_LOOKED_FOR: Final[dict[CopySearch, str]] = {
    "thumbnails": (
        "Crops, turned, upside-down and stretched copies and copies in a frame were not looked "
        "for; only copies that are whole, shifted, mirrored, resized or recoloured were."
    ),
    "local_features": "",
}


def found_search() -> CopySearch:
    """The best search that is installed here."""
    return "local_features" if find_spec("cv2") is not None else "thumbnails"


def copies_not_looked_for(search: CopySearch) -> str:
    """A sentence on the copies that a search cannot find and how to find them; "" if none."""
    sentence = _NOT_LOOKED_FOR[search]
    if not sentence:
        return ""
    remedy = Remedy(
        "To look for them, install the extra with {} and import again.", extra("copies")
    )
    return f"{sentence} {remedy}"


_AT_LEAST_PX: Final = 128  # four times the thumbnail's side


@dataclass(frozen=True, slots=True)
class ExaminedPhoto:
    """One usable photo.

    Attributes:
        path: The photo, as it was given.
        sha256: Hash of the file's bytes, 64 hexadecimal digits.
        facts: What the header says.
        phash: See `arborisk.photos.perceptual_hash`.
        thumbnail: See `arborisk.photos.thumbnail`.
        features: What its copies are found by, where that search was asked for.
    """

    path: Path
    sha256: str
    facts: PhotoFacts
    phash: str
    thumbnail: NDArray[np.uint8]
    features: LocalFeatures | None = None


class AlsoDo(Protocol):
    """What else is done with the one decode of a photo, in the process that decoded it."""

    @property
    def at_least_px(self) -> int:
        """Side at which the photo is decoded, in pixels; 128 or more, for the fingerprints."""

    def __call__(self, decoded: DecodedPhoto, sha256: str) -> None:
        """Called with each usable photo, in colour, and the hash of its file."""


def examine_file(
    path: Path, also: AlsoDo | None = None, *, search: CopySearch = "thumbnails"
) -> ExaminedPhoto:
    """Decode a photo once, to prove that it can be, and take its fingerprints.

    Args:
        path: The photo.
        also: What else to do with the decoded picture.
        search: How copies will be searched for.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    by_features = search == "local_features"
    at_least_px = SIDE_PX if by_features else _AT_LEAST_PX
    channels: Literal[1, 3] = 1 if also is None else 3
    if also is not None:
        at_least_px = max(at_least_px, also.at_least_px)
    with decoding(path, at_least_px=at_least_px, channels=channels) as decoded:
        image, sha256 = decoded.image, sha256_of(path)
        if also is not None:
            also(decoded, sha256)
        grey = image.convert("L")  # once for all three
        features = local_features(grey) if by_features else None
        return ExaminedPhoto(
            path, sha256, decoded.facts, perceptual_hash(grey), thumbnail(grey), features
        )


def examine_files(
    paths: Sequence[Path],
    *,
    also: AlsoDo | None = None,
    search: CopySearch = "thumbnails",
    n_processes: int | None = None,
    progress: Progress | None = None,
) -> list[ExaminedPhoto | Failure]:
    """Examine photos in several processes; a bad photo is a row with its reason.

    Args:
        paths: The photos.
        also: What else to do with each decoded picture; sent to the processes.
        search: How copies will be searched for: decides what is kept of each photo.
        n_processes: Number of processes; by default one a core.
        progress: Called after each photo.

    Returns:
        One entry a path, in the order given. ``Failure.file`` is the path as text.

    Raises:
        ValueError: `also` wants photos smaller than the fingerprints need.
    """
    if also is not None and also.at_least_px < _AT_LEAST_PX:
        raise ValueError(f"at_least_px is {also.at_least_px}; fingerprints need {_AT_LEAST_PX}")
    entries: list[ExaminedPhoto | Failure] = []
    with closing(
        map_photos(partial(_examine, also=also, search=search), paths, n_processes=n_processes)
    ) as examined:
        for entry in examined:
            entries.append(entry)
            if progress is not None:
                progress(len(entries), len(paths))
    return entries


def _examine(path: Path, also: AlsoDo | None, search: CopySearch) -> ExaminedPhoto | Failure:
    try:
        return examine_file(path, also, search=search)
    except PhotoError as error:
        return Failure(str(path), error.reason, str(error))
