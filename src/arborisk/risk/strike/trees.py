"""Trees as strike needs them: where they stand, how tall, whether brittle, how likely to fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.assumptions import load_assumptions
from arborisk.risk.storm.measures import MEASURES
from arborisk.risk.storm.places import Frame
from arborisk.risk.storm.tree_table import TreeTable
from arborisk.tables.text import fold

_ID_COLUMNS = ("tree_id", "tree", "id", "tree_no", "objectid", "fid")
_BRITTLE = {"living": False, "alive": False, "sound": False, "dead": True, "brittle": True}
CONDITIONS = ("living", "dead")


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
        frame: How their coordinates became metres.
        refused: Row, tree and reason of the others.
    """

    trees: StrikeTrees
    frame: Frame
    refused: tuple[tuple[str, str, str], ...]


def check_strike_trees(
    table: TreeTable,
    *,
    condition: str | None = None,
    failure: str | None = None,
    crown: bool = False,
) -> CheckedStrikeTrees:
    """Numbers of an inventory, each row by itself.

    Args:
        table: The inventory; needs places and ``height_m``. ``height_m_sd`` is its standard
            deviation, else the error of measurement of the default assumptions is used.
            ``fall_bearing_deg`` with ``fall_kappa`` may say which way a tree leans.
        condition: ``living`` or ``dead`` for rows without a column ``condition``; None to refuse.
        failure: Column with the chance of failure; its ``_low`` and ``_high`` stand beside it.
        crown: Whether a strip as wide as the crown falls; then ``crown_width_m`` is needed.

    Raises:
        AssessmentError: No places, a missing column, or no row that can be computed.
    """
    if table.x is None or table.y is None:
        raise AssessmentError(
            "places of the trees",
            "no columns longitude and latitude, nor x_m and y_m",
            table.name,
            "Add them, or give a GeoJSON or GeoPackage of points.",
        )
    if condition is not None and condition not in CONDITIONS:
        raise AssessmentError(
            " or ".join(CONDITIONS), repr(condition), "--condition", "Choose one of these."
        )
    reader = _Reader(table)
    height = reader.numbers("height_m", MEASURES["height_m"].low, MEASURES["height_m"].high)
    deviation = reader.numbers("height_m_sd", 0.0, 30.0, needed=False)
    width = np.zeros(len(table.rows))
    width_deviation = np.full(len(table.rows), np.nan)
    if crown:
        limits = MEASURES["crown_width_m"]
        width = reader.numbers("crown_width_m", limits.low, limits.high)
        width_deviation = reader.numbers("crown_width_m_sd", 0.0, limits.high, needed=False)
    brittle = reader.conditions(condition)
    bearing = reader.numbers("fall_bearing_deg", 0.0, 360.0, needed=False)
    kappa = reader.numbers("fall_kappa", 0.0, 700.0, needed=False)
    chances = [np.full(len(table.rows), np.nan)] * 3
    if failure is not None:
        chances = reader.chances(failure)
    for row in np.flatnonzero(np.isnan(bearing) != np.isnan(kappa)):
        reader.refuse(int(row), "both fall_bearing_deg and fall_kappa", "one of them", "Add both.")
    reader.refuse_repeated()
    for row in np.flatnonzero(np.isnan(table.x) | np.isnan(table.y)):
        reader.refuse(int(row), "a place", "none", "Add it.")
    good = np.flatnonzero([not reason for reason in reader.reasons])
    if not len(good):
        raise AssessmentError(
            "at least one tree that can be computed",
            f"none; the first: {reader.reasons[0]}",
            table.name,
            "Complete the table.",
        )
    frame = Frame.around(table.system, table.x[good], table.y[good], table.name)
    x_m, y_m = frame.metres(table.x[good], table.y[good])
    trees = StrikeTrees(
        tuple(reader.ids[row] for row in good),
        x_m,
        y_m,
        height[good],
        _relative("height_m", height, deviation)[good],
        width[good] / 2.0,
        _relative("crown_width_m", width, width_deviation)[good],
        brittle[good],
        bearing[good],
        np.nan_to_num(kappa[good]),
        chances[0][good],
        chances[1][good],
        chances[2][good],
        good,
    )
    refused = tuple(
        (table.rows[row], reader.ids[row], reason)
        for row, reason in enumerate(reader.reasons)
        if reason
    )
    return CheckedStrikeTrees(trees, frame, refused)


