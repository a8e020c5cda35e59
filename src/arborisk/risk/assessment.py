"""An assessment: who says what of which part and target, for how many years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from arborisk.risk.belief import Belief
from arborisk.risk.details import Details
from arborisk.scales import (
    Consequence,
    FailureLikelihood,
    FallDirection,
    ImpactLikelihood,
    Occupancy,
    Protection,
    TargetZone,
)

LEVELS = {
    1: "Level 1, limited visual: from one perspective, obvious defects only",
    2: "Level 2, basic: from the ground, all round the tree",
    3: "Level 3, advanced: with instruments, climbing or digging",
}


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One part in one condition above one target: a row of the risk table.

    Attributes:
        part: Part of the tree, for example ``trunk``.
        condition: Condition of concern, for example ``open cavity``.
        target: What could be hit.
        failure: Likelihood that the part fails within the time frame.
        consequences: What would follow an impact.
        impact: Likelihood of impact where the assessor states it; None to use the default rule.
        occupancy: How often the target is there; for the default rule.
        protection: What stands between; for the default rule.
        zone: Whether the part reaches the target; for the default rule.
        direction: Whether the fall is known to be toward or away; for the default rule.
    """

    part: str
    condition: str
    target: str
    failure: Belief[FailureLikelihood]
    consequences: Belief[Consequence]
    impact: Belief[ImpactLikelihood] | None
    occupancy: Belief[Occupancy]
    protection: Belief[Protection]
    zone: Belief[TargetZone]
    direction: Belief[FallDirection]

    @property
    def finding(self) -> str:
        """Part and condition in one phrase."""
        return f"{self.part}, {self.condition}" if self.condition else self.part

    @property
    def inputs(self) -> tuple[Belief[Any], ...]:
        """Everything that the rating of this row rests on."""
        by_rule = (self.occupancy, self.protection, self.zone, self.direction)
        impact = by_rule if self.impact is None else (self.impact,)
        return (self.failure, *impact, self.consequences)

    def knowing(self, belief: Belief[Any]) -> RiskRow:
        """This row with one of its inputs replaced, found by its name."""
        changed: dict[str, Any] = {
            one.name: belief
            for one in fields(self)
            if isinstance(old := getattr(self, one.name), Belief) and old.name == belief.name
        }
        return replace(self, **changed) if changed else self


@dataclass(frozen=True, slots=True)
class Residual:
    """What the assessor expects of one option, for some rows.

    Attributes:
        finding: Part, or part and condition, that it is about; "" for all.
        target: Target that it is about; "" for all.
        failure: Likelihood of failure afterwards, if it changes.
        impact: Likelihood of impact afterwards, if it changes.
        consequences: Consequences afterwards, if they change.
    """

    finding: str = ""
    target: str = ""
    failure: Belief[FailureLikelihood] | None = None
    impact: Belief[ImpactLikelihood] | None = None
    consequences: Belief[Consequence] | None = None

    def concerns(self, row: RiskRow) -> bool:
        """Whether this is about a row."""
        return self.finding in ("", row.part, row.finding) and self.target in ("", row.target)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that could be done.

    Attributes:
        name: For example ``remove the dead limb``.
        cost: In the currency of the assessment; None if not known.
        removes_tree: The tree goes, and its risk with it.
        removes_targets: Targets that are moved or kept away.
        residuals: What the assessor expects; nothing is assumed of pruning, cables or props.
    """

    name: str
    cost: float | None = None
    removes_tree: bool = False
    removes_targets: tuple[str, ...] = ()
    residuals: tuple[Residual, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether its effect is known at all."""
        return bool(self.removes_tree or self.removes_targets or self.residuals)


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that was said of one tree.

    Attributes:
        tree: Its name or number.
        assessor: Who answers for it; "" when nobody is named.
        level: 1, 2 or 3, see `LEVELS`.
        time_frame_years: Years that the likelihood of failure is about; NaN for a few words that
            state none: they are looked up, and make no report.
        rows: Parts times conditions times targets.
        options: What could be done.
        limitations: What hindered the inspection, in the assessor's words.
        notes: What reading found worth saying.
        date: When it was made, as typed.
        details: Species, place, sizes, client and what else describes.
    """

    tree: str
    assessor: str
    level: int
    time_frame_years: float
    rows: tuple[RiskRow, ...]
    options: tuple[Option, ...] = ()
    limitations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    date: str = ""
    details: Details = field(default_factory=Details)

    @property
    def inputs(self) -> Iterator[Belief[Any]]:
        """Every input once, in the order of the rows."""
        seen = set()
        for row in self.rows:
            for belief in row.inputs:
                if belief.name not in seen:
                    seen.add(belief.name)
                    yield belief

    def knowing(self, belief: Belief[Any]) -> Assessment:
        """This assessment, were one input known."""
        return replace(self, rows=tuple(row.knowing(belief) for row in self.rows))
