"""A model's answers, matched to what people rated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.ratings import MISSING, Ratings
from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.schemes import ISA_SCHEMES, ClassScheme, canonical
from arborisk.dataset.table import LabelledPhotos
from arborisk.errors import DatasetError, Remedy, command, option
from arborisk.metrics.scores import predicted_class
from arborisk.tables.quantity_columns import (
    answered_rows,
    probability_columns,
    read_probabilities,
)
from arborisk.tables.read import read_table
from arborisk.tables.table import Table, fold
from arborisk.tables.word_columns import cell_text
from arborisk.wording.counts import counted

PHOTO_HEADERS = ("photo", "file", "photo_id")
TREE_HEADERS = ("tree_id", "tree")
ANSWER_HEADERS = ("likelihood", "predicted", "prediction", "answer", "class")
"""Headers of the answer. In predictions.csv of a run ``class`` is the true class, so only
``predicted`` is taken there, or else the likeliest class."""


@dataclass(frozen=True, slots=True)
class PredictionTable:
    """Predictions as their table holds them.

    Attributes:
        path: The table.
        photos: Photo of each row, or "".
        photo_ids: Its name in the data set, or "".
        trees: Tree of each row, or "".
        names: Classes of the probabilities, or of the answers.
        probability: Of each class; 1 for the answer where no probabilities are given; (n, k).
        answers: The answer as the table states it, or "" where it states probabilities only.
        held_back: Whether the table says that each photo was predicted while it was held back.
    """

    path: Path
    photos: tuple[str, ...]
    photo_ids: tuple[str, ...]
    trees: tuple[str, ...]
    names: tuple[str, ...]
    probability: NDArray[np.float64]
    answers: tuple[str, ...]
    held_back: bool


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """The model's answer on each rated item.

    Attributes:
        class_index: Class, or `MISSING` where the table has no such photo or tree; (n_items,).
        probability: Of each class, 0 where missing, shape (n_items, k).
        held_back: See `PredictionTable`.
    """

    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    held_back: bool


def read_prediction_table(path: Path) -> PredictionTable:
    """Reads what `arborisk predict` writes in any format, or predictions.csv of a run.

    Rows without a prediction (photos that could not be read or show no tree) are passed over.

    Raises:
        DatasetError: No column of photos or trees, or of answers; or no prediction.
        TableError: A probability that is blank or none, a row whose sum is not 1, or an answer in
            a row that failed; names row and column.
    """
    table = read_table(path)
    column_of = {fold(header): index for index, header in enumerate(table.headers)}
    photo = next((column_of[name] for name in PHOTO_HEADERS if name in column_of), None)
    tree = next((column_of[name] for name in TREE_HEADERS if name in column_of), None)
    if photo is None and tree is None:
        raise _missing(table, "a column photo, file or tree_id")
    columns = probability_columns(table)
    held_back = {"round", "group"} <= column_of.keys()
    headers = ("predicted",) if held_back else ANSWER_HEADERS
    stated = next((column_of[name] for name in headers if name in column_of), None)
    if len(columns) < 2:
        columns = {}
    if stated is None and not columns:
        raise _missing(table, "columns p_<class>, or a column likelihood, class or predicted")
    rows = answered_rows(table, stated, list(columns.values()))
    if not rows:
        raise _missing(table, "at least one prediction")

    def texts(column: int | None) -> tuple[str, ...]:
        return tuple("" if column is None else cell_text(table.rows[row][column]) for row in rows)

    answers = texts(stated)
    if columns:
        names = tuple(columns)
        probability = read_probabilities(table, list(columns.values()), rows)
    else:
        said = [canonical(answer) for answer in answers]
        names = tuple(sorted(set(said)))
        probability = np.array([[word == name for name in names] for word in said], dtype=float)
    trees = texts(tree)
    if tree is None:
        trees = tuple(_tree_of(group) for group in texts(column_of.get("group")))
    return PredictionTable(
        path, texts(photo), texts(column_of.get("photo_id")), trees, names, probability, answers,
        held_back,
    )  # fmt: skip


def _tree_of(group: str) -> str:
    """Tree of the group of a split, where it is one tree."""
    return group.removeprefix("tree:") if group.startswith("tree:") and "+" not in group else ""


def _missing(table: Table, what: str) -> DatasetError:
    return DatasetError(
        what,
        f"{counted(len(table), 'row')} with the headers {', '.join(table.headers[:30])}",
        table.source,
        Remedy(
            "Give the table that {} wrote, or predictions.csv of a run.", command("predict --out")
        ),
    )


def scheme_of_predictions(table: PredictionTable) -> str | None:
    """Name of the ISA scheme with just these classes, or None."""
    for scheme in ISA_SCHEMES.values():
        if set(table.names) == set(scheme.names):
            return scheme.name
    return None


def match_predictions(table: PredictionTable, ratings: Ratings) -> ModelAnswers:
    """The model's answer on each rated item: by photo, else by tree.

    Where one row belongs to an item, its answer is that of the table. Probabilities of several
    photos of one item are averaged, and the likeliest class is the answer; of two equally likely
    ones the likelier to fail.

    Raises:
        DatasetError: Classes that the ratings do not have, or no item in common.
    """
    by_class, rows_of = _by_class(table, ratings.scheme), _rows_of_items(table, ratings)
    probability = np.zeros((len(ratings.items), len(ratings.scheme.classes)))
    said = np.full(len(ratings.items), MISSING, dtype=np.int64)
    stated = {answer: class_of(answer, table, ratings.scheme) for answer in {*table.answers} - {""}}
    for item, rows in rows_of.items():
        probability[item] = by_class[rows].mean(axis=0)
        said[item] = (
            stated[table.answers[rows[0]]]
            if len(rows) == 1 and table.answers[rows[0]]
            else predicted_class(probability[item][None])[0]
        )
    if not rows_of:
        raise DatasetError(
            f"predictions of the {ratings.kind}s that were rated",
            f"none of {len(ratings.items)}, for example no {ratings.items[0]!r}",
            table.path.name,
            "Give the table of the same photos; trees are matched by its column tree_id.",
        )
    return ModelAnswers(said, probability, table.held_back)


def class_of(name: str, table: PredictionTable, scheme: ClassScheme) -> int:
    """Class of the ratings for a class of the predictions, by its name, title or members.

    Raises:
        DatasetError: The ratings have no such class.
    """
    for index, item in enumerate(scheme.classes):
        if fold(name) in (fold(item.name), fold(item.title)):
            return index
    of_isa = scheme_of_predictions(table)
    members = [name]
    if of_isa is not None:
        # The predictions' own scheme is finer: its class belongs to one of ours or to none.
        for item in ISA_SCHEMES[of_isa].classes:
            if fold(name) in (fold(item.name), fold(item.title)):
                members = list(item.members)
    classes = {scheme.class_of(member) for member in members} - {None}
    if len(classes) == 1 and (index_found := classes.pop()) is not None:
        return index_found
    raise DatasetError(
        f"the classes {', '.join(scheme.titles)}",
        f"{name!r} among the predictions ({', '.join(table.names)})",
        table.path.name,
        Remedy(
            "Name the scheme that both fit with {}, for example {}.",
            option("--scheme", "agree"),
            option("--scheme PrPo_Im", "agree"),
        ),
    )


def _by_class(table: PredictionTable, scheme: ClassScheme) -> NDArray[np.float64]:
    """Probabilities of the predictions by the classes of a scheme, shape (n, k)."""
    by_class = np.zeros((len(table.probability), len(scheme.classes)))
    for column, name in enumerate(table.names):
        by_class[:, class_of(name, table, scheme)] += table.probability[:, column]
    return by_class


def _rows_of_items(table: PredictionTable, ratings: Ratings) -> Mapping[int, list[int]]:
    """Rows of the predictions that belong to each item."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    if ratings.kind == "photo" and set(ratings.items) & {*table.photo_ids}:
        of_id = {name: item for item, name in enumerate(ratings.items)}
        for row, photo_id in enumerate(table.photo_ids):
            if photo_id in of_id:
                rows_of[of_id[photo_id]].append(row)
        return rows_of
    if ratings.kind == "photo" and any(table.photos):
        rows_of_photo: dict[str, list[int]] = defaultdict(list)
        for row, photo in enumerate(table.photos):
            rows_of_photo[photo.replace("\\", "/")].append(row)
        index = PhotoIndex(Path(), rows_of_photo)
        for item, match in enumerate(index.match_all(list(ratings.items))):
            if match.kind in ("path", "name", "stem", "number"):
                rows_of[item] = rows_of_photo[match.files[0]]
        return rows_of
    rows_of_tree: dict[str, list[int]] = defaultdict(list)
    for row, tree in enumerate(table.trees):
        if tree:
            rows_of_tree[fold(tree)].append(row)
    for item, name in enumerate(ratings.items):
        rows = rows_of_tree.get(fold(name))
        if rows:
            rows_of[item] = rows
    return rows_of


