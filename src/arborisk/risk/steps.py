"""Every step from words to a rating, cell by cell."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from arborisk.risk.assessment import Assessment, RiskRow
from arborisk.risk.rules import RuleSet, load_rules
from arborisk.risk.views import impact_weights
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    TargetZone,
)


def steps_of(assessment: Assessment, rules: RuleSet | None = None) -> Iterator[str]:
    """Lines that name each rule and each cell that was read, for all words that are possible.

    Args:
        assessment: What is known.
        rules: Rule set; `isa_bmp_2017` without one.
    """
    rules = rules or load_rules()
    for number, row in enumerate(assessment.rows, start=1):
        yield f"Row {number}: {row.finding}, above {row.target}"
        yield from _impact_steps(row, rules)
        yield from _matrix_steps(row, rules)


def _impact_steps(row: RiskRow, rules: RuleSet) -> Iterator[str]:
    if row.impact is not None:
        yield f"  Impact, stated by {row.impact.by}: {row.impact.words}"
        return
    factors = (row.occupancy, row.protection, row.zone, row.direction)
    for occupancy, protection, zone, direction in itertools.product(
        *(factor.possible for factor in factors)
    ):
        found = rules.impact_range(
            Occupancy(occupancy),
            Protection(protection),
            TargetZone(zone),
            FallDirection(direction),
        )
        told = ", ".join(one.word for one in (occupancy, protection, zone))
        fall = "" if direction is FallDirection.NEITHER else f", fall {direction.word.lower()}"
        words = " or ".join(one.word for one in found)
        yield f"  Impact, default rule: {told}{fall}: {words}"


def _matrix_steps(row: RiskRow, rules: RuleSet) -> Iterator[str]:
    possible = impact_weights(row, rules, "possible")
    impacts = [level for level in ImpactLikelihood if possible[level]]
    for failure, impact, consequence in itertools.product(
        row.failure.possible, impacts, row.consequences.possible
    ):
        event = rules.event_likelihood(FailureLikelihood(failure), impact)
        rating = rules.risk_rating(event, Consequence(consequence))
        yield (
            f"  {failure.word} and {impact.word}: {event.word} (matrix 1); "
            f"with {consequence.word}: {rating.word} (matrix 2)"
        )
