"""Rows of an inventory that are in no count: kept, named, and written with their reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, option
from arborisk.mechanics.wind import Floats
from arborisk.risk.storm.assumptions import KINDS
from arborisk.risk.storm.measures import TreeQuantity
from arborisk.tables.beside import OutRows, beside
from arborisk.tables.inspections import latest_inspections
from arborisk.tables.numbers import shown
from arborisk.tables.quantities import doubtful, doubtful_shape
from arborisk.tables.role_table import RoleTable
from arborisk.tables.table import Cell, fold, is_missing, words_about
from arborisk.wording.counts import counted, listed

NOT_STATED = "not stated"
MOST_TAKEN = 4
"""Ways to read the cells of a column that are said."""


class Reasons:
    """Rows that are in no count.

    Attributes:
        of: Reason by index of a row, in the order in which they were found.
    """

    def __init__(self, rows: RoleTable, ids: Sequence[str]) -> None:
        self._rows = rows
        self.of: dict[int, str] = {}
        for row, problem in rows.problems.items():
            self.refuse(row, "a row that can be read", problem, "Correct the row.")
        found = latest_inspections(rows, ids)
        self._history = [row for row in found.history if row not in self.of]
        for row, why in found.history.items():
            self.refuse(row, "the latest inspection of a tree", why, "Nothing is to be done.")
        for row, why in found.conflicts.items():
            self.refuse(row, "each tree once", why, "Delete one row, rename it, or date them.")

    def superseded(self) -> list[int]:
        """Rows that are an earlier inspection of a tree."""
        return self._history

    def refuse(self, row: int, expected: str, found: str, remedy: str) -> None:
        """Notes why a row cannot be used; the first reason stays."""
        if row not in self.of:
            where = f"{self._rows.name(row)} of {self._rows.table.source}"
            self.of[row] = str(AssessmentError(expected, found, where, remedy))


def number_in(
    reasons: Reasons, values: Floats, cells: Sequence[Cell], measure: TreeQuantity, header: str
) -> Floats:
    """Values within the limits of a measure; NaN elsewhere, with a reason."""
    kept = values.copy()
    with np.errstate(invalid="ignore"):
        wrong = (values < measure.low) | (values > measure.high)
    for row in np.flatnonzero(wrong).tolist():
        unit = f" {measure.unit}" if measure.unit else ""
        reasons.refuse(
            row,
            f"{header}, the {measure.meaning}, from {measure.low:g} to {measure.high:g}{unit}",
            shown(cells[row]) if cells[row] is not None else f"{values[row]:g}{unit}",
            "Correct the number or its unit.",
        )
        kept[row] = np.nan
    return kept


def taken_notes(header: str, notes: Mapping[int, str]) -> list[str]:
    """What was taken for what in a column, each way once with its number of rows."""
    counts = Counter(notes.values())
    told = [
        f"{header}: {note} ({counted(count, 'row')})."
        for note, count in counts.most_common(MOST_TAKEN)
    ]
    more = len(counts) - MOST_TAKEN
    return told + ([f"{header}: {more:,} more such ways."] if more > 0 else [])


def names_and_groups(
    rows: RoleTable, by: str | None
) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Group names, tree names, and the group of each row.

    Args:
        rows: The inventory.
        by: Header or role of street, circuit and so on; None for one group.

    Raises:
        AssessmentError: No such column; names those there are.
    """
    ids = [name or rows.name(row) for row, name in enumerate(rows.text("tree"))]
    if by is None:
        return ["all"], ids, np.zeros(len(ids), dtype=np.int64)
    cells = [cell or NOT_STATED for cell in text_under(rows, by, "--by")]
    names, groups = np.unique(np.array(cells, dtype=object), return_inverse=True)
    return [str(name) for name in names], ids, groups.astype(np.int64)


