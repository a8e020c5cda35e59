"""A fit that was stopped, kept so that it ends with the same numbers. Needs torch."""

from __future__ import annotations

import hashlib
import os
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.errors import SettingsError
from arborisk.models.network import Network
from arborisk.training.records import EpochRow
from arborisk.training.settings import TrainingSettings

N_ROWS_HASHED = 64  # enough to notice other pictures without reading them all


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State after a whole epoch.

    The order of photos and the dropout of an epoch follow from the seed and the number of the
    epoch alone, so no generator's state has to be kept.

    Attributes:
        network: State of the network.
        optimiser: State of the optimiser.
        history: Rows so far.
    """

    network: dict[str, torch.Tensor]
    optimiser: dict[str, Any]
    history: tuple[EpochRow, ...]


def fingerprint_of(
    network: Network,
    settings: TrainingSettings,
    arrays: NDArray[np.uint8],
    class_index: NDArray[np.int64],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
) -> str:
    """Hash of all that decides a fit's numbers; a checkpoint of another hash is refused."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    digest.update(str(network).encode())
    digest.update(str(arrays.shape).encode())
    some = np.linspace(0, len(arrays) - 1, min(N_ROWS_HASHED, len(arrays))).astype(np.int64)
    for values in (arrays[some], class_index, train, test):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def save_checkpoint(path: Path, checkpoint: Checkpoint, fingerprint: str) -> None:
    """Writes a checkpoint so that a kill leaves the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    content = {
        "fingerprint": fingerprint,
        "network": checkpoint.network,
        "optimiser": checkpoint.optimiser,
        "history": [asdict(row) for row in checkpoint.history],
    }
    torch.save(content, temporary)
    os.replace(temporary, path)


def load_checkpoint(path: Path, fingerprint: str) -> Checkpoint | None:
    """The checkpoint in a file, or None where there is no file.

    Raises:
        SettingsError: The file is damaged, or of another fit: delete it or restore the settings.
    """
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise _refusal("a readable checkpoint", f"a damaged file ({error})", path) from error
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
    )


def _refusal(expected: str, found: str, path: Path) -> SettingsError:
    """The refusal of a checkpoint."""
    return SettingsError(
        expected=expected,
        found=found,
        where=str(path),
        remedy="Delete it to start afresh, or go back to the settings it was made with.",
    )
