"""Trees that can be computed, and rows that cannot, each with the reason and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError
from arborisk.mechanics import Floats
from arborisk.risk.storm.assumptions import KINDS, Assumptions
from arborisk.risk.storm.measures import MEASURES, Measure
from arborisk.risk.storm.places import METRES
from arborisk.risk.storm.tree_table import TreeTable
from arborisk.tables.text import fold

NOT_STATED = "not stated"
_ID_COLUMNS = ("tree_id", "tree", "id", "tree_no", "objectid", "fid")
_KIND_WORDS = {
    **dict.fromkeys(("broadleaf", "broadleaved", "deciduous", "hardwood", "angiosperm"), 0),
    **dict.fromkeys(("conifer", "coniferous", "softwood", "gymnosperm"), 1),
}
_EMPTY = ("", "-", "?", "n/a", "na", "nan", "none", "null", "unknown", "not measured")


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not computed.

    Attributes:
        row: What it is called in the file.
        tree_id: Its name, or "".
        group: Its street, circuit and so on.
        reason: Expected, found, where, what to do.
    """

    row: str
    tree_id: str
    group: str
    reason: str


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
        x: Eastward, in the unit of ``system``; None without places. NaN where a row has none.
        y: Northward.
        system: Of the places, see `arborisk.risk.storm.places`.
    """

    tree_id: tuple[str, ...]
    kind: NDArray[np.int64]
    group: NDArray[np.int64]
    group_names: tuple[str, ...]
    centre: Mapping[str, Floats]
    error: Mapping[str, Floats]
    x: Floats | None = None
    y: Floats | None = None
    system: str = METRES

    def __len__(self) -> int:
        return len(self.tree_id)

    def take(self, index: NDArray[np.int64]) -> Trees:
        """Some of the trees."""
        return Trees(
            tuple(self.tree_id[place] for place in index),
            self.kind[index],
            self.group[index],
            self.group_names,
            {name: values[index] for name, values in self.centre.items()},
            {name: values[index] for name, values in self.error.items()},
            None if self.x is None else self.x[index],
            None if self.y is None else self.y[index],
            self.system,
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
    """

    trees: Trees
    place: NDArray[np.int64]
    refused: tuple[Refused, ...]


def check_trees(
    table: TreeTable,
    assumptions: Assumptions,
    *,
    by: str | None = None,
    kind: str | None = None,
    fill_missing: bool = False,
) -> CheckedTrees:
    """Numbers of an inventory, each row by itself.

    Args:
        table: The inventory.
        assumptions: Gives errors of measurement where the table states none.
        by: Header of street, circuit and so on; None for one group.
        kind: Broadleaf or conifer for rows that do not say; None to refuse these.
        fill_missing: Whether missing measures of a tree are drawn from the assumptions; else such
            rows are refused. Height and diameter are never filled.

    Raises:
        AssessmentError: A column is missing, or no row at all can be computed.
    """
    n_rows = len(table.rows)
    reasons: list[str] = [""] * n_rows
    centre, error = {}, {}
    for name, measure in MEASURES.items():
        values, header = _column(table, measure, reasons)
        centre[name] = values
        error[name] = _errors(table, measure, header, values, assumptions, reasons)
        if measure.of_tree and (measure.required or not fill_missing):
            _refuse_missing(table, measure, values, reasons)
    kinds = _kinds(table, kind, reasons)
    _refuse_crown_above_top(table, centre, reasons)
    names, ids, groups = _names(table, by)
    _refuse_repeated(table, ids, reasons)
    good = np.flatnonzero([not reason for reason in reasons])
    refused = tuple(
        Refused(table.rows[row], ids[row], names[groups[row]], reasons[row])
        for row in range(n_rows)
        if reasons[row]
    )
    if not len(good):
        raise AssessmentError(
            "at least one tree that can be computed",
            f"none of {n_rows}; the first: {refused[0].reason}",
            table.name,
            "Complete the table.",
        )
    trees = Trees(
        *(tuple(ids), kinds, groups, tuple(names), centre, error),
        *(table.x, table.y, table.system),
    )
    return CheckedTrees(trees.take(good), good, refused)


def _note(reasons: list[str], row: int, error: AssessmentError) -> None:
    """Keeps the first reason of a row."""
    reasons[row] = reasons[row] or str(error)


def _column(table: TreeTable, measure: Measure, reasons: list[str]) -> tuple[Floats, str]:
    """Values of a measure and the header they stand under; NaN where there is none."""
    names = ((measure.name, 1.0), *measure.other_names)
    header, factor = next(((name, by) for name, by in names if name in table.columns), ("", 1.0))
    values = np.full(len(table.rows), np.nan)
    for row, cell in enumerate(table.columns.get(header, ())):
        if fold(cell) in _EMPTY:
            continue
        number = _number(cell) * factor
        if measure.low <= number <= measure.high:
            values[row] = number
            continue
        unit = f" {measure.unit}" if measure.unit else ""
        low, high = measure.low / factor, measure.high / factor
        _note(
            reasons,
            row,
            AssessmentError(
                f"{header}, the {measure.meaning}, from {low:g} to {high:g}"
                + (unit if factor == 1 else ""),
                repr(cell),
                f"{table.rows[row]} of {table.name}",
                "Correct the number or its unit; write a point, not a comma, before decimals.",
            ),
        )
    return values, header


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan


