"""Speed, memory and gaps of work lists, on drawn numbers; benchmarks/inventory.py has ratings.

Run: python benchmarks/risk.py
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable

import numpy as np

from arborisk.cli.risk_plan import messages_to_standard_error
from arborisk.risk.portfolio.options import Options
from arborisk.risk.portfolio.plan import plan_work


def plan(n_trees: int, n_crews: int) -> str:
    """Plans two options a tree."""
    random = np.random.default_rng(0)
    n = 2 * n_trees
    tree = np.repeat(np.arange(n_trees), 2)
    risk = random.lognormal(3, 1.5, n_trees)
    crews = tuple(f"crew {number}" for number in range(n_crews))
    options = Options(
        tree=tree,
        trees=tuple(map(str, range(n_trees))),
        name=("prune", "fell") * n_trees,
        cost=np.tile([300.0, 1200.0], n_trees) * random.uniform(0.5, 2, n),
        removed=risk[tree] * np.tile([0.5, 1.0], n_trees) * random.uniform(0.7, 1, n),
        risk=risk,
        crew=random.integers(0, n_crews, n) if n_crews else np.full(n, -1),
        crews=crews,
        hours=random.uniform(1, 8, n),
        needs=np.full(n, -1),
        weights=None,
        tree_weights=None,
        row=np.arange(n),
        problems=(),
    )
    with messages_to_standard_error():
        found = plan_work(options, 60.0 * n_trees, crew_hours=dict.fromkeys(crews, 0.06 * n_trees))
    greedy = f"by ratio alone {100 * found.greedy / found.removed:.1f} % of it"
    return f"gap {100 * found.gap:.4f} %, {greedy}"


JOBS: tuple[tuple[str, int, Callable[..., str], tuple[int, ...]], ...] = (
    ("plan", 2_000, plan, (2_000, 0)),
    ("plan, five crews", 2_000, plan, (2_000, 5)),
    ("plan", 100_000, plan, (100_000, 0)),
    ("plan, five crews", 100_000, plan, (100_000, 5)),
)


def _timed(place: int) -> None:
    """One job in a process of its own, so that its peak memory is its own."""
    what, n_trees, work, arguments = JOBS[place]
    start = time.perf_counter()
    result = work(*arguments)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {n_trees:,} | {seconds:.1f} s | {memory:.0f} MB | {result} |", flush=True)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    for number in range(len(JOBS)):
        process = context.Process(target=_timed, args=(number,))
        process.start()
        process.join()
