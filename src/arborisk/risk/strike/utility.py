"""What a strike on a line would mean: direct damage, and what follows from it.

Nothing is assumed: amounts are those that the lines' owner states, and what is not stated stays so.

Source: the two kinds of consequences of Goodfellow (2020), Utility Tree Risk Assessment, ISA:
direct to lines, poles and equipment; indirect by outage, exposure of people, fire, restoration.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arborisk.errors import AssessmentError
from arborisk.tables.numbers import read_number
from arborisk.tables.table import is_missing, read_flag

NOT_STATED = "not stated"
LEANS_BELOW = 0.25
"""Share of a full fall's energy below which a stem leans on a line rather than comes down on it
(assumption; a tree that stands about as far from the line as 0.8 to 0.9 of the line's height)."""


@dataclass(frozen=True, slots=True)
class Range:
    """What one strike is stated to cost, from low to high.

    Attributes:
        low: Lower end, at least 0.
        high: Upper end.
    """

    low: float
    high: float

    def times(self, low: float, high: float) -> Range:
        """Of a number of strikes that itself lies between two ends."""
        return Range(self.low * low, self.high * high)


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

    repair_cost: Range | None
    customers: float | None
    outage_hours: Range | None
    fire_ground: bool | None
    people_below: bool | None

    @property
    def customer_hours(self) -> Range | None:
        """Customer-hours lost by one strike."""
        if self.customers is None or self.outage_hours is None:
            return None
        return Range(
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


def _range(properties: Mapping[str, Any], name: str, where: str) -> Range | None:
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
    return Range(low, high)


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
