"""Work lists made by taking what pays most, one after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arborisk.risk.portfolio_options import Options

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
