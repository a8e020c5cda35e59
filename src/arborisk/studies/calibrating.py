"""The calibration that ships with a measured model."""

from __future__ import annotations

from collections import Counter

from arborisk.bundle.record import CalibrationRecord
from arborisk.calibration.misses import MissRule
from arborisk.dataset.schemes import ClassScheme
from arborisk.evaluation.certainty import Certainty, certainty_of
from arborisk.evaluation.results import Evaluation
from arborisk.metrics.reliability import Reliability


def certainty_to_ship(evaluation: Evaluation) -> Certainty | None:
    """What calibrates the members of a run; None where its split leaks.

    Scores of photos whose tree a member had seen are too good, and every promise made from them
    would be too.
    """
    return None if evaluation.leak.n_groups_spanning else certainty_of(evaluation)


def calibration_record(certainty: Certainty, scheme: ClassScheme) -> CalibrationRecord:
    """What the bundle states of its calibration, as measured for the classes of a scheme."""
    names, titles, ordered = scheme.names, scheme.titles, scheme.ordered
    table = certainty.table
    photos_of_tree = Counter(table.tree.tolist())
    return CalibrationRecord(
        method=certainty.map.method,
        weight=tuple(map(tuple, certainty.map.weight.tolist())),
        bias=tuple(certainty.map.bias.tolist()),
        n_photos=len(table.class_index),
        n_groups=table.n_groups,
        groups_of_class=dict(zip(names, table.groups_of_class(), strict=True)),
        groups_from_class=dict(zip(names, table.groups_from_class(ordered=ordered), strict=True)),
        n_trees_with_several_photos=sum(count > 1 for count in photos_of_tree.values()),
        referred_from_class={
            names[rule.class_number]: rule.referred
            for rule in certainty.miss_rules
            if isinstance(rule, MissRule)
        },
        set_price=certainty.set_price.sentence(titles[-1]) if certainty.set_price else "",
        before=_measures(certainty.before, certainty.log_loss[0]),
        after=_measures(certainty.after, certainty.log_loss[1]),
    )


def _measures(reliability: Reliability, log_loss: float) -> dict[str, float]:
    """Calibration error with its interval, by chance, log-loss and parts of the Brier score."""
    error, brier = reliability.error, reliability.brier
    found: dict[str, float | None] = {
        "calibration_error": error.value,
        "calibration_error_low": error.low,
        "calibration_error_high": error.high,
        "calibration_error_by_chance": reliability.by_chance,
        "log_loss": log_loss,
        "brier": brier.total,
        "brier_reliability": brier.reliability,
        "brier_resolution": brier.resolution,
        "brier_uncertainty": brier.uncertainty,
    }
    return {name: value for name, value in found.items() if value is not None}
