"""The rating of a tree: a word, a range of words, or chances of words, and what decides it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from arborisk.errors import AssessmentError
from arborisk.risk.assessment import Assessment, Option, RiskRow
from arborisk.risk.causes import Cause, causes_of
from arborisk.risk.mitigation import RatedOption, residual_assessment
from arborisk.risk.rules import Levels, RuleSet, load_rules
from arborisk.risk.spread import Spread, spread_of
from arborisk.risk.views import highest_of, impact_weights
from arborisk.scales import EventLikelihood, ImpactLikelihood, RiskRating, Scale


@dataclass(frozen=True, slots=True)
class RatedRow:
    """One part and target with what the matrices make of them."""

    row: RiskRow
    impact: Spread
    event: Spread
    rating: Spread


@dataclass(frozen=True, slots=True)
class Rated:
    """A tree with its rating.

    Attributes:
        assessment: What it rests on.
        rules: Rule set used.
        rows: Each part and target.
        event: Failure and impact together, the highest over the rows.
        rating: Risk rating, the highest over the rows.
        causes: What gives the highest possible rating, likeliest first.
        options: What would remain after each option.
    """

    assessment: Assessment
    rules: RuleSet
    rows: tuple[RatedRow, ...]
    event: Spread
    rating: Spread
    causes: tuple[Cause, ...]
    options: tuple[RatedOption, ...]


def rate(assessment: Assessment, rules: RuleSet | None = None) -> Rated:
    """Rates a tree: parts times conditions times targets, and the highest rating wins.

    Args:
        assessment: What is known. Missing inputs widen the answer; nothing has a default.
        rules: Rule set; `isa_bmp_2017` without one.

    Raises:
        AssessmentError: No target: a photo, or a tree alone, has no risk.
    """
    rules = rules or load_rules()
    if not assessment.rows:
        raise AssessmentError(
            "at least one finding above at least one target",
            "none: a likelihood of failure alone has no risk",
            f"tree {assessment.tree}",
            "Name what could be hit, and what is known of its occupancy and of the consequences. "
            "A photo gives a likelihood, never a rating.",
        )
    rating = rating_of(assessment, rules)
    return Rated(
        assessment=assessment,
        rules=rules,
        rows=tuple(_rated_row(assessment, row, rules) for row in assessment.rows),
        event=_highest(assessment, rules, rules.event_outcome, EventLikelihood),
        rating=rating,
        causes=causes_of(assessment, rules, RiskRating(max(rating.possible))),
        options=tuple(_rated_option(assessment, option, rules) for option in assessment.options),
    )


def rating_of(assessment: Assessment, rules: RuleSet) -> Spread:
    """The risk rating alone; see `rate`."""
    return _highest(assessment, rules, rules.outcome, RiskRating)


def _highest(assessment: Assessment, rules: RuleSet, outcome: Levels, kind: type[Scale]) -> Spread:
    return spread_of(
        kind,
        highest_of(assessment, rules, outcome, "possible"),
        highest_of(assessment, rules, outcome, "lowest"),
        highest_of(assessment, rules, outcome, "highest"),
    )


def _rated_row(assessment: Assessment, row: RiskRow, rules: RuleSet) -> RatedRow:
    alone = replace(assessment, rows=(row,))
    return RatedRow(
        row=row,
        impact=spread_of(
            ImpactLikelihood,
            impact_weights(row, rules, "possible"),
            impact_weights(row, rules, "lowest"),
            impact_weights(row, rules, "highest"),
        ),
        event=_highest(alone, rules, rules.event_outcome, EventLikelihood),
        rating=rating_of(alone, rules),
    )


def _rated_option(assessment: Assessment, option: Option, rules: RuleSet) -> RatedOption:
    after = residual_assessment(assessment, option)
    return RatedOption(option, None if after is None else rating_of(after, rules))
