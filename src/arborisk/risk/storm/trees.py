"""Trees that can be computed, and rows that cannot, each with the reason and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import Remedy, option
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.assumptions import Assumptions
from arborisk.risk.storm.left_out import (
    Reasons,
    Refused,
    kinds_of,
    names_and_groups,
    number_in,
    outside,
    parted,
    taken_notes,
)
from arborisk.risk.storm.measures import MEASURES, TreeQuantity
from arborisk.tables.places import Places
from arborisk.tables.quantities import doubtful
from arborisk.tables.quantity_columns import QuantityColumn
from arborisk.tables.role_table import RoleTable


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees with what was measured of them. All arrays have shape (n_trees,).

    Attributes:
        tree_id: Names, each once.
        kind: Index into `arborisk.risk.storm.assumptions.KINDS`.
        group: Index into ``group_names``.
        group_names: Streets, circuits, ...
        centre: Value of each measure in its own unit; NaN where it is assumed.
        error: Its standard deviation, as in `arborisk.risk.storm.assumptions.Law`.
        places: Where they stand; None without places.
    """

    tree_id: tuple[str, ...]
    kind: NDArray[np.int64]
    group: NDArray[np.int64]
    group_names: tuple[str, ...]
    centre: Mapping[str, Floats]
    error: Mapping[str, Floats]
    places: Places | None = None

    def __len__(self) -> int:
        return len(self.tree_id)

    def take(self, index: NDArray[np.int64]) -> Trees:
        """Some of the trees."""
        return replace(
            self,
            tree_id=tuple(self.tree_id[place] for place in index),
            kind=self.kind[index],
            group=self.group[index],
            centre={name: values[index] for name, values in self.centre.items()},
            error={name: values[index] for name, values in self.error.items()},
            places=None if self.places is None else self.places.take(index),
        )

    def assumed_of(self, place: int) -> tuple[str, ...]:
        """Measures of one tree that are drawn from the assumptions."""
        return tuple(
            name
            for name, measure in MEASURES.items()
            if measure.of_tree and np.isnan(self.centre[name][place])
        )


@dataclass(frozen=True, slots=True)
class CheckedTrees:
    """What an inventory gives.

    Attributes:
        trees: Rows that can be computed.
        place: Their position in the table, shape (n_trees,).
        refused: The others.
        doubts: Sentences on values that were taken and are to be doubted.
        notes: Sentences on what cells were taken for.
    """

    trees: Trees
    place: NDArray[np.int64]
    refused: tuple[Refused, ...]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check_trees(
    rows: RoleTable,
    assumptions: Assumptions,
    *,
    by: str | None = None,
    kind: str | None = None,
    fill_missing: bool = False,
) -> CheckedTrees:
    """Numbers of an inventory, each row by itself.

    Args:
        rows: The inventory.
        assumptions: Gives errors of measurement where the table states none.
        by: Header of street, circuit and so on; None for one group.
        kind: Broadleaf or conifer for rows that do not say; None to refuse these.
        fill_missing: Whether missing measures of a tree are drawn from the assumptions; else such
            rows are refused. Height and diameter are never filled.

    Raises:
        TableError: Numbers whose unit nobody states.
        AssessmentError: A column is missing, or no row at all can be computed.
    """
    names, ids, groups = names_and_groups(rows, by)
    reasons = Reasons(rows, ids)
    centre, error, notes = {}, {}, []
    for name, measure in MEASURES.items():
        column = _column(rows, measure)
        for row, problem in column.problems.items():
            reasons.refuse(row, f"a readable {measure.meaning}", problem, "Correct the cell.")
        centre[name] = number_in(
            reasons, column.value, rows.cells(measure.role), measure, rows.header(measure.role)
        )
        notes += taken_notes(rows.header(measure.role), column.notes)
        error[name] = _errors(reasons, measure, column, centre[name], assumptions)
        if measure.of_tree and (measure.required or not fill_missing):
            _refuse_missing(reasons, measure, centre[name])
    kinds = kinds_of(rows, kind, reasons)
    _refuse_crown_above_top(reasons, centre)
    group_of = [names[group] for group in groups]
    good, refused = parted(rows, reasons, ids, group_of, _outside(reasons, centre))
    places = rows.places if rows.places.known.any() else None
    trees = Trees(tuple(ids), kinds, groups, tuple(names), centre, error, places)
    return CheckedTrees(trees.take(good), good, refused, _doubts(rows, trees, good), tuple(notes))


