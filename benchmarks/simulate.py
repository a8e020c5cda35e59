"""Drawing a stand: seconds for 458 photos of 1008 x 1344, two processes against one, and ceilings.

Target: 458 photos within 3 minutes on 2 cores; a ceiling between 0.70 and 0.90.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from arborisk.simulate.sampling import draw_stand
from arborisk.simulate.writing import simulate_stand

N_TREES = 24
N_PAIRS = 3
N_DECK = 458
SEEDS = (7, 1, 2, 3, 4)


def processor_s() -> float:
    """Processor time so far, ended workers included."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--trees", type=int, default=N_TREES, help="Trees a turn; scaled to 458.")
    parser.add_argument("--pairs", type=int, default=N_PAIRS, help="Turns of one and two.")
    given = parser.parse_args()
    seconds: dict[int, list[float]] = {1: [], 2: []}
    work: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        for pair in range(given.pairs):
            for n_processes in (1, 2):
                start, before_s = time.perf_counter(), processor_s()
                out = Path(folder) / f"{pair}-{n_processes}"
                simulate_stand(out, n_trees=given.trees, n_processes=n_processes)
                seconds[n_processes].append(time.perf_counter() - start)
                work[n_processes].append(processor_s() - before_s)
    for n_processes, taken in seconds.items():
        whole = statistics.median(taken) / given.trees * N_DECK
        used = statistics.median(work[n_processes]) / given.trees * N_DECK
        print(
            f"{n_processes} process(es): {whole:.0f} s for {N_DECK} photos (target 180 s with 2), "
            f"processor {used:.0f} s"
        )
    ratio = statistics.median(one / two for one, two in zip(*seconds.values(), strict=True))
    print(f"two processes: {ratio:.2f} x one, start of the processes included")

    for seed in SEEDS:
        start = time.perf_counter()
        ceiling = draw_stand(seed=seed).ceiling
        taken_s = time.perf_counter() - start
        print(
            f"seed {seed}: ceiling {ceiling.balanced_accuracy:.3f} balanced accuracy, "
            f"{ceiling.balanced_accuracy_plug_in:.3f} by the likeliest class ({taken_s:.1f} s)"
        )


if __name__ == "__main__":
    main()
