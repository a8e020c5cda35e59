"""A plan as a work list in a table, and as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arborisk.risk.annual.chances import Chance, ClassChances, chance_of_draws
from arborisk.risk.portfolio.plan import Plan
from arborisk.tables.fields import Row
from arborisk.tables.role_table import RoleTable
from arborisk.tables.write import Field, write_table
from arborisk.wording.counts import agreeing, counted, first_lines
from arborisk.wording.intervals import drawn_end
from arborisk.wording.numbers import significant
from arborisk.wording.percent import percent
from arborisk.wording.sentences import IMMINENT, imminent_json, imminent_line

N_DRAWS = 20_000
FIELDS = (
    Field("order", "whole"),
    *(Field(name, "text") for name in ("tree", "species", "option", "reason")),
    Field("imminent", "flag"),
    *(Field(name, "text") for name in ("warning", "crew")),
    *(Field(name, "number") for name in ("hours", "cost", "cost_so_far")),
    *(Field(name, "number") for name in ("risk_now", "risk_removed", "removed_so_far")),
    Field("removed_per_cost", "number"),
    Field("street", "text"),
    *(Field(name, "number") for name in ("latitude", "longitude")),
)
OUTSIDE = "Rated Imminent: outside the budget."
NOT_ONE_PERSON = (
    "Sums over trees: the thresholds for one person's risk do not apply to them. Where the risk "
    "rests on words, it is only as good as the words and the prior."
)


@dataclass(frozen=True, slots=True)
class PlanIntervals:
    """Doubt on the prior and the storms, common to all trees.

    Attributes:
        removed: Risk removed by the list.
        left: Risk that remains.
    """

    removed: Chance
    left: Chance


def plan_intervals(
    plan: Plan, chances: ClassChances | None, *, seed: int = 0
) -> PlanIntervals | None:
    """95 % intervals of what is removed and left; None where risks were given as numbers.

    Args:
        plan: The work list.
        chances: Chances of the classes that the risks rest on.
        seed: Same seed, same numbers.
    """
    options = plan.options
    if chances is None or options.weights is None or options.tree_weights is None:
        return None
    drawn = chances.draws(N_DRAWS, np.random.default_rng(seed))
    removed = drawn @ options.weights[plan.chosen].sum(axis=0)
    left = drawn @ options.tree_weights.sum(axis=0) - removed
    ends = (0.025, 0.975)
    return PlanIntervals(
        chance_of_draws(plan.removed, removed, ends), chance_of_draws(plan.left, left, ends)
    )


def write_work_list(plan: Plan, table: RoleTable, path: Path, *, bom: bool = False) -> None:
    """Writes the list: Imminent first, then most risk removed per cost.

    Args:
        plan: The work list.
        table: Table that its options came from.
        path: File, in any format of `arborisk.tables.write`.
        bom: Whether a CSV begins with the mark by which Excel tells UTF-8.
    """
    write_table(path, FIELDS, _rows(plan, table), bom=bom)


def _rows(plan: Plan, table: RoleTable) -> Iterator[Row]:
    options, spent, removed = plan.options, 0.0, 0.0
    about = _About(table)
    for order, urgent in enumerate(options.urgent, start=1):
        yield {
            "order": order,
            "tree": urgent.tree,
            "option": urgent.option or None,
            "reason": OUTSIDE,
            "imminent": True,
            "warning": IMMINENT,
            "cost": urgent.cost,
            **about.row(urgent.row),
        }
    for order, one in enumerate(plan.in_order().tolist(), start=1 + len(options.urgent)):
        cost, gain = float(options.cost[one]), float(options.removed[one])
        spent, removed = spent + cost, removed + gain
        tree, crew = int(options.tree[one]), int(options.crew[one])
        yield {
            "order": order,
            "tree": options.trees[tree],
            "option": options.name[one],
            "reason": _reason(float(options.risk[tree]), gain, cost),
            "imminent": False,
            "crew": options.crews[crew] if crew >= 0 else None,
            "hours": float(options.hours[one]),
            "cost": round(cost, 2),
            "cost_so_far": round(spent, 2),
            "risk_now": round(float(options.risk[tree]), 6),
            "risk_removed": round(gain, 6),
            "removed_so_far": round(removed, 6),
            "removed_per_cost": round(gain / cost, 9) if cost else None,
            **about.row(int(options.row[one])),
        }


def _reason(risk: float, gain: float, cost: float) -> str:
    if gain <= 0:
        return "Needed by another option on the list."
    return f"Removes {amount_text(gain)} of {amount_text(risk)} for {amount_text(cost)}."


class _About:
    """What a row says of its tree besides the work."""

    def __init__(self, table: RoleTable) -> None:
        self._text = {role: table.text(role) for role in ("species", "street")}
        self._side = {"longitude": table.places.longitude, "latitude": table.places.latitude}

    def row(self, number: int) -> Row:
        found: dict[str, Any] = {role: cells[number] or None for role, cells in self._text.items()}
        for name, side in self._side.items():
            found[name] = float(side[number]) if np.isfinite(side[number]) else None
        return found


def amount_text(amount: float) -> str:
    """An amount of risk or money, with four digits at least."""
    return significant(amount, 4, trimmed=True)


def urgent_first(plan: Plan) -> str:
    """The line that stands before all others, or ""."""
    return imminent_line([f"tree {one.tree}" for one in plan.options.urgent])


def plan_lines(plan: Plan, intervals: PlanIntervals | None, *, unit: str) -> Iterator[str]:
    """The plan in sentences, without what is Imminent."""
    options = plan.options
    total = float(options.risk.sum())
    n_trees = len(set(options.tree[plan.chosen].tolist()))
    yield (
        f"{n_trees:,} of {counted(len(options.trees), 'tree')}, {plan.spent:,.2f} of "
        f"{plan.budget:,.2f} "
        f"spent: expected risk removed {amount_text(plan.removed)} of {amount_text(total)} {unit}; "
        f"{amount_text(plan.left)} remains."
    )
    if options.urgent:
        n, cost = len(options.urgent), sum(one.cost or 0.0 for one in options.urgent)
        yield (
            f"{counted(n, 'tree')} rated Imminent {agreeing(n, 'stands', 'stand')} first on the "
            f"list, outside the budget and these sums; the work named for them costs {cost:,.2f}."
        )
    if intervals is not None:
        removed, left = (
            f"{drawn_end(one.low, one.errors[0], 3)} to {drawn_end(one.high, one.errors[1], 3)}"
            for one in (intervals.removed, intervals.left)
        )
        yield (
            f"95 % intervals, from the doubt on prior and storms that all trees share: removed "
            f"{removed}, remaining {left}."
        )
    yield (
        f"No list within the budget can remove more than {amount_text(plan.bound)}: the gap is "
        f"{percent(plan.gap, 'rare')} ({plan.way}). By risk removed per cost alone, first come "
        f"first served: {amount_text(plan.greedy)}."
    )
    yield (
        f"One more unit of money would remove about {significant(plan.next_unit, 3)} {unit}, were "
        "options divisible."
    )
    yield from first_lines(options.problems, 5, "rows left out or doubted")
    yield NOT_ONE_PERSON


def plan_json(plan: Plan, intervals: PlanIntervals | None, *, unit: str) -> dict[str, Any]:
    """The plan as plain values, without the list; what is Imminent under the first key."""
    found: dict[str, Any] = {
        "imminent": imminent_json([one.tree for one in plan.options.urgent]),
        "unit": unit,
        "n_trees": len(plan.options.trees),
        "n_done": int(plan.chosen.sum()),
        "budget": plan.budget,
        "spent": plan.spent,
        "risk_now": float(plan.options.risk.sum()),
        "risk_removed": plan.removed,
        "risk_left": plan.left,
        "bound": plan.bound,
        "gap": plan.gap,
        "greedy": plan.greedy,
        "next_unit": plan.next_unit,
        "way": plan.way,
        "problems": list(plan.options.problems),
    }
    if intervals is not None:
        for name, one in (("removed", intervals.removed), ("left", intervals.left)):
            found[f"risk_{name}_interval"] = [one.low, one.high]
    return found
