"""A town of drawn trees, from photos to a work list, a storm, and what it taught.

    python benchmarks/town.py --out town

Every step of arborisk is the command that a user would type, printed above what it said. What lies
between, written by this script, stands for people: where trees stand, what a strike would cost,
what work would do, and, after the storm, who fell. The gust is drawn; a tree falls where its
critical gust in the simulator's truth table is lower: neither the model nor `arborisk risk storm`
has a say. The trees are drawn and the town is made up: no figure is evidence about real ones.
"""

from __future__ import annotations

import argparse
import csv
import json
import shlex
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from town_map import lay_out, write_layers

Row = dict[str, str]
DONE = (0, 3)  # 3: done, with rows that could not be used, which the command names
PREVALENCE = "Probable=0.12,Possible=0.17"  # 56 and 80 of 458, as every drawn stand is mixed
FORECAST_MS, FORECAST_SD_MS = 30.0, 2.0
STORMS = "2 in 30"  # gusts like the forecast, counted at the made-up weather station
DEAD_CROWN = 0.8  # share of a crown without leaves from which the town's arborist writes "dead"
PRIOR = """name = "town_guess"
event = "stem broken or root plate turned over, in a gust of about 30 m/s"
source = "A guess for a made-up town, before any storm."
cautions = ["Nobody counted these shares."]
[classes]
Improbable = { share = 0.01, equivalent = 10 }
Possible = { share = 0.1, equivalent = 10 }
Probable = { share = 0.4, equivalent = 10 }
Imminent = { share = 0.9, equivalent = 10 }
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the town's arborist states of a kind of target; the loss is in dollars a strike."""

    occupancy: str
    protection: str
    consequences: str
    loss: float


STATED = {
    "road": Stated("Frequent", "Exposed", "Significant", 1_500.0),
    "line": Stated("Constant", "Exposed", "Significant", 8_000.0),
    "building": Stated("Constant", "Partly protected", "Significant", 20_000.0),
}


@dataclass(frozen=True, slots=True)
class Work:
    """An option, as the town's arborist states it; nothing of it is assumed by arborisk."""

    name: str
    cost: float
    cost_per_cm: float
    risk_left: float


WORK = (Work("fell", 500.0, 15.0, 0.0),
        Work("reduce the crown", 250.0, 5.0, 0.5))  # fmt: skip


def run(folder: Path, command: str, *, shown: int = 12) -> str:
    """Runs ``arborisk COMMAND`` in the folder; prints it, its time, and the start of its words."""
    print(f"\n$ arborisk {command}", flush=True)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "arborisk", *shlex.split(command)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in DONE:
        raise SystemExit(f"arborisk {command}\n{done.stdout}{done.stderr}")
    for line in done.stdout.splitlines()[:shown]:
        print(line)
    left_out = len(done.stdout.splitlines()) - shown
    more = f"; {left_out} more lines" if left_out > 0 else ""
    note = "" if done.returncode == 0 else f"; exit status {done.returncode}"
    print(f"[{time.perf_counter() - started:.1f} s{more}{note}]", flush=True)
    return done.stdout


def read(path: Path) -> list[Row]:
    """Rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Writes rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def halve(folder: Path) -> list[Row]:
    """Every second site to learn from; the others are the town. Gives the town's true trees."""
    labels = read(folder / "stand" / "labels.csv")
    town = set(sorted({row["site"] for row in labels})[1::2])
    for row in labels:
        half = folder / ("town-photos" if row["site"] in town else "known-photos")
        half.mkdir(exist_ok=True)
        shutil.copy(folder / "stand" / "photos" / row["file"], half)
    write(folder / "known.csv", [row for row in labels if row["site"] not in town])
    here = [row for row in labels if row["site"] in town]
    write(folder / "shown.csv", [{"file": row["file"], "tree": row["tree"]} for row in here])
    truth = read(folder / "stand" / "truth.csv")
    return [row for row in truth if row["site_id"] in town]


def survey(folder: Path, trees: list[Row]) -> None:
    """What people measured at the town's trees, where they stand, and the layers around them."""
    town = lay_out([tree["site_id"] for tree in trees])
    write_layers(town, folder)
    rows = [
        {
            "tree_id": tree["tree_id"],
            "street": street,
            "kind": tree["kind"],
            "height_m": round(float(tree["height_m"]), 1),
            "dbh_cm": round(100 * float(tree["stem_diameter_m"])),
            "crown_width_m": round(float(tree["crown_width_m"]), 1),
            "lean_deg": round(abs(float(tree["lean_deg"]))),
            "condition": "dead" if float(tree["dead_crown_share"]) >= DEAD_CROWN else "living",
            "longitude": longitude,
            "latitude": latitude,
        }
        for tree, street, (longitude, latitude) in zip(trees, town.street, town.place, strict=True)
    ]
    write(folder / "trees.csv", rows)
    counts = ", ".join(f"{len(one)} {name}" for name, one in town.layers.items())
    print(f"\nThe town: {len(rows)} trees on {len(set(town.street))} streets, {counts}.")


