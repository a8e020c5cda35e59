"""What the stages held still make of each photo, computed once for a whole fit. Needs torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from arborisk.models.network import Network
from arborisk.training.pictures import LOOK_BATCH, Pictures, batches

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
