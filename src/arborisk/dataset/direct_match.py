"""Whether two photos of a data set show the same picture, asked of these two alone."""

from __future__ import annotations

import numpy as np

from arborisk.dataset.near_pairs import find_pairs
from arborisk.dataset.table import Dataset, DuplicatePair
from arborisk.photos import decode_photo, local_features, thumbnail
from arborisk.photos.copies.features import SIDE_PX

_MOST = 500
"""Features of each photo: more than an import keeps."""


def direct_match(dataset: Dataset, first: str, second: str) -> DuplicatePair | None:
    """Compares two photos with each other with full effort, whatever the import found.

    Both photos are read again. A chain of links may be closed with this: of photos that are joined
    through others only, it tells which match by themselves.

    Args:
        dataset: The data set.
        first: Photo id.
        second: Photo id.

    Returns:
        The link, or nothing where they do not match.

    Raises:
        KeyError: No such photo in the data set.
        DatasetError: The folder of the photos is gone.
        PhotoError: A photo can no longer be read.
    """
    by_id = {row.photo_id: row for row in dataset.photos}
    rows = [by_id[first], by_id[second]]
    side_px = 2 * SIDE_PX
    images = [
        decode_photo(dataset.path_of(row), at_least_px=side_px, channels=1).image for row in rows
    ]
    by_features = dataset.copy_search == "local_features"
    features = [local_features(image, most=_MOST) for image in images] if by_features else []
    pairs = find_pairs(rows, np.stack([thumbnail(image) for image in images]), features)
    return pairs[0] if pairs else None
