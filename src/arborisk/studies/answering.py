"""The rule of answers that a bundle records, and what each rule would miss."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription, CalibrationRecord, SchemeRecord, ScoreRecord
from arborisk.calibration.misses import MissRule
from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import SettingsError
from arborisk.evaluation.certainty import Certainty, certainty_of
from arborisk.evaluation.results import Evaluation
from arborisk.metrics.reliability import Reliability
from arborisk.prediction.answer_rule import costs_table, missed_share, named_costs
from arborisk.studies.settings import RunSettings
from arborisk.wording.sentences import AnswerRule

WITHOUT_COSTS: tuple[Literal["most-raised", "likeliest"], ...] = ("most-raised", "likeliest")


def stated_costs(settings: RunSettings, scheme: ClassScheme) -> NDArray[np.float64] | None:
    """Costs of the settings, shape (k, k), answer by truth; None for another rule.

    Raises:
        SettingsError: The rule ``cost`` without costs, costs without it, or an unknown class.
    """
    if (settings.answer == "cost") != bool(settings.costs):
        raise SettingsError(
            "answer = 'cost' and a table of costs together",
            "one without the other",
            "settings, answer and costs",
            "Write answer = 'cost' and, for example, [costs.Improbable] with Probable = 50 below "
            "it, or leave out both.",
        )
    if not settings.costs:
        return None
    return costs_table(settings.costs, SchemeRecord.of(scheme), "settings, costs")


def with_answers(
    description: BundleDescription,
    settings: RunSettings,
    scheme: ClassScheme,
    certainty: Certainty | None,
) -> BundleDescription:
    """The description with its rule of answers and what each rule misses.

    Args:
        description: All else that the bundle states.
        settings: How it was made.
        scheme: Its classes.
        certainty: What was measured on photos held back, or None.
    """
    costs = stated_costs(settings, scheme)
    description = description.model_copy(
        update={
            "answer_rule": settings.answer or description.rule,
            "answer_costs": {} if costs is None else named_costs(costs, description.scheme),
        }
    )
    if certainty is None or not scheme.ordered:
        return description
    rules: tuple[AnswerRule, ...] = (*WITHOUT_COSTS, *(("cost",) if settings.costs else ()))
    found = {rule: _missed(description, certainty, rule, costs) for rule in rules}
    return description.model_copy(
        update={"answer_missed": {rule: one for rule, one in found.items() if one is not None}}
    )


def _missed(
    description: BundleDescription,
    certainty: Certainty,
    rule: AnswerRule,
    costs: NDArray[np.float64] | None,
) -> ScoreRecord | None:
    """Share of trees held back of the likeliest class that one rule answers otherwise."""
    table, last = certainty.table, len(description.scheme.classes) - 1
    missed = missed_share(description, table, certainty.map, rule, costs, class_number=last)
    if missed is None:
        return None
    of_class = table.class_index == last
    return ScoreRecord(
        value=missed.value,
        low=missed.low,
        high=missed.high,
        n_photos=int(of_class.sum()),
        n_groups=len(np.unique(table.group[of_class])),
        note=missed.note,
    )


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
