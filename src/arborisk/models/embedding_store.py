"""Embeddings on disk: parts that are only ever added."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from arborisk.files import written_whole


def read_parts(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Every embedding kept in a folder, by the hash of its photo.

    A part that cannot be read is left out: its photos are embedded again.

    Args:
        folder: May be missing.
    """
    kept: dict[str, NDArray[np.float32]] = {}
    for path in sorted(folder.glob("part-*.npz")):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as part:
                kept.update(zip(part["sha256"].tolist(), part["embedding"], strict=True))
        except (BadZipFile, OSError, ValueError, KeyError):
            continue
    return kept


def write_part(folder: Path, fresh: Mapping[str, NDArray[np.float32]]) -> None:
    """Adds a part; it appears whole or not at all.

    Args:
        folder: Made where missing.
        fresh: Embedding by the hash of its photo, at least one.
    """
    name = hashlib.sha256("".join(fresh).encode()).hexdigest()[:16]
    with written_whole(folder / f"part-{name}.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, sha256=np.array(list(fresh)), embedding=np.stack(list(fresh.values())))
