"""The deck's result table, with a run in the same columns."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.dataset.schemes import IMPROBABLE, ClassScheme
from arborisk.evaluation.results import Evaluation


@dataclass(frozen=True, slots=True)
class DeckRow:
    """One row of the table; shares from 0 to 1, None where nothing is stated.

    Attributes:
        source: Who measured.
        class_labels: The classes, likeliest first, as the deck writes them.
        image_size_px: Side of the square the network saw, in pixels.
        precision_of: Class that precision and recall are of; inferred for the deck's own rows.
        precision: Of the photos called so, the share that are so.
        recall: Of the photos that are so, the share called so.
        accuracy: Share of validation photos told right.
        majority_accuracy: What always giving the majority class scores.
    """

    source: str
    class_labels: str
    image_size_px: int | None
    precision_of: str
    precision: float | None
    recall: float | None
    accuracy: float
    majority_accuracy: float


DECK_PRECISION_OF = IMPROBABLE
"""The class that the deck's precision and recall are of, as we infer; its slide names none.

A recall of 100 % with an accuracy of 66 in 76 is what always answering Improbable gives where 66 of
76 validation photos are Improbable, and the printed precision of 87.9 % is then that answer's mean
over batches of 32, 32 and 12 photos, with 55 Improbable in the first two and 11 in the last:
(55 / 32 + 11 / 12) / 3 = 0.8785. No confusion matrix of 76 photos gives 87.9 % with this recall and
accuracy. Source: derived here from the printed values of the slide; the predictions were not kept.
"""

_SOURCE = "the deck"
_GROUPED = "{(Probable + Possible), Improbable}"
_THREE = "{Probable, Possible, Improbable}"
_TWO = "{Probable, Improbable}"
DECK_ROWS = (
    DeckRow(_SOURCE, _GROUPED, 108, IMPROBABLE, None, None, 0.652, 322 / 458),
    DeckRow(_SOURCE, _THREE, 108, IMPROBABLE, None, None, 0.728, 322 / 458),
    DeckRow(_SOURCE, _TWO, 108, IMPROBABLE, 0.879, 1.0, 0.868, 322 / 378),
    DeckRow(_SOURCE, _TWO, 224, IMPROBABLE, 0.879, 1.0, 0.868, 322 / 378),
)
"""Model 1, monochrome, 4 epochs, 32 a batch, Adam; validation photos of a random 80:20 split.

The last column is the share of Improbable among all photos of the row: 322 of 458, or of 378
without Possible. Source: NARS Lab, UMass Amherst, slides of 2 December 2020, results.
"""


def deck_class_labels(scheme: ClassScheme) -> str:
    """The classes as the deck writes them, likeliest first, for example ``{Probable, Improbable}``.

    >>> from arborisk.dataset.schemes import ISA_SCHEMES
    >>> deck_class_labels(ISA_SCHEMES["PrPo_Im"])
    '{(Probable + Possible), Improbable}'
    """
    titles = (
        "(" + item.title.replace(" or ", " + ") + ")" if " or " in item.title else item.title
        for item in reversed(scheme.classes)
    )
    return "{" + ", ".join(titles) + "}"


def deck_table(evaluation: Evaluation) -> tuple[DeckRow, ...]:
    """The deck's rows, then this run once for each class; empty when none holds Improbable."""
    scheme = evaluation.config.scheme
    if scheme.class_of(IMPROBABLE) is None:
        return ()
    class_labels = deck_class_labels(scheme)
    metrics = evaluation.metrics
    majority = metrics["accuracy"].majority
    ours = (
        DeckRow(
            source=f"this run, {evaluation.config.model}",
            class_labels=class_labels,
            image_size_px=evaluation.config.size_px,
            precision_of=item.title,
            precision=metrics[f"precision_{item.name}"].interval.value,
            recall=metrics[f"recall_{item.name}"].interval.value,
            accuracy=metrics["accuracy"].interval.value,
            majority_accuracy=majority,
        )
        for item in scheme.classes
    )
    return (*DECK_ROWS, *ours)
