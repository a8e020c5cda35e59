"""The worst errors of a run: what a person should look at first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class Mistake:
    """One photo that was told wrong.

    Attributes:
        file: Path relative to the photo root.
        group: Tree, site or cluster of the photo.
        true_index: Class that it is.
        said_index: Class that the model said.
        said_probability: Probability the model gave to what it said.
        true_probability: Probability the model gave to the truth.
    """

    file: str
    group: str
    true_index: int
    said_index: int
    said_probability: float
    true_probability: float


def worst_mistakes(evaluation: Evaluation, *, too_low: bool | None, n: int = 8) -> list[Mistake]:
    """Photos told wrong, the most confidently wrong first.

    Args:
        evaluation: What was measured.
        too_low: For ordered classes: True for those said less likely than they are, False for
            those said likelier. None for both.
        n: Largest number given.
    """
    predictions = evaluation.predictions
    rows = np.arange(len(predictions.file))
    true, said = predictions.class_index, predictions.said
    true_probability = predictions.probability[rows, true]
    said_probability = predictions.probability[rows, said]
    wanted = said != true
    if too_low is not None:
        wanted &= (said < true) if too_low else (said > true)
    # lexsort: last key first; the file name breaks ties, so that the order never wavers.
    order = np.lexsort((np.array(predictions.file), true_probability))
    return [
        Mistake(
            file=predictions.file[row],
            group=predictions.group[row],
            true_index=int(true[row]),
            said_index=int(said[row]),
            said_probability=float(said_probability[row]),
            true_probability=float(true_probability[row]),
        )
        for row in order
        if wanted[row]
    ][:n]
