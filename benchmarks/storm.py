"""Speed and memory of storms and strikes, as ratios against plain loops over a sample.

    python benchmarks/storm.py
    python benchmarks/storm.py --only strike --strike-trees 100000

* Monte Carlo: 1,000 trees x 10,000 draws, all measures assumed but height and diameter, with a gust
  and with a year of weather. The plain loop draws and computes one tree at a time with Python's own
  numbers, the same formulas, 20,000 times; its time a draw is compared with ours.
* One gust: a million trees, one draw each.
* Strike: trees along streets with lines, 200 draws. The plain loop draws a bearing and asks shapely
  whether the fallen stem crosses a line; 10,000 bearings a tree leave an error of half a point.
* Memory: the peak of NumPy and Python during 1,000 trees against 250, as traced.
"""

from __future__ import annotations

import math
import random
import time
import tracemalloc
from collections.abc import Callable
from typing import Annotated

import numpy as np
import typer

from arborisk.mechanics.strength import GRAVITY_M_S2
from arborisk.mechanics.wind import AIR_DENSITY_KG_M3
from arborisk.risk.storm.assumptions import Assumptions, load_assumptions
from arborisk.risk.storm.climate import GustClimate
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.run import run_storm
from arborisk.risk.storm.scenario import one_gust
from arborisk.risk.storm.trees import Trees
from arborisk.risk.storm.worlds import WorldDraws

N_LOOP = 20_000
STEM_CENTRE_SHARE = 0.4


def some_trees(n_trees: int, assumptions: Assumptions) -> Trees:
    """Broadleaves and conifers on twenty streets; only height and diameter are measured."""
    rng = np.random.default_rng(0)
    centre = {name: np.full(n_trees, np.nan) for name in MEASURES}
    centre["height_m"] = np.clip(14.0 * rng.lognormal(0.0, 0.22, n_trees), 5.0, 40.0)
    centre["dbh_cm"] = centre["height_m"] / 0.34 * rng.lognormal(0.0, 0.12, n_trees)
    error = {
        name: np.where(np.isnan(values), 0.0, assumptions.error[name].value)
        for name, values in centre.items()
    }
    return Trees(
        tuple(map(str, range(n_trees))),
        (rng.random(n_trees) < 0.25).astype(np.int64),
        rng.integers(0, 20, n_trees),
        tuple(f"street {number}" for number in range(20)),
        centre,
        error,
    )


def loop_draw(height_m: float, diameter_m: float, assumptions: Assumptions) -> float:
    """One draw of one broadleaf's critical gust, in plain Python."""
    kind = assumptions.broadleaf
    value = {"height_m": height_m * math.exp(random.gauss(0, 0.07)),
             "dbh_cm": 100 * diameter_m * math.exp(random.gauss(0, 0.03))}  # fmt: skip
    for name, measure in MEASURES.items():
        law = kind.fill.get(name) or kind.assumed.get(name)
        if name in value or law is None:
            continue
        middle = law.centre * (value[law.per] if law.per else 1.0)
        noise = law.own * random.gauss(0, 1) + law.shared * random.gauss(0, 1)
        if measure.scale == "positive":
            value[name] = middle * math.exp(noise)
        else:
            value[name] = min(max(middle + noise, measure.low), measure.high)
    diameter, height = value["dbh_cm"] / 100, value["height_m"]
    length = height - min(value["crown_base_m"], 0.95 * height)
    lever = height - length * (1 - kind.pressure_share)
    area = kind.outline_share * value["crown_width_m"] * length * value["crown_density"]
    stem = value["form_factor"] * math.pi / 4 * diameter**2 * height * value["green_density_kg_m3"]
    lean = math.sin(math.radians(value["lean_deg"]))
    weight = stem * GRAVITY_M_S2 * STEM_CENTRE_SHARE * height * lean
    crown = value["crown_mass_share"] * stem * GRAVITY_M_S2
    weight += crown * (lever * lean + value["crown_offset_m"])
    kept = (1 - (1 - value["wall_ratio"]) ** 4) * value["strength_kept"]
    breaking = math.pi / 32 * value["knot_factor"] * value["bending_strength_mpa"] * 1e6
    breaking *= diameter**3 * kept
    turning = stem * value["anchorage_nm_per_kg"] * value["root_kept"]
    spare = max(min(breaking, turning) - abs(weight), 0.0)
    factors = value["amplification"] * value["drag_factor"]
    wanted = spare / (0.5 * AIR_DENSITY_KG_M3 * area * lever * factors)
    curve = kind.streamlining
    speed = (wanted / curve.scale) ** (1 / (2 - curve.exponent))
    if not curve.low_ms <= speed <= curve.high_ms:
        edge = min(max(speed, curve.low_ms), curve.high_ms)
        speed = math.sqrt(wanted / (curve.scale * edge**-curve.exponent))
    profile = math.log(lever / value["roughness_m"]) / math.log(10 / value["roughness_m"])
    return speed / profile / value["local_gust_factor"]


