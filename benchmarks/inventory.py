"""Time and memory of `arborisk risk inventory` on a city, against another checkout of arborisk.

Run: git worktree add --detach OTHER e755a2c
     python benchmarks/inventory.py OTHER
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

N_ROWS, N_COLUMNS = 120_000, 20
N_RUNS = 3
WORDS = {
    "failure": ("Improbable", "Possible", "Probable", "Possible | Probable", ""),
    "impact": ("Low", "High", "", ""),
    "occupancy": ("Rare", "Frequent", "Constant", ""),
    "protection": ("Exposed", "Partly protected", ""),
    "consequences": ("Minor", "Significant", "Severe", ""),
}
MEASURE = """
import json, resource, sys, time
from arborisk.cli.app import app
start = time.process_time()
try:
    app(sys.argv[1:], standalone_mode=False)
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.process_time() - start, peak]), file=sys.stderr)
"""


def write_city(path: Path) -> None:
    """A drawn inventory: words, places, and columns that nobody reads."""
    random = np.random.default_rng(0)
    columns = {name: random.choice(words, N_ROWS) for name, words in WORDS.items()}
    columns["latitude"] = np.char.mod("%.6f", random.uniform(42.0, 42.2, N_ROWS))
    columns["longitude"] = np.char.mod("%.6f", random.uniform(-72.2, -72.0, N_ROWS))
    for number in range(N_COLUMNS - len(columns) - 2):
        columns[f"other_{number}"] = random.choice(("oak", "Elm Street 12", "", "3"), N_ROWS)
    lines = [",".join(["tree", "target", *columns])]
    lines += [
        ",".join([f"T{number}", "road", *row])
        for number, row in enumerate(zip(*columns.values(), strict=True))
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(source: Path, table: Path, out: Path) -> tuple[float, float]:
    """Seconds of processor time and MB of one run."""
    options = ["risk", "inventory", str(table), "--out", str(out), "--time-frame-years", "3"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *options],
        env=os.environ | {"PYTHONPATH": str(source / "src"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = json.loads(done.stderr.strip().splitlines()[-1])
    return seconds, peak


def main() -> None:
    """Prints the least of several runs of both, in turns, and their ratio."""
    here, other = Path(__file__).parents[1], Path(sys.argv[1])
    found: dict[Path, list[tuple[float, float]]] = {here: [], other: []}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "trees.csv"
        write_city(table)
        for _ in range(N_RUNS):
            for source, runs in found.items():
                runs.append(measure(source, table, Path(folder) / "rated.csv"))
    best = {source: [min(one) for one in zip(*runs, strict=True)] for source, runs in found.items()}
    for name, source in (("here", here), ("other", other)):
        print(f"{name}: {best[source][0]:.2f} s, {best[source][1]:.0f} MB")
    time_ratio, memory_ratio = (
        ours / theirs for ours, theirs in zip(best[here], best[other], strict=True)
    )
    print(f"{N_ROWS:,} rows, ratio: time {time_ratio:.2f}, memory {memory_ratio:.2f}")


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"{time.perf_counter() - started:.0f} s in all")
