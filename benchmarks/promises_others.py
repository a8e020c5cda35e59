"""Do the other promises hold: ranking and alarm after a storm, band of the workload curve, compare?

    python benchmarks/promises_others.py                  all tables (ten minutes on one core)
    python benchmarks/promises_others.py --quick          a minute; exits with 1 where broken
    python benchmarks/promises_others.py --only workload

Each repeat draws numbers with a known truth. Promised: at least 0.93 of the intervals that are
given, and of the bands at each share, hold it; an alarm or a p value below its level comes in at
most that share of the repeats in which nothing is wrong. A figure breaks a promise where it is off
by more than three Monte Carlo standard errors.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated

import typer

import promises_compare
import promises_ranking
import promises_workload


class Part(StrEnum):
    """What is tried."""

    RANKING = "ranking"
    LARGE = "large"
    WORKLOAD = "workload"
    COMPARE = "compare"


TRIALS = {
    Part.RANKING: promises_ranking.ranking,
    Part.LARGE: promises_ranking.in_the_large,
    Part.WORKLOAD: promises_workload.workload,
    Part.COMPARE: promises_compare.compare,
}


def main(
    only: Annotated[list[Part] | None, typer.Option(help="Only these.  [default: all]")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer shapes and repeats.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 0,
) -> None:
    """Prints the tables; exits with 1 where a promise is broken by more than chance."""
    started, broken = time.perf_counter(), []
    for part in only or list(Part):
        print(f"\n{part}\n")
        broken += [f"{part}: {words}" for words in TRIALS[part](quick=quick, seed=seed)]
    print(f"\n{time.perf_counter() - started:.0f} s")
    print("\n".join(["BROKEN:", *broken]) if broken else "Every promise is kept.")
    raise typer.Exit(code=1 if broken else 0)


if __name__ == "__main__":
    typer.run(main)
