"""Rounds fitted by training some or all of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.models.table import build
from arborisk.models.weights import FROM_SCRATCH
from arborisk.studies.head_learner import make_head_learner
from arborisk.studies.learners import Fitted, Learner, ProgressFor, Weights
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training.network import fit_network
from arborisk.training.settings import NO_CHANGE, ClassWeights, OnEpoch

if TYPE_CHECKING:
    from arborisk.models.network import Network


@dataclass(frozen=True, slots=True)
class NetworkLearner:
    """Fits some or every weight of a network.

    Attributes:
        arrays: Prepared photos, shape (n, size, size, channels).
        task: What is learnt.
        settings: How.
        progress_for: Gives the progress of a named piece of long work.
    """

    arrays: NDArray[np.uint8]
    task: Task
    settings: RunSettings
    progress_for: ProgressFor = lambda _: lambda done, total: None

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path | None,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """See `Learner`; pretrained weights start under a last layer fitted to their embeddings."""
        pretrained = self.settings.weights != FROM_SCRATCH
        fitted = fit_network(
            self._build(),
            self.arrays,
            self.task.class_index,
            train=train,
            test=test,
            preprocess=self.settings.preprocess,
            settings=self.settings.training,
            seed=self.settings.seed,
            augmentation=self.settings.augmentation,
            class_share=self.task.class_share,
            groups=self.task.groups,
            regime="last_stages" if self.settings.regime == "last_stages" else "all",
            pretrained=pretrained,
            start=self._start(name, train) if pretrained else None,
            views=self.settings.test_views,
            round_name=name,
            checkpoint=checkpoint,
            resume=checkpoint is not None and checkpoint.exists(),
            on_epoch=on_epoch,
        )
        state = fitted.network.state_dict()
        weights: Weights = {key: value.numpy() for key, value in state.items()}
        return Fitted(weights, fitted.probability, fitted.history)

    @property
    def frozen_embeddings(self) -> None:
        """See `Learner`: every member has its own."""
        return None

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """See `Learner`."""
        import torch

        networks = []
        for one in weights:
            network = self._build()
            network.load_state_dict({key: torch.from_numpy(value) for key, value in one.items()})
            networks.append(network.eval())
        return networks

    def _start(self, name: str, train: NDArray[np.int64]) -> Weights:
        """A last layer for the body as it is; it counts the classes as training will."""
        training = self.settings.training
        alike: ClassWeights = "balanced" if training.counts_classes_alike else "none"
        frozen = self.settings.model_copy(
            update={
                "regime": "frozen",
                "augmentation": NO_CHANGE,
                "test_views": "one",
                "head": self.settings.head.model_copy(update={"class_weights": alike}),
            }
        )
        learner = make_head_learner(self.task, self.arrays, frozen, self.progress_for)
        return learner.fit(name, train, train[:1], None, None).weights

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


def make_learner(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> Learner:
    """The learner of the regime; embeds the photos first where it needs embeddings."""
    if settings.regime == "frozen":
        return make_head_learner(task, arrays, settings, progress_for)
    return NetworkLearner(arrays, task, settings, progress_for)
