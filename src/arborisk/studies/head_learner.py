"""Rounds fitted by a last layer on frozen embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from arborisk.models import build, model_entry
from arborisk.studies.learners import Fitted, ProgressFor, Weights
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task
from arborisk.training import OnEpoch, fit_head

if TYPE_CHECKING:
    from arborisk.models.network import Network


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
        checkpoint: Path | None,
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
            output=self.settings.output,
            class_share=None if self.task.class_share is None else self.task.class_share[train],
            parts=model_entry(self.settings.model).parts,
        )
        return Fitted({**head.weights}, head.probability(self.embeddings[test]), ())

    def members(self, weights: Sequence[Weights]) -> list[Network]:
        """See `Learner`; all heads share one backbone."""
        import torch

        from arborisk.models.heads import make_head

        n_classes = len(self.task.scheme.classes)
        base = build(
            self.settings.model,
            n_classes=n_classes,
            channels=self.settings.preprocess.channels,
            size=self.settings.preprocess.size_px,
            weights=self.settings.weights,
            output=self.settings.output,
        )
        networks = []
        for one in weights:
            classifier = make_head(self.settings.output, self.embeddings.shape[1], n_classes)
            state = {name: torch.from_numpy(np.asarray(value)) for name, value in one.items()}
            classifier.load_state_dict(state)
            networks.append(base.with_classifier(classifier).eval())
        return networks


def make_head_learner(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> HeadLearner:
    """Embeds the photos that no earlier run embedded, for a learner of heads."""
    from arborisk.models.embedding import embed_arrays

    embeddings = embed_arrays(
        arrays,
        sha256=[row.sha256 for row in task.labelled.rows],
        preprocess=settings.preprocess,
        model=settings.model,
        weights=settings.weights,
        cache_dir=task.dataset.folder / "cache",
        progress=progress_for("Embedding photos"),
    )
    return HeadLearner(embeddings, task, settings)
