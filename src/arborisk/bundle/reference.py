"""The photos of training as a bundle remembers them: to tell what is unlike them, and drift.

Of each photo 64 numbers or fewer are kept, the leading principal components of its embedding, and
a few facts on light and sharpness: no picture, name or place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.misses import attainable_coverage
from arborisk.errors import BundleError
from arborisk.metrics.fewest import FEWEST
from arborisk.metrics.scores import number_groups

LIGHT_FACTS: Final = ("dark", "middle", "bright", "blur")
"""Names of what `light_facts` gives, in its order."""
LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Source: ITU-R BT.601."""
BOX_PX = 5
QUANTILES = (0.05, 0.5, 0.95)


def light_facts(array: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Facts of one photo.

    Args:
        array: Prepared photo, uint8, shape (size, size, channels), channels 1 or 3.

    Returns:
        Quantiles of brightness at 5, 50 and 95 %, 0 to 255; and blur, 0 to 1: the share of the
        differences between neighbours that is left when the photo is blurred once more. A sharp
        photo loses most of them.

    Source: blur after Crete, Dolmiere, Ladret and Nicolas (2007), The blur effect, SPIE 6492; here
    a mean over all neighbours.
    """
    values = array.astype(np.float32)
    grey = values @ LUMA if array.shape[2] == 3 else values[:, :, 0]
    in_order = np.sort(grey, axis=None)
    dark, middle, bright = (_quantile(in_order, share) for share in QUANTILES)
    blur = (_left_over(grey) + _left_over(grey.T)) / 2
    return dark, middle, bright, blur


def _quantile(in_order: NDArray[np.float32], share: float) -> float:
    """Quantile of sorted values, as ``numpy.quantile`` gives it.

    That function looks for each place anew, which took longer than all else that is measured here.
    """
    place = share * (len(in_order) - 1)
    below = int(place)
    low, high = in_order[below : below + 2].tolist()
    return float(low + (place - below) * (high - low))


def _left_over(grey: NDArray[np.float32]) -> float:
    """Share of the differences along the second axis that a box of 5 px leaves."""
    whole = np.abs(np.diff(grey, axis=1)).mean()
    # Neighbouring boxes differ by their ends alone; those at the very edge were never looked at.
    left = np.abs(grey[:, BOX_PX + 1 :] - grey[:, 1:-BOX_PX]).mean() / BOX_PX
    return float(left / whole) if whole > 0 else 1.0


MOST_PHOTOS: Final = 500
MOST_COMPONENTS: Final = 64
MOST_WIDTH: Final = 20_000
N_NEIGHBOURS: Final = 5
N_FOLDS: Final = 5
FEWEST_GROUPS: Final = FEWEST["groups for what is unlike"]
"""Groups below which nothing is called unlike the training photos: too few to know their spread."""
_REMEDY = "Get the bundle again, or train the model again."


@dataclass(frozen=True, slots=True)
class Reference:
    """Training photos in a small space.

    Attributes:
        mean: Mean embedding, shape (d,).
        components: Leading directions, orthonormal rows, shape (r, d).
        points: Training photos in them, shape (n, r).
        group: Number of each photo's group, shape (n,).
        class_index: Class of each photo, shape (n,).
        facts: Light and sharpness of each photo, see `arborisk.bundle.reference.LIGHT_FACTS`,
            shape (n, f).
        held_out: Distance of each photo from those of other groups, in a space made without its
            group, shape (n,).
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]
    points: NDArray[np.float32]
    group: NDArray[np.int32]
    class_index: NDArray[np.int32]
    facts: NDArray[np.float32]
    held_out: NDArray[np.float32]

    @property
    def n_groups(self) -> int:
        """Groups among the photos kept."""
        return len(np.unique(self.group))

    def project(self, embedding: NDArray[np.float32]) -> NDArray[np.float64]:
        """Photos in the small space, shape (n, r), of embeddings, shape (n, d)."""
        return np.asarray((embedding - self.mean) @ self.components.T, dtype=np.float64)

    def distance(self, embedding: NDArray[np.float32]) -> NDArray[np.float64]:
        """How far photos are from their nearest training photos, shape (n,).

        Args:
            embedding: As the bundle gives them, shape (n, d).
        """
        return _nearest(self.project(embedding), self.points.astype(np.float64))

    def limit(self, false_alarm: float) -> float:
        """Distance that this share of photos of new groups exceeds; infinite with too few groups.

        Args:
            false_alarm: Share of photos like those of training that may be called unlike, (0, 1).
        """
        if self.n_groups < FEWEST_GROUPS:
            return float("inf")
        return float(np.quantile(self.held_out, 1 - false_alarm))

    def limit_range(self, false_alarm: float) -> tuple[float, float]:
        """What such a limit can promise: the share that it stops on average, and at most.

        A new group may lie beyond all that are known, so that G groups cannot promise less than
        1 / (G + 1) on average; of limits set on as many groups, 19 in 20 stop at most the second
        share of photos of new groups.

        Args:
            false_alarm: As for `limit`.

        Source: arborisk.calibration.misses, with the group as the unit.
        """
        stated = max(false_alarm, 1 / (self.n_groups + 1))
        return stated, 1 - attainable_coverage(self.n_groups, 1 - stated)[0]

    def fact_limit(self, name: str, quantile: float) -> float:
        """Quantile of one fact among the training photos."""
        return float(np.quantile(self.facts[:, LIGHT_FACTS.index(name)], quantile))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays for a file."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], *, where: str) -> Reference:
        """Reference from a file that may come from a stranger.

        Raises:
            BundleError: Names, types, shapes or values cannot be; says which.
        """
        (r, d), n = _shape(arrays, "components"), _shape(arrays, "points")[0]
        expected = {
            "mean": ("float32", (d,)),
            "components": ("float32", (r, d)),
            "points": ("float32", (n, r)),
            "group": ("int32", (n,)),
            "class_index": ("int32", (n,)),
            "facts": ("float32", (n, len(LIGHT_FACTS))),
            "held_out": ("float32", (n,)),
        }
        found = {name: (str(array.dtype), array.shape) for name, array in arrays.items()}
        fits = 0 < n <= MOST_PHOTOS and 0 < r <= MOST_COMPONENTS and 0 < d <= MOST_WIDTH
        if found != expected or not fits:
            raise BundleError(f"the arrays {expected}", str(found)[:600], where, _REMEDY)
        if not all(np.isfinite(array.astype(np.float64)).all() for array in arrays.values()):
            raise BundleError("finite numbers", "NaN or infinity", where, _REMEDY)
        return cls(**{name: np.asarray(array) for name, array in arrays.items()})


