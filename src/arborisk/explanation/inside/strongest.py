"""The places that excite each unit most, kept while photos stream by. Works without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Excited:
    """For each unit the photos that excite it most, at most one a group, strongest first.

    Attributes:
        values: Activation, shape (units, kept); -inf where there were fewer groups.
        photos: Number of the photo, shape (units, kept); -1 where there were fewer groups.
        places: Place in the map, row by row, shape (units, kept).
    """

    values: NDArray[np.float32]
    photos: NDArray[np.int64]
    places: NDArray[np.int64]


class Strongest:
    """Keeps them; its memory does not grow with the photos.

    Args:
        n_units: Units of the layer.
        n_kept: Places kept a unit.
    """

    def __init__(self, n_units: int, n_kept: int) -> None:
        self._n_kept = n_kept
        self._values = np.full((n_units, n_kept), -np.inf, dtype=np.float32)
        self._means = np.zeros((n_units, n_kept), dtype=np.float32)
        # photo, place, group
        self._about = np.full((n_units, n_kept, 3), -1, dtype=np.int64)

    def add(
        self,
        values: NDArray[np.float32],
        means: NDArray[np.float32],
        places: NDArray[np.int64],
        photos: NDArray[np.int64],
        groups: NDArray[np.int64],
    ) -> None:
        """Takes in the largest activations of some photos.

        Args:
            values: Largest activation of each unit in each photo, shape (n, units).
            means: Mean over the places, shape (n, units): of photos with the same value, as where
                an activation has a cap, the one with the larger mean excites a unit more.
            places: Where the largest is, shape (n, units).
            photos: Number of each photo, shape (n,).
            groups: Number of each photo's group, 0 or more, shape (n,).
        """
        whose = np.stack([np.broadcast_to(one[:, None], values.shape) for one in (photos, groups)])
        new = np.stack([whose[0], places, whose[1]], axis=-1).transpose(1, 0, 2)
        values = np.concatenate([self._values, values.T], axis=1)
        about = np.concatenate([self._about, new], axis=1)
        means = np.concatenate([self._means, means.T], axis=1)
        values, means, about = _sorted(values, means, about)
        groups = about[:, :, 2]
        for column in range(1, groups.shape[1]):
            again = (groups[:, :column] == groups[:, column, None]).any(axis=1)
            values[again, column] = -np.inf
        about[np.isneginf(values)] = -1
        values, means, about = _sorted(values, means, about)
        kept = slice(self._n_kept)
        self._values, self._means = values[:, kept], means[:, kept]
        self._about = about[:, kept]

    def found(self) -> Excited:
        """What has been found so far."""
        return Excited(self._values, self._about[:, :, 0], self._about[:, :, 1])


def _sorted(
    values: NDArray[np.float32], means: NDArray[np.float32], about: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Each row from the largest value, then mean, down; of equal ones the earlier photo first."""
    order = np.lexsort((-means, -values), axis=1)
    return (
        np.take_along_axis(values, order, axis=1),
        np.take_along_axis(means, order, axis=1),
        np.take_along_axis(about, order[:, :, None], axis=1),
    )
