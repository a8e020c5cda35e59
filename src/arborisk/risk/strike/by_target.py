"""Strikes expected on each circuit, road and building, with what they would mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arborisk.errors import AssessmentError
from arborisk.risk.strike.run import StrikeResult
from arborisk.risk.strike.targets import Target
from arborisk.risk.strike.utility import Range, UtilityConsequences, read_consequences


@dataclass(frozen=True, slots=True)
class TargetStrikes:
    """One target.

    Attributes:
        target: The target.
        n_trees: Trees within reach.
        expected: Expected strikes, in the time frame of the chances of failure; None without
            these. A tree that meets a target counts as one strike.
        expected_low: Lower end: every chance of failure at its lower end. These ends go together,
            since they hang on what is not known of all trees alike.
        expected_high: Upper end, likewise.
        consequences: What the owner states of a line; None for other targets.
        note: Why there are no consequences, or "".
    """

    target: Target
    n_trees: int
    expected: float | None
    expected_low: float | None
    expected_high: float | None
    consequences: UtilityConsequences | None
    note: str = ""

    @property
    def repair_cost(self) -> Range | None:
        """Expected direct cost."""
        return self._times(self.consequences.repair_cost if self.consequences else None)

    @property
    def customer_hours(self) -> Range | None:
        """Expected customer-hours lost, each strike by itself."""
        return self._times(self.consequences.customer_hours if self.consequences else None)

    def _times(self, of_one: Range | None) -> Range | None:
        if of_one is None or self.expected_low is None or self.expected_high is None:
            return None
        return of_one.times(self.expected_low, self.expected_high)


def strikes_by_target(result: StrikeResult) -> list[TargetStrikes]:
    """Targets within reach of any tree, most expected strikes first."""
    found = []
    for number, target in enumerate(result.targets.targets):
        pairs = np.flatnonzero(result.pair_target == number)
        if not len(pairs):
            continue
        trees, chance = result.pair_tree[pairs], result.pair.value[pairs]
        expected, low, high = (
            None if np.isnan(values[trees]).any() else float((values[trees] * chance).sum())
            for values in (result.trees.p_fail, result.trees.p_fail_low, result.trees.p_fail_high)
        )
        consequences, note = None, ""
        if target.kind == "line":
            try:
                consequences = read_consequences(target.properties, f"circuit {target.name}")
            except AssessmentError as error:
                note = str(error)
        found.append(TargetStrikes(target, len(pairs), expected, low, high, consequences, note))
    return sorted(found, key=lambda one: (-(one.expected or 0.0), -one.n_trees, one.target.name))