def build_reference(
    embedding: NDArray[np.float32],
    arrays: NDArray[np.uint8],
    groups: Sequence[str],
    class_index: NDArray[np.int64],
) -> Reference:
    """Reference of training photos; of many an even choice is kept.

    Args:
        embedding: As the bundle gives them, shape (n, d).
        arrays: The prepared photos, uint8, shape (n, size, size, channels).
        groups: Group of each photo, length n: how far a new group may lie is measured on groups
            left out.
        class_index: Class of each photo, shape (n,).
    """
    number = number_groups(groups)
    kept = np.unique(np.linspace(0, len(number) - 1, MOST_PHOTOS).astype(np.int64))
    chosen, own = embedding[kept].astype(np.float64), number[kept]
    n_components = _n_components(chosen, own)
    mean, components = _space(chosen, n_components)
    return Reference(
        mean.astype(np.float32),
        components.astype(np.float32),
        ((chosen - mean) @ components.T).astype(np.float32),
        own.astype(np.int32),
        class_index[kept].astype(np.int32),
        np.array([light_facts(arrays[row]) for row in kept], dtype=np.float32),
        _held_out(chosen, own, n_components).astype(np.float32),
    )


def _shape(arrays: Mapping[str, NDArray[np.generic]], name: str) -> tuple[int, int]:
    """Shape of a matrix of a file; zeros for what is no matrix."""
    shape = arrays[name].shape if name in arrays else ()
    return (shape[0], shape[1]) if len(shape) == 2 else (0, 0)


def _n_components(embedding: NDArray[np.float64], group: NDArray[np.int64]) -> int:
    """Directions of every space, few enough for that without the largest fold.

    In a space of more directions everything is farther apart: photos left out and new ones can be
    compared in as many only.
    """
    _, own = np.unique(group, return_inverse=True)
    fewest = len(embedding) - int(np.bincount(own % N_FOLDS).max())
    fewest = fewest if fewest > 1 else len(embedding)
    return int(max(1, min(MOST_COMPONENTS, fewest - 1, embedding.shape[1])))


def _space(
    embedding: NDArray[np.float64], n_components: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean, shape (d,), and leading principal directions, shape (r, d)."""
    mean = embedding.mean(axis=0)
    centred = embedding - mean
    # The matrix of products is small and gives the same directions as the whole decomposition.
    values, vectors = np.linalg.eigh(centred @ centred.T)
    leading = vectors[:, ::-1][:, :n_components]
    scale = np.sqrt(np.maximum(values[::-1][:n_components], 1e-12))
    return mean, np.asarray((leading / scale).T @ centred)


def _held_out(
    embedding: NDArray[np.float64], group: NDArray[np.int64], n_components: int
) -> NDArray[np.float64]:
    """Distance of each photo from the others in a space made without its group, shape (n,)."""
    _, own = np.unique(group, return_inverse=True)
    found = np.zeros(len(embedding))
    for fold in range(N_FOLDS):
        out = own % N_FOLDS == fold
        if not out.any() or out.all():
            continue
        mean, components = _space(embedding[~out], n_components)
        points = (embedding[~out] - mean) @ components.T
        found[out] = _nearest((embedding[out] - mean) @ components.T, points)
    return found


def _nearest(query: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean distance to the nearest points, shape (n,)."""
    squared = (query**2).sum(1)[:, None] + (points**2).sum(1) - 2 * query @ points.T
    n_nearest = min(N_NEIGHBOURS, len(points))
    nearest = np.partition(np.maximum(squared, 0), n_nearest - 1, axis=1)[:, :n_nearest]
    return np.asarray(np.sqrt(nearest).mean(axis=1))
