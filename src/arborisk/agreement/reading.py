"""A table of ratings as people keep it, in long or wide form, read into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from arborisk.agreement.assembling import MOST_KEPT, Cell, assemble
from arborisk.agreement.conditions import (
    ROUND_HEADERS,
    SAW_MODEL_HEADERS,
    find_header,
    read_round,
    read_saw_model,
)
from arborisk.agreement.ratings import NOT_STATED, Ratings
from arborisk.agreement.words import WordsRead, is_no_answer, isa_word, read_words
from arborisk.dataset.columns import Columns, find_columns, rater_named_by
from arborisk.dataset.schemes import AS_LABELLED, IMMINENT, load_scheme
from arborisk.dataset.tables import RawTable, read_table
from arborisk.dataset.vocabulary import known_words
from arborisk.errors import DatasetError, Remedy, option
from arborisk.tables.rating_words import says_imminent
from arborisk.tables.text import fold, words_of


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a table of ratings is read.

    Attributes:
        scheme: Name of a class scheme or a scheme file; None for each label a class.
        word_map: Words to labels; an empty label means no rating.
        columns: Role (file, tree, rater, rated_at) to header, where it cannot be told.
        label_columns: Headers of the columns that hold labels, where they cannot be told.
        sheet: Sheet of an XLSX file.
        skip_unknown: Count unknown words as no rating instead of refusing them.
    """

    scheme: str | None = None
    word_map: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    sheet: str | None = None
    skip_unknown: bool = False


def read_ratings(path: Path, options: ReadingOptions | None = None) -> Ratings:
    """Ratings of a CSV or XLSX table.

    Long form: one row a rating, with columns for the photo or tree, the rater and the label. Wide
    form: one row a photo or tree, one column a rater. Columns are recognised by their headers, and
    label columns by what stands in them too.

    Args:
        path: Table.
        options: What cannot be told from the table.

    Raises:
        DatasetError: No column of photos or trees, of labels or of raters; unknown words; a photo
            of two trees. Says what to do.
    """
    options = options or ReadingOptions()
    table = read_table(path, sheet=options.sheet)
    columns = _find(table, options)
    kind = _kind(table, columns)
    cells, n_blank = _cells(table, columns, kind)
    read = read_words(
        [cell.word for cell in cells],
        options.scheme,
        options.word_map,
        skip_unknown=options.skip_unknown,
    )
    rated = [(cell, read.meaning[cell.word]) for cell in cells if read.meaning[cell.word]]
    if not rated:
        remedy = Remedy(
            "Check the label columns, or name them with {}.", option("--label-column", "agree")
        )
        raise DatasetError("ratings", "none", path.name, remedy)
    scheme = load_scheme(options.scheme or AS_LABELLED, {label for _, label in rated})
    if len(scheme.classes) < 2:
        raise DatasetError(
            "at least two classes among the ratings",
            f"only {scheme.classes[0].title}",
            path.name,
            Remedy(
                "Where everybody says the same there is nothing to measure; with {} the classes "
                "need not all occur.",
                option("--scheme", "agree"),
            ),
        )
    return assemble(rated, kind, scheme, read, n_blank, path, _imminent(cells, read, options))


def _imminent(cells: Sequence[Cell], read: WordsRead, options: ReadingOptions) -> list[str]:
    """Item of each cell that says Imminent: as its label, or beside another word."""
    mapped = {fold(word) for word in options.word_map}
    urgent = {
        word
        for word in {cell.word for cell in cells}
        if read.meaning[word] == IMMINENT or (fold(word) not in mapped and says_imminent(word))
    }
    return [cell.item for cell in cells if cell.word in urgent]


def _find(table: RawTable, options: ReadingOptions) -> Columns:
    """Columns of the table, told by tidied cells so that "prob." counts as a label."""
    words = known_words(options.scheme, options.word_map)
    saw, turn = find_header(table, SAW_MODEL_HEADERS), find_header(table, ROUND_HEADERS)
    own = options.scheme == AS_LABELLED
    rows = tuple(
        (number, tuple(_for_telling(cell, own=own) for cell in cells))
        for number, cells in table.rows
    )
    # What was told from other headers must not be taken for a rater's column.
    headers = tuple(
        "" if index in {saw, turn} else header for index, header in enumerate(table.headers)
    )
    blanked = tuple(
        (number, tuple("" if index in {saw, turn} else cell for index, cell in enumerate(cells)))
        for number, cells in rows
    )
    told = replace(table, headers=headers, rows=blanked)
    columns = find_columns(told, options.columns, options.label_columns, words)
    if not columns.labels:
        raise DatasetError(
            "a column of labels (long form), or one column a rater (wide form)",
            f"the headers {', '.join(filter(None, table.headers))}",
            table.path.name,
            Remedy(
                "Name it with {}; give it once for each rater in wide form.",
                option("--label-column", "agree"),
            ),
        )
    one = {**columns.one}
    if saw is not None:
        one["saw_model"] = saw
    if turn is not None:
        one["round"] = turn
    return Columns(one, columns.labels)


@lru_cache(maxsize=MOST_KEPT)
def _for_telling(cell: str, *, own: bool) -> str:
    if not cell or is_no_answer(cell):
        return ""
    return cell if own else isa_word(cell) or cell


def _kind(table: RawTable, columns: Columns) -> Literal["photo", "tree"]:
    if "file" not in columns.one and "tree" not in columns.one:
        raise DatasetError(
            "a column that names the photos or the trees",
            f"the headers {', '.join(filter(None, table.headers))}",
            table.path.name,
            Remedy(
                "Name it with {} or {}.",
                option("--photo-column", "agree"),
                option("--tree-column", "agree"),
            ),
        )
    if "file" not in columns.one:
        return "tree"
    filled = any(cells[columns.one["file"]] for _, cells in table.rows)
    return "photo" if filled or "tree" not in columns.one else "tree"


def _cells(
    table: RawTable, columns: Columns, kind: Literal["photo", "tree"]
) -> tuple[list[Cell], int]:
    """Filled label cells, and how many were blank."""
    wide = len(columns.labels) > 1 or "rater" not in columns.one
    n_blank, found, nameless = 0, [], []
    for row, cells in table.rows:
        given = {role: cells[index] for role, index in columns.one.items()}
        item = given.get("file" if kind == "photo" else "tree", "")
        order, by_round = read_round(given.get("round", ""))
        saw = read_saw_model(given.get("saw_model", ""), row, table)
        for column in columns.labels:
            word = cells[column]
            if not fold(word):
                n_blank += 1
                continue
            if not item:
                nameless.append(row)
                continue
            rater = rater_named_by(table.headers[column]) if wide else given["rater"]
            found.append(
                Cell(
                    row,
                    item,
                    given.get("tree", ""),
                    rater,
                    word,
                    by_round if saw == NOT_STATED else saw,
                    (order, given.get("rated_at", ""), row),
                    given.get("time_frame", ""),
                )
            )
    if nameless:
        raise DatasetError(
            f"a {kind} in every row with a rating",
            f"none in row {', '.join(map(str, nameless[:10]))}",
            table.path.name,
            f"Write the {kind}, or take the rating out.",
        )
    unsigned = [cell.row for cell in found if not words_of(cell.rater)]
    if unsigned:
        raise DatasetError(
            "a rater for every rating",
            f"none in row {', '.join(map(str, unsigned[:10]))}",
            table.path.name,
            "Write who rated; without names nobody can be compared.",
        )
    return found, n_blank
