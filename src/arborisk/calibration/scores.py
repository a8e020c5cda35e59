"""How strange a class would be for a photo, and how much speaks for a class or likelier ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
