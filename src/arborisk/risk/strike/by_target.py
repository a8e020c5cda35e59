"""Strikes expected on each circuit, road and building, with what they would mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from arborisk.errors import AssessmentError
from arborisk.risk.strike.run import StrikeResult
from arborisk.risk.strike.targets import Target
from arborisk.tables.numbers import read_number
from arborisk.tables.table import is_missing, read_flag

NOT_STATED = "not stated"
LEANS_BELOW = 0.25
"""Share of a full fall's energy below which a stem leans on a line rather than comes down on it
(assumption; a tree that stands about as far from the line as 0.8 to 0.9 of the line's height)."""


@dataclass(frozen=True, slots=True)
class StatedRange:
    """What one strike is stated to cost, from low to high.

    Attributes:
        low: Lower end, at least 0.
        high: Upper end.
    """

    low: float
    high: float

    def times(self, low: float, high: float) -> StatedRange:
        """Of a number of strikes that itself lies between two ends."""
        return StatedRange(self.low * low, self.high * high)


@dataclass(frozen=True, slots=True)
class UtilityConsequences:
    """What the owner states of one circuit.

    Attributes:
        repair_cost: Direct: repair of one strike, in the owner's money; None if not stated.
        customers: Indirect: customers that lose power; None if not stated.
        outage_hours: Indirect: hours until they have it again; None if not stated.
        fire_ground: Indirect: whether a downed line could start a fire; None if not stated.
        people_below: Indirect: whether people pass or stay below; None if not stated.
    """

    repair_cost: StatedRange | None
    customers: float | None
    outage_hours: StatedRange | None
    fire_ground: bool | None
    people_below: bool | None

    @property
    def customer_hours(self) -> StatedRange | None:
        """Customer-hours lost by one strike."""
        if self.customers is None or self.outage_hours is None:
            return None
        return StatedRange(
            self.customers * self.outage_hours.low, self.customers * self.outage_hours.high
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Properties that would have to be stated."""
        wanted = {
            "repair_cost_low and repair_cost_high": self.repair_cost,
            "customers": self.customers,
            "outage_hours_low and outage_hours_high": self.outage_hours,
            "fire_ground": self.fire_ground,
            "people_below": self.people_below,
        }
        return tuple(name for name, value in wanted.items() if value is None)


def read_consequences(properties: Mapping[str, Any], where: str) -> UtilityConsequences:
    """What the properties of a line state.

    Args:
        properties: By folded name.
        where: For messages.

    Raises:
        AssessmentError: Impossible amounts.
    """
    customers = _number(properties, "customers", where)
    return UtilityConsequences(
        _range(properties, "repair_cost", where),
        customers,
        _range(properties, "outage_hours", where),
        _flag(properties, "fire_ground", where),
        _flag(properties, "people_below", where),
    )


def contact_words(energy_share: float) -> str:
    """How the stem meets the line."""
    return "leans on it" if energy_share < LEANS_BELOW else "comes down on it"


def _number(properties: Mapping[str, Any], name: str, where: str) -> float | None:
    said = properties.get(name)
    try:
        value = read_number(said)
    except ValueError:
        value = math.nan
    if value is None:
        return None
    if not 0 <= value < 1e12:
        raise AssessmentError(
            f"{name} of at least 0",
            repr(said),
            where,
            "Write a number of 0 or more, or leave the cell empty.",
        )
    return value


def _range(properties: Mapping[str, Any], name: str, where: str) -> StatedRange | None:
    low = _number(properties, f"{name}_low", where)
    high = _number(properties, f"{name}_high", where)
    if low is None and high is None:
        return None
    if low is None or high is None or low > high:
        raise AssessmentError(
            f"{name}_low and {name}_high, ascending",
            f"{low} and {high}",
            where,
            "Write the lower number in the first of the two columns.",
        )
    return StatedRange(low, high)


def _flag(properties: Mapping[str, Any], name: str, where: str) -> bool | None:
    said = properties.get(name)
    if is_missing(said):
        return None
    flag = read_flag(str(said))
    if flag is None:
        raise AssessmentError(
            f"{name}: yes or no", repr(said), where, "Write yes or no, or leave the cell empty."
        )
    return flag


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
    def repair_cost(self) -> StatedRange | None:
        """Expected direct cost."""
        return self._times(self.consequences.repair_cost if self.consequences else None)

    @property
    def customer_hours(self) -> StatedRange | None:
        """Expected customer-hours lost, each strike by itself."""
        return self._times(self.consequences.customer_hours if self.consequences else None)

    def _times(self, of_one: StatedRange | None) -> StatedRange | None:
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
