"""The table of all metrics: over all classes, then class by class."""

from __future__ import annotations

from dataclasses import dataclass

from arborisk.evaluation.metric_names import CLASS_METRICS, OVERALL_METRICS
from arborisk.evaluation.results import Evaluation, MetricResult
from arborisk.report.content import ClassEntry, class_entries


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One row of the table of metrics."""

    title: str
    result: MetricResult


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """Rows of the table under one heading; ``entry`` is the class they are of, if any."""

    title: str
    entry: ClassEntry | None
    rows: list[MetricRow]


def metric_groups(evaluation: Evaluation) -> list[MetricGroup]:
    """Metrics over all classes, then those of each class, the likeliest first."""
    metrics = evaluation.metrics
    overall = [
        MetricRow(name.title + (" (lower is better)" if name.lower_is_better else ""), metrics[key])
        for key, name in OVERALL_METRICS.items()
        if key in metrics
    ]
    groups = [MetricGroup("All classes", None, overall)]
    scheme = evaluation.config.scheme
    entries = zip(scheme.names, class_entries(scheme), strict=True)
    for class_name, entry in reversed(list(entries)):
        rows = [
            MetricRow(name.title, metrics[f"{kind}_{class_name}"])
            for kind, name in CLASS_METRICS.items()
        ]
        groups.append(MetricGroup(entry.title, entry, rows))
    return groups
