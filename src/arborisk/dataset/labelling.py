"""Every photo's label and facts, from a table or from names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from arborisk.dataset.label_columns import (
    Believe,
    RatingsTable,
    folder_labels,
    label_from_names,
    need_labels,
    rating_columns,
)
from arborisk.dataset.label_table import LabelTable, TableRating, match_label_table
from arborisk.dataset.label_words import (
    agreed_label,
    check_targets,
    has_own_labels,
    known_words,
    read_words,
)
from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.schemes import AS_LABELLED, IMMINENT, ISA_WORDS
from arborisk.errors import DatasetError, Remedy, option
from arborisk.tables.choices import TableChoices
from arborisk.tables.rating_words import isa_word
from arborisk.tables.read import read_table
from arborisk.tables.table import fold

LabelSource = Literal["auto", "table", "names", "file-name", "folder", "none"]


def said_of_table(
    choices: TableChoices, columns: Mapping[str, str], words: Mapping[str, str], sheet: str | None
) -> TableChoices:
    """All that a user says of a table of ratings, in one place.

    A map file may serve several commands: of its words, those for other scales are passed over as
    soon as one is a likelihood of failure.

    Args:
        choices: What a map file and the command line say.
        columns: Role to header, above those.
        words: Word to label, above those.
        sheet: Sheet of a workbook, above those.
    """
    codes = choices.codes.get("label", {})
    said = {**{code: isa_word(label) or label for code, label in codes.items()}, **choices.words}
    if choices.map_file is not None and any(isa_word(label) for label in said.values()):
        said = {word: label for word, label in said.items() if not label or isa_word(label)}
    return replace(
        choices,
        columns={**choices.columns, **columns},
        words={**said, **words},
        sheet=sheet or choices.sheet,
    )


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How labels and facts are read.

    Attributes:
        labels: CSV or XLSX table of ratings, or None.
        labels_from: ``auto`` takes the table if there is one, else ISA words (or those of a scheme
            file or of `word_map`) in file and folder names, else the top folder as the class.
        sheet: Sheet of an XLSX table; the first one by default.
        columns: Role to header, for headers that are not recognised; "" leaves the role out.
            Roles: file, tree, site, view, time_frame, season, rater, ...
        label_columns: Headers of label columns; several when each rater has one.
        word_map: The user's words to labels; an empty label means unrated.
        scheme: Name of a class scheme or a scheme file: says which words are labels.
        choices: What else the user says of the table, as a map file holds it; `columns`,
            `word_map` and `sheet` stand above it.
    """

    labels: Path | None = None
    labels_from: LabelSource = "auto"
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    label_columns: tuple[str, ...] = ()
    word_map: Mapping[str, str] = field(default_factory=dict)
    scheme: str | None = None
    choices: TableChoices = field(default_factory=TableChoices)

    def of_table(self) -> TableChoices:
        """All that the user says of the table."""
        return said_of_table(self.choices, self.columns, self.word_map, self.sheet)

    def as_text(self) -> dict[str, str]:
        """Options that are set, as text, for the manifest; a table is named without its folder."""
        said = self.of_table()
        given = {
            "labels": self.labels.name if self.labels else "",
            "labels_from": self.labels_from,
            "sheet": said.sheet or "",
            "scheme": self.scheme or "",
            "label_columns": ", ".join(self.label_columns),
            **{f"{role}_column": header for role, header in said.columns.items()},
            "map": ", ".join(f"{word}={label}" for word, label in said.words.items()),
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A photo whose raters disagree.

    Attributes:
        file: Photo, relative to the root.
        labels: What they said, in the order of the table.
        agreed: The label taken, or "" when it stays unrated.
    """

    file: str
    labels: tuple[str, ...]
    agreed: str


@dataclass(frozen=True, slots=True)
class Labelling:
    """What labels and tables say of the photos.

    Attributes:
        labels: Photo to agreed label; absent or "" when unrated.
        source: Where the labels came from, in words.
        ratings: Ratings of the table with canonical labels, blanks left out.
        facts: Photo to role to value.
        columns: Role to header as found in the table.
        n_matched_by: How the table named the photos.
        rows_without_photo: Rows of the table whose photo is not there.
        imminent_without_photo: Rows that say Imminent of a photo that is not there.
        refused_rows: Rows of the table that cannot be used, each with its reason.
        unread_places: Rows of the table whose place cannot be used, each with its reason.
        table_notes: Sentences on how the table was read.
        n_taken_for: Word written in another way than its label, with the label, to its cells.
        n_no_answer: Cells with a word for no answer, by word as written.
        n_doubtful: Cells with a label that the writer doubted.
        n_blank: Photos that the table names and leaves unrated.
        n_not_in_table: Photos that the table does not name.
        conflicts: Photos whose raters disagree.
        unclear_names: Photo and why its name decides nothing.
    """

    labels: Mapping[str, str]
    source: str
    ratings: tuple[TableRating, ...] = ()
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    n_matched_by: Mapping[str, int] = field(default_factory=dict)
    rows_without_photo: tuple[str, ...] = ()
    refused_rows: tuple[str, ...] = ()
    unread_places: tuple[str, ...] = ()
    table_notes: tuple[str, ...] = ()
    n_taken_for: Mapping[tuple[str, str], int] = field(default_factory=dict)
    n_no_answer: Mapping[str, int] = field(default_factory=dict)
    n_doubtful: int = 0
    n_blank: int = 0
    n_not_in_table: int = 0
    conflicts: tuple[Conflict, ...] = ()
    unclear_names: tuple[str, ...] = ()
    imminent_without_photo: tuple[str, ...] = ()

    @property
    def imminent(self) -> tuple[str, ...]:
        """Photos with an Imminent rating, whatever the others said, and rows without a photo."""
        rated = [rating.file for rating in self.ratings if rating.word == IMMINENT]
        labelled = [file for file, label in self.labels.items() if label == IMMINENT]
        photos = [
            f"{file} (tree {tree})" if (tree := self.facts.get(file, {}).get("tree")) else file
            for file in dict.fromkeys([*rated, *labelled])
        ]
        return (*photos, *self.imminent_without_photo)


def label_photos(root: Path, files: Sequence[str], options: ImportOptions) -> Labelling:
    """Labels and facts of photos.

    Args:
        root: Photo root.
        files: Photos relative to the root.
        options: Options of the import.

    Raises:
        DatasetError, TableError: The table cannot be read or understood; see
            `arborisk.dataset.label_columns`, `label_table` and `label_words`.
    """
    from_table = options.labels_from == "table" or (
        options.labels_from == "auto" and options.labels is not None
    )
    if options.labels is None:
        if from_table:
            remedy = Remedy("Name it with {}.", option("--labels", "import"))
            raise DatasetError("a table of labels", "none", "--labels-from table", remedy)
        return _from_names(files, options)
    choices = options.of_table()
    words = known_words(options.scheme, choices.words)
    read = rating_columns(
        read_table(options.labels, sheet=choices.sheet, layer=choices.layer),
        choices,
        options.label_columns,
        words,
        command="import",
        own=options.scheme == AS_LABELLED,
    )
    if from_table:
        need_labels(read, "a column of labels")
    matched = match_label_table(read, PhotoIndex(root, files))
    labelling = _from_table(matched, options) if from_table else _from_names(files, options)
    named = {rating.file for rating in matched.ratings} | set(matched.facts)
    return replace(
        labelling,
        facts=matched.facts,
        columns=_headers(read, labels=from_table),
        n_matched_by=matched.n_matched_by,
        rows_without_photo=matched.rows_without_photo,
        imminent_without_photo=matched.imminent_without_photo,
        refused_rows=matched.refused_rows,
        unread_places=matched.unread_places,
        table_notes=read.notes,
        n_not_in_table=len(set(files) - named),
    )


def _headers(read: RatingsTable, *, labels: bool) -> dict[str, str]:
    headers = {role: column.header for role, column in read.table.columns.items()}
    of_labels = [read.table.table.headers[index] for index in read.labels if labels]
    return {**headers, "label": ", ".join(of_labels)}


def _from_table(table: LabelTable, options: ImportOptions) -> Labelling:
    read = read_words(
        [rating.word for rating in table.ratings if rating.word],
        options.scheme,
        options.of_table().words,
    )
    said: dict[str, list[TableRating]] = defaultdict(list)
    for rating in table.ratings:
        said[rating.file].append(replace(rating, word=read.meaning.get(rating.word, "")))
    labels, conflicts, rated = {}, [], []
    for file, ratings in said.items():
        given = [rating for rating in ratings if rating.word]
        rated += given
        votes = _votes(given)
        labels[file] = agreed_label(votes)
        if len(set(votes)) > 1:
            conflicts.append(Conflict(file, tuple(votes), labels[file]))
    own = "" if set(labels.values()) <= {*ISA_WORDS, ""} else " (labels of its own, not ISA words)"
    return Labelling(
        labels,
        f"table{own}",
        ratings=tuple(rated),
        n_taken_for=read.n_taken_for,
        n_no_answer=read.n_no_answer,
        n_doubtful=read.n_doubtful,
        n_blank=sum(not any(rating.word for rating in ratings) for ratings in said.values()),
        conflicts=tuple(conflicts),
    )


def _votes(ratings: Sequence[TableRating]) -> list[str]:
    """One vote for each different thing a named rater said; every rating of an unnamed rater."""
    votes, seen = [], set()
    for rating in ratings:
        key = (fold(rating.rater), rating.word)
        if not rating.rater or key not in seen:
            votes.append(rating.word)
        seen.add(key)
    return votes


def _from_names(files: Sequence[str], options: ImportOptions) -> Labelling:
    if options.labels_from == "none":
        return Labelling({}, "none")
    believe: dict[str, Believe] = {"file-name": "file-name", "folder": "folder"}
    words = known_words(options.scheme, options.of_table().words)
    said = {
        file: label_from_names(file, words, believe.get(options.labels_from, "names"))
        for file in files
    }
    own_labels = has_own_labels((item.label for item in said.values()), options.scheme)
    check_targets(options.of_table().words, options.scheme, own_labels=own_labels)
    if not any(item.label or item.problem for item in said.values()):
        return _from_top_folders(files, options)
    return Labelling(
        {file: item.label for file, item in said.items()},
        {"file-name": "file names", "folder": "folder names"}.get(
            options.labels_from, "file and folder names"
        ),
        unclear_names=tuple(
            f"{file}: {item.problem}" for file, item in said.items() if item.problem
        ),
    )


def _from_top_folders(files: Sequence[str], options: ImportOptions) -> Labelling:
    """A folder a class, for labels that are not known beforehand."""
    folders = folder_labels(files)
    several = len({fold(label) for label in folders.values()}) > 1
    asked = options.labels_from == "folder" or options.scheme == AS_LABELLED
    open_scheme = options.scheme is None or options.scheme == AS_LABELLED
    if options.labels_from == "file-name" or not open_scheme or not (several or asked):
        return Labelling({}, "none found")
    spelling: dict[str, str] = {}
    labels = {
        file: options.of_table().words.get(label, spelling.setdefault(fold(label), label))
        for file, label in folders.items()
    }
    return Labelling(labels, "folder names (each folder a class of its own)")
