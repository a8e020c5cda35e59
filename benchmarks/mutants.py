"""How many small faults in the code do its tests find? A seeded sample of mutants, room by room.

    python benchmarks/mutants.py --n 60 --seed 1 [--room metrics] [--show]

mutmut changes one expression at a time (a sign, a limit, a name, an argument) in a copy of the
project, and runs the tests of that room that pass through the changed function. A mutant that no
test fails on has survived: a fault of that kind would go unseen by the room's own tests (other
tests may still see it). Text alone is mutated too: a survivor need not change a result.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from scipy.stats import binomtest

from arborisk.wording.percent import percent

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("metrics", "calibration", "split", "prediction", "risk")
COPIED = ("src", "tests", "docs", "benchmarks", "pyproject.toml", "README.md", "Makefile")
SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/arborisk/{room}/*"]
also_copy = ["README.md", "docs", "benchmarks", "Makefile"]
pytest_add_cli_args = ["-x", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["tests/{room}"]
use_git_change_detection = false
track_dependencies = false
"""
KILLED, SURVIVED, NO_TESTS = "killed", "survived", "no tests"
STATUS = {0: SURVIVED, 33: NO_TESTS, None: "not run"}
"""By exit status as mutmut keeps it; every other one is a test that failed, hung or crashed."""


def main(
    n: Annotated[int, typer.Option(help="Mutants a room.")] = 60,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 1,
    room: Annotated[list[str] | None, typer.Option(help="Only these rooms.")] = None,
    show: Annotated[bool, typer.Option(help="Print each survivor as a change.")] = False,
) -> None:
    """Prints the share killed in each room, with its exact 95 % interval."""
    print(f"{n} mutants a room, seed {seed}; killed by the tests of the room alone")
    for one in room or ROOMS:
        start_s = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="arborisk-mutants-") as folder:
            place = _copy(Path(folder), one)
            drawn = _draw(place, n, seed)
            _mutmut(place, "run", *drawn)
            codes = _codes(place)
            status = {name: STATUS.get(codes[name], KILLED) for name in sorted(drawn)}
            changes = [_change(place, *one) for one in status.items() if one[1] != KILLED]
        n_killed = sum(what == KILLED for what in status.values())
        ends = binomtest(n_killed, len(drawn)).proportion_ci(method="exact")
        print(
            f"{one:12} {n_killed:3} of {len(drawn)} killed: {percent(n_killed / len(drawn))} "
            f"({percent(ends.low)} to {percent(ends.high)}), {time.perf_counter() - start_s:.0f} s",
            flush=True,
        )
        if show:
            print("\n".join(changes), flush=True)


def _copy(folder: Path, room: str) -> Path:
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as stream:
        stream.write(SETTINGS.format(room=room))
    return folder


def _draw(place: Path, n: int, seed: int) -> list[str]:
    """Names of a sample of all mutants; they are made, and the tests timed, by asking for none."""
    found = _mutmut(place, "run", "none of them")
    names = sorted(_codes(place))
    if not names:
        sys.exit(f"mutmut made no mutants:\n{found[-2000:]}")
    return random.Random(seed).sample(names, min(n, len(names)))


def _codes(place: Path) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for path in sorted((place / "mutants" / "src").rglob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _change(place: Path, name: str, what: str) -> str:
    lines = _mutmut(place, "show", name).splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return "\n".join([f"  {name} ({what})", *(f"    {line}" for line in changed)])


def _mutmut(place: Path, *arguments: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "mutmut", *arguments],
        cwd=place,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


if __name__ == "__main__":
    typer.run(main)