def _relative(name: str, value: Floats, deviation: Floats) -> Floats:
    """Deviation of the logarithm; that of the default assumptions where none is stated."""
    ratio = np.divide(deviation, value, out=np.full(len(value), np.nan), where=value > 0)
    stated = load_assumptions().error[name].value
    return np.where(np.isnan(ratio), stated, np.sqrt(np.log1p(ratio**2)))


class _Reader:
    """Cells of a table; keeps the first reason against each row."""

    def __init__(self, table: TreeTable) -> None:
        self._table = table
        self.reasons = [""] * len(table.rows)
        header = next((name for name in _ID_COLUMNS if name in table.columns), "")
        cells = table.columns.get(header, [""] * len(table.rows))
        self.ids = [cell or row for cell, row in zip(cells, table.rows, strict=True)]

    def refuse(self, row: int, expected: str, found: str, remedy: str) -> None:
        """Notes why a row cannot be computed."""
        where = f"{self._table.rows[row]} of {self._table.name}"
        error = AssessmentError(expected, found, where, remedy)
        self.reasons[row] = self.reasons[row] or str(error)

    def numbers(
        self,
        name: str,
        low: float,
        high: float,
        *,
        needed: bool = True,
        remedy: str = "Measure it.",
    ) -> Floats:
        """A column within limits; NaN where empty."""
        cells = self._table.columns.get(name, [""] * len(self._table.rows))
        found = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            if not cell:
                if needed:
                    self.refuse(row, name, "nothing", remedy)
                continue
            try:
                value = float(cell)
            except ValueError:
                value = np.nan
            if low <= value <= high:
                found[row] = value
            else:
                self.refuse(
                    row, f"{name} from {low:g} to {high:g}", repr(cell), "Correct it or its unit."
                )
        return found

    def refuse_repeated(self) -> None:
        """A tree that stands twice would be counted twice."""
        seen: dict[str, int] = {}
        for row, name in enumerate(self.ids):
            first = seen.setdefault(name, row)
            if first != row:
                found = f"{name!r} again, after {self._table.rows[first]}"
                self.refuse(row, "each tree once", found, "Delete one, or rename it.")

    def conditions(self, fallback: str | None) -> NDArray[np.bool_]:
        """Whether each tree is dead or brittle."""
        cells = self._table.columns.get("condition", [""] * len(self.reasons))
        found = np.zeros(len(cells), dtype=np.bool_)
        for row, cell in enumerate(cells):
            word = fold(cell) or (fallback or "")
            if word in _BRITTLE:
                found[row] = _BRITTLE[word]
            else:
                self.refuse(
                    row,
                    f"condition: {', '.join(_BRITTLE)}",
                    repr(cell) if cell else "nothing",
                    "Add it (dead and brittle trees reach further), or say --condition.",
                )
        return found

    def chances(self, name: str) -> list[Floats]:
        """A chance with its ends."""
        names = [fold(name), f"{fold(name)}_low", f"{fold(name)}_high"]
        missing = [one for one in names if one not in self._table.columns]
        if missing:
            raise AssessmentError(
                "a chance of failure with its interval",
                f"no column {', '.join(missing)}",
                self._table.name,
                "Use what `arborisk storm --out` wrote: p_storm, p_year or p_years.",
            )
        remedy = "See its column reason, if arborisk storm wrote the table; then compute it again."
        found = [self.numbers(one, 0.0, 1.0, remedy=remedy) for one in names]
        disordered = (found[1] > found[0]) | (found[0] > found[2])
        for row in np.flatnonzero(disordered):
            self.refuse(int(row), f"{name} within its ends", "another order", "Correct them.")
        return found
