"""The runs of one cell of an experiment, read and put together over its repeats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from arborisk.dataset.leaks import FOLD
from arborisk.evaluation.evaluate import score_predictions
from arborisk.evaluation.results import Evaluation, SplitLeak
from arborisk.evaluation.run_photos import UNUSED, leak_of
from arborisk.evaluation.run_tables import (
    HistoryRow,
    Predictions,
    RunConfig,
    read_config,
    read_history,
    read_predictions,
    read_rows,
)
from arborisk.metrics.scores import scores

COPY_MARK = "#"
"""Parts the id of a photo from the number of its copy, under the protocol ``leaky``."""


@dataclass(frozen=True, slots=True)
class FoldResult:
    """Scores of one fold of one repeat.

    Attributes:
        repeat: Counted from 1.
        fold: ``3`` for ``fold-3``, or the tested part of a hold-out.
        n_test: Photos scored.
        n_train: Photos trained on.
        one_answer: Whether all photos were given the same class.
        scores: By name, see `arborisk.metrics.scores`.
    """

    repeat: int
    fold: str
    n_test: int
    n_train: int
    one_answer: bool
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run of an experiment.

    Attributes:
        repeat: Counted from 1.
        run: Its folder.
        config: What it was asked.
        predictions: Its predictions.
        leak: How far its split leaks.
        history: Its epochs.
        n_used: Photos of its split.
        seconds: Time of its epochs, or NaN when it has none.
    """

    repeat: int
    run: Path
    config: RunConfig
    predictions: Predictions
    leak: SplitLeak
    history: tuple[HistoryRow, ...]
    n_used: int
    seconds: float


def read_run(run: Path, repeat: int) -> RunResult:
    """Reads a finished run.

    Raises:
        DatasetError: A file is missing or wrong; says what to do.
    """
    config = read_config(run)
    predictions = read_predictions(run, config.scheme)
    parts = [row["part"] for row in read_rows(run / "split.csv", ["part"])]
    history = read_history(run)
    times = [row.get("seconds", "") for row in read_rows(run / "history.csv", [])]
    seconds = sum(float(time) for time in times if time) if history else math.nan
    return RunResult(
        repeat=repeat,
        run=run,
        config=config,
        predictions=predictions,
        leak=leak_of(run, predictions),
        history=history,
        n_used=sum(part != UNUSED for part in parts),
        seconds=seconds,
    )


def fold_results(result: RunResult) -> list[FoldResult]:
    """Scores of each round of a run, in the order of its predictions."""
    predictions, scheme = result.predictions, result.config.scheme
    names = np.array(predictions.round_name)
    found = []
    for name in dict.fromkeys(predictions.round_name):
        rows = np.flatnonzero(names == name)
        found.append(
            FoldResult(
                repeat=result.repeat,
                fold=name.removeprefix(FOLD),
                n_test=len(rows),
                n_train=result.n_used - len(rows),
                one_answer=len(set(predictions.said[rows].tolist())) == 1,
                scores=scores(
                    predictions.class_index[rows],
                    predictions.probability[rows],
                    class_names=scheme.names,
                    ordered=scheme.ordered,
                ),
            )
        )
    return found


def pool(results: Sequence[RunResult]) -> Evaluation:
    """All repeats of a cell scored together, the group as the unit.

    Predictions stand one below the other. A group predicted in three repeats is one group still, so
    that repeats make the scores steadier without pretending to be more trees.

    Args:
        results: Finished runs of one cell, at least one.
    """
    predictions = [result.predictions for result in results]
    rounds = [
        tuple(f"repeat-{result.repeat} {name}" for name in result.predictions.round_name)
        for result in results
    ]
    pooled = Predictions(
        photo_id=tuple(name for each in predictions for name in each.photo_id),
        file=tuple(name for each in predictions for name in each.file),
        group=tuple(name for each in predictions for name in each.group),
        round_name=tuple(name for each in rounds for name in each),
        label=tuple(name for each in predictions for name in each.label),
        class_index=np.concatenate([each.class_index for each in predictions]),
        probability=np.concatenate([each.probability for each in predictions]),
        prior=np.concatenate([each.prior for each in predictions]),
    )
    history = tuple(
        replace(row, round_name=f"repeat-{result.repeat} {row.round_name}")
        for result in results
        for row in result.history
    )
    first = results[0]
    leak = _largest_leak([result.leak for result in results])
    return score_predictions(first.run, first.config, pooled, leak=leak, history=history)


def _largest_leak(leaks: Sequence[SplitLeak]) -> SplitLeak:
    """The largest counts over the repeats: the same photos leak anew in each."""
    protocols = {leak.protocol for leak in leaks}
    return SplitLeak(
        protocol=protocols.pop() if len(protocols) == 1 else "given",
        n_groups_spanning=max(leak.n_groups_spanning for leak in leaks),
        n_photos=max(leak.n_photos for leak in leaks),
        n_trees_apart=max(leak.n_trees_apart for leak in leaks),
        n_sites_apart=max(leak.n_sites_apart for leak in leaks),
    )


def n_distinct_photos(predictions: Predictions, *, copies: bool) -> int:
    """Photos behind predictions; copies and repeats of one photo count once.

    Args:
        predictions: Predictions of one or more repeats.
        copies: Whether ids carry the number of a copy, as under the protocol ``leaky``.
    """
    if not copies:
        return len(set(predictions.photo_id))
    return len({name.rpartition(COPY_MARK)[0] or name for name in predictions.photo_id})
