"""From files to answers: what `arborisk risk strike` does, as one call."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from arborisk.errors import Remedy, SettingsError, TableError, option
from arborisk.mechanics.wind import Floats
from arborisk.records import Progress
from arborisk.risk.strike.geometry import (
    FallDirections,
    directions_of,
    toward,
    uniform_directions,
)
from arborisk.risk.strike.run import StrikeResult, run_strike
from arborisk.risk.strike.targets import Doubted, TargetKind, TargetLayer, make_targets
from arborisk.risk.strike.trees import CheckedStrikeTrees, StrikeTrees, check_strike_trees
from arborisk.tables.choices import TableChoices
from arborisk.tables.commands import COMMANDS
from arborisk.tables.imminent import imminent_rows
from arborisk.tables.layers import do_not_meet, require_shapely, shapes_of
from arborisk.tables.numbers import read_number
from arborisk.tables.quantities import read_option
from arborisk.tables.read import read_table
from arborisk.tables.role_table import RoleTable, check_needed, read_role_table
from arborisk.tables.systems import in_metres
from arborisk.tables.table import Cell, fold

_COMMANDS: Mapping[TargetKind, str] = {"line": "lines", "road": "roads", "building": "buildings"}
_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".parquet", ".json", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRequest:
    """What is asked.

    Attributes:
        inventory: Table of any format with places and heights, ``FILE.gpkg:LAYER`` for a layer.
        choices: What the user says of its columns, units and places, and of those of layers.
        position_error_m: Standard deviation of each coordinate of a tree, m.
        lines: Layer of conductors; "" for none.
        roads: Layer of roads; "" for none.
        buildings: Layer of footprints; "" for none.
        conductor_height: Height of conductors that state none, such as ``9±1`` (m) or
            ``30±3 ft``; "" to refuse.
        road_width_m: Width of roads drawn as lines; None to refuse.
        condition: Of trees that state none, ``living`` or ``dead``; None to refuse.
        direction: ``uniform``; ``BEARING,KAPPA``; or a CSV with bearing_deg and weight.
        crown: Whether a strip as wide as the crown falls, instead of the stem's axis.
        failure: Column with the chance of failure, or "".
        draws: Draws of what was measured.
        seed: Same seed, same numbers.
    """

    inventory: Path
    position_error_m: float
    choices: TableChoices = field(default_factory=TableChoices)
    lines: str = ""
    roads: str = ""
    buildings: str = ""
    conductor_height: str = ""
    road_width_m: float | None = None
    condition: str | None = None
    direction: str = "uniform"
    crown: bool = False
    failure: str = ""
    draws: int = 200
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StrikeAnalysis:
    """What came out.

    Attributes:
        request: What was asked.
        rows: The inventory as read.
        checked: Its trees, and the rows that were refused.
        result: Chances.
        conductor_height: What was taken where a line states no height; None for nothing.
        imminent: Rows that a person rated Imminent.
        notes: Sentences on what was read.
    """

    request: StrikeRequest
    rows: RoleTable
    checked: CheckedStrikeTrees
    result: StrikeResult
    conductor_height: Doubted | None = None
    imminent: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_refused(self) -> int:
        """Rows and features that were left out."""
        return len(self.checked.refused) + len(self.result.targets.refused)


def read_inventory(request: StrikeRequest) -> RoleTable:
    """The inventory of a request, before anything is computed of it.

    Columns that it lacks are refused later, once it is known what it says of urgent things.

    Raises:
        TableError: It cannot be read.
    """
    return read_role_table(
        request.inventory, request.choices.only_for("strike"), needed=(), command="strike"
    )


def analyse_strike(
    request: StrikeRequest, progress: Progress | None = None, *, rows: RoleTable | None = None
) -> StrikeAnalysis:
    """Computes an inventory.

    Args:
        request: What is asked.
        progress: Called as trees are done.
        rows: The inventory, where it was read already.

    Raises:
        SettingsError: Options that cannot work.
        TableError, AssessmentError: A file that cannot be used, or layers that cannot belong
            together.
        MissingDependencyError: shapely is not installed.
    """
    if not 0 <= request.position_error_m <= 50:
        raise SettingsError(
            "a position error from 0 to 50 m",
            f"{request.position_error_m:g}",
            "--position-error",
            "State how far a tree's coordinates may be off, as one standard deviation.",
        )
    if not 1 <= request.draws <= 100_000:
        raise SettingsError(
            "1 to 100,000 draws",
            f"{request.draws}",
            "--draws",
            "Give a number of draws in this range.",
        )
    conductor_height = _doubted(request.conductor_height)
    layers = _layers(request)
    rows = read_inventory(request) if rows is None else rows
    check_needed(rows, "strike")
    rows, taken = _in_the_system_of(rows, layers)
    for kind, layer in layers.items():
        _check_meets(rows, kind, layer)
    checked = check_strike_trees(
        rows,
        condition=request.condition,
        failure=request.failure or None,
        crown=request.crown,
    )
    targets = make_targets(
        layers,
        checked.ground,
        conductor_height=conductor_height,
        road_width_m=request.road_width_m,
    )
    result = run_strike(
        checked.trees,
        targets,
        _directions(request.direction, checked.trees),
        position_error_m=request.position_error_m,
        n_draws=request.draws,
        seed=request.seed,
        progress=progress,
    )
    of_layers = (
        f"{layer.rows.table.source}: {note}"
        for layer in layers.values()
        for note in layer.rows.notes
    )
    notes = (*taken, *checked.notes, *rows.notes, *rows.places.notes, *of_layers)
    return StrikeAnalysis(
        request, rows, checked, result, conductor_height, imminent_rows(rows), notes
    )


def _layers(request: StrikeRequest) -> dict[TargetKind, TargetLayer]:
    named: dict[TargetKind, str] = {
        "line": request.lines,
        "road": request.roads,
        "building": request.buildings,
    }
    if not any(named.values()):
        raise SettingsError(
            "something that a tree may fall on",
            "no layer",
            "the options",
            Remedy(
                "Give {}, {} or {}.",
                option("--lines", "risk strike"),
                option("--roads", "risk strike"),
                option("--buildings", "risk strike"),
            ),
        )
    require_shapely()
    found: dict[TargetKind, TargetLayer] = {}
    for kind, path in named.items():
        if path:
            command = _COMMANDS[kind]
            choices = request.choices.only(COMMANDS[command].roles)
            rows = read_role_table(path, choices, needed=(), command=command)
            found[kind] = TargetLayer(rows, shapes_of(rows.table))
    return found


def _in_the_system_of(
    rows: RoleTable, layers: Mapping[TargetKind, TargetLayer]
) -> tuple[RoleTable, tuple[str, ...]]:
    """Trees in unnamed metres, in the system of the layers where that is one in metres."""
    systems = {layer.rows.table.system for layer in layers.values() if not layer.shapes.in_plane}
    if (
        rows.places.plane is None
        or len(systems) != 1
        or systems == {""}
        or not in_metres(next(iter(systems)))
    ):
        return rows, ()
    system = systems.pop()
    layer = next(iter(layers.values()))
    return replace(rows, choices=replace(rows.choices, places=system)), (
        f"Metres of the trees are taken to be in {layer.shapes.system}, as the layer is.",
    )


def _check_meets(rows: RoleTable, kind: TargetKind, layer: TargetLayer) -> None:
    """Refuses layers that cannot belong together: a count of none would mean nothing."""
    if not rows.places.known.any() or not any(one is not None for one in layer.shapes.shapes):
        return
    told = do_not_meet(rows.places, layer.shapes.corners(), ("trees", f"{kind}s"))
    if told:
        found, _, remedy = told.partition(": ")
        raise TableError(
            f"trees and {kind}s that can belong together",
            found,
            f"{rows.table.source} and {layer.rows.table.source}",
            remedy[:1].upper() + remedy[1:],
        )


def _doubted(text: str) -> Doubted | None:
    """``9±1`` or ``30±3 ft`` as a value with its deviation, m."""
    if not text:
        return None
    read = read_option(text, "length", unit="m", name="--conductor-height")
    if math.isnan(read.deviation):
        raise SettingsError(
            "a height in m with its standard deviation, such as 9±1",
            repr(text),
            "--conductor-height",
            "Add the deviation.",
        )
    return Doubted(read.value, read.deviation)


def _directions(text: str, trees: StrikeTrees) -> FallDirections:
    """Densities of the trees: their own where the inventory states one, else the option's."""
    own = ~np.isnan(trees.fall_bearing_deg)
    if text == "uniform":
        if not own.any():
            return uniform_directions(len(trees))
        words = f"every direction alike, but for {own.sum()} trees that state fall_bearing_deg"
        bearing, kappa = np.nan_to_num(trees.fall_bearing_deg), trees.fall_kappa
        return toward(bearing, kappa, words)
    if text.lower().endswith(_TABLES):
        if own.any():
            raise SettingsError(
                "one source of directions",
                "a table and a column fall_bearing_deg",
                "--direction",
                "Leave out the table, or take the column out of the layer.",
            )
        return _tabulated(Path(text), len(trees))
    try:
        bearing_deg, concentration = (float(part) for part in text.split(","))
    except ValueError as error:
        raise SettingsError(
            "uniform, BEARING,KAPPA or a CSV file",
            repr(text),
            "--direction",
            "Write uniform, a bearing in degrees with a concentration such as 240,2, or a path.",
        ) from error
    words = f"mostly toward {bearing_deg:g}°, concentration {concentration:g}"
    if own.any():
        words += f", but for {own.sum()} trees that state fall_bearing_deg"
    return toward(
        np.where(own, trees.fall_bearing_deg, bearing_deg),
        np.where(own, trees.fall_kappa, concentration),
        words,
    )


def _tabulated(path: Path, n_trees: int) -> FallDirections:
    """Weights at bearings, straight between them and round through north."""
    table = read_table(path)
    headers = [fold(header) for header in table.headers]
    try:
        bearing, weight = (
            np.array([_weight(row[headers.index(name)]) for row in table.rows])
            for name in ("bearing_deg", "weight")
        )
    except ValueError as error:
        raise TableError(
            "columns bearing_deg and weight, with numbers",
            str(error),
            path.name,
            "Give both columns, with a number in every row.",
        ) from error

    def density(degrees: Floats) -> Floats:
        return np.asarray(np.interp(degrees, bearing, weight, period=360.0))

    return directions_of(density, n_trees, f"by the table {path.name}")


def _weight(cell: Cell) -> float:
    value = read_number(cell)
    if value is None:
        raise ValueError("an empty cell")
    return value
