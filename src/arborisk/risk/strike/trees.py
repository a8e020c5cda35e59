"""Trees as strike needs them: where they stand, how tall, whether brittle, how likely to fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, command, option
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.assumptions import load_assumptions
from arborisk.risk.storm.left_out import (
    Reasons,
    Refused,
    names_and_groups,
    number_in,
    parted,
    taken_notes,
    text_under,
)
from arborisk.risk.storm.measures import MEASURES
from arborisk.tables.layers import Ground
from arborisk.tables.numbers import read_number
from arborisk.tables.quantities import doubtful
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import fold, is_missing, words_about

CONDITIONS = ("living", "dead")
_SHOWN = ("living", "good", "fair", "poor", "dead", "brittle")


def brittle_trees(rows: RoleTable, fallback: str | None, reasons: Reasons) -> NDArray[np.bool_]:
    """Whether each tree is dead or brittle.

    Args:
        rows: The inventory.
        fallback: ``living`` or ``dead`` for rows that do not say; None to refuse these.
        reasons: Gets those that cannot be told.

    Raises:
        AssessmentError: Another fallback.
    """
    if fallback is not None and fallback not in CONDITIONS:
        raise AssessmentError(
            " or ".join(CONDITIONS), repr(fallback), "--condition", "Choose one of these."
        )
    found = np.zeros(len(rows), dtype=np.bool_)
    for row, cell in enumerate(rows.text("condition")):
        word = (fallback or "") if is_missing(cell) else fold(cell)
        meaning = words_about("condition").get(word)
        found[row] = meaning == "brittle"
        if meaning is None:
            reasons.refuse(
                row,
                f"a condition: {', '.join(_SHOWN)}",
                repr(cell) if cell else "nothing",
                Remedy(
                    "Add it (dead and brittle trees reach further), or say {}.",
                    option("--condition", "risk strike"),
                ),
            )
    return found


LOWEST_M = 1.0
"""Height below which nothing is computed: a seedling strikes nothing."""


@dataclass(frozen=True, slots=True)
class StrikeTrees:
    """Trees that can be computed. Arrays have shape (n_trees,).

    Attributes:
        tree_id: Names.
        x_m: East, m.
        y_m: North, m.
        height_m: Height, m.
        height_error: Standard deviation of its logarithm.
        half_width_m: Half the width of what falls: 0 for the stem's axis alone.
        width_error: Standard deviation of its logarithm.
        brittle: Dead or brittle: parts are thrown.
        fall_bearing_deg: Likeliest bearing, NaN where the tree states none.
        fall_kappa: How sure that is; 0 where it states none.
        p_fail: Chance of failure, NaN without one.
        p_fail_low: Lower end.
        p_fail_high: Upper end.
        place: Position in the table.
    """

    tree_id: tuple[str, ...]
    x_m: Floats
    y_m: Floats
    height_m: Floats
    height_error: Floats
    half_width_m: Floats
    width_error: Floats
    brittle: NDArray[np.bool_]
    fall_bearing_deg: Floats
    fall_kappa: Floats
    p_fail: Floats
    p_fail_low: Floats
    p_fail_high: Floats
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tree_id)


@dataclass(frozen=True, slots=True)
class CheckedStrikeTrees:
    """What an inventory gives.

    Attributes:
        trees: Rows that can be computed.
        ground: How their coordinates became metres.
        refused: The others, each with its reason.
        doubts: Sentences on values that were taken and are to be doubted.
        notes: Sentences on what cells were taken for.
    """

    trees: StrikeTrees
    ground: Ground
    refused: tuple[Refused, ...]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check_strike_trees(
    rows: RoleTable,
    *,
    condition: str | None = None,
    failure: str | None = None,
    crown: bool = False,
) -> CheckedStrikeTrees:
    """Numbers of an inventory, each row by itself.

    Args:
        rows: The inventory; needs places and a height. Where no standard deviation is stated, the
            error of measurement of the default assumptions is used. ``fall_bearing_deg`` with
            ``fall_kappa`` may say which way a tree leans.
        condition: ``living`` or ``dead`` for rows without a condition; None to refuse.
        failure: Header of the chance of failure; its ``_low`` and ``_high`` stand beside it.
        crown: Whether a strip as wide as the crown falls; then the crown's width is needed.

    Raises:
        TableError: Numbers whose unit nobody states, or longitude and latitude exchanged.
        AssessmentError: No places, a missing column, or no row that can be computed.
    """
    places = rows.places
    if not (places.known.any() or places.problems):
        raise AssessmentError(
            "places of the trees",
            places.notes[0] if places.notes else "no shapes, and no longitude and latitude",
            rows.table.source,
            Remedy(
                "Add them, or say which columns hold them: {} {}.",
                option("--column longitude=HEADER"),
                option("--column latitude=HEADER"),
            ),
        )
    _, ids, _ = names_and_groups(rows, None)
    reader = _Reader(rows, Reasons(rows, ids))
    height, height_sd = reader.measure("height_m")
    width, width_sd = np.zeros(len(rows)), np.full(len(rows), np.nan)
    if crown:
        width, width_sd = reader.measure("crown_width_m")
    brittle = brittle_trees(rows, condition, reader.reasons)
    bearing = reader.number("fall_bearing", 0.0, 360.0)
    kappa = reader.number("fall_kappa", 0.0, 700.0)
    chances = [np.full(len(rows), np.nan)] * 3
    if failure is not None:
        chances = reader.chances(failure)
    for row in np.flatnonzero(np.isnan(bearing) != np.isnan(kappa)).tolist():
        reader.refuse(row, "both fall_bearing_deg and fall_kappa", "one of them", "Add both.")
    for row in np.flatnonzero(~places.known).tolist():
        reader.refuse(row, "a place", places.problems.get(row, "none"), "Add or correct it.")
    good, refused = parted(rows, reader.reasons, ids, [""] * len(rows))
    ground = Ground.around(places.take(good), rows.table.source)
    x_m, y_m = ground.of(places.take(good))
    trees = StrikeTrees(
        tuple(ids[row] for row in good),
        x_m,
        y_m,
        height[good],
        _relative("height_m", height, height_sd)[good],
        width[good] / 2.0,
        _relative("crown_width_m", width, width_sd)[good],
        brittle[good],
        bearing[good],
        np.nan_to_num(kappa[good]),
        chances[0][good],
        chances[1][good],
        chances[2][good],
        good,
    )
    doubts = tuple(
        f"{ids[row]} ({rows.name(row)}): {doubt}"
        for row in good.tolist()
        if (doubt := doubtful("height", float(height[row])))
    )
    return CheckedStrikeTrees(trees, ground, refused, doubts, tuple(reader.notes))


def _relative(name: str, value: Floats, deviation: Floats) -> Floats:
    """Deviation of the logarithm; that of the default assumptions where none is stated."""
    ratio = np.divide(deviation, value, out=np.full(len(value), np.nan), where=value > 0)
    stated = load_assumptions().error[name].value
    return np.where(np.isnan(ratio), stated, np.sqrt(np.log1p(ratio**2)))


class _Reader:
    """Cells of a table; keeps the first reason against each row."""

    def __init__(self, rows: RoleTable, reasons: Reasons) -> None:
        self._rows = rows
        self.reasons = reasons
        self.refuse = reasons.refuse
        self.notes: list[str] = []

    def measure(self, name: str) -> tuple[Floats, Floats]:
        """A measure that every tree needs, with its deviation where the table states one."""
        measure = MEASURES[name]
        read = self._rows.quantity(measure.role)
        header = self._rows.header(measure.role)
        for row, problem in read.problems.items():
            self.refuse(row, f"a readable {measure.meaning}", problem, "Correct the cell.")
        value = number_in(self.reasons, read.value, self._rows.cells(measure.role), measure, header)
        self.notes += taken_notes(header, read.notes)
        lowest = LOWEST_M if name == "height_m" else measure.low
        for row in np.flatnonzero(value < lowest).tolist():
            self.refuse(
                row, f"{header} of at least {lowest:g} {measure.unit}",
                f"{value[row]:g} {measure.unit}", "Leave this tree out, or correct the unit.",
            )  # fmt: skip
        for row in np.flatnonzero(np.isnan(value)).tolist():
            self.refuse(row, f"{name}, the {measure.meaning}", "nothing", "Measure it.")
        return value, read.deviation

    def number(self, role: str, low: float, high: float) -> Floats:
        """Numbers within limits; NaN where empty."""
        read = self._rows.number(role)
        header = self._rows.header(role)
        for row, problem in read.problems.items():
            self.refuse(row, f"a number in {header}", problem, "Correct the cell.")
        with np.errstate(invalid="ignore"):
            wrong = (read.value < low) | (read.value > high)
        for row in np.flatnonzero(wrong).tolist():
            self.refuse(
                row, f"{header} from {low:g} to {high:g}", f"{read.value[row]:g}", "Correct it."
            )
        return np.where(wrong, np.nan, read.value)

    def chances(self, header: str) -> list[Floats]:
        """A chance with its ends."""
        try:
            columns = [
                (f"{header}{end}", text_under(self._rows, f"{header}{end}", "--failure"))
                for end in ("", "_low", "_high")
            ]
        except AssessmentError as error:
            raise AssessmentError(
                f"a chance of failure with its interval: {header}, {header}_low, {header}_high",
                error.found,
                self._rows.table.source,
                Remedy(
                    "Use what {} wrote with {}: p_storm, p_year or p_years.",
                    command("risk storm"),
                    option("--out", "risk storm"),
                ),
            ) from error
        found = [self._chance(name, cells) for name, cells in columns]
        with np.errstate(invalid="ignore"):
            disordered = (found[1] > found[0]) | (found[0] > found[2])
        for row in np.flatnonzero(disordered).tolist():
            self.refuse(row, f"{header} within its ends", "another order", "Correct them.")
        return found

    def _chance(self, name: str, cells: list[str]) -> Floats:
        found = np.full(len(cells), np.nan)
        comma = self._rows.table.decimal_comma
        for row, cell in enumerate(cells):
            try:
                value = read_number(cell, decimal_comma=comma)
            except ValueError:
                value = np.nan
            if value is None:
                self.refuse(
                    row, name, "nothing",
                    "See its column storm_reason, if arborisk risk storm wrote the table; then "
                    "compute it again.",
                )  # fmt: skip
            elif not 0 <= value <= 1:
                self.refuse(row, f"{name} from 0 to 1", repr(cell), "Correct it.")
            else:
                found[row] = value
        return found
