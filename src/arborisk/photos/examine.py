"""Everything a data set wants to know of its photos, from one decode each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import PhotoError
from arborisk.photos.decode import decode_photo
from arborisk.photos.files import sha256_of
from arborisk.photos.fingerprints import perceptual_hash, thumbnail
from arborisk.photos.workers import map_photos
from arborisk.records import Failure, PhotoFacts, Progress

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
    """

    path: Path
    sha256: str
    facts: PhotoFacts
    phash: str
    thumbnail: NDArray[np.uint8]


def examine_file(path: Path) -> ExaminedPhoto:
    """Decode a photo once, to prove that it can be, and take its fingerprints.

    Raises:
        PhotoError: The file is no usable photo; its ``reason`` says why.
    """
    decoded = decode_photo(path, at_least_px=_AT_LEAST_PX, channels=1)
    image = decoded.image
    return ExaminedPhoto(
        path, sha256_of(path), decoded.facts, perceptual_hash(image), thumbnail(image)
    )


def examine_files(
    paths: Sequence[Path], *, n_processes: int | None = None, progress: Progress | None = None
) -> list[ExaminedPhoto | Failure]:
    """Examine photos in several processes; a bad photo is a row with its reason.

    Args:
        paths: The photos.
        n_processes: Number of processes; by default one a core.
        progress: Called after each photo.

    Returns:
        One entry a path, in the order given. ``Failure.file`` is the path as text.
    """
    entries: list[ExaminedPhoto | Failure] = []
    with closing(map_photos(_examine, paths, n_processes=n_processes)) as examined:
        for entry in examined:
            entries.append(entry)
            if progress is not None:
                progress(len(entries), len(paths))
    return entries


def _examine(path: Path) -> ExaminedPhoto | Failure:
    try:
        return examine_file(path)
    except PhotoError as error:
        return Failure(str(path), error.reason, str(error))