def drill(folder: Path, trees: list[Row]) -> None:
    """The survey again, had every stem been drilled and every cavity measured, without error."""
    rows = [
        row | {"wall_ratio": round(float(tree["decay_wall_ratio"]), 2),
               "opening_share": round(float(tree["cavity_share"]), 2)}
        for row, tree in zip(read(folder / "trees.csv"), trees, strict=True)
    ]  # fmt: skip
    write(folder / "drilled.csv", rows)


def state_targets(folder: Path) -> None:
    """A row for each tree and kind of target in its reach, with what the arborist states of it."""
    kinds = defaultdict(set)
    for pair in read(folder / "pairs.csv"):
        kinds[pair["tree_id"]].add(pair["kind"])
    rows = []
    for tree in read(folder / "trees.csv"):
        for kind in sorted(kinds[tree["tree_id"]]):
            said = STATED[kind]
            rows.append(tree | {
                "target": kind, "occupancy": said.occupancy, "protection": said.protection,
                "zone": "Within", "consequences": said.consequences,
            })  # fmt: skip
    write(folder / "inventory.csv", rows)


def tell_chances(folder: Path) -> None:
    """How likely the ratings High and above are, from the columns of ``rated.geojson``."""
    features = json.loads((folder / "rated.geojson").read_text(encoding="utf-8"))["features"]
    trees = {one["properties"]["tree_id"]: one["properties"] for one in features}.values()
    known = [one for one in trees if one["arborisk_high_up_low"] == one["arborisk_high_up_high"]]
    top = max(known, key=lambda one: float(one["arborisk_high_up_low"]))
    highest = f"{100 * top['arborisk_high_up_low']:.0f} % ({top['tree_id']}, {top['street']})"
    print(f"\nRated High or above: a chance of at most {highest} among {len(known)} trees; "
          f"not known of the {len(trees) - len(known)} others.")  # fmt: skip


def state_options(folder: Path) -> None:
    """Risk now and after each work: chance in a year, times what a strike would cost on average."""
    loss: dict[str, float] = defaultdict(float)
    for pair in read(folder / "pairs.csv"):
        loss[pair["tree_id"]] += float(pair["p_strike"]) * STATED[pair["kind"]].loss
    stated = read(folder / "chances.csv")
    chance = {row["tree"]: float(row["chance_lowest"]) for row in stated}
    rows = []
    for tree in read(folder / "trees.csv"):
        name = tree["tree_id"]
        if name not in chance:
            continue
        risk = chance[name] * loss[name]
        for work in WORK:
            rows.append({
                "tree": name, "street": tree["street"], "option": work.name,
                "cost": round(work.cost + work.cost_per_cm * float(tree["dbh_cm"])),
                "risk": round(risk, 4), "risk_after": round(work.risk_left * risk, 4),
                "longitude": tree["longitude"], "latitude": tree["latitude"],
            })  # fmt: skip
    write(folder / "options.csv", rows)
    apart = min(float(row["high"]) / float(row["low"]) for row in stated)
    print(f"\nChances of the trees in a year: {100 * min(chance.values()):.2f} to "
          f"{100 * max(chance.values()):.2f} %, each in an interval whose upper end is at least "
          f"{apart:,.0f} times the lower.")  # fmt: skip
    silent = len(read(folder / "trees.csv")) - len(chance)
    print(f"{silent} trees without an answer are on no list: a person must look at them first.")