def text_under(rows: RoleTable, header: str, option: str) -> list[str]:
    """Cells under a header that the user names, as text.

    Raises:
        AssessmentError: No such column; names those there are.
    """
    from arborisk.tables.word_columns import texts

    wanted = fold(header)
    folded = [fold(one) for one in rows.table.headers]
    if wanted in folded:
        index = folded.index(wanted)
    elif wanted in rows.columns:
        index = rows.columns[wanted].index
    else:
        raise AssessmentError(
            f"a column {header!r}",
            ", ".join(rows.table.headers),
            f"{option}, {rows.table.source}",
            "Choose one of these.",
        )
    return texts([row[index] for row in rows.table.rows])


def kinds_of(rows: RoleTable, kind: str | None, reasons: Reasons) -> NDArray[np.int64]:
    """Index into `KINDS` of each row.

    Args:
        rows: The inventory.
        kind: For rows that do not say; None to refuse these.
        reasons: Gets those that cannot be told.

    Raises:
        AssessmentError: Another kind than there are.
    """
    if kind is not None and kind not in KINDS:
        raise AssessmentError(" or ".join(KINDS), repr(kind), "--kind", "Choose one of these.")
    fallback = -1 if kind is None else KINDS.index(kind)
    known = {word: KINDS.index(one) for word, one in words_about("kind").items()}
    cells = rows.text("kind")
    found = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        found[row] = fallback if is_missing(cell) else known.get(fold(cell), -1)
        if found[row] < 0:
            reasons.refuse(
                row,
                "kind, broadleaf or conifer",
                repr(cell) if cell else "nothing",
                Remedy(
                    "Add the column, or say {} for all rows without it.",
                    option("--kind", "risk storm"),
                ),
            )
    return found


@dataclass(frozen=True, slots=True)
class DomainRange:
    """One side of the domain.

    Attributes:
        what: As people call it.
        low: Least value.
        high: Greatest value.
        unit: Of both.
    """

    what: str
    low: float
    high: float
    unit: str

    @property
    def words(self) -> str:
        """For example ``height 5 to 50 m``."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.what} {self.low:g} to {self.high:g}{unit}"


HEIGHT: Final = DomainRange("height", 5.0, 50.0, "m")
DIAMETER: Final = DomainRange("diameter", 10.0, 200.0, "cm")
SLENDERNESS: Final = DomainRange("height over diameter", 10.0, 120.0, "")
GUST: Final = DomainRange("gust", 0.0, 60.0, "m/s")
"""The domain. Resistance comes from pulled forest trees, which have a stem of wood and a root
plate (Peltola et al. 2000: 115 pines, spruces and birches; Nicoll et al. 2006: about 2,000
conifers); saplings bend to the ground and stakes hold them, and giants were not pulled. Drag was
seen up to 20 to 30 m/s; twice that is as far as its curve is carried. The ends are ours: wider
than the experiments, since street trees are (docs/sources.md).
"""
TREE: Final = (HEIGHT, DIAMETER, SLENDERNESS)


def outside(height_m: float, dbh_cm: float) -> tuple[str, str]:
    """What a tree would have to be for the mechanics, and what it is; ("", "") inside the domain.

    Args:
        height_m: Height, m.
        dbh_cm: Diameter at breast height, cm.

    >>> outside(4.5, 5)
    ('height 5 to 50 m, for which the mechanics are made', 'height 4.5 m')
    >>> outside(22, 75)
    ('', '')
    """
    values = (height_m, dbh_cm, 100 * height_m / dbh_cm)
    for side, value in zip(TREE, values, strict=True):
        if not side.low <= value <= side.high:
            unit = f" {side.unit}" if side.unit else ""
            doubts = (
                doubtful("height", height_m),
                doubtful("dbh", dbh_cm),
                doubtful_shape(height_m, dbh_cm),
            )
            doubt = "; ".join(one for one in doubts if one)
            found = f"{side.what} {value:.4g}{unit}" + (f" ({doubt})" if doubt else "")
            return f"{side.words}, for which the mechanics are made", found
    return "", ""


def domain_words() -> str:
    """The domain of trees in one phrase."""
    return ", ".join(side.words for side in TREE)


MOST_NAMED = 12
"""Rows of one kind that are named; all stand in --out and --format json."""


class Status(StrEnum):
    """What became of a row."""

    COMPUTED = "computed"
    REFUSED = "refused"
    OUTSIDE = "outside the domain"
    HISTORY = "earlier inspection"


_WHAT = {
    Status.REFUSED: "could not be computed and are not in any count",
    Status.OUTSIDE: f"lie outside of what the mechanics are made for ({domain_words()}) and are "
    "not in any count: they can fail all the same",
    Status.HISTORY: "are earlier inspections of a tree; its latest counts",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is in no count.

    Attributes:
        place: Its position in the table.
        row: What it is called in the file.
        tree_id: Its name, or "".
        group: Its street, circuit and so on.
        reason: Expected, found, where, what to do.
        status: Whether it could not be computed, lies outside the domain, or is history.
    """

    place: int
    row: str
    tree_id: str
    group: str
    reason: str
    status: Status = Status.REFUSED

    def as_json(self) -> dict[str, str]:
        """What programs are told."""
        return {
            "row": self.row,
            "tree_id": self.tree_id,
            "status": self.status.value,
            "reason": self.reason,
        }


