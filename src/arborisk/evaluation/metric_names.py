"""How metrics are called, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.dataset.schemes import ClassScheme


@dataclass(frozen=True, slots=True)
class MetricName:
    """One metric in words.

    Attributes:
        title: As people read it.
        meaning: One sentence for a reader who does not know it.
        lower_is_better: True for losses.
    """

    title: str
    meaning: str
    lower_is_better: bool = False

    @property
    def within(self) -> str:
        """The title inside a sentence, for example ``macro F1``."""
        return self.title[0].lower() + self.title[1:]


OVERALL_METRICS: dict[str, MetricName] = {
    "balanced_accuracy": MetricName(
        "Balanced accuracy",
        "Mean over the classes of the share of their photos told right. A constant answer gets "
        "1 / number of classes, however rare a class is.",
    ),
    "macro_f1": MetricName(
        "Macro F1", "Mean over the classes of F1, the harmonic mean of precision and recall."
    ),
    "macro_precision": MetricName("Macro precision", "Mean over the classes of precision."),
    "macro_recall": MetricName(
        "Macro recall",
        "Mean over the classes of recall; differs from balanced accuracy only when a class has no "
        "photo.",
    ),
    "quadratic_weighted_kappa": MetricName(
        "Weighted kappa",
        "Agreement beyond chance, a miss by two classes counting four times a miss by one.",
    ),
    "accuracy": MetricName(
        "Accuracy", "Share of photos told right. High for any constant answer when a class is rare."
    ),
    "brier": MetricName(
        "Brier score",
        "Mean squared distance between the probabilities and the truth.",
        lower_is_better=True,
    ),
    "log_loss": MetricName(
        "Log-loss",
        "Mean of minus the logarithm of the probability given to the true class.",
        lower_is_better=True,
    ),
}
"""Metrics over all classes, in the order in which they are shown."""

CLASS_METRICS: dict[str, MetricName] = {
    "precision": MetricName("Precision", "Of the photos called so, the share that are so."),
    "recall": MetricName("Recall", "Of the photos that are so, the share called so."),
    "f1": MetricName("F1", "Harmonic mean of precision and recall."),
}
"""Metrics of one class; the key in metrics.json is ``<metric>_<class name>``."""


def metric_title(key: str, scheme: ClassScheme) -> str:
    """A metric as people read it, for example ``Recall of Probable``.

    Args:
        key: Key in metrics.json, for example ``recall_Pr``.
        scheme: Classes of the run.
    """
    if key in OVERALL_METRICS:
        return OVERALL_METRICS[key].title
    kind, _, name = key.partition("_")
    return f"{CLASS_METRICS[kind].title} of {scheme.titles[scheme.names.index(name)]}"