def consensus_shares(path: Path, labelled: LabelledPhotos) -> NDArray[np.float64]:
    """Dawid and Skene's probabilities for each photo, in the order of the photos.

    A photo is found by its own row, else by that of its tree; one that the file does not name is
    all of its agreed class.

    Args:
        path: What ``arborisk agree --consensus-out`` wrote.
        labelled: Photos that have a class, with their scheme.

    Returns:
        Rows sum to 1, shape (n_photos, n_classes).

    Raises:
        DatasetError: No such file, other classes, or no photo or tree in common.
    """
    table = read_prediction_table(path)
    scheme = labelled.scheme
    by_class = _by_class(table, scheme)
    shares = np.eye(len(scheme.classes))[labelled.class_index]
    rows = _rows_of_photos(table, labelled)
    if not (rows >= 0).any():
        raise DatasetError(
            "the photos or trees of the data set",
            f"none of {len(labelled.rows)}",
            str(path),
            Remedy(
                "Give the file that {} wrote for their ratings.", command("agree --consensus-out")
            ),
        )
    of_named = by_class[rows[rows >= 0]]
    shares[rows >= 0] = of_named / of_named.sum(axis=1, keepdims=True)
    return shares


def _rows_of_photos(table: PredictionTable, labelled: LabelledPhotos) -> NDArray[np.int64]:
    """Row of each photo, -1 where there is none."""
    rows = np.full(len(labelled.rows), -1, dtype=np.int64)
    of_tree = {fold(tree): row for row, tree in enumerate(table.trees) if tree}
    of_photo: dict[str, int] = {}
    if any(table.photos):
        index = PhotoIndex(Path(), [photo.file for photo in labelled.rows])
        for row, match in enumerate(index.match_all(list(table.photos))):
            if len(match.files) == 1:
                of_photo[match.files[0]] = row
    for index_of_photo, photo in enumerate(labelled.rows):
        rows[index_of_photo] = of_photo.get(photo.file, of_tree.get(fold(photo.tree_id), -1))
    return rows
