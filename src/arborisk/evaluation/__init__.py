"""Scores of a run beside its baselines, and the honest words for them."""

from __future__ import annotations

from arborisk.evaluation.deck_table import DECK_PRECISION_OF, DeckRow, deck_table
from arborisk.evaluation.evaluate import evaluate_run, write_metrics
from arborisk.evaluation.metric_names import (
    CLASS_METRICS,
    OVERALL_METRICS,
    MetricName,
    metric_title,
)
from arborisk.evaluation.mistakes import Mistake, worst_mistakes
from arborisk.evaluation.results import Evaluation, Leak, MetricResult
from arborisk.evaluation.run_config import RunConfig, RunData, read_run_data, write_run_data
from arborisk.evaluation.run_tables import HistoryRow, Predictions
from arborisk.evaluation.verdict import HEADLINE, Standing, Verdict, verdict_of

__all__ = [
    "CLASS_METRICS",
    "DECK_PRECISION_OF",
    "HEADLINE",
    "OVERALL_METRICS",
    "DeckRow",
    "Evaluation",
    "HistoryRow",
    "Leak",
    "MetricName",
    "MetricResult",
    "Mistake",
    "Predictions",
    "RunConfig",
    "RunData",
    "Standing",
    "Verdict",
    "deck_table",
    "evaluate_run",
    "metric_title",
    "read_run_data",
    "verdict_of",
    "worst_mistakes",
    "write_metrics",
    "write_run_data",
]
