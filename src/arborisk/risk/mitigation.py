"""What would remain after an option: only what the assessor stated, or what is gone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from arborisk.risk.assessment import Assessment, Option, RiskRow
from arborisk.risk.spread import Spread

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
    residual: Spread | None

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
