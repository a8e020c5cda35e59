"""What every way of fitting a round gives: weights, probabilities, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from arborisk.records import Progress
from arborisk.training.settings import EpochRow, OnEpoch

if TYPE_CHECKING:
    from arborisk.models.network import Network

Weights = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one round gave.

    Attributes:
        weights: Name to array: all of a network, or a head alone.
        probability: Of the photos held back, shape (n_test, n_classes).
        history: One row an epoch; empty for a head, which has no epochs.
    """

    weights: Weights
    probability: NDArray[np.float64]
    history: tuple[EpochRow, ...]


class Learner(Protocol):
    """Fits rounds and turns kept weights back into a network."""

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path | None,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """Fits on the rows `train`; goes on from `checkpoint` where it exists; None keeps none."""

    @property
    def frozen_embeddings(self) -> NDArray[np.float32] | None:
        """Embeddings of the shipped network, shape (n, d), where they are at hand."""

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """Networks with these weights, ready to be exported together."""


ProgressFor = Callable[[str], Progress]
"""Gives the progress of a named piece of long work."""