def _column(rows: RoleTable, measure: TreeQuantity) -> QuantityColumn:
    """A measure in the unit of its name."""
    found = rows.quantity(measure.role) if measure.is_quantity else rows.number(measure.role)
    return found


def _errors(
    reasons: Reasons,
    measure: TreeQuantity,
    column: QuantityColumn,
    values: Floats,
    assumptions: Assumptions,
) -> Floats:
    """Standard deviation of each value: the table's own, else the stated one of the set."""
    stated = assumptions.error[measure.name].value
    errors = np.where(np.isnan(values), 0.0, stated)
    if measure.name == "opening_share":
        # A closed stem is seen, not measured; the formula for open ones starts with a step.
        errors[values == 0] = 0.0
    for row in np.flatnonzero(~np.isnan(column.deviation) & ~np.isnan(values)).tolist():
        deviation = float(column.deviation[row])
        if not 0 <= deviation <= measure.high - measure.low:
            reasons.refuse(
                row,
                f"a standard deviation of the {measure.meaning} within its limits",
                f"{deviation:g}",
                "Correct it, or leave it empty for the stated error of measurement.",
            )
        elif measure.scale == "positive":
            # Deviation of the logarithm of a lognormal with this deviation over its mean.
            errors[row] = np.sqrt(np.log1p((deviation / values[row]) ** 2))
        else:
            errors[row] = deviation
    return errors


def _refuse_missing(reasons: Reasons, measure: TreeQuantity, values: Floats) -> None:
    remedy: str = "Measure it."
    if not measure.required:
        remedy = Remedy(
            "Measure it, or ask with {} to draw it from the assumptions.",
            option("--fill-missing", "risk storm"),
        )
    for row in np.flatnonzero(np.isnan(values)).tolist():
        reasons.refuse(row, f"{measure.name}, the {measure.meaning}", "nothing", remedy)


def _refuse_crown_above_top(reasons: Reasons, centre: Mapping[str, Floats]) -> None:
    for row in np.flatnonzero(centre["crown_base_m"] >= 0.95 * centre["height_m"]).tolist():
        reasons.refuse(
            row,
            "a crown that begins below 95 % of the height",
            f"{centre['crown_base_m'][row]:g} m of {centre['height_m'][row]:g} m",
            "Correct one of the two.",
        )


def _outside(reasons: Reasons, centre: Mapping[str, Floats]) -> list[int]:
    """Rows outside the domain of the mechanics; each gets its reason."""
    found = []
    height, diameter = centre["height_m"], centre["dbh_cm"]
    for row in np.flatnonzero(~np.isnan(height) & ~np.isnan(diameter)).tolist():
        expected, is_ = outside(float(height[row]), float(diameter[row]))
        if expected and row not in reasons.of:
            reasons.refuse(
                row, expected, is_,
                "Correct the unit if it is wrong; else leave this tree to a person.",
            )  # fmt: skip
            found.append(row)
    return found


def _doubts(rows: RoleTable, trees: Trees, good: NDArray[np.int64]) -> tuple[str, ...]:
    """Values within the domain that are most often a slip."""
    width = trees.centre["crown_width_m"]
    found = []
    for row in good.tolist():
        doubt = doubtful("crown_width", float(width[row]))
        if doubt:
            found.append(f"{trees.tree_id[row]} ({rows.name(row)}): {doubt}")
    return tuple(found)
