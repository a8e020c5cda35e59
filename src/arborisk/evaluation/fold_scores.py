"""Scores of folds as people keep them: the folds.csv of an experiment, or any such table."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.errors import DatasetError, SettingsError
from arborisk.tables.read import read_table
from arborisk.tables.table import Table, is_missing
from arborisk.tables.table import fold as folded
from arborisk.tables.word_columns import cell_text, texts

AXES = (
    *("scheme", "size", "channels", "model", "weights", "regime"),
    *("augmentation", "output", "protocol"),
)
"""Columns of folds.csv that say what was run; a column with a dot in its name is one as well."""
BESIDE = ("cell", "repeat", "fold", "n_test", "n_train")
"""Columns that say which row it is, neither what was run nor how well it did."""
OPTIONAL = ("repeat", "n_test", "n_train")
_COUNTED = re.compile(r" \(\d+\)\Z")
"""Behind the second of two headers that are the same."""
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


@dataclass(frozen=True, slots=True)
class FoldRow:
    """One fold of one setting.

    Attributes:
        line: Line of the file, for errors.
        text: Every cell by column name, numbers in their shortest spelling.
        scores: Metrics asked for; NaN where the cell is empty.
        n_test: Photos tested, or NaN when not stated.
        n_train: Photos trained on, or NaN when not stated.
    """

    line: int
    text: Mapping[str, str]
    scores: Mapping[str, float]
    n_test: float
    n_train: float

    @property
    def key(self) -> tuple[str, str]:
        """What pairs folds: the repeat and the fold."""
        return self.text.get("repeat", ""), self.text["fold"]


@dataclass(frozen=True, slots=True)
class FoldScores:
    """A table of fold scores.

    Attributes:
        path: Where it was read.
        columns: Its columns, in their order.
        rows: One a fold.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[FoldRow, ...]


def read_fold_scores(
    path: Path,
    *,
    columns: Iterable[str],
    metrics: Sequence[str],
    where: Mapping[str, str] | None = None,
) -> FoldScores:
    """Reads the scores of folds.

    Args:
        path: Table of any format with a column ``fold``, the columns named and the metrics, in any
            order; ``repeat``, ``n_test`` and ``n_train`` are used where they are there.
        columns: Other columns that must be there.
        metrics: Columns of scores, as shares or as percentages.
        where: Column to the one value whose rows are kept.

    Raises:
        DatasetError: No such file or no table; a cell of a metric that is no number.
        SettingsError: A column is not there, with the nearest one that is; no row is left.
    """
    table = read_table(path)
    chosen = dict(where or {})
    names = _columns_of(table, [*columns, *chosen, "fold", *metrics], OPTIONAL)
    wanted = {names[column]: plain(value) for column, value in chosen.items()}
    rows = []
    for row, why in table.problems.items():
        raise DatasetError("a whole row", why, table.where(row), "Correct the row.")
    for line, cells in zip(table.numbers, table.rows, strict=True):
        text = dict(zip(table.headers, map(plain, texts(cells)), strict=True))
        text |= {asked: text[name] for asked, name in names.items()}
        if all(folded(text[name]) == folded(value) for name, value in wanted.items()):
            scores = {name: _score(text[name], name, line, path) for name in metrics}
            counts = [_count(text.get(name, "")) for name in ("n_test", "n_train")]
            rows.append(FoldRow(line, text, scores, *counts))
    if not rows:
        raise SettingsError(
            "at least one row",
            "none" + "".join(f" with {name} {value!r}" for name, value in wanted.items()),
            str(path),
            _values_remedy(table, wanted) if wanted else "Check the file.",
        )
    _check_units(rows, metrics, table, names)
    return FoldScores(path, tuple(name for name in table.headers if name), tuple(rows))


def plain(cell: str) -> str:
    """A cell as text, numbers in their shortest spelling, so that 64, 064 and 64.0 are the same.

    >>> plain("64.0"), plain("Pr_Im")
    ('64', 'Pr_Im')
    """
    try:
        number = float(cell)
    except ValueError:
        return cell
    if not math.isfinite(number):
        return cell
    return str(int(number)) if number.is_integer() else repr(number)


def natural_order(values: Iterable[str]) -> list[str]:
    """Distinct values in numeric order, or as people sort names: ``lite2`` before ``lite10``."""

    def rank(value: str) -> tuple[object, ...]:
        parts = re.split(r"(\d+)", value.casefold())
        return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)

    distinct = set(values)
    try:
        return sorted(distinct, key=float)
    except ValueError:
        return sorted(distinct, key=rank)


def _columns_of(table: Table, asked: Iterable[str], welcome: Iterable[str] = ()) -> dict[str, str]:
    """Header of each column asked for, whatever its case, and of those welcome that are there."""
    known = {folded(header): header for header in table.headers if header}
    found = {name: known[name] for name in welcome if name in known}
    for name in asked:
        header = known.get(folded(name))
        if header is None:
            near = difflib.get_close_matches(folded(name), known, n=1)
            raise SettingsError(
                f"a column {name!r}",
                f"the columns {', '.join(known.values())}",
                table.source,
                f"Did you mean {known[near[0]]!r}?" if near else "Choose one of these.",
            )
        found[name] = header
    for header in set(found.values()):
        same = [name for name in table.headers if folded(_COUNTED.sub("", name)) == folded(header)]
        if len(same) > 1:
            raise SettingsError(
                f"one column {header!r}", "several", table.source, "Rename all but one."
            )
    return found


def _score(text: str, name: str, line: int, path: Path) -> float:
    """A score, without a sign of percent; NaN where it is not defined."""
    cell = text.removesuffix("%").strip()
    if is_missing(cell):
        return math.nan
    if _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        number = float(cell)
    except ValueError:
        number = math.inf
    if math.isfinite(number):
        return number
    raise DatasetError(
        f"a number in column {name!r}",
        repr(text),
        f"{path}, line {line}",
        "Correct the cell, or leave it empty if the score is not defined.",
    )


def _count(text: str) -> float:
    """A number of photos, or NaN."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if number > 0 else math.nan


def _check_units(
    rows: Sequence[FoldRow], metrics: Sequence[str], table: Table, names: Mapping[str, str]
) -> None:
    """Refuses a column in which some cells have a sign of percent and others have none."""
    for metric in metrics:
        cells = [row for row in rows if not math.isnan(row.scores[metric])]
        percent = [row.text[names[metric]].endswith("%") for row in cells]
        if any(percent) and not all(percent):
            odd = cells[percent.index(not percent[0])]
            raise DatasetError(
                f"column {metric!r} in one unit",
                "cells with and without a sign of percent",
                f"{table.source}, line {odd.line}",
                "Write all of them in one way.",
            )


def _values_remedy(table: Table, wanted: Mapping[str, str]) -> str:
    """The values that the columns asked for do have."""
    told = []
    for name in wanted:
        place = table.headers.index(name)
        values = natural_order(plain(cell_text(cells[place])) for cells in table.rows)
        told.append(f"{name} is {', '.join(values)}")
    return f"In this table {'; '.join(told)}."
