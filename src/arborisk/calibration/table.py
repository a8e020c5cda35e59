"""What the members of a model said of photos that they had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import BundleError
from arborisk.metrics.scores import number_groups

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


def contiguous_scores(probability: NDArray[np.float64], *, ordered: bool) -> NDArray[np.float64]:
    """Strangeness of each class, in [0, 1]; classes below any limit stand side by side.

    Without an order it is 1 - p, which gives the smallest sets on average (Sadinle, Lei and
    Wasserman 2019, Journal of the American Statistical Association 114, 223-234). With an order, a
    class between two probable ones is as probable as the lesser of them: a set that holds Probable
    and Improbable holds Possible too. Where probabilities rise and then fall both are the same.

    Args:
        probability: Shape (..., k), classes in ascending order.
        ordered: Whether the order of the classes means something.

    >>> contiguous_scores(np.array([0.5, 0.1, 0.4]), ordered=True).round(2).tolist()
    [0.5, 0.6, 0.6]
    """
    if not ordered:
        return np.asarray(1 - probability)
    from_below = np.maximum.accumulate(probability, axis=-1)
    from_above = np.maximum.accumulate(probability[..., ::-1], axis=-1)[..., ::-1]
    return np.asarray(1 - np.minimum(from_below, from_above))


def chance_at_or_above(
    probability: NDArray[np.float64], class_number: int, *, ordered: bool
) -> NDArray[np.float64]:
    """Probability of a class or a likelier one; of the class alone where the order means nothing.

    Args:
        probability: Shape (..., k).
        class_number: 0 to k - 1.
        ordered: Whether the order of the classes means something.

    Returns:
        Shape (...).
    """
    last = probability.shape[-1] if ordered else class_number + 1
    return np.asarray(probability[..., class_number:last].sum(axis=-1))


Method = Literal["none", "temperature", "bias", "matrix"]
METHOD_WORDS: dict[Method, str] = {
    "none": "taking the network at its word, but for the class shares of training",
    "temperature": "temperature scaling",
    "bias": "temperature scaling with a bias for each class",
    "matrix": "a full linear map of the log-probabilities (Dirichlet)",
}


@dataclass(frozen=True, slots=True)
class CalibrationMap:
    """Softmax of a linear map of log-probabilities.

    Attributes:
        method: How it was fitted. ``temperature``: Guo et al. (2017), ICML, with the logits
            divided by the temperature. ``bias``: Alexandari, Kundaje and Shrikumar (2020), ICML,
            bias-corrected temperature scaling; for two classes it is Platt (1999). ``matrix``:
            Kull et al. (2019), NeurIPS, Dirichlet calibration. ``none``: too few groups to fit
            anything.
        weight: Applied to the log-probabilities of all classes, shape (k, k); the identity
            divided by the temperature but for ``matrix``.
        bias: Added for each class, shape (k,).
    """

    method: Method
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def apply(self, log_probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities, rows sum to 1.

        Args:
            log_probability: What a network says, shape (..., k).
        """
        return normalised(log_probability @ self.weight.T + self.bias)

    @property
    def temperature(self) -> float:
        """What the log-probabilities are divided by; above 1 the network was too sure of itself."""
        return float(1 / np.mean(np.diag(self.weight)))


def shift_prior(
    probability: NDArray[np.float64], source: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities where classes are as common as `target` instead of `source`.

    It holds where the trees of a class look alike in both places, and only how many there are
    differs.

    Args:
        probability: Shape (..., k), calibrated to the shares `source`.
        source: Share of each class behind the probabilities, above 0, shape (k,).
        target: Share of each class where they are to be used, shape (k,).

    Source: Saerens, Latinne and Decaestecker (2002), Neural Computation 14, 21-41, equation 2.4.

    >>> shift_prior(np.array([0.5, 0.5]), np.array([0.5, 0.5]), np.array([0.9, 0.1])).tolist()
    [0.9, 0.1]
    """
    raised = probability * (target / source)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
