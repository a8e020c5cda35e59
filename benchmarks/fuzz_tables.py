"""Spoilt tables, forms, map files and settings, given to the commands as a user gives them.

    python benchmarks/fuzz_tables.py --n 3000 --seed 1
    python benchmarks/fuzz_tables.py --only 1:217          # one case again, with what it printed

Each case spoils one input of one command and runs the command's own entry point in a process of its
own. It fails on a traceback, an end by a signal, more than the limits of time and memory, an exit
status that is none of 0, 1, 2 and 3, status 1 without a word, or far too many words. Failures are
listed with the number by which `--only` runs them again.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from fuzz_bases import write_bases, write_photos
from fuzz_mutations import mutated

STATUSES = (0, 1, 2, 3)
MOST_SAID = 4_000
"""Characters on the standard error above which nobody reads them."""
OWN_FAULT = "a fault of arborisk itself"
"""What a command says where it would have shown a traceback; the details are in a file."""
_STORM = "--fill-missing --draws 1000 --units crown_width=m"
COMMANDS = (
    ("table {trees}",), ("table {trees} --for storm --map {map.toml}",),
    ("table {ratings} --for agree",), ("table {options} --for plan --format json",),
    ("dataset import PHOTOS --labels {ratings} --out OUT --processes 1 --no-prepare",),
    ("dataset import PHOTOS --labels {ratings} --out OUT --scheme {scheme} --processes 1",),
    ("agree {ratings} --format json",), ("agree {ratings} --model {answers}",),
    ("risk rate {form}",), ("risk rate {form} --out OUT.html",),
    ("risk rate {form} --model {answers}",), ("risk rate {trees} --tree T2 --level 2 "
                                              "--time-frame-years 3",),
    ("risk inventory {trees} --out OUT.csv --time-frame-years 3",),
    ("risk inventory {trees} --out OUT.geojson --time-frame-years 3",),
    ("risk inventory {trees} --out OUT.xlsx --time-frame-years 3 --model {answers}",),
    ("risk inventory {trees} --out OUT.gpkg --time-frame-years 3",),
    ("risk plan {options} --budget 300 --storms 0.2",),
    ("risk plan {options} --budget 300 --storms 0.2 --out OUT.csv --page OUT.html",),
    ("risk plan {options} --budget 300 --storms 0.2 --prior {prior}",),
    ("risk outcomes {outcomes} --storm Ada",),
    ("risk outcomes {outcomes} --storm Ada --prior {prior} --out OUT.toml",),
    ("risk annual --model {answers} --storms 0.2 --out OUT.csv",),
    ("storm {trees} --gust 30+-2 " + _STORM,),
    ("storm {trees} --gust 30+-2 " + _STORM + " --out OUT.geojson --report OUT.html",),
    ("storm {trees} --gust-map {gusts} " + _STORM,),
    ("storm {trees} --gust 30+-2 " + _STORM + " --assume {assumptions}",),
    ("storm {trees} --climate {climate} " + _STORM,),
    ("strike {trees} --position-error 1 --lines {lines} --conductor-height 8+-1 --draws 50",),
    ("strike {trees} --position-error 1 --roads {lines} --road-width 6 --draws 50 --out OUT.csv",),
    ("dataset audit DATASET --split {split}",), ("split DATASET --out OUT.csv",),
    ("experiment {grid} --dry-run",),
    ("train DATASET --config {settings} --print-config",),
)  # fmt: skip
"""Commands; a name in braces is an input, in any of the formats that there are of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may take.

    Attributes:
        seconds: Wall clock.
        bytes_of_memory: Of resident memory, above which the case fails; address space is held to
            twice as much beyond what the process begins with.
    """

    seconds: float
    bytes_of_memory: int


@dataclass(frozen=True, slots=True)
class Case:
    """One command on spoilt input, and how it ended.

    Attributes:
        number: ``SEED:INDEX``.
        line: The command.
        status: Exit status; below 0 for a signal, None where it was stopped for its time.
        seconds: It took.
        megabytes: Most resident memory.
        text: What it printed on the standard error.
    """

    number: str
    line: str
    status: int | None
    seconds: float
    megabytes: float
    text: str

    def fault(self, limits: Limits) -> str:
        """What is wrong with how it ended, or ""."""
        if self.status is None:
            return "hang"
        if "Traceback (most recent call last)" in self.text or OWN_FAULT in self.text:
            return "traceback"
        if self.status < 0 or self.status not in STATUSES:
            return f"status {self.status}"
        if self.megabytes > limits.bytes_of_memory / (1 << 20):
            return "memory"
        if len(self.text) > MOST_SAID:
            return "too much said"
        return "nothing said" if self.status == 1 and not self.text.strip() else ""


def main(
    n: Annotated[int, typer.Option(help="Cases.")] = 3000,
    seed: Annotated[int, typer.Option(help="Same seed, same cases.")] = 1,
    start: Annotated[int, typer.Option(help="First case, to go on or to share the work.")] = 0,
    only: Annotated[str, typer.Option(help="One case, SEED:INDEX.")] = "",
    seconds: Annotated[float, typer.Option(help="Most that a command may take.")] = 10.0,
    gigabytes: Annotated[float, typer.Option(help="Most memory of a command.")] = 1.5,
    keep: Annotated[str, typer.Option(help="Folder for the input of --only.")] = "",
    like: Annotated[str, typer.Option(help="Only commands that begin so: 'risk rate'.")] = "",
    sound: Annotated[bool, typer.Option("--sound", help="Spoil nothing: do they work?")] = False,
) -> None:
    """Runs the cases and says how they ended; status 1 where one failed."""
    limits = Limits(seconds, int(gigabytes * (1 << 30)))
    _preload()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made:
        home = Path(made)
        bases = _prepare(home)
        if only:
            first, _, index = only.partition(":")
            place = Path(keep) if keep else home / "case"
            case = run_case(int(first), int(index), bases, home, place, limits)
            print(f"{case.line}\nstatus {case.status}, {case.seconds:.1f} s, "
                  f"{case.megabytes:.0f} MB {case.fault(limits)}\n{case.text[-6000:]}")  # fmt: skip
            raise typer.Exit(bool(case.fault(limits)))
        counts: Counter[str] = Counter()
        faults: list[Case] = []
        slowest, largest, began = 0.0, 0.0, time.monotonic()
        for index in range(start, start + n):
            if not _command(Random(f"{seed}:{index}")).startswith(like):
                continue
            case = run_case(seed, index, bases, home, home / "case", limits, sound=sound)
            slowest, largest = max(slowest, case.seconds), max(largest, case.megabytes)
            counts[case.fault(limits) or f"status {case.status}"] += 1
            if case.fault(limits) or (sound and case.status not in (0, 3)):
                faults.append(case)
                last = case.text.strip().splitlines()[-1:] or [""]
                print(f"{case.number} {case.fault(limits)}: {case.line}\n    {last[0][:300]}")
                sys.stdout.flush()
    print(f"{n} cases of seed {seed} in {time.monotonic() - began:.0f} s: "
          + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))  # fmt: skip
    print(f"Slowest {slowest:.1f} s, most memory {largest:.0f} MB, {len(faults)} failed.")
    raise typer.Exit(bool(faults))


def _preload() -> None:
    """Imports once what the commands import, so that a case begins at once."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import importlib

    for name in ("numpy", "scipy.stats", "openpyxl", "pyarrow.parquet", "pyogrio", "pyproj",
                 "arborisk.cli.app", "arborisk.report.page", "arborisk.risk.storm.run",
                 "arborisk.risk.strike.run", "arborisk.agreement", "arborisk.dataset.importing",
                 "arborisk.tables.role_table"):  # fmt: skip
        importlib.import_module(name)


