"""The photos that shortcut tests look at, with all that is known of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import ArboriskError
from arborisk.wording.counts import counted

UNSEEN_BY_ALL = -1
"""Member of a photo that no member of the model learnt from."""


@dataclass(frozen=True, slots=True)
class ShortcutPhotos:
    """Prepared photos with their classes; row i of each is photo i.

    Attributes:
        arrays: Bytes as the model takes them, shape (n, size, size, channels).
        class_index: True class, shape (n,).
        groups: Group of each photo: photos of one group are not independent.
        member: Member of the model that did not learn from the photo, or `UNSEEN_BY_ALL`, shape
            (n,). A model's own training photos flatter it.
        tree_mask: Where the tree is, on the grid of the arrays, shape (n, size, size), or None.
        dead_share: Share of the tree that is dead or bare wood, 0 to 1, NaN where unknown, shape
            (n,), or None.
        wood: What that share counts, in words: out of leaf, living twigs are bare as well.
        camera_facts: Numbers from the file's header (size, sharpness of storage, ...), shape
            (n, n_facts), or None.
        camera_fact_names: Their names.
        drawn: Whether the trees are drawn: never evidence about real ones.
    """

    arrays: NDArray[np.uint8]
    class_index: NDArray[np.int64]
    groups: tuple[str, ...]
    member: NDArray[np.int64]
    tree_mask: NDArray[np.bool_] | None = None
    dead_share: NDArray[np.float64] | None = None
    wood: str = "dead wood"
    camera_facts: NDArray[np.float64] | None = None
    camera_fact_names: tuple[str, ...] = ()
    drawn: bool = False

    def __post_init__(self) -> None:
        n_photos = len(self.arrays)
        given = (self.tree_mask, self.dead_share, self.camera_facts)
        lengths = [len(self.class_index), len(self.groups), len(self.member)]
        lengths += [len(item) for item in given if item is not None]
        if not n_photos or any(length != n_photos for length in lengths):
            raise ArboriskError(
                f"one value for each of the {counted(n_photos, 'photo')}, and at least one photo",
                f"lengths {lengths}",
                "the photos of the shortcut tests",
                "Give every photo its class, group and member.",
            )
        if self.tree_mask is not None and self.tree_mask.shape != self.arrays.shape[:3]:
            raise ArboriskError(
                f"masks of shape {self.arrays.shape[:3]}, as the arrays",
                f"{self.tree_mask.shape}",
                "the tree masks of the shortcut tests",
                "Prepare the masks with the settings of the model.",
            )

    def __len__(self) -> int:
        return len(self.arrays)

    @property
    def size_px(self) -> int:
        """Side of the arrays, in pixels."""
        return int(self.arrays.shape[1])

    def group_names(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> list[str]:
        """Groups of some photos."""
        names: list[str] = np.asarray(self.groups, dtype=np.str_)[rows].tolist()
        return names
