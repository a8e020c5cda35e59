"""From files to answers: what `arborisk strike` does, as one call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arborisk.dataset.csv_rows import csv_rows
from arborisk.errors import AssessmentError, SettingsError
from arborisk.mechanics import Floats
from arborisk.records import Progress
from arborisk.risk.storm.tree_table import TreeTable, read_tree_table
from arborisk.risk.strike.directions import (
    FallDirections,
    directions_of,
    toward,
    uniform_directions,
)
from arborisk.risk.strike.run import StrikeResult, run_strike
from arborisk.risk.strike.targets import Doubted, TargetKind, make_targets
from arborisk.risk.strike.trees import CheckedStrikeTrees, StrikeTrees, check_strike_trees
from arborisk.risk.strike.vector_files import Layer, read_layer

_PLUS_MINUS = re.compile(r"\s*(?:±|\+/-|\+-)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRequest:
    """What is asked.

    Attributes:
        inventory: CSV, GeoJSON or GeoPackage with places and heights.
        position_error_m: Standard deviation of each coordinate of a tree, m.
        lines: Layer of conductors; "" for none.
        roads: Layer of roads; "" for none.
        buildings: Layer of footprints; "" for none.
        conductor_height: Height of conductors that state none, such as ``9±1`` m; "" to refuse.
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
        table: The inventory as read.
        checked: Its trees, and the rows that were refused.
        result: Chances.
    """

    request: StrikeRequest
    table: TreeTable
    checked: CheckedStrikeTrees
    result: StrikeResult

    @property
    def n_refused(self) -> int:
        """Rows and features that were left out."""
        return len(self.checked.refused) + len(self.result.targets.refused)


def analyse_strike(request: StrikeRequest, progress: Progress | None = None) -> StrikeAnalysis:
    """Computes an inventory.

    Args:
        request: What is asked.
        progress: Called as trees are done.

    Raises:
        SettingsError: Options that cannot work.
        AssessmentError: A file that cannot be used.
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
        raise SettingsError("1 to 100,000 draws", f"{request.draws}", "--draws", "Correct it.")
    layers = _layers(request)
    table = read_tree_table(request.inventory)
    checked = check_strike_trees(
        table,
        condition=request.condition,
        failure=request.failure or None,
        crown=request.crown,
    )
    targets = make_targets(
        layers,
        checked.frame,
        conductor_height=_doubted(request.conductor_height),
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
    return StrikeAnalysis(request, table, checked, result)


def _layers(request: StrikeRequest) -> dict[TargetKind, Layer]:
    named: dict[TargetKind, str] = {
        "line": request.lines,
        "road": request.roads,
        "building": request.buildings,
    }
    found = {kind: read_layer(path) for kind, path in named.items() if path}
    if not found:
        raise SettingsError(
            "something that a tree may fall on",
            "no layer",
            "the options",
            "Give --lines, --roads or --buildings.",
        )
    return found


def _doubted(text: str) -> Doubted | None:
    """``9±1`` as a value with its deviation."""
    if not text:
        return None
    try:
        value, deviation = (float(part) for part in _PLUS_MINUS.split(text.strip()))
    except ValueError as error:
        raise SettingsError(
            "a height in m with its standard deviation, such as 9±1",
            repr(text),
            "--conductor-height",
            "Correct it.",
        ) from error
    return Doubted(value, deviation)


def _directions(text: str, trees: StrikeTrees) -> FallDirections:
    """Densities of the trees: their own where the inventory states one, else the option's."""
    own = ~np.isnan(trees.fall_bearing_deg)
    if text == "uniform":
        if not own.any():
            return uniform_directions(len(trees))
        words = f"every direction alike, but for {own.sum()} trees that state fall_bearing_deg"
        bearing, kappa = np.nan_to_num(trees.fall_bearing_deg), trees.fall_kappa
        return toward(bearing, kappa, words)
    if text.lower().endswith((".csv", ".txt", ".tsv")):
        if own.any():
            raise SettingsError(
                "one source of directions",
                "a table and a column fall_bearing_deg",
                "--direction",
                "Drop one of the two.",
            )
        return _tabulated(Path(text), len(trees))
    try:
        bearing_deg, concentration = (float(part) for part in text.split(","))
    except ValueError as error:
        raise SettingsError(
            "uniform, BEARING,KAPPA or a CSV file", repr(text), "--direction", "Correct it."
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
    if not path.is_file():
        raise AssessmentError("a table of directions", "no such file", str(path), "Check the path.")
    rows = [cells for _, cells in csv_rows(path) if any(cells)]
    try:
        columns = [cell.casefold() for cell in rows[0]]
        bearing, weight = (
            np.array([float(row[columns.index(name)]) for row in rows[1:]])
            for name in ("bearing_deg", "weight")
        )
    except (ValueError, IndexError) as error:
        raise AssessmentError(
            "columns bearing_deg and weight, with numbers", str(error), path.name, "Correct it."
        ) from error

    def density(degrees: Floats) -> Floats:
        return np.asarray(np.interp(degrees, bearing, weight, period=360.0))

    return directions_of(density, n_trees, f"by the table {path.name}")
