"""Prepare many photos in several processes, through the cache."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import PhotoError
from arborisk.photos import map_photos, sha256_of
from arborisk.preprocess.cache import PreparedArrays
from arborisk.preprocess.prepare import photo_seed, prepare_file
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress

_ROWS_A_WRITE: Final = 32  # a killed run loses at most these


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    sha256: str
    settings: PreprocessSettings


def prepare_files(
    paths: Sequence[Path],
    sha256: Sequence[str],
    settings: PreprocessSettings,
    *,
    cache_dir: Path,
    n_processes: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.uint8]:
    """Prepared arrays of photos, in their order; only what no earlier run prepared is decoded.

    A file is decoded only if it still has the bytes of its hash, so that the cache never holds one
    picture under the hash of another.

    Args:
        paths: The photos.
        sha256: Hash of each photo's bytes, as many as `paths`; equal ones are decoded once.
        settings: What to make of the photos. A random crop is seeded by the photo's hash.
        cache_dir: Where arrays are kept; may be deleted at any time between runs.
        n_processes: Number of processes; by default one a core.
        progress: Called with the number of different photos prepared, and of all that must be.

    Returns:
        Bytes 0 to 255, memory-mapped for reading, shape (n_photos, size_px, size_px, channels).

    Raises:
        PhotoError: A photo cannot be used, or its file has changed (reason ``changed``); the
            message names it. Rows done before are kept.
        ValueError: `paths` and `sha256` differ in length.
    """
    if len(paths) != len(sha256):
        raise ValueError(f"{len(paths)} paths and {len(sha256)} hashes")
    if not paths:
        return np.zeros((0, *settings.shape), dtype=np.uint8)
    arrays = PreparedArrays(cache_dir, settings, sha256)
    finished = arrays.finished()
    if finished is not None:
        return finished
    with arrays.alone():
        finished = arrays.finished()  # by a run that was waited for
        if finished is not None:
            return finished
        arrays.start()
        _fill(arrays, paths, settings, n_processes, progress)
        return arrays.finish()


def _fill(
    arrays: PreparedArrays,
    paths: Sequence[Path],
    settings: PreprocessSettings,
    n_processes: int | None,
    progress: Progress | None,
) -> None:
    """Decode what is missing; what is done is kept whatever happens."""
    rows = arrays.missing()
    tasks = [_Task(paths[row], arrays.sha256[row], settings) for row in rows]
    waiting: list[tuple[int, NDArray[np.uint8]]] = []
    try:
        with closing(map_photos(_prepare, tasks, n_processes=n_processes)) as prepared:
            for n_done, (row, result) in enumerate(zip(rows, prepared, strict=True), start=1):
                if isinstance(result, PhotoError):
                    raise result
                waiting.append((row, result))
                if len(waiting) == _ROWS_A_WRITE:
                    arrays.write(waiting)
                    waiting = []
                if progress is not None:
                    progress(n_done, len(rows))
    finally:
        arrays.write(waiting)


def _prepare(task: _Task) -> NDArray[np.uint8] | PhotoError:
    """One photo; its error is given back, not raised, so that its neighbours' work is kept."""
    try:
        if sha256_of(task.path) != task.sha256:
            raise PhotoError(
                "changed",
                "the photo as it was when the data set was imported",
                "a file that has changed since",
                str(task.path),
                "Put the old photo back, or run `arborisk dataset import` again with --overwrite.",
            )
        return prepare_file(task.path, task.settings, seed=photo_seed(task.sha256))
    except PhotoError as error:
        return error
