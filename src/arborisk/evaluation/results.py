"""The evaluation of a run, as one frozen record and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.schemes import ClassScheme
from arborisk.evaluation.run_tables import HistoryRow, Predictions, RunConfig
from arborisk.records import Interval
from arborisk.wording.counts import counted, listed


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


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One metric beside its baselines.

    Attributes:
        interval: Value with its interval over groups.
        n_photos: Photos the metric is over (for a recall: the photos of that class).
        n_groups: Groups these photos belong to.
        majority: What one answer for all, the commonest class of the photos scored, gets. For
            losses, the class shares themselves are the probabilities.
        prior_sampling: What answers drawn from the class shares of the training part get on
            average; losses of these shares.
    """

    interval: Interval
    n_photos: int
    n_groups: int
    majority: float
    prior_sampling: float

    def as_json(self) -> dict[str, Any]:
        """The metric as it stands in metrics.json; what is not defined is null."""
        return {
            "value": _defined(self.interval.value),
            "low": _defined(self.interval.low),
            "high": _defined(self.interval.high),
            "level": self.interval.level,
            "n_photos": self.n_photos,
            "n_groups": self.n_groups,
            "note": self.interval.note,
            "baselines": {
                "majority": _defined(self.majority),
                "prior_sampling": _defined(self.prior_sampling),
            },
        }


@dataclass(frozen=True, slots=True)
class SplitLeak:
    """How far a split lets training and held-back photos share a tree, a site or a picture.

    Attributes:
        protocol: ``grouped``, ``deck`` or ``given``.
        n_groups_spanning: Groups with photos both in training and in test parts.
        n_photos: Photos of these groups.
        n_trees_apart: Trees likewise, where the split does not keep trees whole.
        n_sites_apart: Sites likewise, where the split does not keep sites whole.
        n_photos_used: Photos of the split.
        n_photos_alone: Of these, those of which neither tree nor site is stated.
    """

    protocol: str
    n_groups_spanning: int
    n_photos: int
    n_trees_apart: int = 0
    n_sites_apart: int = 0
    n_photos_used: int = 0
    n_photos_alone: int = 0

    @property
    def apart(self) -> str:
        """What the split does not keep whole, for example ``3 sites``; "" when there is none."""
        counts = (("tree", self.n_trees_apart), ("site", self.n_sites_apart))
        return listed((counted(count, kind) for kind, count in counts if count), none="")


@dataclass(frozen=True, slots=True)
class SilentClass:
    """A class that some photos have and the model gives to none.

    Attributes:
        name: Short name of the class.
        title: Its title.
        n_photos: Photos of it that were scored.
        n_groups: Groups (trees, sites) that hold these.
    """

    name: str
    title: str
    n_photos: int
    n_groups: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured on one run.

    Attributes:
        run: Folder of the run.
        config: What the run was asked to do.
        predictions: The predictions that were scored.
        metrics: Result by metric key, see `arborisk.evaluation.results`.
        confusion: Photos by (true class, class said), shape (k, k).
        degenerate: Why the answers tell nothing, or None when they are not all one class.
        leak: How far the split leaks.
        history: Epochs of all rounds; empty for a model without epochs.
    """

    run: Path
    config: RunConfig
    predictions: Predictions
    metrics: Mapping[str, MetricResult]
    confusion: NDArray[np.int64]
    degenerate: str | None
    leak: SplitLeak
    history: tuple[HistoryRow, ...]

    @property
    def n_photos(self) -> int:
        """Photos scored."""
        return len(self.predictions.file)

    @property
    def n_groups(self) -> int:
        """Groups scored: the units of the intervals."""
        return len(set(self.predictions.group))

    @property
    def n_rounds(self) -> int:
        """Rounds of the split: 1 for a hold-out, K for K folds."""
        return len(set(self.predictions.round_name))

    @property
    def class_counts(self) -> dict[str, int]:
        """Photos scored of each class, in class order."""
        counts = np.bincount(
            self.predictions.class_index, minlength=len(self.config.scheme.classes)
        )
        return dict(zip(self.config.scheme.names, counts.tolist(), strict=True))

    @property
    def never_said(self) -> tuple[SilentClass, ...]:
        """Classes of photos scored that the model gives to none, in class order."""
        predictions, scheme = self.predictions, self.config.scheme
        said = self.confusion.sum(axis=0)
        silent = []
        for class_index, (name, title) in enumerate(zip(scheme.names, scheme.titles, strict=True)):
            groups = [
                group
                for group, index in zip(predictions.group, predictions.class_index, strict=True)
                if index == class_index
            ]
            if groups and not said[class_index]:
                silent.append(SilentClass(name, title, len(groups), len(set(groups))))
        return tuple(silent)

    def as_json(self) -> dict[str, Any]:
        """Content of metrics.json: one key a metric, and ``about``."""
        scheme = self.config.scheme
        about = {
            "scheme": scheme.name,
            "class_names": list(scheme.names),
            "class_titles": list(scheme.titles),
            "ordered": scheme.ordered,
            "protocol": self.leak.protocol,
            "n_rounds": self.n_rounds,
            "n_groups_spanning_parts": self.leak.n_groups_spanning,
            "n_trees_apart": self.leak.n_trees_apart,
            "n_sites_apart": self.leak.n_sites_apart,
            "model": self.config.model,
            "source": self.config.data.source,
            "n_tuned_on": self.config.data.n_tuned_on,
            "n_photos": self.n_photos,
            "n_groups": self.n_groups,
            "class_counts": self.class_counts,
            "degenerate": self.degenerate,
            "never_said": [asdict(one) for one in self.never_said],
            "confusion_matrix": self.confusion.tolist(),
        }
        return {
            **{name: result.as_json() for name, result in self.metrics.items()},
            "about": about,
        }


def _defined(value: float | None) -> float | None:
    """JSON has no NaN and no infinity: such values become null."""
    return value if value is not None and math.isfinite(value) else None
