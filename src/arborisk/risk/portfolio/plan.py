"""Work lists made by taking what pays most, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.risk.portfolio.options import Options
from arborisk.risk.portfolio.prices import choose_by_prices

if TYPE_CHECKING:
    from scipy.sparse import csr_array


Chosen = NDArray[np.bool_]
Floats = NDArray[np.float64]


def take_greedily(options: Options, budget: float, caps: Floats, useful: Chosen) -> Chosen:
    """The list that people make: most risk removed per cost first, as long as it fits.

    Args:
        options: What could be done.
        budget: Money there is.
        caps: Most hours of each crew, shape (n_crews,).
        useful: Options that may be taken, shape (n_options,).
    """
    return improve(options, budget, caps, useful, np.zeros(len(options.cost), dtype=bool))


def improve(
    options: Options, budget: float, caps: Floats, useful: Chosen, chosen: Chosen
) -> Chosen:
    """Adds what still fits, most risk removed per cost first; a tree may move to a better option.

    Args:
        options: What could be done.
        budget: Money there is.
        caps: Most hours of each crew, shape (n_crews,).
        useful: Options that may be taken.
        chosen: List to start from; it fits.
    """
    chosen = chosen.copy()
    money = budget - float(options.cost[chosen].sum())
    hours = caps - np.bincount(
        options.crew[chosen & (options.crew >= 0)],
        options.hours[chosen & (options.crew >= 0)],
        minlength=len(caps),
    )
    of_tree = np.full(len(options.trees), -1)
    of_tree[options.tree[chosen]] = np.flatnonzero(chosen)
    needed_by = np.bincount(
        options.needs[chosen & (options.needs >= 0)], minlength=len(options.cost)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(useful, options.removed / options.cost, -np.inf)
    # Needs go first, so that what rests on them finds them done.
    order = np.argsort(-ratio, kind="stable")
    for _ in range(2):
        changed = False
        for one in order.tolist():
            if chosen[one] or not useful[one]:
                continue
            need = int(options.needs[one])
            old = int(of_tree[options.tree[one]])
            if (need >= 0 and not chosen[need]) or (old >= 0 and needed_by[old]):
                continue
            gain = options.removed[one] - (options.removed[old] if old >= 0 else 0.0)
            cost = options.cost[one] - (options.cost[old] if old >= 0 else 0.0)
            crew = int(options.crew[one])
            freed = options.hours[old] if old >= 0 and options.crew[old] == crew else 0.0
            if (
                gain <= 0
                or cost > money
                or (crew >= 0 and options.hours[one] - freed > hours[crew])
            ):
                continue
            if old >= 0:
                chosen[old] = False
                if options.crew[old] >= 0:
                    hours[options.crew[old]] += options.hours[old]
                if options.needs[old] >= 0:
                    needed_by[options.needs[old]] -= 1
            chosen[one], of_tree[options.tree[one]] = True, one
            money -= cost
            if crew >= 0:
                hours[crew] -= options.hours[one]
            if need >= 0:
                needed_by[need] += 1
            changed = True
        if not changed:
            break
    return chosen


MOST_TREES_EXACT = 2_000
"""Trees up to which the integer programme is solved to the end; above, its relaxation bounds it."""
TIME_LIMIT_S = 60.0
EXACT_GAP = 1e-9
HALF = 0.5
Way = Literal["integer programme", "relaxation, rounded and filled", "prices, then filled"]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A work list.

    Attributes:
        options: What there was to choose from.
        chosen: Which options are done, shape (n_options,).
        budget: Money there was.
        removed: Expected risk removed.
        bound: No list within the budget and the crews' hours can remove more than this.
        greedy: Risk removed by the greedy list, by risk removed per cost, beside it.
        next_unit: Risk that the next unit of money would remove (shadow price of the budget).
        way: Whether it was solved to the end.
    """

    options: Options
    chosen: Chosen
    budget: float
    removed: float
    bound: float
    greedy: float
    next_unit: float
    way: Way

    @property
    def gap(self) -> float:
        """How far below the bound, as a share of it: 0 is the optimum."""
        return max(0.0, 1 - self.removed / self.bound) if self.bound > 0 else 0.0

    @property
    def spent(self) -> float:
        """Cost of the list."""
        return float(self.options.cost[self.chosen].sum())

    @property
    def left(self) -> float:
        """Expected risk of all trees of the table that remains."""
        return float(self.options.risk.sum()) - self.removed

    def in_order(self) -> NDArray[np.int64]:
        """Chosen options, most risk removed per cost first; ties by the order of the table."""
        found = np.flatnonzero(self.chosen)
        with np.errstate(divide="ignore"):
            ratio = self.options.removed[found] / self.options.cost[found]
        return found[np.argsort(-ratio, kind="stable")]


