"""Prepared arrays on disk, so that no photo is decoded twice.

One array file for each list of photos under each settings::

    CACHE/<settings>/<photos>.npy             finished, shape (n, size, size, channels)
    CACHE/<settings>/<photos>.sha256          the photo of each row, one hash a line
    CACHE/<settings>/<photos>.unfinished.npy  under way; <photos>.done lists its finished rows
    CACHE/<settings>/<photos>.lock            held by the run that prepares these photos
    CACHE/<settings>/ahead/<photo>.npy        one photo, prepared while it was imported

Rows are taken over from any other finished array under the same settings, and from what was
prepared ahead, which then goes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.preprocess.settings import PreprocessSettings

if sys.platform != "win32":
    import fcntl

AHEAD = "ahead"
ROWS_AT_ONCE = 64  # of those prepared ahead, held in memory


class PreparedArrays:
    """The array file of one list of photos; a killed run is taken up where it was.

    Args:
        cache_dir: Root of the cache; made if need be.
        settings: Settings under which the arrays are prepared.
        sha256: The photos, in row order; one may occur several times.
    """

    def __init__(
        self, cache_dir: Path, settings: PreprocessSettings, sha256: Sequence[str]
    ) -> None:
        self.folder = cache_dir / settings.fingerprint()
        self.sha256 = tuple(sha256)
        self._shape = (len(self.sha256), *settings.shape)
        name = hashlib.sha256("\n".join(self.sha256).encode()).hexdigest()[:16]
        self._finished = self.folder / f"{name}.npy"
        self._hashes = self.folder / f"{name}.sha256"
        self._unfinished = self.folder / f"{name}.unfinished.npy"
        self._lock = self.folder / f"{name}.lock"
        self._done = self.folder / f"{name}.done"

    def finished(self) -> NDArray[np.uint8] | None:
        """The array, memory-mapped for reading, or None where it is not finished."""
        if not self._finished.exists() or self._read_hashes(self._hashes) != self.sha256:
            return None
        array = _mapped(self._finished, self._shape[1:])
        return array if array is not None and array.shape == self._shape else None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other run prepares the same photos; a killed run holds nothing.

        Windows has no such lock: there, let one run finish before another one starts.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as file:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def start(self) -> None:
        """Make or reopen the unfinished array and take rows over from finished ones."""
        array = _mapped(self._unfinished, self._shape[1:], mode="r+")
        if array is None or array.shape != self._shape:
            self._done.unlink(missing_ok=True)
            array = np.lib.format.open_memmap(
                self._unfinished, mode="w+", dtype=np.uint8, shape=self._shape
            )
        self._array = array
        self._rows_done = self._read_done()
        self._take_over()

    def missing(self) -> list[int]:
        """First row of each different photo that has no prepared row yet."""
        seen = {self.sha256[row] for row in self._rows_done}
        rows = []
        for row, sha256 in enumerate(self.sha256):
            if sha256 not in seen:
                seen.add(sha256)
                rows.append(row)
        return rows

    def write(self, rows: Iterable[tuple[int, NDArray[np.uint8]]]) -> None:
        """Put rows on disk, then note them as done; a row that is noted is whole."""
        written = []
        for row, values in rows:
            self._array[row] = values
            written.append(row)
        self._note(written)

    def finish(self) -> NDArray[np.uint8]:
        """Repeat rows of photos that occur more than once, then name the array finished."""
        row_of = {self.sha256[row]: row for row in sorted(self._rows_done, reverse=True)}
        for row, sha256 in enumerate(self.sha256):
            if row not in self._rows_done:
                self._array[row] = self._array[row_of[sha256]]
        self._array.flush()
        del self._array  # an open map cannot be renamed on Windows
        temporary = self._hashes.with_suffix(".sha256.new")
        temporary.write_text("\n".join(self.sha256), encoding="ascii")
        os.replace(temporary, self._hashes)
        os.replace(self._unfinished, self._finished)
        self._done.unlink(missing_ok=True)
        array = self.finished()
        if array is None:
            raise FileNotFoundError(self._finished)
        return array

    def _take_over(self) -> None:
        wanted: dict[str, int] = {self.sha256[row]: row for row in self.missing()}
        for hashes in sorted(self.folder.glob("*.sha256")):
            other = _mapped(hashes.with_suffix(".npy"), self._shape[1:])
            names = self._read_hashes(hashes)
            if other is None or len(names) != len(other):
                continue
            common = [(wanted.pop(name), row) for row, name in enumerate(names) if name in wanted]
            self.write((row, other[other_row]) for row, other_row in common)
        self._take_over_ahead(wanted)

    def _take_over_ahead(self, wanted: Mapping[str, int]) -> None:
        """Rows that an import prepared; their files are removed when the rows are on disk."""
        waiting = [
            (row, path)
            for sha256, row in wanted.items()
            if (path := self.folder / AHEAD / f"{sha256}.npy").exists()
        ]
        for start in range(0, len(waiting), ROWS_AT_ONCE):
            some = waiting[start : start + ROWS_AT_ONCE]
            loaded = [(row, _row(path)) for row, path in some]
            shape = self._shape[1:]
            self.write((row, array) for row, array in loaded if array.shape == shape)
            for _, path in some:
                path.unlink()

    def _note(self, rows: list[int]) -> None:
        if not rows:
            return
        self._array.flush()
        with self._done.open("a", encoding="ascii") as file:
            file.write("".join(f"{row} {self.sha256[row]}\n" for row in rows))
        self._rows_done.update(rows)

    def _read_done(self) -> set[int]:
        """Rows noted as done; a last line that was cut off is not believed."""
        if not self._done.exists():
            return set()
        rows = {f"{row} {sha256}": row for row, sha256 in enumerate(self.sha256)}
        lines = self._done.read_text(encoding="ascii", errors="replace").splitlines()
        return {rows[line] for line in lines if line in rows}

    @staticmethod
    def _read_hashes(path: Path) -> tuple[str, ...]:
        return tuple(path.read_text(encoding="ascii").split()) if path.exists() else ()


def ahead_file(cache_dir: Path, settings: PreprocessSettings, sha256: str) -> Path:
    """Where the array of one photo, prepared while it was imported, waits."""
    return cache_dir / settings.fingerprint() / AHEAD / f"{sha256}.npy"


def _row(path: Path) -> NDArray[np.uint8]:
    """One prepared photo; of no size where the file is damaged."""
    try:
        array = np.load(path)
    except (OSError, ValueError, EOFError):
        return np.zeros(0, dtype=np.uint8)
    return array if array.dtype == np.uint8 else np.zeros(0, dtype=np.uint8)


def _mapped(
    path: Path, row_shape: tuple[int, ...], *, mode: Literal["r", "r+"] = "r"
) -> np.memmap | None:
    """A file of rows, memory-mapped; None where it is absent, damaged or of another shape."""
    try:
        array = np.load(path, mmap_mode=mode)
    except (OSError, ValueError):
        return None
    fits = array.dtype == np.uint8 and array.shape[1:] == row_shape
    return array if fits else None
