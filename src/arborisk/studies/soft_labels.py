"""What several raters said of each photo, as shares of the classes."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from arborisk.dataset.table import Dataset, LabelledPhotos
from arborisk.errors import Remedy, SettingsError, option


def class_shares(dataset: Dataset, labelled: LabelledPhotos) -> NDArray[np.float64]:
    """Share of each class in the ratings of each photo.

    A photo's own ratings count, or, where it has none, those of its tree. Ratings that the scheme
    leaves out do not count; a photo without any that does is all of its agreed class.

    Args:
        dataset: With ratings.
        labelled: Its photos that have a class.

    Returns:
        Rows sum to 1, shape (n_photos, n_classes).

    Raises:
        SettingsError: The data set has no ratings; says what to do.
    """
    if not dataset.ratings:
        raise SettingsError(
            expected="ratings of several raters, for labels 'raters'",
            found="none: the labels came without a table",
            where=str(dataset.folder),
            remedy=Remedy(
                "Import with {}, one row a rating or one column a rater, or learn the agreed "
                "labels ({}).",
                option("--labels TABLE", "train"),
                option("--labels agreed", "train"),
            ),
        )
    scheme = labelled.scheme
    of_photo: dict[str, list[int]] = defaultdict(list)
    of_tree: dict[str, list[int]] = defaultdict(list)
    for rating in dataset.ratings:
        said = scheme.class_of(rating.label)
        if said is not None:
            of_photo[rating.photo_id].append(said)
            of_tree[rating.tree_id].append(said)
    n_classes = len(scheme.classes)
    shares = np.eye(n_classes)[labelled.class_index]
    for place, row in enumerate(labelled.rows):
        said_of = of_photo.get(row.photo_id) or (of_tree.get(row.tree_id) if row.tree_id else None)
        if said_of:
            shares[place] = np.bincount(said_of, minlength=n_classes) / len(said_of)
    return shares
