"""What the inputs leave open: the words that are possible, and the chances of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from arborisk.risk.belief import joined_words
from arborisk.scales import Scale
from arborisk.wording.percent import percent


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of a word of an ascending scale.

    Attributes:
        possible: Words that the inputs allow, ascending.
        lowest: Chance of each level if every range lies at its lower end; sums to 1.
        highest: The same at the upper ends. Equal to `lowest` where no input is a range.
    """

    possible: tuple[Scale, ...]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]

    @property
    def is_certain(self) -> bool:
        """Whether one word is left."""
        return len(self.possible) == 1

    @property
    def has_chances(self) -> bool:
        """Whether each word has one chance: no range matters, and some input has chances."""
        return bool(np.allclose(self.lowest, self.highest, atol=1e-12)) and not self.is_certain

    @property
    def words(self) -> tuple[str, ...]:
        """Possible words, ascending."""
        return tuple(level.word for level in self.possible)

    @property
    def text(self) -> str:
        """One line, for example ``Low or Moderate``, or ``Low 62 %, Moderate 38 %``."""
        if not self.has_chances:
            return joined_words(self.possible)
        return ", ".join(f"{level.word} {percent(self.lowest[level])}" for level in self.possible)

    def at_least(self, level: int) -> tuple[float, float]:
        """Lowest and highest chance of this level or one above it."""
        low, high = sum(self.lowest[level:]), sum(self.highest[level:])
        return min(1.0, low), min(1.0, high)


def spread_of(
    kind: type[Scale], possible: ArrayLike, lowest: ArrayLike, highest: ArrayLike
) -> Spread:
    """A spread from arrays, one number a level of `kind`."""
    can = np.asarray(possible) > 0
    return Spread(
        tuple(level for level in kind if can[level]),
        tuple(float(one) for one in np.asarray(lowest)),
        tuple(float(one) for one in np.asarray(highest)),
    )
