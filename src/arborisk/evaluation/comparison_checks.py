"""What must hold before scores of folds are averaged and compared, and what to say beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from arborisk.errors import Remedy, SettingsError, option
from arborisk.evaluation.fold_scores import (
    AXES,
    BESIDE,
    FoldRow,
    FoldScores,
    natural_order,
)
from arborisk.tables.table import is_missing

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
