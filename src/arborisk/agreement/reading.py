"""A table of ratings as people keep it, in long or wide form, read into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from arborisk.agreement.ratings import (
    NOT_STATED,
    RatingCell,
    Ratings,
    assemble,
    read_round,
    read_saw_model,
)
from arborisk.dataset.label_columns import RatingsTable as RatingTable
from arborisk.dataset.label_columns import need_labels, rater_named_by, rating_columns
from arborisk.dataset.label_words import WordsRead, known_words, read_words
from arborisk.dataset.labelling import said_of_table
from arborisk.dataset.schemes import AS_LABELLED, IMMINENT, load_scheme
from arborisk.errors import DatasetError, Remedy, TableError, option
from arborisk.tables.choices import TableChoices
from arborisk.tables.columns import need
from arborisk.tables.rating_words import rows_that_mention, says_imminent
from arborisk.tables.read import read_table
from arborisk.tables.table import fold, is_missing, words_of
from arborisk.wording.counts import counted, listed


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
        choices: What else the user says of the table, as a map file holds it; `columns`,
            `word_map` and `sheet` stand above it.
    """

    scheme: str | None = None
    word_map: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    sheet: str | None = None
    skip_unknown: bool = False
    choices: TableChoices = field(default_factory=TableChoices)

    def of_table(self) -> TableChoices:
        """All that the user says of the table."""
        return said_of_table(self.choices, self.columns, self.word_map, self.sheet)


def read_ratings(path: Path, options: ReadingOptions | None = None) -> Ratings:
    """Ratings of a table of any format.

    Long form: one row a rating, with columns for the photo or tree, the rater and the label. Wide
    form: one row a photo or tree, one column a rater. Columns are recognised by their headers, and
    label columns by what stands in them too.

    Args:
        path: Table.
        options: What cannot be told from the table.

    Raises:
        TableError: No column of photos or trees, of labels or of raters.
        DatasetError: Unknown words, or a photo of two trees. Says what to do.
    """
    options = options or ReadingOptions()
    choices = options.of_table()
    table = rating_columns(
        read_table(path, sheet=choices.sheet, layer=choices.layer),
        choices,
        options.label_columns,
        known_words(options.scheme, choices.words),
        command="agree",
        own=options.scheme == AS_LABELLED,
    )
    need_labels(table, "a column of labels (long form), or one column a rater (wide form)")
    kind = _kind(table)
    cells, n_blank = _cells(table, kind)
    read = read_words(
        [cell.word for cell in cells],
        options.scheme,
        choices.words,
        skip_unknown=options.skip_unknown,
    )
    rated = [(cell, read.meaning[cell.word]) for cell in cells if read.meaning[cell.word]]
    if not rated:
        remedy = Remedy(
            "Check the columns of labels, or name them with {}.",
            option("--column label=HEADER", "agree"),
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
    refused = [
        f"{table.table.name(row)}: {why}" for row, why in sorted(table.table.problems.items())
    ]
    items = table.table.text("file" if kind == "photo" else "tree")
    noted = [
        items[row] or table.table.name(row)
        for row in sorted(rows_that_mention(table.table.table, table.labels))
    ]
    imminent = [*_imminent(cells, read, choices), *noted]
    notes = (*table.notes, *_refused(refused))
    return assemble(rated, kind, scheme, read, n_blank, path, imminent, notes)


def _imminent(cells: Sequence[RatingCell], read: WordsRead, choices: TableChoices) -> list[str]:
    """Item of each cell that says Imminent: as its label, or beside another word."""
    mapped = {fold(word) for word in choices.words}
    urgent = {
        word
        for word in {cell.word for cell in cells}
        if read.meaning[word] == IMMINENT or (fold(word) not in mapped and says_imminent(word))
    }
    return [cell.item for cell in cells if cell.word in urgent]


_MOST_NAMED = 10


def _refused(rows: list[str]) -> list[str]:
    """Sentence on rows that cannot be used."""
    if not rows:
        return []
    shown = listed(rows, most=_MOST_NAMED)
    return [f"{counted(len(rows), 'row')} of the table cannot be used, left out: {shown}."]


def _kind(ratings: RatingTable) -> Literal["photo", "tree"]:
    table = ratings.table
    need(table.table, table.columns, "file", "tree")
    if not table.has("file"):
        return "tree"
    return "photo" if any(table.text("file")) or not table.has("tree") else "tree"


def _cells(ratings: RatingTable, kind: Literal["photo", "tree"]) -> tuple[list[RatingCell], int]:
    """Filled label cells, and how many were blank."""
    table = ratings.table
    wide = len(ratings.labels) > 1 or not table.has("rater")
    roles = ("file", "tree", "rater", "rated_at", "round", "saw_model", "time_frame")
    given = {role: table.text(role) for role in roles}
    items = given["file" if kind == "photo" else "tree"]
    raters = [rater_named_by(table.table.headers[index]) for index in ratings.labels]
    labels = [ratings.label_cells(index) for index in ratings.labels]
    n_blank, cells_read, nameless = 0, [], []
    for row in range(len(table)):
        if row in table.problems:
            continue
        number = table.table.numbers[row]
        order, by_round = read_round(given["round"][row])
        saw = read_saw_model(given["saw_model"][row], table.where(row))
        tree = given["tree"][row]
        for rater, cells in zip(raters, labels, strict=True):
            word = cells[row]
            if not fold(word):
                n_blank += 1
                continue
            if not items[row]:
                nameless.append(table.name(row))
                continue
            cells_read.append(
                RatingCell(
                    number,
                    items[row],
                    tree if kind == "tree" or not is_missing(tree) else "",
                    rater if wide else given["rater"][row],
                    word,
                    by_round if saw == NOT_STATED else saw,
                    (order, given["rated_at"][row], number),
                    given["time_frame"][row],
                )
            )
    if nameless:
        raise TableError(
            f"a {kind} in every row with a rating",
            f"none in {listed(nameless, most=_MOST_NAMED)}",
            table.table.source,
            f"Write the {kind}, or take the rating out.",
        )
    unsigned = [cell.row for cell in cells_read if not words_of(cell.rater)]
    if unsigned:
        raise TableError(
            "a rater for every rating",
            f"none in row {', '.join(map(str, unsigned[:_MOST_NAMED]))}",
            table.table.source,
            "Write who rated; without names nobody can be compared.",
        )
    return cells_read, n_blank
