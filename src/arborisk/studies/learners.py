"""One way to fit a round, whatever the model: weights, probabilities, history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from arborisk.models import ModelEntry, build, model_entry
from arborisk.records import Progress
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training import EpochRow, OnEpoch, fit_head, fit_network

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
        checkpoint: Path,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """Fits on the rows `train`; goes on from `checkpoint` where it exists."""

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """Networks with these weights, ready to be exported together."""


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
        checkpoint: Path,
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
            resume=checkpoint.exists(),
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
            settings=self.settings.model1,
            seed=self.settings.seed,
        )


@dataclass(frozen=True, slots=True)
class HeadLearner:
    """Fits a linear head on frozen embeddings.

    Attributes:
        embeddings: Shape (n, embedding size).
        task: What is learnt.
        settings: How.
    """

    embeddings: NDArray[np.float32]
    task: Task
    settings: RunSettings

    def fit(
        self,
        name: str,
        train: NDArray[np.int64],
        test: NDArray[np.int64],
        checkpoint: Path,
        on_epoch: OnEpoch | None,
    ) -> Fitted:
        """See `Learner`; a head is fitted in a second, so nothing is kept half way."""
        head = fit_head(
            self.embeddings[train],
            self.task.class_index[train],
            [self.task.groups[index] for index in train],
            n_classes=len(self.task.scheme.classes),
            settings=self.settings.head,
            seed=self.settings.seed,
        )
        weights: Weights = {"weight": head.weight, "bias": head.bias}
        return Fitted(weights, head.probability(self.embeddings[test]), ())

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """See `Learner`; all heads share one backbone."""
        import torch

        from arborisk.models.efficientnet_lite import load_efficientnet_lite0

        base = load_efficientnet_lite0(
            n_classes=len(self.task.scheme.classes),
            channels=self.settings.preprocess.channels,
            size=self.settings.preprocess.size_px,
        )
        return [
            base.with_head(
                torch.from_numpy(np.asarray(one["weight"], np.float32)),
                torch.from_numpy(np.asarray(one["bias"], np.float32)),
            )
            for one in weights
        ]


ProgressFor = Callable[[str], Progress]
"""Gives the progress of a named piece of long work."""


def make_learner(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> Learner:
    """The learner that the model asks for; embeds the photos first where it needs embeddings."""
    entry: ModelEntry = model_entry(settings.model)
    if entry.fitted_by == "network":
        return NetworkLearner(arrays, task, settings)
    from arborisk.models.embedding import embed_arrays

    embeddings = embed_arrays(
        arrays,
        sha256=[row.sha256 for row in task.labelled.rows],
        preprocess=settings.preprocess,
        cache_dir=task.dataset.folder / "cache",
        progress=progress_for("Embedding photos"),
    )
    return HeadLearner(embeddings, task, settings)
