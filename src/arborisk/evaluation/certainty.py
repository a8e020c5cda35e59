"""What the photos held back say of the probabilities of a run, and of what may be promised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import choose_map, cross_fitted
from arborisk.calibration.misses import (
    MissRule,
    MissRuleRefused,
    attainable_coverage,
    find_miss_rule,
    tree_scores,
)
from arborisk.calibration.sets import SetPrice, SetRule, sets_held_back
from arborisk.calibration.table import CalibrationMap, CalibrationTable
from arborisk.calibration.workload import WorkloadCurve, workload_curve
from arborisk.evaluation.results import Evaluation
from arborisk.metrics.reliability import Reliability, reliability_of

COVERAGE = 0.9
MISS_RATE, CONFIDENCE = 0.05, 0.95
"""What is asked for unless a person asks for something else."""


@dataclass(frozen=True, slots=True)
class SetsOfClass:
    """Prediction sets for the photos of one class.

    Attributes:
        title: Title of the class.
        n_photos: Photos of the class held back.
        n_groups: Groups that calibrate the class.
        attainable: Range of the coverage that so many groups can bring: 9 in 10 samples.
        covered: Share of the photos whose set holds the class; each set made without the photo's
            own fold. None where the class is in every set, or there is one fold.
        always_in: Whether too few groups leave the class in every set.
    """

    title: str
    n_photos: int
    n_groups: int
    attainable: tuple[float, float]
    covered: float | None
    always_in: bool


@dataclass(frozen=True, slots=True)
class Certainty:
    """All that is known of how far to trust the answers of a run.

    Attributes:
        table: What each member said of photos held back.
        map: Calibration fitted on all of them: the one that ships.
        before: Reliability of the raw probabilities.
        after: Reliability of calibrated ones, each by a map fitted on other groups.
        log_loss: Mean log-loss before and after, in nats.
        sets: Prediction sets at `COVERAGE`, one a class in class order.
        set_price: What they cost, or None as for `SetsOfClass.covered`.
        miss_rules: For each class but the least likely (each class, without an order): the
            threshold at `MISS_RATE` and `CONFIDENCE`, or why there is none.
        workload: For the same classes.
    """

    table: CalibrationTable
    map: CalibrationMap
    before: Reliability
    after: Reliability
    log_loss: tuple[float, float]
    sets: tuple[SetsOfClass, ...]
    set_price: SetPrice | None
    miss_rules: tuple[MissRule | MissRuleRefused, ...]
    workload: tuple[WorkloadCurve | None, ...]


def table_of(evaluation: Evaluation) -> CalibrationTable:
    """Calibration table of a run's out-of-fold predictions."""
    predictions = evaluation.predictions
    return CalibrationTable.of(
        probability=predictions.probability,
        class_index=predictions.class_index,
        rounds=predictions.round_name,
        groups=predictions.group,
        trees=predictions.tree,
    )


def prior_log_of(evaluation: Evaluation) -> NDArray[np.float64]:
    """Bias of the map that needs no data, shape (k,).

    Zeros, or, for a model trained as if all classes were equally common, the logarithms of the
    shares of the classes.
    """
    shares = evaluation.predictions.prior.mean(axis=0)
    if not evaluation.config.data.counts_classes_alike:
        return np.zeros(len(shares))
    return np.asarray(np.log(np.maximum(shares, 1e-6)))


def certainty_of(evaluation: Evaluation) -> Certainty:
    """Calibrates the predictions of a run and measures what that brings, always on other groups."""
    table, prior_log = table_of(evaluation), prior_log_of(evaluation)
    groups = evaluation.predictions.group
    ordered = evaluation.config.scheme.ordered
    after = cross_fitted(table, prior_log)
    inside = sets_held_back(table, coverage=COVERAGE, ordered=ordered)
    numbers = referable_classes(table.n_classes, ordered=ordered)
    return Certainty(
        table=table,
        map=choose_map(table, prior_log),
        before=reliability_of(table.class_index, table.probability, groups),
        after=reliability_of(table.class_index, after, groups),
        log_loss=(_log_loss(table, table.probability), _log_loss(table, after)),
        sets=_measured_sets(table, inside, evaluation.config.scheme.titles, ordered=ordered),
        set_price=SetPrice.of(inside),
        miss_rules=tuple(
            find_miss_rule(
                table, number, miss_rate=MISS_RATE, confidence=CONFIDENCE, ordered=ordered
            )
            for number in numbers
        ),
        workload=tuple(
            workload_curve(*tree_scores(table, number, ordered=ordered)) for number in numbers
        ),
    )


def referable_classes(n_classes: int, *, ordered: bool) -> list[int]:
    """Classes for which trees can be referred: all but the least likely one, the likeliest first.

    Without an order any class can be asked for.
    """
    return list(range(n_classes - 1, 0 if ordered else -1, -1))


def _measured_sets(
    table: CalibrationTable,
    inside: NDArray[np.bool_] | None,
    titles: tuple[str, ...],
    *,
    ordered: bool,
) -> tuple[SetsOfClass, ...]:
    """Coverage of the sets of photos held back, shape (n, k), class by class."""
    whole = SetRule.of(table, coverage=COVERAGE, ordered=ordered, kind="class_conditional")
    sets = []
    for class_index, title in enumerate(titles):
        of_class = table.class_index == class_index
        always = class_index in whole.cannot_rule_out()
        covered = None
        if inside is not None and of_class.any() and not always:
            covered = float(inside[of_class, class_index].mean())
        sets.append(
            SetsOfClass(
                title,
                int(of_class.sum()),
                whole.n_groups[class_index],
                attainable_coverage(whole.n_groups[class_index], COVERAGE),
                covered,
                always,
            )
        )
    return tuple(sets)


def _log_loss(table: CalibrationTable, probability: NDArray[np.float64]) -> float:
    own = probability[np.arange(len(probability)), table.class_index]
    return float(-np.log(np.maximum(own, 1e-300)).mean())
