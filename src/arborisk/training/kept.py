"""A fit that was stopped, kept so that it ends with the same numbers. Needs torch."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.errors import SettingsError
from arborisk.files import written_whole
from arborisk.models.network import Network
from arborisk.training.augmentation import LOOK_BATCH, Pictures, batches
from arborisk.training.settings import EpochRow

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


MOST_BYTES = 2 * 2**30
STAND_IN_PX = 32  # of the picture that stands for those whose maps are kept; all models see it


class KeptMaps:
    """Maps that enter the first stage that learns, by photo.

    Instead of a photo, the network is given a small blank picture; where the first learning stage
    begins, the kept maps take the place of what the blank gave. This fits networks whose stages
    follow one another and nothing passes beside them; `keep_maps` finds out whether they do.

    Args:
        network: In evaluation mode below `entry`.
        entry: The module at which the maps enter, see `entry_of`.
        pictures: The photos.
        rows: Photos to keep, shape (n,).
    """

    def __init__(
        self, network: Network, entry: nn.Module, pictures: Pictures, rows: NDArray[np.int64]
    ) -> None:
        self.network = network
        self.entry = entry
        self.place = {int(row): place for place, row in enumerate(rows)}
        self.maps = torch.cat(
            [_maps_of(network, entry, pictures.numbers(some)) for some in batches(rows, LOOK_BATCH)]
        )
        self.blank = pictures.numbers(rows[:1])[:, :, :STAND_IN_PX, :STAND_IN_PX] * 0

    @contextmanager
    def instead(self, rows: NDArray[np.int64]) -> Iterator[Tensor]:
        """The picture to give the network so that it answers for these rows."""
        maps = self.maps[[self.place[int(row)] for row in rows]]

        def exchange(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            return (maps, *inputs[1:])

        handle = self.entry.register_forward_pre_hook(exchange)
        try:
            yield self.blank
        finally:
            handle.remove()


def keep_maps(
    network: Network, stage: nn.Module, pictures: Pictures, rows: NDArray[np.int64]
) -> KeptMaps | None:
    """Maps of these rows, or None where they take more than `MOST_BYTES` or are not all it needs.

    Args:
        network: The network; put into evaluation mode.
        stage: First stage that learns.
        pictures: The photos.
        rows: In any order, repeats allowed. The maps do not depend on it, so that a fit that was
            stopped goes on with the same numbers.
    """
    network.eval()
    kept = np.unique(rows)
    entry = entry_of(network, stage, pictures.numbers(kept[:1]))
    one = _maps_of(network, entry, pictures.numbers(kept[:1]))
    if one.numel() * one.element_size() * len(kept) > MOST_BYTES:
        return None
    first = kept[:2]
    if not _answers_alike(KeptMaps(network, entry, pictures, first), pictures, first):
        return None
    return KeptMaps(network, entry, pictures, kept)


def _answers_alike(kept: KeptMaps, pictures: Pictures, rows: NDArray[np.int64]) -> bool:
    """Whether the network says the same of kept maps as of the photos themselves."""
    with torch.no_grad():
        wanted = kept.network(pictures.numbers(rows))
        try:
            with kept.instead(rows) as blank:
                found = kept.network(blank)
        except RuntimeError:  # a second way brings another number of photos
            return False
    return found.shape == wanted.shape and torch.allclose(found, wanted, rtol=1e-3, atol=1e-3)


def entry_of(network: Network, stage: nn.Module, picture: Tensor) -> nn.Module:
    """The module of a stage that is called first: the stage itself, unless it is but a list.

    Args:
        network: In evaluation mode.
        stage: One of its stages.
        picture: Any, shape (1, channels, size, size).
    """
    called: list[nn.Module] = []

    def note(module: nn.Module, _: tuple[Any, ...]) -> None:
        called.append(module)

    handles = [module.register_forward_pre_hook(note) for module in stage.modules()]
    try:
        with torch.no_grad():
            network(picture)
    finally:
        for handle in handles:
            handle.remove()
    return called[0]


def _maps_of(network: Network, entry: nn.Module, pictures: Tensor) -> Tensor:
    """What enters that module when the network sees these pictures."""
    caught: list[Tensor] = []

    def catch(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        caught.append(inputs[0].detach().clone())

    handle = entry.register_forward_pre_hook(catch)
    try:
        with torch.no_grad():
            network(pictures)
    finally:
        handle.remove()
    return caught[0]
