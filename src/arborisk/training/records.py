"""What fitting hands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from arborisk.models.network import Network


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One row of ``history.csv``.

    Attributes:
        round: Name of the round.
        epoch: Counted from 1.
        train_loss: Mean loss a photo over the epoch's batches, dropout on.
        validation_loss: Mean loss a photo on the part held back, or None if nothing is.
        validation_accuracy: Share right on the part held back, 0 to 1, or None if nothing is.
        seconds: Time the epoch took.
        inner_loss: Mean loss on the inner part that judges when to stop, classes counted as in
            training, or None without one.
    """

    round: str
    epoch: int
    train_loss: float
    validation_loss: float | None
    validation_accuracy: float | None
    seconds: float
    inner_loss: float | None = None


OnEpoch = Callable[[EpochRow, float], None]
"""Called as ``on_epoch(row, seconds_left)`` after each epoch; the time left is of this round."""


@dataclass(frozen=True, slots=True)
class FittedNetwork:
    """A network fitted to one round.

    Attributes:
        network: In evaluation mode.
        history: One row an epoch, those before a resume included.
        probability: Of the part held back, in the order asked, shape (n_test, n_classes).
    """

    network: Network
    history: tuple[EpochRow, ...]
    probability: NDArray[np.float64]
