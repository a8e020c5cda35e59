"""A last layer fitted again over the frozen body of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray

from arborisk.bundle.contrast import Contrast
from arborisk.explanation.belief.altered import with_members
from arborisk.explanation.belief.skill import Skill, log_of, skill_of
from arborisk.explanation.opened import OpenedModel
from arborisk.models.heads import make_head
from arborisk.models.settings import Output
from arborisk.models.table import MODELS
from arborisk.split.inner import inner_folds
from arborisk.training.head import Head, fit_head
from arborisk.training.settings import HeadSettings

QUICK = HeadSettings(strengths=(1.0, 0.1, 0.01, 1e-3), inner_folds=3)
"""Strengths tried for a refitted last layer: a decade apart, which is enough to compare maps."""
JUDGED_IN: Final = 3
"""Folds in which a refitted last layer is judged on photos that it has not seen."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Labelled photos as a model with a frozen body learns from them.

    Attributes:
        embeddings: Shape (m, d), of the body of the model.
        class_index: Class of each photo, shape (m,).
        groups: Group of each photo; labels are dealt to whole groups, and folds keep them whole.
    """

    embeddings: NDArray[np.float32]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]


def embeddings_of(
    opened: OpenedModel, arrays: NDArray[np.uint8], *, batch: int = 8
) -> NDArray[np.float32]:
    """Embeddings of prepared photos by the body of a model, shape (n, d)."""
    body = opened.bodies[0]
    found = []
    with torch.inference_mode():
        for start in range(0, len(arrays), batch):
            pictures = opened.pictures(arrays[start : start + batch])
            found.append(body.pool(body.features(pictures)).numpy())
    return np.concatenate(found)


def _fit(opened: OpenedModel, learnt: Embedded, rows: NDArray[np.int64], seed: int) -> Head:
    """A last layer fitted to some of the photos."""
    entry = MODELS.get(opened.model)
    return fit_head(
        learnt.embeddings[rows],
        learnt.class_index[rows],
        [learnt.groups[row] for row in rows],
        n_classes=opened.n_classes,
        settings=QUICK,
        seed=seed,
        output=_output_of(opened),
        parts=entry.parts if entry else (),
    )


def _output_of(opened: OpenedModel) -> Output:
    """Kind of the model's last layer."""
    if opened.bundle is None:
        return "nominal"
    return cast(Output, opened.bundle.description.training.get("output", "nominal"))


def refitted(opened: OpenedModel, learnt: Embedded, seed: int) -> OpenedModel:
    """The model under a last layer fitted to all of the photos."""
    head = _fit(opened, learnt, np.arange(len(learnt.groups)), seed)
    classifier = make_head(head.output, learnt.embeddings.shape[1], opened.n_classes)
    classifier.load_state_dict({name: torch.from_numpy(v) for name, v in head.weights.items()})
    return with_members(opened, [opened.bodies[0].with_classifier(classifier)])


def held_back_skill(
    opened: OpenedModel, learnt: Embedded, contrast: Contrast, seed: int
) -> Skill | None:
    """How well last layers fitted to some groups know the labels, true or dealt, of others."""
    folds = inner_folds(learnt.class_index, learnt.groups, n_folds=JUDGED_IN, seed=seed)
    if not folds:
        return None
    log_probability = np.zeros((len(learnt.groups), opened.n_classes))
    for learn, judge in folds:
        head = _fit(opened, learnt, learn, seed)
        log_probability[judge] = log_of(head.probability(learnt.embeddings[judge]))
    return skill_of(
        log_probability,
        learnt.class_index,
        learnt.groups,
        contrast,
        opened.titles,
        held_back=True,
    )
