"""Which combinations of words give the highest possible rating."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.rating.assessment import Assessment, Belief, Option, RiskRow
from arborisk.risk.rating.rules import Levels, RuleSet, load_rules
from arborisk.risk.rating.views import WordSpread, highest_of, impact_weights, spread_of
from arborisk.scales import (
    Consequence,
    EventLikelihood,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    RiskRating,
    Scale,
    TargetZone,
)

N_CAUSES = 5


@dataclass(frozen=True, slots=True)
class RatingCause:
    """One combination of words that gives the highest possible rating.

    Attributes:
        finding: Part and condition.
        target: Target.
        failure: Likelihood of failure.
        impact: Likelihood of impact.
        consequences: Consequences.
        chance: Its chance with the words of a range counted alike; for the order only.
    """

    finding: str
    target: str
    failure: FailureLikelihood
    impact: ImpactLikelihood
    consequences: Consequence
    chance: float

    @property
    def text(self) -> str:
        """One line, for example ``trunk, crack: Probable x High x Severe (footpath)``."""
        words = f"{self.failure.word} \N{MULTIPLICATION SIGN} {self.impact.word}"
        last = f"\N{MULTIPLICATION SIGN} {self.consequences.word}"
        return f"{self.finding}: {words} {last} ({self.target})"


def causes_of(
    assessment: Assessment, rules: RuleSet, rating: RiskRating
) -> tuple[RatingCause, ...]:
    """Combinations that give `rating`, likeliest first, at most `N_CAUSES`.

    Args:
        assessment: What is known.
        rules: Rule set.
        rating: Usually the highest possible one.
    """
    found = []
    for row in assessment.rows:
        weight = np.einsum(
            "f,i,c->fic",
            row.failure.array("equal"),
            impact_weights(row, rules, "equal"),
            row.consequences.array("equal"),
        )
        for failure, impact, consequence in np.argwhere((rules.outcome == rating) & (weight > 0)):
            found.append(
                RatingCause(
                    row.finding,
                    row.target,
                    FailureLikelihood(int(failure)),
                    ImpactLikelihood(int(impact)),
                    Consequence(int(consequence)),
                    float(weight[failure, impact, consequence]),
                )
            )
    return tuple(sorted(found, key=lambda one: -one.chance)[:N_CAUSES])


NOT_STATED = "not stated"
NOTHING_LEFT = "None"


@dataclass(frozen=True, slots=True)
class RatedOption:
    """One option with the rating that would remain.

    Attributes:
        option: The option.
        residual: Rating afterwards; None where nothing remains or nothing was stated.
    """

    option: Option
    residual: WordSpread | None

    @property
    def text(self) -> str:
        """Residual rating in words; ``None`` only where tree or targets are gone."""
        if self.residual is not None:
            return self.residual.text
        return NOTHING_LEFT if self.option.is_stated else NOT_STATED


def residual_assessment(assessment: Assessment, option: Option) -> Assessment | None:
    """The assessment after an option; None where nothing is left, or nothing was stated.

    Removing the tree, or a target, has an effect by itself. Of pruning, cables, props and the rest
    nothing is assumed: rows keep their words unless the assessor entered others.
    """
    if not option.is_stated or option.removes_tree:
        return None
    rows = tuple(
        _after(row, option) for row in assessment.rows if row.target not in option.removes_targets
    )
    return replace(assessment, rows=rows, options=()) if rows else None


def _after(row: RiskRow, option: Option) -> RiskRow:
    for residual in option.residuals:
        if residual.concerns(row):
            # Names keep the target apart: afterwards one finding may differ from row to row.
            if residual.failure is not None:
                failure = residual.failure
                row = replace(row, failure=replace(failure, name=f"{failure.name}: {row.finding}"))
            if residual.impact is not None:
                row = replace(row, impact=residual.impact)
            if residual.consequences is not None:
                row = replace(row, consequences=residual.consequences)
    return row


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing one input would do to the rating.

    Attributes:
        name: The input, for example ``occupancy of the footpath``.
        words: What is known of it now.
        bits: Expected fall of the rating's entropy, in bits, with the words of a range counted
            alike; for the order only.
        ratings_left: Most ratings that would remain possible, whatever the answer.
        by_answer: Rating for each answer, in words.
    """

    name: str
    words: str
    bits: float
    ratings_left: int
    by_answer: tuple[tuple[str, str], ...]


def value_of_information(
    assessment: Assessment, rules: RuleSet | None = None
) -> tuple[Information, ...]:
    """Every uncertain input with what it would tell, most telling first.

    Exact: the rating is worked out again for each word that the input may have. Inputs that leave
    the rating as it is are listed too, with 0 bits: nobody needs to go and look for them.

    Args:
        assessment: What is known.
        rules: Rule set; `isa_bmp_2017` without one.
    """
    rules = rules or load_rules()
    now = _entropy(_equal_weights(assessment, rules))
    found = [
        _about(assessment, belief, rules, now)
        for belief in assessment.inputs
        if not belief.is_certain
    ]
    return tuple(sorted(found, key=lambda one: (-round(one.bits, 9), one.ratings_left, one.name)))


def _about(assessment: Assessment, belief: Belief[Any], rules: RuleSet, now: float) -> Information:
    weights = belief.array("equal")
    after, left, answers = 0.0, 0, []
    for level in belief.possible:
        known = assessment.knowing(belief.known_as(level))
        rating: WordSpread = rating_of(known, rules)
        after += float(weights[level]) * _entropy(_equal_weights(known, rules))
        left = max(left, len(rating.possible))
        answers.append((level.word, rating.text))
    return Information(belief.name, belief.words, max(0.0, now - after), left, tuple(answers))


def _equal_weights(assessment: Assessment, rules: RuleSet) -> NDArray[np.float64]:
    return highest_of(assessment, rules, rules.outcome, "equal")


def _entropy(weights: NDArray[np.float64]) -> float:
    some = weights[weights > 0]
    return abs(float((some * np.log2(some)).sum()))


@dataclass(frozen=True, slots=True)
class RatedRow:
    """One part and target with what the matrices make of them."""

    row: RiskRow
    impact: WordSpread
    event: WordSpread
    rating: WordSpread


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
    event: WordSpread
    rating: WordSpread
    causes: tuple[RatingCause, ...]
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


def rating_of(assessment: Assessment, rules: RuleSet) -> WordSpread:
    """The risk rating alone; see `rate`."""
    return _highest(assessment, rules, rules.outcome, RiskRating)


def _highest(
    assessment: Assessment, rules: RuleSet, outcome: Levels, kind: type[Scale]
) -> WordSpread:
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
