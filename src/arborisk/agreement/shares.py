"""Class probabilities of a consensus file, as soft labels to learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arborisk.agreement.predictions import PredictionTable, class_of, read_prediction_table
from arborisk.dataset.references import PhotoIndex
from arborisk.dataset.table import LabelledPhotos
from arborisk.errors import DatasetError, Remedy, command
from arborisk.tables.table import fold


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
    by_class = np.zeros((len(table.probability), len(scheme.classes)))
    for column, name in enumerate(table.names):
        by_class[:, class_of(name, table, scheme)] += table.probability[:, column]
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
    found = by_class[rows[rows >= 0]]
    shares[rows >= 0] = found / found.sum(axis=1, keepdims=True)
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
    for place, photo in enumerate(labelled.rows):
        rows[place] = of_photo.get(photo.file, of_tree.get(fold(photo.tree_id), -1))
    return rows