def _prepare(home: Path) -> dict[str, Path]:
    bases = home / "bases"
    bases.mkdir()
    found = write_bases(bases)
    write_photos(home / "PHOTOS")
    (home / "case").mkdir()
    words = f"dataset import PHOTOS --labels {found['ratings.csv']} --out DATASET --processes 1"
    line = [*words.split(), "--no-prepare"]
    _, said, _ = _run(line, home, home / "case", Limits(120, 4 << 30))
    if not (home / "DATASET").is_dir():
        raise SystemExit(f"no data set to begin with: {said}")
    return found


def _command(random: Random) -> str:
    """The command of a case; the first thing that its chance decides."""
    return random.choice(COMMANDS)[0]


def run_case(
    seed: int,
    index: int,
    bases: dict[str, Path],
    home: Path,
    place: Path,
    limits: Limits,
    *,
    sound: bool = False,
) -> Case:
    """Spoils the input of one command and runs it.

    Args:
        seed: Of the whole run.
        index: Of the case.
        bases: Sound inputs by name.
        home: Folder in which the command runs.
        place: Folder for its inputs and outputs, emptied first.
        limits: What it may take.
        sound: Spoil nothing.
    """
    random = Random(f"{seed}:{index}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    words = _command(random).split()
    inputs = [number for number, word in enumerate(words) if word.startswith("{")]
    spoilt = random.choice(inputs) if inputs else -1
    for number in inputs:
        wanted = words[number].strip("{}")
        fits = [name for name in bases if name == wanted or name.partition(".")[0] == wanted]
        base = bases[random.choice(sorted(fits))]
        if number == spoilt:
            name = random.choice(
                (base.name, base.name, "a #2" + base.suffix, "b'%20" + base.suffix)
            )
            (place / name).write_bytes(base.read_bytes() if sound else mutated(base, random))
            words[number] = str(place / name)
        else:
            words[number] = str(base)
    words = [word.replace("OUT", str(place / "out")) if "OUT" in word else word for word in words]
    status, text, used = _run(words, home, place, limits)
    return Case(f"{seed}:{index}", " ".join(words), status, used[0], used[1], text)


def _run(
    words: list[str], home: Path, place: Path, limits: Limits
) -> tuple[int | None, str, tuple[float, float]]:
    """Exit status, standard error, seconds and megabytes of one command in a child process."""
    began = time.monotonic()
    printed = place / "stderr.txt"
    child = os.fork()
    if child == 0:
        _become(words, home, place, limits)
    status: int | None = None
    while True:
        done, code, usage = os.wait4(child, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
            break
        if time.monotonic() - began > limits.seconds:
            os.killpg(child, 9)
            _, _, usage = os.wait4(child, 0)
            break
        time.sleep(0.005)
    text = printed.read_text(encoding="utf-8", errors="replace") if printed.exists() else ""
    for details in place.glob("arborisk-fault-*.txt"):
        text = f"{text}\n{details.read_text(encoding='utf-8', errors='replace')}"
    return status, text, (time.monotonic() - began, usage.ru_maxrss / 1024)


def _become(words: list[str], home: Path, place: Path, limits: Limits) -> None:
    """Turns this process into the command; never comes back."""
    code = 70
    try:
        os.setsid()
        os.chdir(home)
        tempfile.tempdir = os.environ["TMPDIR"] = str(place)
        out = os.open(place / "stdout.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        err = os.open(place / "stderr.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, nothing), (1, out), (2, err)):
            os.dup2(source, target)
        virtual = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        room = virtual + 2 * limits.bytes_of_memory
        resource.setrlimit(resource.RLIMIT_AS, (room, room))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["arborisk", *words]
        from arborisk.cli import main as arborisk

        try:
            arborisk()
            code = 0
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
        except BaseException:
            import traceback

            traceback.print_exc()
            code = 70
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    typer.run(main)
