"""What is known of one input: a word, a range of words, chances of words, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from arborisk.scales import Scale
from arborisk.wording.percent import percent

L = TypeVar("L", bound=Scale)
View = Literal["lowest", "highest", "equal", "possible"]
NOBODY = "nobody"
NOT_NAMED = "not named"
"""Who gave a word where no assessor is named; unlike a word that nobody gave."""


@dataclass(frozen=True, slots=True)
class Belief(Generic[L]):
    """Weights on sets of levels.

    One word is one set of one level; a range is one set of several; chances are several sets of one
    level; a merged class of a model is a set of several levels with a chance. Nothing is said on
    how a weight divides within its set: that is what a range means.

    Attributes:
        kind: The scale.
        masses: Sets of levels, ascending, each with its weight; the weights sum to 1.
        name: What it is about, for example ``occupancy of the footpath``. Rows whose inputs have
            one name share that input.
        by: Who or what gave it.
    """

    kind: type[L]
    masses: tuple[tuple[tuple[L, ...], float], ...]
    name: str
    by: str = NOBODY

    @property
    def possible(self) -> tuple[L, ...]:
        """Levels with any weight, ascending."""
        return tuple(
            sorted({level for levels, weight in self.masses if weight for level in levels})
        )

    @property
    def is_certain(self) -> bool:
        """Whether one level is left."""
        return len(self.possible) == 1

    @property
    def is_missing(self) -> bool:
        """Whether nobody gave it."""
        return self.by == NOBODY

    def array(self, view: View) -> NDArray[np.float64]:
        """Weight of each level, shape (levels,).

        Args:
            view: ``lowest`` puts the weight of a set on its lowest level, ``highest`` on its
                highest, ``equal`` in equal parts on all; ``possible`` gives 1 for each level
                that is possible.
        """
        found = np.zeros(len(self.kind))
        for levels, weight in self.masses:
            if view == "lowest":
                found[min(levels)] += weight
            elif view == "highest":
                found[max(levels)] += weight
            else:
                found[list(levels)] += weight / len(levels)
        return (found > 0).astype(np.float64) if view == "possible" else found

    def known_as(self, level: L) -> Belief[L]:
        """The same input, were it known to be `level`."""
        return replace(self, masses=(((level,), 1.0),))

    @property
    def words(self) -> str:
        """As people read it, for example ``Possible or Probable`` or ``Possible 30 %, ...``."""
        if len(self.masses) == 1:
            return joined_words(self.masses[0][0])
        return ", ".join(
            f"{joined_words(levels)} {percent(weight)}" for levels, weight in self.masses
        )


def one_of(kind: type[L], levels: Iterable[L], *, name: str, by: str) -> Belief[L]:
    """A word or a range of words."""
    return Belief(kind, ((tuple(sorted(set(levels))), 1.0),), name, by)


def chances(
    kind: type[L], weights: Mapping[tuple[L, ...], float], *, name: str, by: str
) -> Belief[L]:
    """Chances of words, or of sets of words; the weights sum to 1."""
    masses = tuple((tuple(sorted(levels)), float(weight)) for levels, weight in weights.items())
    return Belief(kind, tuple(sorted(masses)), name, by)


def unknown(kind: type[L], *, name: str) -> Belief[L]:
    """Nothing is known: every level of the scale is possible."""
    return Belief(kind, ((tuple(kind), 1.0),), name)


def joined_words(levels: Sequence[Scale]) -> str:
    """Words of ascending levels: ``Low or High``, or ``Low to High`` for three in a row."""
    if len(levels) > 2 and levels[-1] - levels[0] == len(levels) - 1:
        return f"{levels[0].word} to {levels[-1].word}"
    return " or ".join(level.word for level in levels)
