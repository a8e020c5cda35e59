"""Prepare many photos in several processes, through the cache."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import PhotoError, Remedy, command, option
from arborisk.photos.decode import DecodedPhoto
from arborisk.photos.files import sha256_of
from arborisk.photos.workers import map_photos
from arborisk.preprocess.cache import PreparedArrays, ahead_file
from arborisk.preprocess.prepare import (
    decoded_side_px,
    photo_seed,
    prepare_decoded,
    prepare_together,
)
from arborisk.preprocess.settings import PreprocessSettings
from arborisk.records import Progress

_ROWS_A_WRITE: Final = 32  # a killed run loses at most these


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    sha256: str
    settings: tuple[PreprocessSettings, ...]


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
    (array,) = prepare_many(
        paths, sha256, [settings], cache_dir=cache_dir, n_processes=n_processes, progress=progress
    )
    return array


def prepare_many(
    paths: Sequence[Path],
    sha256: Sequence[str],
    settings: Sequence[PreprocessSettings],
    *,
    cache_dir: Path,
    n_processes: int | None = None,
    progress: Progress | None = None,
) -> list[NDArray[np.uint8]]:
    """Arrays of the same photos under several settings; each is what `prepare_files` gives.

    A photo is opened once for all that is missing of it, and decoded once for all settings that are
    ``shared``.

    Args:
        paths: See `prepare_files`, as all that follows.
        sha256: Hash of each photo's bytes.
        settings: What to make of the photos, any number of times.
        cache_dir: Where arrays are kept.
        n_processes: Number of processes; by default one a core.
        progress: Called with the number of different photos opened, and of all that must be.

    Returns:
        One array each of the settings, in their order.

    Raises:
        PhotoError: See `prepare_files`.
        ValueError: `paths` and `sha256` differ in length.
    """
    if len(paths) != len(sha256):
        raise ValueError(f"{len(paths)} paths and {len(sha256)} hashes")
    if not paths:
        return [np.zeros((0, *one.shape), dtype=np.uint8) for one in settings]
    arrays = {one.fingerprint(): PreparedArrays(cache_dir, one, sha256) for one in settings}
    finished = {key: one.finished() for key, one in arrays.items()}
    missing = sorted(key for key, array in finished.items() if array is None)
    with ExitStack() as locks:
        for key in missing:  # in one order everywhere: two runs never wait for each other
            locks.enter_context(arrays[key].alone())
            finished[key] = arrays[key].finished()  # by a run that was waited for
        unfinished = {one.fingerprint(): one for one in settings}
        unfinished = {key: unfinished[key] for key in missing if finished[key] is None}
        for key in unfinished:
            arrays[key].start()
        _fill({one: arrays[key] for key, one in unfinished.items()}, paths, n_processes, progress)
        for key in unfinished:
            finished[key] = arrays[key].finish()
    return [array for one in settings if (array := finished[one.fingerprint()]) is not None]


def _fill(
    arrays: Mapping[PreprocessSettings, PreparedArrays],
    paths: Sequence[Path],
    n_processes: int | None,
    progress: Progress | None,
) -> None:
    """Decode what is missing; what is done is kept whatever happens."""
    wanted: dict[int, list[PreprocessSettings]] = {}
    for settings, array in arrays.items():
        for row in array.missing():
            wanted.setdefault(row, []).append(settings)
    rows = sorted(wanted)
    sha256 = next((array.sha256 for array in arrays.values()), ())
    tasks = [_Task(paths[row], sha256[row], tuple(wanted[row])) for row in rows]
    waiting: dict[PreprocessSettings, list[tuple[int, NDArray[np.uint8]]]]
    waiting = {settings: [] for settings in arrays}
    try:
        with closing(map_photos(_prepare, tasks, n_processes=n_processes)) as prepared:
            for n_done, (row, results) in enumerate(zip(rows, prepared, strict=True), start=1):
                if isinstance(results, PhotoError):
                    raise results
                for settings, result in zip(wanted[row], results, strict=True):
                    waiting[settings].append((row, result))
                    if len(waiting[settings]) == _ROWS_A_WRITE:
                        arrays[settings].write(waiting[settings])
                        waiting[settings] = []
                if progress is not None:
                    progress(n_done, len(rows))
    finally:
        for settings, array in arrays.items():
            array.write(waiting[settings])


def _prepare(task: _Task) -> list[NDArray[np.uint8]] | PhotoError:
    """One photo; its error is given back, not raised, so that its neighbours' work is kept."""
    try:
        if sha256_of(task.path) != task.sha256:
            raise PhotoError(
                "changed",
                "the photo as it was when the data set was imported",
                "a file that has changed since",
                str(task.path),
                Remedy(
                    "Put the old photo back, or run {} again with {}.",
                    command("import"),
                    option("--overwrite", "import"),
                ),
            )
        return prepare_together(task.path, task.settings, seed=photo_seed(task.sha256))
    except PhotoError as error:
        return error


@dataclass(frozen=True, slots=True)
class PrepareAhead:
    """Keeps the prepared array of each photo for `prepare_files`; goes with `examine_files`.

    Attributes:
        settings: Of the model that the photos will most likely be used for; in colour, not exact,
            52 pixels a side or more.
        cache_dir: Cache that `prepare_files` will be given.
    """

    settings: PreprocessSettings
    cache_dir: Path

    @property
    def at_least_px(self) -> int:
        """The side at which `prepare_file` decodes: the arrays are then the same."""
        return decoded_side_px(self.settings)

    def __call__(self, decoded: DecodedPhoto, sha256: str) -> None:
        """Prepares one photo and writes its array whole."""
        array = prepare_decoded(decoded, self.settings, seed=photo_seed(sha256))
        path = ahead_file(self.cache_dir, self.settings, sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.npy")
        np.save(temporary, array)
        os.replace(temporary, path)