def parted(
    rows: RoleTable,
    reasons: Reasons,
    ids: Sequence[str],
    groups: Sequence[str],
    outside: Sequence[int] = (),
) -> tuple[NDArray[np.int64], tuple[Refused, ...]]:
    """Indices of the rows that can be computed, and the others.

    Args:
        rows: The inventory.
        reasons: Why rows cannot be used.
        ids: Name of the tree of each row.
        groups: Street, circuit and so on of each row.
        outside: Rows that lie outside the domain of the mechanics.

    Raises:
        AssessmentError: No row can be computed.
    """
    apart = dict.fromkeys(reasons.superseded(), Status.HISTORY)
    apart |= dict.fromkeys(outside, Status.OUTSIDE)
    refused = tuple(
        Refused(row, rows.name(row), ids[row], groups[row], why, apart.get(row, Status.REFUSED))
        for row, why in sorted(reasons.of.items())
    )
    good = np.array([row for row in range(len(rows)) if row not in reasons.of], dtype=np.int64)
    if not len(good):
        raise AssessmentError(
            "at least one tree that can be computed",
            f"none of {len(rows)}; the first: {refused[0].reason}",
            rows.table.source,
            "Complete the table.",
        )
    return good, refused


def all_rows(
    rows: RoleTable,
    columns: Sequence[str],
    prefix: str,
    computed: NDArray[np.int64],
    refused: Sequence[Refused],
    cells: Callable[[int], Mapping[str, Any]],
) -> OutRows:
    """The user's table with our columns beside it, rows that were left out with their reason.

    Args:
        rows: The inventory.
        columns: Ours, in order.
        prefix: Begins the names of the columns of status and reason: ``storm`` or ``strike``.
        computed: Index of the row of each tree that was computed.
        refused: The other rows.
        cells: Our other cells of a tree, by its number among those computed.
    """
    status, reason = f"{prefix}_status", f"{prefix}_reason"
    made: dict[int, dict[str, Any]] = {
        one.place: {status: one.status.value, reason: one.reason} for one in refused
    }
    for tree, row in enumerate(computed.tolist()):
        made[row] = {status: Status.COMPUTED.value, reason: "", **cells(tree)}
    return beside(rows, columns, [made[row] for row in range(len(rows))])


def refused_sentences(refused: Sequence[Refused], n_rows: int) -> list[str]:
    """Rows that are in no count, by what became of them."""
    lines = []
    for status, what in _WHAT.items():
        of_status = [one for one in refused if one.status is status]
        if of_status:
            named = listed([one.tree_id for one in of_status], most=MOST_NAMED)
            lines.append(
                f"{len(of_status):,} of {counted(n_rows, 'row')} {what}: {named}. The first: "
                f"{of_status[0].reason}"
            )
    return lines


def five_digits(value: float) -> float | None:
    """A number as it is written; None for what is not defined."""
    return float(f"{value:.5g}") if np.isfinite(value) else None
