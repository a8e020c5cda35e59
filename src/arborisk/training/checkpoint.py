"""A fit that was stopped, kept so that it ends with the same numbers. Needs torch."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.files import written_whole
from arborisk.training.records import EpochRow

N_ROWS_HASHED = 64
KEYS = {"fingerprint", "network", "optimiser", "history", "best"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State after a whole epoch.

    The order, the random changes and the dropout of an epoch follow from the seed and the number of
    the epoch alone, so no generator's state has to be kept.

    Attributes:
        network: State of the network.
        optimiser: State of the optimiser.
        history: Rows so far.
        best: State of the network after its best epoch, where an inner part judges; else empty.
    """

    network: dict[str, torch.Tensor]
    optimiser: dict[str, Any]
    history: tuple[EpochRow, ...]
    best: dict[str, torch.Tensor]


def fingerprint_of(texts: Iterable[str], tables: Iterable[NDArray[np.generic]]) -> str:
    """Hash of all that decides a fit's numbers; a checkpoint of another hash is refused."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{text}\n".encode())
    for table in tables:
        digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()


def some_of(arrays: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A few rows spread over the pictures: enough to notice others without reading them all."""
    rows = np.linspace(0, len(arrays) - 1, min(N_ROWS_HASHED, len(arrays))).astype(np.int64)
    return arrays[rows]


def save_checkpoint(path: Path, checkpoint: Checkpoint, fingerprint: str) -> None:
    """Writes a checkpoint so that a kill leaves the old one or the new one, never half of one."""
    content = {
        "fingerprint": fingerprint,
        "network": checkpoint.network,
        "optimiser": checkpoint.optimiser,
        "history": [asdict(row) for row in checkpoint.history],
        "best": checkpoint.best,
    }
    with written_whole(path) as temporary:
        torch.save(content, temporary)


def load_checkpoint(path: Path, fingerprint: str) -> Checkpoint | None:
    """The checkpoint in a file, or None where there is no file.

    Raises:
        SettingsError: The file is damaged, no checkpoint, or of another fit: delete it or restore
            the settings.
    """
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise _refusal("a readable checkpoint", f"a damaged file ({error})", path) from error
    if not isinstance(content, dict) or content.keys() != KEYS:
        raise _refusal("a checkpoint of a fit", "a file of something else", path)
    if content["fingerprint"] != fingerprint:
        raise _refusal(
            "a checkpoint of the same settings, split and photos",
            "that they have changed since",
            path,
        )
    return Checkpoint(
        network=content["network"],
        optimiser=content["optimiser"],
        history=tuple(EpochRow(**row) for row in content["history"]),
        best=content["best"],
    )


def _refusal(expected: str, found: str, path: Path) -> SettingsError:
    """The refusal of a checkpoint."""
    return SettingsError(
        expected=expected,
        found=found,
        where=str(path),
        remedy="Delete it to start afresh, or go back to the settings it was made with.",
    )
