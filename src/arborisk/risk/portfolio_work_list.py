"""A plan as a work list in a table, and as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arborisk.risk.annual import Chance, ClassChances
from arborisk.risk.portfolio_plan import Plan
from arborisk.risk.portfolio_table import TreeTable, write_trees
from arborisk.wording.counts import counted
from arborisk.wording.lists import first_lines
from arborisk.wording.numbers import significant
from arborisk.wording.percent import percent

N_DRAWS = 20_000
COLUMNS = (
    *("order", "tree", "option", "crew", "hours", "cost", "cost_so_far"),
    *("risk_now", "risk_removed", "removed_so_far", "removed_per_cost"),
    *("street", "latitude", "longitude"),
)
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
    ends = [np.quantile(one, [0.025, 0.975]) for one in (removed, left)]
    return PlanIntervals(
        Chance(plan.removed, float(ends[0][0]), float(ends[0][1])),
        Chance(plan.left, float(ends[1][0]), float(ends[1][1])),
    )


def write_work_list(plan: Plan, table: TreeTable, path: Path) -> None:
    """Writes the list, most risk removed per cost first, as CSV or GeoJSON."""
    write_trees(path, COLUMNS, _rows(plan, table))


def _rows(plan: Plan, table: TreeTable) -> Iterator[list[Any]]:
    options, spent, removed = plan.options, 0.0, 0.0
    place = {role: table.column(role) for role in ("street", "latitude", "longitude")}
    for order, one in enumerate(plan.in_order().tolist(), start=1):
        cost, gain = float(options.cost[one]), float(options.removed[one])
        spent, removed = spent + cost, removed + gain
        row, tree, crew = int(options.row[one]), int(options.tree[one]), int(options.crew[one])
        yield [
            order,
            options.trees[tree],
            options.name[one],
            options.crews[crew] if crew >= 0 else "",
            float(options.hours[one]),
            round(cost, 2),
            round(spent, 2),
            round(float(options.risk[tree]), 6),
            round(gain, 6),
            round(removed, 6),
            round(gain / cost, 9) if cost else "",
            *(cells[row] for cells in place.values()),
        ]


def amount_text(amount: float) -> str:
    """An amount of risk or money, with four digits at least."""
    return significant(amount, 4, trimmed=True)


def plan_lines(plan: Plan, intervals: PlanIntervals | None, *, unit: str) -> Iterator[str]:
    """The plan in sentences."""
    options = plan.options
    total = float(options.risk.sum())
    n_trees = len(set(options.tree[plan.chosen].tolist()))
    yield (
        f"{n_trees:,} of {counted(len(options.trees), 'tree')}, {plan.spent:,.2f} of "
        f"{plan.budget:,.2f} spent: expected risk removed {amount_text(plan.removed)} of "
        f"{amount_text(total)} {unit}; {amount_text(plan.left)} remains."
    )
    if intervals is not None:
        removed, left = (
            f"{amount_text(one.low)} to {amount_text(one.high)}"
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
    yield from first_lines(options.problems, 5, "rows left out")
    yield NOT_ONE_PERSON


def plan_json(plan: Plan, intervals: PlanIntervals | None, *, unit: str) -> dict[str, Any]:
    """The plan as plain values, without the list."""
    found: dict[str, Any] = {
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
