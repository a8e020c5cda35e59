"""From files to answers: what `arborisk risk storm` does, as one call."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from arborisk.errors import AssessmentError, Remedy, SettingsError, option
from arborisk.records import Progress
from arborisk.risk.storm.assumptions import DEFAULT_SET, load_assumptions
from arborisk.risk.storm.climate import read_climate
from arborisk.risk.storm.left_out import Refused
from arborisk.risk.storm.run import StormResult, run_storm
from arborisk.risk.storm.scenario import Storm, one_gust, read_gust_map
from arborisk.risk.storm.trees import CheckedTrees, check_trees
from arborisk.risk.storm.worlds import WorldDraws
from arborisk.tables.choices import TableChoices
from arborisk.tables.imminent import imminent_rows
from arborisk.tables.role_table import RoleTable, check_needed, read_role_table

FEWEST_WORLDS, MOST_WORLDS = 200, 500
"""Worlds of few and of many draws: what is not known of a tree is drawn once in each."""
DRAWS_A_WORLD = 20
FEWEST_INNER = 5
"""Draws in each world below which intervals of small groups say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRequest:
    """What is asked.

    Attributes:
        inventory: Table of any format, ``FILE.gpkg:LAYER`` for one layer.
        choices: What the user says of its columns, units and places.
        gust: Gust with its deviation, such as ``32±2``; "" for none.
        gust_map: File of a gust map; None for none.
        climate: File of the site's gust climate; None for none.
        years: Time frame of the chance over several years.
        by: Column of street, circuit and so on; None for all trees together.
        assume: Name or file of the assumptions.
        kind: Of trees that do not say; None to refuse these.
        fill_missing: Whether missing measures are drawn from the assumptions.
        draws: Draws of each tree, in 200 worlds, or in 500 from 10,000 draws on.
        seed: Same seed, same numbers.
    """

    inventory: Path
    choices: TableChoices = field(default_factory=TableChoices)
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
        rows: The inventory as read.
        checked: Its trees, and the rows that were refused.
        result: Numbers of the trees.
        imminent: Rows that a person rated Imminent.
    """

    request: StormRequest
    rows: RoleTable
    checked: CheckedTrees
    result: StormResult
    imminent: tuple[int, ...] = ()

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Rows that were not computed."""
        return self.checked.refused


def read_inventory(request: StormRequest) -> RoleTable:
    """The inventory of a request, before anything is computed of it.

    Columns that it lacks are refused later, once it is known what it says of urgent things.

    Raises:
        TableError: It cannot be read.
    """
    return read_role_table(
        request.inventory, request.choices.only_for("storm"), needed=(), command="storm"
    )


def analyse_storm(
    request: StormRequest, progress: Progress | None = None, *, rows: RoleTable | None = None
) -> StormAnalysis:
    """Computes an inventory.

    Args:
        request: What is asked.
        progress: Called as trees are done.
        rows: The inventory, where it was read already.

    Raises:
        SettingsError: Options that do not go together.
        TableError, AssessmentError: A file that cannot be used.
    """
    draws = _draws(request)
    assumptions = load_assumptions(request.assume)
    rows = read_inventory(request) if rows is None else rows
    check_needed(rows, "storm")
    checked = check_trees(
        rows,
        assumptions,
        by=request.by,
        kind=request.kind,
        fill_missing=request.fill_missing,
    )
    storm = one_gust(request.gust) if request.gust else None
    if request.gust_map is not None:
        storm = read_gust_map(request.gust_map, checked.trees, request.choices)
        checked, storm = _on_map(checked, storm, rows)
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
    return StormAnalysis(request, rows, checked, result, imminent_rows(rows))


def _draws(request: StormRequest) -> WorldDraws:
    """Draws in worlds, after a look at the options."""
    if request.gust and request.gust_map is not None:
        raise SettingsError(
            "one storm", "--gust and --gust-map", "the options", "Give one of the two."
        )
    if not 1 <= request.years <= 100:
        raise SettingsError(
            "1 to 100 years", str(request.years), "--years", "Give a number of years from 1 to 100."
        )
    if request.years > 1 and request.climate is None:
        raise SettingsError(
            "a climate for a chance over years",
            "none",
            "--years",
            Remedy("Add {}.", option("--climate", "risk storm")),
        )
    if not FEWEST_INNER * FEWEST_WORLDS <= request.draws <= 1_000_000:
        raise SettingsError(
            f"{FEWEST_INNER * FEWEST_WORLDS:,} to 1,000,000 draws a tree",
            f"{request.draws:,}",
            "--draws",
            "Give a number of draws in this range.",
        )
    n_worlds = min(max(request.draws // DRAWS_A_WORLD, FEWEST_WORLDS), MOST_WORLDS)
    return WorldDraws(n_worlds, request.draws // n_worlds, request.seed)


def _on_map(checked: CheckedTrees, storm: Storm, rows: RoleTable) -> tuple[CheckedTrees, Storm]:
    """Refuses trees beside the map."""
    on_map = np.flatnonzero(~np.isnan(storm.gust_ms))
    beside = np.flatnonzero(np.isnan(storm.gust_ms))
    trees = checked.trees
    refused = tuple(
        Refused(
            int(checked.place[row]),
            rows.name(checked.place[row]),
            trees.tree_id[row],
            trees.group_names[trees.group[row]],
            str(
                AssessmentError(
                    "a place on the gust map",
                    "none there",
                    f"{rows.name(checked.place[row])} of {rows.table.source}",
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
