"""The page of a work list: what money buys, where, and what remains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import arborisk
from arborisk.report.page import render_page, write_page
from arborisk.report.style import BLUE, FIGURE_WIDTH_IN, INK, MUTED, VERMILLION, draw_svg
from arborisk.risk.annual.chances import ClassChances
from arborisk.risk.annual.sentences import basis_lines
from arborisk.risk.portfolio.plan import Plan, removed_by_budget
from arborisk.risk.portfolio.work_list import (
    PlanIntervals,
    amount_text,
    plan_lines,
    urgent_first,
)
from arborisk.tables.role_table import RoleTable
from arborisk.wording.counts import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Floats = NDArray[np.float64]
SMALLEST_MARK, LARGEST_MARK = 16.0, 90.0


def curve_figure(plan: Plan, budgets: Floats, removed: Floats, *, unit: str) -> str:
    """Risk that remains at each budget; an ``<svg>`` element."""
    total = float(plan.options.risk.sum())

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(budgets, total - removed, color=BLUE)
        axes.plot(plan.budget, plan.left, "o", color=INK, markersize=7, label="this plan")
        axes.plot(
            plan.budget,
            total - plan.greedy,
            "x",
            color=VERMILLION,
            markersize=8,
            markeredgewidth=2,
            label="by risk removed per cost alone",
        )
        axes.set_ylim(0, total * 1.05)
        axes.set_xlim(0, float(budgets[-1]))
        axes.set_xlabel("budget")
        axes.set_ylabel(f"risk that remains\n{unit}")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_formatter(lambda amount, _: f"{amount:,g}")
        axes.locator_params(axis="x", nbins=5)
        axes.grid(axis="y")
        axes.legend(loc="upper right")

    told = f"{amount_text(plan.left)} of {amount_text(total)} at a budget of {plan.budget:,.0f}"
    return draw_svg("risk-curve", (FIGURE_WIDTH_IN, 2.7), paint, f"Risk that remains: {told}.")


def map_figure(plan: Plan, longitude: Floats, latitude: Floats) -> str | None:
    """Where the jobs are among all trees; None where no tree has a place."""
    known = ~(np.isnan(longitude) | np.isnan(latitude))
    if known.sum() < 2:
        return None
    options = plan.options
    gain = np.zeros(len(options.trees))
    np.add.at(gain, options.tree[plan.chosen], options.removed[plan.chosen])
    done = known & (gain > 0)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.plot(
            longitude[known],
            latitude[known],
            ".",
            color=MUTED,
            markersize=3,
            alpha=0.5,
            rasterized=bool(known.sum() > 2_000),
        )
        size = SMALLEST_MARK + (LARGEST_MARK - SMALLEST_MARK) * gain[done] / max(gain.max(), 1e-300)
        axes.scatter(
            longitude[done],
            latitude[done],
            s=size,
            marker="D",
            color=VERMILLION,
            edgecolor=INK,
            linewidth=0.7,
            zorder=3,
        )
        # A degree of longitude is shorter than one of latitude away from the equator.
        axes.set_aspect(1 / np.cos(np.radians(float(latitude[known].mean()))), adjustable="datalim")
        axes.set_xlabel("longitude")
        axes.set_ylabel("latitude")
        axes.ticklabel_format(useOffset=False)
        axes.locator_params(axis="x", nbins=4)
        axes.locator_params(axis="y", nbins=5)

    told = f"{counted(int(done.sum()), 'tree')} on the list among {int(known.sum())}"
    return draw_svg("risk-map", (FIGURE_WIDTH_IN, 3.6), paint, f"Map: {told}.")


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
class PlanLine:
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


def _line(plan: Plan, one: int) -> PlanLine:
    options, crew = plan.options, int(plan.options.crew[one])
    return PlanLine(
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
