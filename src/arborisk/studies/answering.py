"""The rule of answers that a bundle records, and what each rule would miss."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.record import BundleDescription, ScoreRecord
from arborisk.bundle.scheme import SchemeRecord
from arborisk.dataset.schemes import ClassScheme
from arborisk.errors import SettingsError
from arborisk.evaluation.certainty import Certainty
from arborisk.prediction.answer_rule import costs_table, missed_share, named_costs
from arborisk.studies.settings import RunSettings
from arborisk.wording.answer_rule import AnswerRule

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
