"""From files to answers: what `arborisk storm` does, as one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from arborisk.errors import AssessmentError, SettingsError
from arborisk.records import Progress
from arborisk.risk.storm.assumptions import DEFAULT_SET, load_assumptions
from arborisk.risk.storm.climate import read_climate
from arborisk.risk.storm.gust_map import read_gust_map
from arborisk.risk.storm.run import StormResult, run_storm
from arborisk.risk.storm.scenario import Storm, one_gust
from arborisk.risk.storm.tree_table import TreeTable, read_tree_table
from arborisk.risk.storm.trees import CheckedTrees, Refused, check_trees
from arborisk.risk.storm.worlds import Draws

DEFAULT_WORLDS = 200
FEWEST_INNER = 5
"""Draws in each world below which intervals of small groups say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRequest:
    """What is asked.

    Attributes:
        inventory: CSV, GeoJSON or GeoPackage.
        gust: Gust with its deviation, such as ``32±2``; "" for none.
        gust_map: File of a gust map; None for none.
        climate: File of the site's gust climate; None for none.
        years: Time frame of the chance over several years.
        by: Column of street, circuit and so on; None for all trees together.
        assume: Name or file of the assumptions.
        kind: Of trees that do not say; None to refuse these.
        fill_missing: Whether missing measures are drawn from the assumptions.
        draws: Draws of each tree, in 200 worlds.
        seed: Same seed, same numbers.
    """

    inventory: Path
    gust: str = ""
    gust_map: Path | None = None
    climate: Path | None = None
    years: int = 1
    by: str | None = None
    assume: str = DEFAULT_SET
    kind: str | None = None
    fill_missing: bool = False
    draws: int = 10_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StormAnalysis:
    """What came out.

    Attributes:
        request: What was asked.
        table: The inventory as read.
        checked: Its trees, and the rows that were refused.
        result: Numbers of the trees.
    """

    request: StormRequest
    table: TreeTable
    checked: CheckedTrees
    result: StormResult

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Rows that were not computed."""
        return self.checked.refused


def analyse_storm(request: StormRequest, progress: Progress | None = None) -> StormAnalysis:
    """Computes an inventory.

    Args:
        request: What is asked.
        progress: Called as trees are done.

    Raises:
        SettingsError: Options that do not go together.
        AssessmentError: A file that cannot be used.
    """
    draws = _draws(request)
    assumptions = load_assumptions(request.assume)
    table = read_tree_table(request.inventory)
    checked = check_trees(
        table,
        assumptions,
        by=request.by,
        kind=request.kind,
        fill_missing=request.fill_missing,
    )
    storm = one_gust(request.gust) if request.gust else None
    if request.gust_map is not None:
        storm = read_gust_map(request.gust_map, checked.trees)
        checked, storm = _on_map(checked, storm, table)
    climate = (
        read_climate(request.climate, draws.n_worlds, request.seed) if request.climate else None
    )
    result = run_storm(
        checked.trees,
        assumptions,
        draws,
        storm=storm,
        climate=climate,
        years=request.years,
        progress=progress,
    )
    return StormAnalysis(request, table, checked, result)


def _draws(request: StormRequest) -> Draws:
    """Draws in worlds, after a look at the options."""
    if request.gust and request.gust_map is not None:
        raise SettingsError(
            "one storm", "--gust and --gust-map", "the options", "Give one of the two."
        )
    if not 1 <= request.years <= 100:
        raise SettingsError("1 to 100 years", str(request.years), "--years", "Correct it.")
    if request.years > 1 and request.climate is None:
        raise SettingsError(
            "a climate for a chance over years", "none", "--years", "Add --climate."
        )
    if not FEWEST_INNER * DEFAULT_WORLDS <= request.draws <= 1_000_000:
        raise SettingsError(
            f"{FEWEST_INNER * DEFAULT_WORLDS:,} to 1,000,000 draws a tree",
            f"{request.draws:,}",
            "--draws",
            "Correct it.",
        )
    return Draws(DEFAULT_WORLDS, request.draws // DEFAULT_WORLDS, request.seed)


def _on_map(checked: CheckedTrees, storm: Storm, table: TreeTable) -> tuple[CheckedTrees, Storm]:
    """Refuses trees beside the map."""
    on_map = np.flatnonzero(~np.isnan(storm.gust_ms))
    beside = np.flatnonzero(np.isnan(storm.gust_ms))
    trees = checked.trees
    refused = tuple(
        Refused(
            table.rows[checked.place[row]],
            trees.tree_id[row],
            trees.group_names[trees.group[row]],
            str(
                AssessmentError(
                    "a place on the gust map",
                    "none there",
                    f"{table.rows[checked.place[row]]} of {table.name}",
                    "Give a larger map, or correct the place.",
                )
            ),
        )
        for row in beside
    )
    kept = CheckedTrees(trees.take(on_map), checked.place[on_map], (*checked.refused, *refused))
    return kept, replace(
        storm, gust_ms=storm.gust_ms[on_map], deviation_ms=storm.deviation_ms[on_map]
    )
