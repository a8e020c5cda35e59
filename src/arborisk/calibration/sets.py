"""Sets of classes that hold the true one as often as asked for.

Each class is tested: is this photo stranger for it than most photos of that class were to the
members that had not seen them? A class that is not too strange stays in the set.

With one member this is split-conformal prediction, whose coverage is proved; with several it is
cross-conformal prediction, whose coverage is about what is asked for (docs/trust.md has it
simulated); what is proved is weaker: about twice the miss share, and less with few groups. Rows of
one group share the weight of one group.

Sources: Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World (split,
class-conditional); Vovk (2015), Annals of Mathematics and Artificial Intelligence 74, 9-28
(cross-conformal); Barber, Candes, Ramdas and Tibshirani (2021), Annals of Statistics 49, 486-507
(twice the miss share); Lee, Barber and Willett (2023), Distribution-free inference with
hierarchical data (weights of groups).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from arborisk.calibration.fitting import inner_folds
from arborisk.calibration.table import CalibrationTable, contiguous_scores
from arborisk.metrics.scores import predicted_class
from arborisk.wording.percent import counted_part

SetKind = Literal["class_conditional", "marginal"]
ROUNDING = 1e-6
"""Scores this close are equal: probabilities are kept with six decimals."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """Scores of one class from one member, and how much weight lies at or above each.

    Attributes:
        score: Ascending, shape (n,).
        weight: Total weight from each place on, shape (n + 1,); the last is 0.
    """

    score: NDArray[np.float64]
    weight: NDArray[np.float64]

    def at_or_above(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.weight[np.searchsorted(self.score, score - ROUNDING, side="left")]


@dataclass(frozen=True, slots=True)
class SetRule:
    """Gives sets of classes with a stated coverage.

    Attributes:
        kind: ``class_conditional``: of each class, that share of its photos gets a set that holds
            it; it also holds where classes are commoner or rarer than in training. ``marginal``:
            of all photos together; a rare class may be missed nearly always.
        coverage: Share asked for, in (0, 1).
        ordered: Whether sets are contiguous.
        n_groups: Groups behind each class, in class order.
    """

    kind: SetKind
    coverage: float
    ordered: bool
    n_groups: tuple[int, ...]
    _tails: tuple[tuple[_Tail, ...], ...]  # by class, then member

    @classmethod
    def of(
        cls, table: CalibrationTable, *, coverage: float, ordered: bool, kind: SetKind
    ) -> SetRule:
        """Rule from what was said of photos held back.

        Args:
            table: Calibration table.
            coverage: Share of photos whose set shall hold the true class, in (0, 1).
            ordered: Whether the order of the classes means something: sets are then contiguous.
            kind: See `SetRule`.
        """
        rows = np.arange(len(table.class_index))
        own = contiguous_scores(table.probability, ordered=ordered)[rows, table.class_index]
        tails, n_groups = [], []
        for number in range(table.n_classes):
            use = table.class_index == number if kind == "class_conditional" else rows >= 0
            _, group, counts = np.unique(table.group[use], return_inverse=True, return_counts=True)
            weight = 1 / counts[group] / (len(counts) + 1)
            n_groups.append(len(counts))
            tails.append(
                tuple(
                    _tail(own[use][member], weight[member])
                    for member in (table.member[use] == one for one in range(table.n_members))
                )
            )
        return cls(kind, coverage, ordered, tuple(n_groups), tuple(tails))

    def p_values(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """How usual each photo would be for each class, in (0, 1].

        Args:
            probability: What each member says, shape (n, n_members, k).

        Returns:
            Shape (n, k).
        """
        score = contiguous_scores(probability, ordered=self.ordered)
        p_values = np.empty((len(score), score.shape[2]))
        for class_index, (n_groups, tails) in enumerate(
            zip(self.n_groups, self._tails, strict=True)
        ):
            p_values[:, class_index] = 1 / (n_groups + 1)  # the new photo itself
            for member, tail in enumerate(tails):
                p_values[:, class_index] += tail.at_or_above(score[:, member, class_index])
        return p_values

    def sets(self, probability: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each class is in the set of each photo, shape (n, k).

        The class that the members together find most probable is always in: an empty set would say
        nothing that a person could use, and a class more never lowers coverage.

        Args:
            probability: What each member says, shape (n, n_members, k).
        """
        inside = self.p_values(probability) > 1 - self.coverage + 1e-12
        inside[np.arange(len(inside)), predicted_class(probability.mean(axis=1))] = True
        if self.ordered:
            up = np.maximum.accumulate(inside, axis=1)
            down = np.maximum.accumulate(inside[:, ::-1], axis=1)[:, ::-1]
            inside = up & down
        return np.asarray(inside)

    @property
    def n_members(self) -> int:
        """Members whose answers `p_values` takes."""
        return len(self._tails[0])

    @property
    def fewest_groups(self) -> int:
        """Groups of a class below which that class is in every set."""
        return int(np.ceil(1 / (1 - self.coverage) - 1e-9)) - 1

    def cannot_rule_out(self) -> tuple[int, ...]:
        """Classes with too few groups: they are in every set."""
        return tuple(
            number for number, count in enumerate(self.n_groups) if count < self.fewest_groups
        )


def _tail(score: NDArray[np.float64], weight: NDArray[np.float64]) -> _Tail:
    order = np.argsort(score, kind="stable")
    from_here = np.append(np.cumsum(weight[order][::-1])[::-1], 0.0)
    return _Tail(score[order], from_here)


@dataclass(frozen=True, slots=True)
class SetPrice:
    """How little the sets say, over the photos held back.

    Attributes:
        mean_size: Classes in a set on average.
        whole: Share of sets that hold every class and so say nothing, in [0, 1].
        with_last: Share of sets that hold the last class, the likeliest of ordered ones, in [0, 1].
    """

    mean_size: float
    whole: float
    with_last: float

    @classmethod
    def of(cls, inside: NDArray[np.bool_] | None) -> SetPrice | None:
        """Price of sets, shape (n, k); None where there are none."""
        if inside is None:
            return None
        size = inside.sum(axis=1)
        whole = size == inside.shape[1]
        return cls(float(size.mean()), float(whole.mean()), float(inside[:, -1].mean()))

    def sentence(self, last: str) -> str:
        """In words; `last` is the title of the last class."""
        return (
            f"A set of the photos held back holds {self.mean_size:.2f} classes on average: every "
            f"class for {counted_part(self.whole)} of them, {last} for "
            f"{counted_part(self.with_last)}."
        )


def sets_held_back(
    table: CalibrationTable, *, coverage: float, ordered: bool
) -> NDArray[np.bool_] | None:
    """Class-conditional sets of the photos held back, each made without the photo's own fold.

    Args:
        table: What was said of photos held back.
        coverage: Share of sets that shall hold the true class, in (0, 1).
        ordered: Whether the order of the classes means something.

    Returns:
        Whether each class is in the set of each photo, shape (n, k); None with a single fold.
    """
    fold = inner_folds(table)
    if len(np.unique(fold)) < 2:
        return None
    inside = np.ones((len(fold), table.n_classes), dtype=np.bool_)
    for number in np.unique(fold):
        out = fold == number
        others = SetRule.of(
            table.rows(~out), coverage=coverage, ordered=ordered, kind="class_conditional"
        )
        said = np.repeat(table.probability[out][:, None], others.n_members, axis=1)
        inside[out] = others.sets(said)
    return inside
