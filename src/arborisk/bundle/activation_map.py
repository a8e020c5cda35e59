"""The exact class activation map out of a bundle: what each place adds to a score. No torch.

Where the last layer is linear and reads the mean of the last map, a score is a sum over the places
of that map and a constant. Nothing is estimated: the numbers add up to what the network computed.
They say what it computed with, not whether it was right to.

Source: Zhou, Khosla, Lapedriza, Oliva and Torralba (2016), Learning deep features for
discriminative localization, CVPR, 2921-2929 (class activation map).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.bundle.linear_head import LinearHead
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


@dataclass(frozen=True, slots=True)
class Question:
    """A score that is linear in the rows of a head, with its meaning.

    Attributes:
        weights: Of the rows of the head, shape (n_rows,).
        speaks_for: What a score above 0 speaks for, in words.
        speaks_against: What one below 0 speaks for.
    """

    weights: tuple[float, ...]
    speaks_for: str
    speaks_against: str

    @property
    def title(self) -> str:
        """For example ``Probable and not Possible or Improbable``."""
        return f"{self.speaks_for} and not {self.speaks_against}"


@dataclass(frozen=True, slots=True)
class ExactMap:
    """What each place of a map adds to a score, for n photos.

    Attributes:
        contribution: Shape (n, h, w), over the prepared array; with `bias` it sums to the score.
        bias: The constant of the score, the same for every photo.
    """

    contribution: NDArray[np.float64]
    bias: float

    @property
    def score(self) -> NDArray[np.float64]:
        """Mean over the members of the score asked for, shape (n,)."""
        return np.asarray(self.contribution.sum(axis=(1, 2)) + self.bias)

    @property
    def place_score(self) -> NDArray[np.float64]:
        """Score of a photo that looked everywhere as it does here, shape (n, h, w).

        Its mean over the places is the score of the photo; its zero is where the network would
        be undecided, so that its sign can be read.
        """
        _, height, width = self.contribution.shape
        return np.asarray(self.contribution * (height * width) + self.bias)


def exact_map(head: LinearHead, question: Question, feature_map: NDArray[np.float32]) -> ExactMap:
    """The exact map of a question.

    Args:
        head: Of the bundle, see `arborisk.bundle.linear_head.read_linear_head`.
        question: What is asked.
        feature_map: `BundleOutput.feature_map`, shape (n, c, h, w).
    """
    asked = np.array(question.weights)
    n_places = feature_map.shape[2] * feature_map.shape[3]
    weight = ((asked @ head.weight) / n_places).astype(np.float32)
    # Not tensordot: BLAS would wake its threads for this and let them spin beside those of photos.
    contribution = np.einsum("c,nchw->nhw", weight, feature_map)
    return ExactMap(contribution.astype(np.float64), float(asked @ head.bias))


def contrast_question(contrast: Contrast, titles: Sequence[str]) -> Question:
    """The question of a contrast, for a nominal head: a difference of logits.

    Args:
        contrast: The classes set against each other.
        titles: Titles of all classes, in class order.
    """
    others = _either([titles[number] for number in sorted(contrast.against, reverse=True)])
    weights = contrast.weights(len(titles)).tolist()
    return Question(tuple(weights), titles[contrast.of], others)


def usual_question(head: LinearHead, titles: Sequence[str], answer: int) -> Question:
    """Why the answer, and not the others.

    A nominal head is asked for the answer against all other classes. An ordinal one scores steps
    from class to class, and is asked for the step that leads to its answer; for the lowest class,
    for the step that was not taken.

    Args:
        head: Of the bundle.
        titles: Titles of all classes, in class order.
        answer: Place of the answered class.
    """
    if head.kind == "nominal":
        others = tuple(number for number in range(len(titles)) if number != answer)
        return contrast_question(Contrast(answer, others), titles)
    step = max(answer - 1, 0)
    weights = np.zeros(len(titles) - 1)
    weights[step] = 1.0
    higher = titles[step + 1] + (" or likelier" if step + 2 < len(titles) else "")
    lower = _either(titles[step::-1])
    if head.kind == "corn":  # its later questions are put only when the earlier ones passed
        lower = titles[step]
    if answer > 0:
        return Question(tuple(weights.tolist()), higher, lower)
    return Question(tuple((-weights).tolist()), lower, higher)


def _either(titles: Sequence[str]) -> str:
    return " or ".join(titles)
