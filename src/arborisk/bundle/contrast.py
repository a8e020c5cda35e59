"""What an explanation explains: why this class, and not those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Contrast:
    """A question to a classifier: why class `of`, and not the classes `against`?

    Its score is log p(of) less the mean of log p of the classes against it, averaged over the
    members of a model. For a nominal last layer that is a difference of logits, so it is linear in
    the embedding; above 0 the photo looks more like `of`.

    Attributes:
        of: Class asked about, as its place in the scheme.
        against: Classes it is set against, at least one, without `of`.
    """

    of: int
    against: tuple[int, ...]

    @classmethod
    def between(cls, titles: Sequence[str], of: str, against: str | None = None) -> Contrast:
        """Contrast of classes by their names, whatever the case; against all others for None.

        Args:
            titles: Titles of all classes, in class order.
            of: Title of the class asked about.
            against: Title of the class it is set against.

        Raises:
            SettingsError: No class is called so, or both are one class.

        >>> Contrast.between(("Improbable", "Possible", "Probable"), "probable", "Possible")
        Contrast(of=2, against=(1,))
        """
        first = _place(titles, of)
        others = [_place(titles, against)] if against else range(len(titles))
        rest = tuple(number for number in others if number != first)
        if not rest:
            raise SettingsError(
                "two different classes",
                f"{of!r} twice",
                "the classes to contrast",
                "Name two classes that differ.",
            )
        return cls(first, rest)

    def weights(self, n_classes: int) -> NDArray[np.float64]:
        """Weights of the log-probabilities that give the score, shape (n_classes,); they sum to 0.

        >>> Contrast(2, (0, 1)).weights(3).tolist()
        [-0.5, -0.5, 1.0]
        """
        weights = np.zeros(n_classes)
        weights[list(self.against)] = -1.0 / len(self.against)
        weights[self.of] = 1.0
        return weights

    def title(self, titles: Sequence[str]) -> str:
        """In words, for example ``Probable and not Possible``.

        >>> Contrast(2, (1,)).title(("Improbable", "Possible", "Probable"))
        'Probable and not Possible'
        """
        others = " or ".join(titles[number] for number in sorted(self.against, reverse=True))
        return f"{titles[self.of]} and not {others}"


def _place(titles: Sequence[str], wanted: str) -> int:
    """Place of a title."""
    for number, title in enumerate(titles):
        if title.casefold() == wanted.strip().casefold():
            return number
    raise SettingsError(
        f"one of the classes {', '.join(titles)}",
        repr(wanted),
        "the name of a class",
        "Give one of these names.",
    )
