"""What the members of a model said of photos that they had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import BundleError
from arborisk.metrics.sums import number_groups

MOST_ROWS: Final = 2_000_000
SMALLEST_LOG: Final = -100.0
"""Log-probabilities end here: what a network gives no chance at all must not become infinity."""
_REMEDY = "Get the bundle again, or train the model again."


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """Answers to photos (or trees) of groups held back, with the truth; no name and no place.

    Attributes:
        log_probability: Log of the probability that the member gave each class, shape (n, k).
        class_index: True class, shape (n,).
        member: Member that had not seen the row, 0 to n_members - 1, shape (n,).
        group: Number of the group: rows of one group are not independent, shape (n,).
        tree: Number of the tree; a photo without one is a tree of its own, shape (n,).
    """

    log_probability: NDArray[np.float64]
    class_index: NDArray[np.int64]
    member: NDArray[np.int64]
    group: NDArray[np.int64]
    tree: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        *,
        probability: NDArray[np.float64],
        class_index: NDArray[np.int64],
        rounds: Sequence[str],
        groups: Sequence[str],
        trees: Sequence[str],
    ) -> CalibrationTable:
        """Table of out-of-fold predictions.

        Args:
            probability: Shape (n, k), rows sum to 1.
            class_index: True class, shape (n,).
            rounds: Name of the round that held each photo back, length n; members are numbered in
                the order of their names' first appearance.
            groups: Name of each photo's group, length n.
            trees: Name of each photo's tree, or "", length n.
        """
        own = [tree or f"\0photo {row}" for row, tree in enumerate(trees)]
        first_seen = {name: number for number, name in enumerate(dict.fromkeys(rounds))}
        with np.errstate(divide="ignore"):
            log = np.log(probability)
        return cls(
            np.maximum(log, SMALLEST_LOG),
            np.asarray(class_index, dtype=np.int64),
            np.array([first_seen[name] for name in rounds], dtype=np.int64),
            number_groups(groups),
            # A tree lies within its group; where it does not, each part of it counts.
            number_groups([f"{group}\0{tree}" for group, tree in zip(groups, own, strict=True)]),
        )

    @property
    def probability(self) -> NDArray[np.float64]:
        """What the members said, rows sum to 1, shape (n, k)."""
        return normalised(self.log_probability)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.log_probability.shape[1])

    @property
    def n_members(self) -> int:
        """Number of members."""
        return int(self.member.max()) + 1

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(np.unique(self.group))

    def groups_of_class(self) -> list[int]:
        """Groups that hold each class, in class order."""
        return [
            len(np.unique(self.group[self.class_index == number]))
            for number in range(self.n_classes)
        ]

    def groups_from_class(self, *, ordered: bool) -> list[int]:
        """Groups that hold each class or, where `ordered`, a likelier one, in class order."""
        if not ordered:
            return self.groups_of_class()
        return [
            len(np.unique(self.group[self.class_index >= number]))
            for number in range(self.n_classes)
        ]

    def rows(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> CalibrationTable:
        """The table with some of its rows."""
        return CalibrationTable(
            self.log_probability[keep],
            self.class_index[keep],
            self.member[keep],
            self.group[keep],
            self.tree[keep],
        )

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays for a file."""
        return {
            "log_probability": self.log_probability.astype(np.float32),
            "class_index": self.class_index.astype(np.int32),
            "member": self.member.astype(np.int32),
            "group": self.group.astype(np.int32),
            "tree": self.tree.astype(np.int32),
        }

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, NDArray[np.generic]],
        *,
        n_classes: int,
        n_members: int,
        where: str,
    ) -> CalibrationTable:
        """Table from a file that may come from a stranger.

        Raises:
            BundleError: Names, types, shapes or values cannot be; says which.
        """
        log = arrays.get("log_probability", np.zeros(0))
        n_rows = len(log) if log.ndim else 0
        expected = {
            "log_probability": ("float32", (n_rows, n_classes)),
            **dict.fromkeys(("class_index", "member", "group", "tree"), ("int32", (n_rows,))),
        }
        found = {name: (str(array.dtype), array.shape) for name, array in arrays.items()}
        if found != expected or not 0 < n_rows <= MOST_ROWS:
            raise BundleError(f"the arrays {expected}", str(found)[:400], where, _REMEDY)
        whole = {
            name: np.asarray(arrays[name], dtype=np.int64)
            for name in ("class_index", "member", "group", "tree")
        }
        limits = {"class_index": n_classes, "member": n_members, "group": n_rows, "tree": n_rows}
        for name, limit in limits.items():
            if whole[name].min() < 0 or whole[name].max() >= limit:
                raise BundleError(
                    f"{name} from 0 to {limit - 1}",
                    f"{whole[name].min()} to {whole[name].max()}",
                    where,
                    _REMEDY,
                )
        values = np.asarray(log, dtype=np.float64)
        if not np.isfinite(values).all() or values.max() > 1e-3:
            raise BundleError("finite log-probabilities", "others", where, _REMEDY)
        return cls(values, **whole)


def normalised(log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities, rows sum to 1, of logits or log-probabilities of shape (..., k)."""
    powers = np.exp(log_probability - log_probability.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
