"""The learner that the settings ask for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.studies.head_learner import make_head_learner
from arborisk.studies.learners import Learner, ProgressFor
from arborisk.studies.network_learner import NetworkLearner
from arborisk.studies.settings import RunSettings
from arborisk.studies.task import Task


def make_learner(
    task: Task, arrays: NDArray[np.uint8], settings: RunSettings, progress_for: ProgressFor
) -> Learner:
    """The learner of the regime; embeds the photos first where it needs embeddings."""
    if settings.regime == "frozen":
        return make_head_learner(task, arrays, settings, progress_for)
    return NetworkLearner(arrays, task, settings, progress_for)