def blow(folder: Path, trees: list[Row], seed: int) -> set[str]:
    """Draws the gust and says who fell, by the simulator's truth; writes both tables of outcomes.

    ``after-model.csv``: the model's word, and its chance of the event in one such storm.
    ``after-mechanics.csv``: the model's word, and the chance by `arborisk risk storm`.
    """
    from arborisk.risk.annual.prior import load_prior

    gust_ms = float(np.random.default_rng([seed, 1]).normal(FORECAST_MS, FORECAST_SD_MS))
    fallen = {tree["tree_id"] for tree in trees if float(tree["critical_gust_ms"]) < gust_ms}
    a, b = load_prior(str(folder / "prior.toml")).beta
    share = dict(zip(("Im", "Po", "Pr"), a / (a + b), strict=False))
    said = {row["tree_id"]: row for row in read(folder / "predictions_trees.csv")}
    by_wind = {row["tree_id"]: row["p_storm"] for row in read(folder / "stormed.csv")}
    model, mechanics = [], []
    for tree in trees:
        name = tree["tree_id"]
        row, failed = said[name], "yes" if name in fallen else "no"
        common = {"tree": name, "failure": row["likelihood"], "failed": failed}
        if row["likelihood"]:
            chance = sum(float(row[f"p_{one}"]) * share[one] for one in share)
            model.append(common | {"chance": round(chance, 5)})
        mechanics.append(common | {"chance": by_wind[name]})
    write(folder / "after-model.csv", model)
    write(folder / "after-mechanics.csv", mechanics)
    silent = {tree["tree_id"] for tree in trees} - {row["tree"] for row in model}
    print(f"\nThe storm: {gust_ms:.1f} m/s. {len(fallen)} of {len(trees)} trees fell, "
          f"{len(fallen & silent)} of the {len(silent)} without an answer among them.")  # fmt: skip
    return fallen


def compare_list(folder: Path, fallen: set[str], n_trees: int) -> None:
    """How many of the trees on the work list fell, against all."""
    listed = {row["tree"] for row in read(folder / "work.csv")}
    print(f"Work list, on which no work had begun: {len(listed & fallen)} of {len(listed)} fell; "
          f"of all trees {len(fallen)} of {n_trees}.")  # fmt: skip


def whole_town(folder: Path, *, n_trees: int, size: str, seed: int, budget: float) -> None:
    """All steps, in order."""
    folder.mkdir(parents=True)
    run(folder, f"simulate stand --trees {n_trees} --seed {seed} --size {size}", shown=1)
    trees = halve(folder)
    run(folder, "dataset import known-photos --labels known.csv --out dataset", shown=0)
    run(folder, "train dataset --out run", shown=1)
    run(folder, f"predict run town-photos --trees shown.csv --prevalence {PREVALENCE}", shown=40)
    survey(folder, trees)
    layers = "--lines lines.geojson --roads roads.geojson --buildings houses.geojson"
    run(folder, f"strike trees.csv --position-error 1.5 {layers} --pairs-out pairs.csv", shown=4)
    state_targets(folder)
    run(folder, "risk inventory inventory.csv --model predictions_trees.csv "
                "--time-frame-years 3 --out rated.geojson")  # fmt: skip
    tell_chances(folder)
    (folder / "prior.toml").write_text(PRIOR, encoding="utf-8")
    annual = f'risk annual --storms "{STORMS}" --model predictions_trees.csv --count'
    run(folder, f"{annual} --prior prior.toml --out chances.csv", shown=2)
    state_options(folder)
    run(folder, f'risk plan options.csv --budget {budget:g} --unit "dollars a year" '
                "--out work.csv --page plan.html")  # fmt: skip
    run(folder, f"risk storm trees.csv --gust {FORECAST_MS:g}+-{FORECAST_SD_MS:g} --by street "
                "--fill-missing --out stormed.csv --report storm.html", shown=16)  # fmt: skip
    run(folder, f"strike stormed.csv --position-error 1.5 {layers} --failure p_storm "
                "--zones-out zones.geojson --report strike.html", shown=14)  # fmt: skip
    drill(folder, trees)
    run(folder, f"risk storm drilled.csv --gust {FORECAST_MS:g}+-{FORECAST_SD_MS:g} "
                "--fill-missing", shown=3)  # fmt: skip
    fallen = blow(folder, trees, seed)
    compare_list(folder, fallen, len(trees))
    learn = '--prior prior.toml --storm "the town\'s first storm"'
    run(folder, f"risk outcomes after-model.csv {learn} --out learnt.toml", shown=30)
    run(folder, f"risk outcomes after-mechanics.csv {learn}", shown=30)
    run(folder, f"{annual} --prior learnt.toml", shown=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=Path("town"), help="New folder.")
    parser.add_argument("--trees", type=int, default=300, help="Drawn trees; half are the town.")
    parser.add_argument("--size", default="252x336", help="Width x height of a photo, pixels.")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--budget", type=float, default=15_000.0, help="Dollars for work.")
    given = parser.parse_args()
    if given.out.exists():
        parser.error(f"{given.out} is there already: give --out a new folder")
    started = time.perf_counter()
    whole_town(given.out, n_trees=given.trees, size=given.size, seed=given.seed,
               budget=given.budget)  # fmt: skip
    print(f"\nAll in {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