def plan_work(
    options: Options, budget: float, *, crew_hours: Mapping[str, float] | None = None
) -> Plan:
    """Chooses at most one option a tree so that the expected risk removed is largest.

    Up to `MOST_TREES_EXACT` trees by integer programming (HiGHS), to the end. Above, prices of
    money and hours (or, where options need others, the linear relaxation) give a bound and all but
    a few trees; these are decided by what fits, and the printed gap says how much better a list
    could be at most.

    Args:
        options: What could be done.
        budget: Money there is.
        crew_hours: Most hours of each crew; crews not named have no cap.

    Raises:
        AssessmentError: A budget below 0, or a cap for a crew that does not occur.
    """
    crew_hours = crew_hours or {}
    unknown = [crew for crew in crew_hours if crew not in options.crews]
    if unknown or not 0 <= budget < np.inf:
        raise AssessmentError(
            f"a budget of 0 or more, and crews among {', '.join(options.crews) or 'none'}",
            f"a budget of {budget:g}, and {', '.join(unknown) or 'known crews'}",
            "the budget and the caps",
            "Give a budget of 0 or more, and name crews as the table does.",
        )
    if not len(options.cost):  # all that there is to do is outside the budget
        none = np.zeros(0, dtype=bool)
        return Plan(options, none, budget, 0.0, 0.0, 0.0, 0.0, "integer programme")
    caps = np.array([crew_hours.get(crew, np.inf) for crew in options.crews])
    useful = _useful(options)
    greedy = take_greedily(options, budget, caps, useful)
    way: Way
    if len(options.trees) <= MOST_TREES_EXACT:
        relaxed = _solve(options, budget, caps, useful, whole=False)
        next_unit, bound = float(-relaxed.ineqlin.marginals[0]), float(-relaxed.fun)
        solved = _solve(options, budget, caps, useful, whole=True)
        chosen, way = greedy, "integer programme"
        if solved.x is not None:
            chosen, bound = solved.x > HALF, min(bound, float(-solved.mip_dual_bound))
    elif (options.needs >= 0).any():
        relaxed = _solve(options, budget, caps, useful, whole=False)
        next_unit, bound = float(-relaxed.ineqlin.marginals[0]), float(-relaxed.fun)
        start = _met(options, relaxed.x > 1 - 1e-6)
        chosen, way = (
            improve(options, budget, caps, useful, start),
            "relaxation, rounded and filled",
        )
    else:
        limits, uses = _limits(options, budget, caps)
        priced = choose_by_prices(options, limits, uses, useful)
        next_unit, bound = float(priced.prices[0]), priced.bound
        chosen, way = improve(options, budget, caps, useful, priced.chosen), "prices, then filled"
    best = max((chosen, greedy), key=lambda one: float(options.removed[one].sum()))
    removed = float(options.removed[best].sum())
    return Plan(
        options=options,
        chosen=best,
        budget=budget,
        removed=removed,
        bound=max(bound, removed),
        greedy=float(options.removed[greedy].sum()),
        next_unit=next_unit,
        way=way,
    )


