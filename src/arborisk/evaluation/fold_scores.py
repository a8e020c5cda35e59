"""Scores of folds as people keep them: the folds.csv of an experiment, or any such table."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arborisk.errors import DatasetError, Remedy, SettingsError, option
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


MOST_LIKE = 0.02
"""Paired folds whose test parts differ by more than this share are not of the same photos."""
MOST_SHOWN = 6
"""Values named in an error."""
SCRATCH = "none"
"""Weights of a network that starts from scratch, see `arborisk.models`."""


def setting_columns(table: FoldScores, used: Collection[str]) -> tuple[str, ...]:
    """Columns that may say what was run and are neither compared, held fixed nor scores.

    They are those of `AXES`, those with a dot in their name (settings), and any other that holds
    words: a column of numbers under another name is taken for a score that was not asked for.
    """
    low = {name.casefold() for name in (*used, *BESIDE)}
    return tuple(
        name
        for name in table.columns
        if name.casefold() not in low and (_is_axis(name) or _holds_words(table.rows, name))
    )


def check_one_setting(
    rows: Sequence[FoldRow], columns: Sequence[str], where: str, table: FoldScores
) -> None:
    """Refuses rows of several settings: their mean would be of no setting at all.

    Args:
        rows: Rows of one value of the factor in one stratum.
        columns: From `setting_columns`.
        where: The stratum and value, for errors.
        table: The table they come from.

    Raises:
        SettingsError: A setting varies, or a fold stands twice; says what to do.
    """
    for name in columns:
        values = natural_order(row.text[name] for row in rows)
        if len(values) > 1 and (_is_axis(name) or not _belongs_to_fold(table.rows, name)):
            within, where_ = option("--within", "compare"), option("--where", "compare")
            keep = f"'{name}={values[0]}'"
            remedy = Remedy("Add {} to {}, or keep one with {} {}.", name, within, where_, keep)
            if not _is_axis(name):
                remedy = Remedy(
                    "Add {} to {}, or keep one with {} {}. If it says nothing on what was run, "
                    "leave it out with {}.",
                    *(name, within, where_, keep),
                    option(f"--ignore {name}", "compare"),
                )
            raise SettingsError(
                f"one value of {name!r} for all folds of a setting",
                ", ".join(values[:MOST_SHOWN]) + ", ..." * (len(values) > MOST_SHOWN),
                f"{table.path}, {where}",
                remedy,
            )
    seen: dict[tuple[str, str], FoldRow] = {}
    for row in rows:
        other = seen.setdefault(row.key, row)
        if other is not row:
            differ = [
                name
                for name in table.columns
                if name not in row.scores and row.text[name] != other.text[name]
            ]
            raise SettingsError(
                "each fold once" + ("" if "repeat" in row.text else " (there is no column repeat)"),
                f"fold {row.text['fold']!r} on lines {other.line} and {row.line}"
                + (f", which differ in {', '.join(differ)}" if differ else ""),
                f"{table.path}, {where}",
                Remedy(
                    "Add the column that tells them apart to {}, keep one value of it with {}, or"
                    " name the repeats in a column 'repeat'.",
                    option("--within", "compare"),
                    option("--where", "compare"),
                ),
            )


def changed_along(
    settings: Mapping[str, Sequence[FoldRow]], columns: Sequence[str], factor: str
) -> list[str]:
    """A sentence for each setting that changes together with the factor."""
    notes = []
    for name in columns:
        of_value = {value: rows[0].text[name] for value, rows in settings.items()}
        if len(set(of_value.values())) < 2 or not _is_axis(name):
            continue
        told = ", ".join(f"{its} at {value}" for value, its in of_value.items())
        note = (
            f"{name} changes along with {factor} ({told}): the difference is not of {factor} alone."
        )
        if name == "weights" and SCRATCH in of_value.values():
            note += " A pretrained network against one from scratch says nothing on architectures."
        notes.append(note)
    return notes


def unlike_folds(pair: Sequence[tuple[FoldRow, FoldRow]], where: str) -> list[str]:
    """A sentence where folds of one name do not seem to hold the same photos."""
    unlike = sum(
        abs(one.n_test - other.n_test) > MOST_LIKE * max(one.n_test, other.n_test)
        for one, other in pair
    )
    if not unlike:
        return []
    return [
        f"{where}: {unlike} of {len(pair)} paired folds differ in the number of test photos, so "
        "they are paired by name only, and their difference is partly one of photos."
    ]


def _is_axis(name: str) -> bool:
    return name.casefold() in AXES or "." in name


def _holds_words(rows: Sequence[FoldRow], name: str) -> bool:
    """Whether a column has a cell that is no number."""
    return any(not _is_number(row.text[name]) for row in rows)


def _is_number(cell: str) -> bool:
    cell = cell.removesuffix("%").strip().replace(",", ".")
    if is_missing(cell):
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _belongs_to_fold(rows: Sequence[FoldRow], name: str) -> bool:
    """Whether a column says the same of a fold whatever was run on it, as the site held back."""
    of_fold: dict[tuple[str, str], str] = {}
    same = all(of_fold.setdefault(row.key, row.text[name]) == row.text[name] for row in rows)
    return same and len(of_fold) < len(rows)
