"""The page of a work list: what money buys, where, and what remains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import arborisk
from arborisk.report.page import render_page, write_page
from arborisk.report.risk_plan_figures import curve_figure, map_figure
from arborisk.risk.annual import ClassChances
from arborisk.risk.annual_words import basis_lines
from arborisk.risk.portfolio_plan import Plan, removed_by_budget
from arborisk.risk.portfolio_work_list import (
    PlanIntervals,
    amount_text,
    plan_lines,
    urgent_first,
)
from arborisk.tables.role_table import RoleTable
from arborisk.wording.counts import counted

N_FIRST = 20
N_STREETS = 25
STEPS = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
"""Budgets of the curve, as shares of the plan's."""


@dataclass(frozen=True, slots=True)
class Street:
    """One street or circuit on the page."""

    name: str
    n_trees: int
    n_done: int
    cost: float
    risk: float
    left: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list on the page."""

    tree: str
    option: str
    crew: str
    cost: float
    removed: float


def write_plan_page(
    plan: Plan,
    table: RoleTable,
    path: Path,
    *,
    unit: str,
    intervals: PlanIntervals | None = None,
    chances: ClassChances | None = None,
    crew_hours: Mapping[str, float] | None = None,
) -> Path:
    """Writes the page of a work list.

    Args:
        plan: The work list.
        table: Table that its options came from.
        path: HTML file to write.
        unit: Unit of the risk.
        intervals: Doubt on prior and storms.
        chances: What the risks rest on, where they come from words.
        crew_hours: Most hours of each crew, for the curve.

    Raises:
        MissingDependencyError: matplotlib or Jinja2 is not installed.
    """
    options = plan.options
    sentence, *lines = plan_lines(plan, intervals, unit=unit)
    budgets = np.array(STEPS) * plan.budget
    curve = ""
    if len(options.cost):
        removed = removed_by_budget(options, budgets, crew_hours=crew_hours)
        removed[STEPS.index(1.0)] = plan.removed
        curve = curve_figure(plan, budgets, np.maximum.accumulate(removed), unit=unit)
    all_streets = _streets(plan, table)
    order = plan.in_order().tolist()
    text = render_page(
        "risk_plan.html.j2",
        kind="arborisk · work list",
        title=f"{counted(len(order), 'job')} for {plan.spent:,.0f}",
        subtitle=f"{counted(len(options.trees), 'tree')} of {table.table.source}, "
        f"budget {plan.budget:,.0f}",
        version=arborisk.__version__,
        imminent=urgent_first(plan),
        urgent=options.urgent,
        sentence=sentence,
        lines=lines,
        curve=curve,
        map=map_figure(plan, *_places(plan, table)),
        remains=f"{amount_text(plan.left)} {unit}",
        amount=amount_text,
        streets=all_streets[:N_STREETS],
        n_more_streets=max(0, len(all_streets) - N_STREETS),
        first=[_line(plan, one) for one in order[:N_FIRST]],
        n_done=len(order),
        basis=[] if chances is None else list(basis_lines(chances)),
    )
    return write_page(path, text)


def _line(plan: Plan, one: int) -> Line:
    options, crew = plan.options, int(plan.options.crew[one])
    return Line(
        options.trees[int(options.tree[one])],
        options.name[one],
        options.crews[crew] if crew >= 0 else "",
        float(options.cost[one]),
        float(options.removed[one]),
    )


def _places(plan: Plan, table: RoleTable) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of each tree, NaN where the table has none."""
    found = []
    for side in (table.places.longitude, table.places.latitude):
        place = np.full(len(plan.options.trees), np.nan)
        place[plan.options.tree] = side[plan.options.row]
        found.append(place)
    return found[0], found[1]


def _streets(plan: Plan, table: RoleTable) -> Sequence[Street]:
    """Streets, most remaining risk first; empty where the table names none."""
    options, cells = plan.options, table.text("street")
    if not any(cells):
        return []
    street = [""] * len(options.trees)
    for tree, row in zip(options.tree.tolist(), options.row.tolist(), strict=True):
        street[tree] = cells[row] or "not named"
    names, number = np.unique(street, return_inverse=True)
    done = plan.chosen
    of_option = number[options.tree]
    risk = np.bincount(number, options.risk, minlength=len(names))
    removed = np.bincount(of_option[done], options.removed[done], minlength=len(names))
    cost = np.bincount(of_option[done], options.cost[done], minlength=len(names))
    n_trees = np.bincount(number, minlength=len(names))
    n_done = np.bincount(of_option[done], minlength=len(names))
    found = [
        Street(
            str(name),
            int(n_trees[place]),
            int(n_done[place]),
            float(cost[place]),
            float(risk[place]),
            float(risk[place] - removed[place]),
        )
        for place, name in enumerate(names)
    ]
    return sorted(found, key=lambda one: -one.left)
