"""Rounds fitted by training some or all of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.models import build
from arborisk.studies.learners import Fitted, Weights
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training import OnEpoch, fit_network

if TYPE_CHECKING:
    from arborisk.models.network import Network


@dataclass(frozen=True, slots=True)
class NetworkLearner:
    """Fits every weight of a network.

    Attributes:
        arrays: Prepared photos, shape (n, size, size, channels).
        task: What is learnt.
        settings: How.
    """

    arrays: NDArray[np.uint8]
    task: Task
    settings: RunSettings

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path | None,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """See `Learner`."""
        fitted = fit_network(
            self._build(),
            self.arrays,
            self.task.class_index,
            train=train,
            test=test,
            preprocess=self.settings.preprocess,
            settings=self.settings.training,
            seed=self.settings.seed,
            round_name=name,
            checkpoint=checkpoint,
            resume=checkpoint is not None and checkpoint.exists(),
            on_epoch=on_epoch,
        )
        state = fitted.network.state_dict()
        weights: Weights = {key: value.numpy() for key, value in state.items()}
        return Fitted(weights, fitted.probability, fitted.history)

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """See `Learner`."""
        import torch

        networks = []
        for one in weights:
            network = self._build()
            network.load_state_dict({key: torch.from_numpy(value) for key, value in one.items()})
            networks.append(network.eval())
        return networks

    def _build(self) -> Network:
        """The network with fresh weights."""
        return build(
            self.settings.model,
            n_classes=len(self.task.scheme.classes),
            channels=self.settings.preprocess.channels,
            size=self.settings.preprocess.size_px,
            settings=self.settings.model1 if self.settings.model == "model1" else None,
            seed=self.settings.seed,
            weights=self.settings.weights,
            output=self.settings.output,
        )