def seconds(work: Callable[[], object]) -> float:
    """Time of one call, s."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def monte_carlo(assumptions: Assumptions) -> None:
    """Seconds and the ratio of 1,000 trees x 10,000 draws."""
    trees, draws = some_trees(1000, assumptions), WorldDraws(200, 50)
    ones = np.ones(draws.n_worlds)
    climate = GustClimate("gumbel", 22 * ones, 2.5 * ones, ones, ones, "")
    random.seed(0)
    critical: list[float] = []
    loop = seconds(
        lambda: critical.extend(loop_draw(14.0, 0.42, assumptions) for _ in range(N_LOOP))
    )
    gust = seconds(lambda: run_storm(trees, assumptions, draws, storm=one_gust("32±2")))
    both = seconds(
        lambda: run_storm(trees, assumptions, draws, storm=one_gust("32±2"), climate=climate)
    )
    same = some_trees(1, assumptions)
    centre = {**same.centre, "height_m": np.array([14.0]), "dbh_cm": np.array([42.0])}
    same = Trees(("one",), np.zeros(1, int), np.zeros(1, int), ("all",), centre, same.error)
    ours = run_storm(same, assumptions, draws).by_tree["critical_gust_ms"][0]
    a_draw = loop / N_LOOP
    typer.echo(f"plain loop: {1e6 * a_draw:.1f} us a draw, median critical gust "
               f"{np.median(critical):.1f} m/s; ours {ours:.1f} m/s")  # fmt: skip
    for name, found in (("a gust", gust), ("a gust and a year", both)):
        ratio = a_draw * 1e7 / found
        typer.echo(f"1,000 trees x 10,000 draws, {name}: {found:.2f} s, {ratio:.0f} times as fast")


def million(assumptions: Assumptions) -> None:
    """Seconds of a million trees in one gust."""
    trees = some_trees(1_000_000, assumptions)
    found = seconds(lambda: run_storm(trees, assumptions, WorldDraws(1, 1), storm=one_gust("32±0")))
    typer.echo(f"1,000,000 trees x one gust: {found:.2f} s")


def memory(assumptions: Assumptions) -> None:
    """Traced peaks."""
    peaks = []
    for n_trees in (250, 1000):
        trees = some_trees(n_trees, assumptions)
        tracemalloc.start()
        run_storm(trees, assumptions, WorldDraws(200, 50), storm=one_gust("32±2"))
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
    typer.echo(f"memory of 1,000 against 250 trees, 10,000 draws: {peaks[1]:.0f} against "
               f"{peaks[0]:.0f} MiB")  # fmt: skip


def strike(n_trees: int) -> None:
    """Seconds of trees along lines, and the ratio."""
    from shapely import LineString, intersects, linestrings

    from arborisk.risk.strike.geometry import uniform_directions
    from arborisk.risk.strike.run import run_strike
    from arborisk.risk.strike.targets import TargetLayer, make_targets
    from arborisk.risk.strike.trees import StrikeTrees
    from arborisk.tables.layers import Ground, shapes_of
    from arborisk.tables.role_table import role_table_of
    from arborisk.tables.table import Table

    rng = np.random.default_rng(1)
    n_streets = max(1, n_trees // 100)
    lines = [
        LineString([(x, 60.0 * street) for x in np.arange(0.0, 1001.0, 40.0)])
        for street in range(n_streets)
    ]
    table = Table(
        "lines",
        ("circuit", "conductor_height_m", "conductor_height_sd_m"),
        [(f"c{n // 10}", 9.0, 0.5) for n in range(len(lines))],
        range(1, len(lines) + 1),
        "feature",
        {},
        [line.__geo_interface__ for line in lines],
        "metres",
    )
    layer = TargetLayer(role_table_of(table, needed=(), command="lines"), shapes_of(table))
    targets = make_targets({"line": layer}, Ground())
    zeros = np.zeros(n_trees)
    trees = StrikeTrees(
        tuple(map(str, range(n_trees))),
        rng.uniform(0, 1000, n_trees),
        60.0 * rng.integers(0, n_streets, n_trees) + rng.uniform(3, 12, n_trees),
        np.clip(rng.normal(16, 3, n_trees), 6, 30),
        zeros + 0.07,
        zeros,
        zeros,
        rng.random(n_trees) < 0.05,
        zeros + np.nan,
        zeros,
        *(zeros + np.nan for _ in range(3)),
        np.arange(n_trees),
    )
    ours = seconds(
        lambda: run_strike(trees, targets, uniform_directions(n_trees), position_error_m=1.5)
    )
    line, n_falls = lines[0], 20_000

    def falls() -> None:
        for bearing in rng.uniform(0, 2 * math.pi, n_falls):
            tip = (500 + 13 * math.sin(bearing), 7 + 13 * math.cos(bearing))
            intersects(linestrings([(500.0, 7.0), tip]), line)

    a_fall = seconds(falls) / n_falls
    typer.echo(f"{n_trees:,} trees along {n_streets} streets, 200 draws: {ours:.1f} s; as many "
               f"answers by 10,000 falls each would take {a_fall * 1e4 * n_trees:,.0f} s, "
               f"{a_fall * 1e4 * n_trees / ours:,.0f} times as long")  # fmt: skip


def main(
    only: Annotated[
        str, typer.Option(help="monte-carlo, million, memory, strike, or all.")
    ] = "all",
    strike_trees: Annotated[int, typer.Option(help="Trees of the strike part.")] = 20_000,
) -> None:
    """Prints what was measured."""
    assumptions = load_assumptions()
    parts: dict[str, Callable[[], None]] = {
        "monte-carlo": lambda: monte_carlo(assumptions),
        "million": lambda: million(assumptions),
        "memory": lambda: memory(assumptions),
        "strike": lambda: strike(strike_trees),
    }
    for name, part in parts.items():
        if only in ("all", name):
            part()


if __name__ == "__main__":
    typer.run(main)
