"""A published rule set as data: both matrices, the default for impact, and where they come from."""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
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

DEFAULT_RULES = "isa_bmp_2017"
RULE_SETS = (DEFAULT_RULES,)
Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Both matrices and the default rule for impact, as arrays of levels.

    Attributes:
        name: Name of the version, for example ``isa_bmp_2017``.
        title: The publication.
        event: First matrix, shape (failure, impact): levels of `EventLikelihood`.
        rating: Second matrix, shape (event, consequences): levels of `RiskRating`.
        impact_low: Lowest impact of the default rule, shape (occupancy, protection, zone,
            direction): levels of `ImpactLikelihood`.
        impact_high: Highest impact of the same cells; another value only where a cell is a range.
        sources: Per table where it was read, and what was not verified.
        meanings: Per scale and word a paraphrased definition.
    """

    name: str
    title: str
    event: Levels
    rating: Levels
    impact_low: Levels
    impact_high: Levels
    sources: Mapping[str, str]
    meanings: Mapping[str, Mapping[str, str]]

    @property
    def outcome(self) -> Levels:
        """Rating of each combination, shape (failure, impact, consequences)."""
        return self.rating[self.event]

    @property
    def event_outcome(self) -> Levels:
        """Failure and impact of each combination, in the same shape as `outcome`."""
        return np.repeat(self.event[:, :, None], self.rating.shape[1], axis=2)

    def event_likelihood(
        self, failure: FailureLikelihood, impact: ImpactLikelihood
    ) -> EventLikelihood:
        """Likelihood that the part fails and strikes the target within the time frame."""
        return EventLikelihood(int(self.event[failure, impact]))

    def risk_rating(self, event: EventLikelihood, consequences: Consequence) -> RiskRating:
        """Rating of one part and one target."""
        return RiskRating(int(self.rating[event, consequences]))

    def impact_range(
        self,
        occupancy: Occupancy,
        protection: Protection,
        zone: TargetZone = TargetZone.WITHIN,
        direction: FallDirection = FallDirection.NEITHER,
    ) -> tuple[ImpactLikelihood, ...]:
        """Impact by the default rule: one word, or two where the rule itself is a range."""
        cell = (occupancy, protection, zone, direction)
        low, high = int(self.impact_low[cell]), int(self.impact_high[cell])
        return tuple(ImpactLikelihood(level) for level in range(low, high + 1))


@functools.cache
def load_rules(name: str = DEFAULT_RULES) -> RuleSet:
    """A rule set by name.

    Raises:
        AssessmentError: No such rule set; names those there are.

    >>> load_rules().event_likelihood(FailureLikelihood.PROBABLE, ImpactLikelihood.HIGH).word
    'Likely'
    """
    if name not in RULE_SETS:
        raise AssessmentError(
            f"a rule set: {', '.join(RULE_SETS)}", repr(name), "rules", "Choose one of these."
        )
    text = resources.files("arborisk.risk").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    low, high = _impact(data["impact_rule"])
    return RuleSet(
        name=data["name"],
        title=data["title"],
        event=_matrix(data["matrix_1"], FailureLikelihood, EventLikelihood),
        rating=_matrix(data["matrix_2"], EventLikelihood, RiskRating),
        impact_low=low,
        impact_high=high,
        sources={key: data[key]["source"] for key in ("matrix_1", "matrix_2", "impact_rule")},
        meanings=data["meaning"],
    )


def _matrix(table: Mapping[str, list[str]], rows: type[Scale], cells: type[Scale]) -> Levels:
    """Words of a table as levels, shape (rows, columns)."""
    level = {one.word: int(one) for one in cells}
    return np.array([[level[word] for word in table[row.word]] for row in rows], dtype=np.int64)


def _impact(table: Mapping[str, list[list[str]]]) -> tuple[Levels, Levels]:
    """Lowest and highest impact for all that the default rule looks at."""
    level = {one.word: int(one) for one in ImpactLikelihood}
    steps: Mapping[str, int | str] = dict(table["steps"])
    step = {
        FallDirection.AWAY: int(steps["away"]),
        FallDirection.NEITHER: 0,
        FallDirection.TOWARD: int(steps["toward"]),
    }
    outside = level[str(steps["outside"])]
    shape = (len(Occupancy), len(Protection), len(TargetZone), len(FallDirection))
    low, high = np.full(shape, outside, dtype=np.int64), np.full(shape, outside, dtype=np.int64)
    for occupancy, protection, direction in itertools.product(Occupancy, Protection, FallDirection):
        words = [level[word] for word in table[occupancy.word][protection]]
        place = (occupancy, protection, TargetZone.WITHIN, direction)
        top = len(ImpactLikelihood) - 1
        low[place] = np.clip(min(words) + step[direction], 0, top)
        high[place] = np.clip(max(words) + step[direction], 0, top)
    return low, high