def removed_by_budget(
    options: Options, budgets: NDArray[np.float64], *, crew_hours: Mapping[str, float] | None = None
) -> NDArray[np.float64]:
    """Risk that a good list removes at each budget, for a curve; needs are met as far as they fit.

    Args:
        options: What could be done.
        budgets: Money, ascending.
        crew_hours: Most hours of each crew.
    """
    caps = np.array([(crew_hours or {}).get(crew, np.inf) for crew in options.crews])
    useful = _useful(options)
    found = []
    for budget in budgets.tolist():
        limits, uses = _limits(options, budget, caps)
        start = _met(options, choose_by_prices(options, limits, uses, useful).chosen)
        chosen = improve(options, budget, caps, useful, start)
        found.append(float(options.removed[chosen].sum()))
    return np.maximum.accumulate(found)


def _useful(options: Options) -> Chosen:
    """Options that remove risk or that such need; never one whose own need cannot be met."""
    useful = options.removed > 0
    impossible = options.needs == np.arange(len(options.needs))
    needed = options.needs[useful & (options.needs >= 0)]
    useful[needed] = True
    found: Chosen = useful & ~impossible
    return found


def _met(options: Options, chosen: Chosen) -> Chosen:
    """Drops options whose need is not chosen, until none is left."""
    while True:
        bad = chosen & (options.needs >= 0) & ~chosen[options.needs]
        if not bad.any():
            return chosen
        chosen = chosen & ~bad


def _limits(
    options: Options, budget: float, caps: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Budget and capped hours, and what each option takes of them."""
    capped = np.flatnonzero(np.isfinite(caps))
    hours = [np.where(options.crew == crew, options.hours, 0.0) for crew in capped]
    return np.concatenate([[budget], caps[capped]]), np.stack([options.cost, *hours])


def _solve(
    options: Options, budget: float, caps: NDArray[np.float64], useful: Chosen, *, whole: bool
) -> Any:  # noqa: ANN401 - scipy's own result
    """The programme, whole or relaxed."""
    from scipy import optimize

    matrix, limit = _constraints(options, budget, caps)
    upper = useful.astype(np.float64)
    if whole:
        return optimize.milp(
            -options.removed,
            integrality=np.ones(len(upper)),
            bounds=optimize.Bounds(0, upper),
            constraints=optimize.LinearConstraint(matrix, -np.inf, limit),
            options={"mip_rel_gap": EXACT_GAP, "time_limit": TIME_LIMIT_S},
        )
    return optimize.linprog(
        -options.removed,
        A_ub=matrix,
        b_ub=limit,
        bounds=np.stack([np.zeros_like(upper), upper], axis=1),
        method="highs-ds",
    )


def _constraints(
    options: Options, budget: float, caps: NDArray[np.float64]
) -> tuple[csr_array, NDArray[np.float64]]:
    """Budget, hours of each capped crew, one option a tree, and needs; as rows of a matrix."""
    from scipy.sparse import csr_array, vstack

    n = len(options.cost)
    each = np.arange(n)
    limit, uses = _limits(options, budget, caps)
    parts, limits = [csr_array(uses)], [limit]
    count = np.bincount(options.tree, minlength=len(options.trees))
    several = np.flatnonzero(count > 1)
    number = np.full(len(count), -1)
    number[several] = np.arange(len(several))
    held = count[options.tree] > 1
    parts.append(
        csr_array(
            (np.ones(held.sum()), (number[options.tree[held]], each[held])), shape=(len(several), n)
        )
    )
    limits.append(np.ones(len(several)))
    needing = np.flatnonzero((options.needs >= 0) & (options.needs != each))
    line = np.arange(len(needing))
    parts.append(
        csr_array(
            (
                np.concatenate([np.ones(len(needing)), -np.ones(len(needing))]),
                (np.concatenate([line, line]), np.concatenate([needing, options.needs[needing]])),
            ),
            shape=(len(needing), n),
        )
    )
    limits.append(np.zeros(len(needing)))
    return csr_array(vstack(parts)), np.concatenate(limits)