def _errors(
    table: TreeTable,
    measure: Measure,
    header: str,
    values: Floats,
    assumptions: Assumptions,
    reasons: list[str],
) -> Floats:
    """Standard deviation of each value: its own column, else the stated one of the set."""
    stated = assumptions.error[measure.name].value
    errors = np.where(np.isnan(values), 0.0, stated)
    if measure.name == "opening_share":
        # A closed stem is seen, not measured; the formula for open ones starts with a step.
        errors[values == 0] = 0.0
    for row, cell in enumerate(table.columns.get(f"{header}_sd", ()) if header else ()):
        if fold(cell) in _EMPTY or np.isnan(values[row]):
            continue
        deviation = _number(cell) * dict(((measure.name, 1.0), *measure.other_names))[header]
        if not 0 <= deviation <= (measure.high - measure.low):
            _note(
                reasons,
                row,
                AssessmentError(
                    f"{header}_sd, the standard deviation of {header}, 0 or more",
                    repr(cell),
                    f"{table.rows[row]} of {table.name}",
                    "Correct it, or leave it empty for the stated error of measurement.",
                ),
            )
        elif measure.scale == "positive":
            # Deviation of the logarithm of a lognormal with this deviation over its mean.
            errors[row] = np.sqrt(np.log1p((deviation / values[row]) ** 2))
        else:
            errors[row] = deviation
    return errors


def _refuse_missing(table: TreeTable, measure: Measure, values: Floats, reasons: list[str]) -> None:
    remedy = (
        "Measure it."
        if measure.required
        else "Measure it, or ask with --fill-missing to draw it from the assumptions."
    )
    for row in np.flatnonzero(np.isnan(values)):
        where = f"{table.rows[row]} of {table.name}"
        expected = f"{measure.name}, the {measure.meaning}"
        _note(reasons, int(row), AssessmentError(expected, "nothing", where, remedy))


def _kinds(table: TreeTable, kind: str | None, reasons: list[str]) -> NDArray[np.int64]:
    if kind is not None and kind not in KINDS:
        raise AssessmentError(" or ".join(KINDS), repr(kind), "--kind", "Choose one of these.")
    fallback = -1 if kind is None else KINDS.index(kind)
    cells = table.columns.get("kind", [""] * len(table.rows))
    found = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        word = fold(cell)
        found[row] = fallback if word in _EMPTY else _KIND_WORDS.get(word, -1)
        if found[row] < 0:
            _note(
                reasons,
                row,
                AssessmentError(
                    "kind, broadleaf or conifer",
                    repr(cell) if cell else "nothing",
                    f"{table.rows[row]} of {table.name}",
                    "Add the column, or say --kind for all rows without it.",
                ),
            )
    return found


def _refuse_crown_above_top(
    table: TreeTable, centre: Mapping[str, Floats], reasons: list[str]
) -> None:
    above = centre["crown_base_m"] >= 0.95 * centre["height_m"]
    for row in np.flatnonzero(above):
        _note(
            reasons,
            int(row),
            AssessmentError(
                "a crown that begins below 95 % of the height",
                f"{centre['crown_base_m'][row]:g} m of {centre['height_m'][row]:g} m",
                f"{table.rows[row]} of {table.name}",
                "Correct one of the two.",
            ),
        )


def _names(table: TreeTable, by: str | None) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Group names, tree names, and the group of each row."""
    header = next((name for name in _ID_COLUMNS if name in table.columns), "")
    ids = [
        cell or label
        for cell, label in zip(
            table.columns.get(header, [""] * len(table.rows)), table.rows, strict=True
        )
    ]
    if by is None:
        return ["all"], ids, np.zeros(len(ids), dtype=np.int64)
    if fold(by) not in table.columns:
        raise AssessmentError(
            f"a column {by!r}", ", ".join(table.columns), table.name, "Choose one of these."
        )
    cells = [cell or NOT_STATED for cell in table.columns[fold(by)]]
    names, groups = np.unique(np.array(cells, dtype=object), return_inverse=True)
    return [str(name) for name in names], ids, groups.astype(np.int64)


def _refuse_repeated(table: TreeTable, ids: list[str], reasons: list[str]) -> None:
    """A tree that stands twice would be counted twice."""
    seen: dict[str, int] = {}
    for row, name in enumerate(ids):
        first = seen.setdefault(name, row)
        if first != row:
            where = f"{table.rows[row]} of {table.name}"
            found = f"{name!r} again, after {table.rows[first]}"
            _note(
                reasons,
                row,
                AssessmentError("each tree once", found, where, "Delete one, or rename it."),
            )
