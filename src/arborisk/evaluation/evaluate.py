"""From a run folder to scores beside their baselines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.evaluation.results import Evaluation, MetricResult, SplitLeak
from arborisk.evaluation.run_photos import leak_of
from arborisk.evaluation.run_tables import (
    HistoryRow,
    Predictions,
    RunConfig,
    read_config,
    read_history,
    read_predictions,
)
from arborisk.files import write_text_whole
from arborisk.metrics.intervals import scores_with_intervals
from arborisk.metrics.scores import (
    confusion_matrix,
    degenerate_sentence,
    majority_scores,
    prior_sampling_scores,
)


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
    leak: SplitLeak,
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
