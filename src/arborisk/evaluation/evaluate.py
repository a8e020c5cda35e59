"""From a run folder to scores beside their baselines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.leaks import leak_of
from arborisk.evaluation.results import Evaluation, Leak, MetricResult
from arborisk.evaluation.run_config import RunConfig, read_config
from arborisk.evaluation.run_tables import (
    HistoryRow,
    Predictions,
    read_history,
    read_predictions,
)
from arborisk.files import write_text_whole
from arborisk.metrics.baselines import majority_scores, prior_sampling_scores
from arborisk.metrics.degenerate import degenerate_sentence
from arborisk.metrics.intervals import scores_with_intervals
from arborisk.metrics.sums import confusion_matrix


def evaluate_run(run: Path) -> Evaluation:
    """Scores the out-of-fold or validation predictions of a run.

    Beside the scores stand those of one answer for all photos, their commonest class, and of
    guessing by the class shares of the training part of each photo's own round.

    Args:
        run: Folder with config.toml, predictions.csv, split.csv and history.csv.

    Raises:
        DatasetError: A file is missing or wrong; says what to do.
    """
    config = read_config(run)
    predictions = read_predictions(run, config.scheme)
    leak, history = leak_of(run, predictions), read_history(run)
    return score_predictions(run, config, predictions, leak=leak, history=history)


def score_predictions(
    run: Path,
    config: RunConfig,
    predictions: Predictions,
    *,
    leak: Leak,
    history: tuple[HistoryRow, ...],
) -> Evaluation:
    """Scores predictions that are in memory, of one run or of several repeats of it.

    Args:
        run: Folder they come from.
        config: What was asked.
        predictions: The predictions. Repeats may stand one below the other: the group is the unit
            of the intervals, so that a photo predicted in each repeat is no further evidence.
        leak: How far their splits leak.
        history: Their epochs.
    """
    names, ordered = config.scheme.names, config.scheme.ordered
    truth, probability = predictions.class_index, predictions.probability
    intervals = scores_with_intervals(
        truth, probability, predictions.group, class_names=names, ordered=ordered
    )
    majority = majority_scores(truth, class_names=names, ordered=ordered)
    sampling = prior_sampling_scores(predictions.prior, truth, class_names=names, ordered=ordered)
    metrics = {}
    for metric, interval in intervals.items():
        counted = _photos_counted(metric, predictions, names)
        metrics[metric] = MetricResult(
            interval,
            n_photos=int(counted.sum()),
            n_groups=len({predictions.group[row] for row in np.flatnonzero(counted)}),
            majority=majority[metric],
            prior_sampling=sampling[metric],
        )
    return Evaluation(
        run=run,
        config=config,
        predictions=predictions,
        metrics=metrics,
        confusion=confusion_matrix(truth, probability),
        degenerate=degenerate_sentence(truth, probability, config.scheme.titles),
        leak=leak,
        history=history,
    )


def _photos_counted(
    metric: str, predictions: Predictions, names: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Which photos a metric is a share of: all, or for one class those that are or are called so.

    Args:
        metric: Key of the metric, for example ``accuracy`` or ``recall_Pr``.
        predictions: The predictions scored.
        names: Short class names in class order.
    """
    kind, _, name = metric.partition("_")
    if kind not in ("precision", "recall", "f1") or name not in names:
        return np.ones(len(predictions.class_index), dtype=np.bool_)
    index = names.index(name)
    is_so = predictions.class_index == index
    called_so = predictions.said == index
    counted = {"precision": called_so, "recall": is_so, "f1": is_so | called_so}
    return np.asarray(counted[kind], dtype=np.bool_)


def write_metrics(evaluation: Evaluation, run: Path) -> Path:
    """Writes RUN/metrics.json and gives its path.

    Args:
        evaluation: What was measured.
        run: Folder of the run.
    """
    path = run / "metrics.json"
    text = json.dumps(evaluation.as_json(), indent=2, ensure_ascii=False, allow_nan=False)
    write_text_whole(path, text + "\n")
    return path
