"""How many of many trees: expected counts, which need to know how common the classes are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arborisk.errors import AssessmentError, Remedy, command, option
from arborisk.risk.annual import Chance, ClassChances
from arborisk.risk.model_answers import ModelAnswer
from arborisk.risk.product import chance_of_draws

Floats = NDArray[np.float64]
N_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """Trees with the event within the years.

    Attributes:
        n_trees: Trees in all.
        expected: Expected number, exact, with the credible interval of the expectation.
        seen_low: Lower end for the number that will be seen: luck is added.
        seen_high: Upper end.
    """

    n_trees: int
    expected: Chance
    seen_low: float
    seen_high: float


def expected_count(
    weights: Floats,
    chances: ClassChances,
    *,
    level: float = 0.95,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> ExpectedCount:
    """Expected number of trees with the event.

    The doubt on the prior is common to all trees of a class and does not average out over many;
    only luck does. Luck is drawn from a binomial with the mean and variance of the sum.

    Args:
        weights: Weights of the classes, shape (n_trees, 4). Chances of a model must first be moved
            to the mix of classes of this place: see `refuse_without_prevalence`.
        chances: Chance of each class.
        level: Coverage of both intervals.
        n_draws: Draws of the prior and the rate.
        seed: Same seed, same numbers.
    """
    random = np.random.default_rng(seed)
    drawn = chances.draws(n_draws, random)
    total, products = weights.sum(axis=0), weights.T @ weights
    mean = drawn @ total
    squares = np.einsum("di,ij,dj->d", drawn, products, drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(mean > 0, squares / mean, 1.0)
    size = np.maximum(np.rint(np.divide(mean, share, out=np.zeros_like(mean), where=share > 0)), 0)
    luck = np.divide(mean, size, out=np.zeros_like(mean), where=size > 0)
    seen = random.binomial(size.astype(np.int64), np.clip(luck, 0.0, 1.0))
    ends = ((1 - level) / 2, (1 + level) / 2)
    seen_low, seen_high = np.quantile(seen, ends)
    exact = float(total @ chances.means())
    return ExpectedCount(
        len(weights), chance_of_draws(exact, mean, ends), float(seen_low), float(seen_high)
    )


def refuse_without_prevalence(answers: Iterable[ModelAnswer]) -> None:
    """Refuses to add up a model's chances where nobody said how common the classes are here.

    Raises:
        AssessmentError: Says how to state the prevalence.
    """
    without = sum(not answer.has_prevalence for answer in answers)
    if without:
        raise AssessmentError(
            "a model's chances for the mix of classes of this place (columns prevalence_<class>)",
            f"{without} answers without",
            "expected counts",
            Remedy(
                "Run {} with {}: chances that hold for the mix of the training photos do not add "
                "up over a street.",
                command("predict"),
                option("--prevalence", "predict"),
            ),
        )


def weights_of(answers: Sequence[ModelAnswer], *, highest: bool) -> Floats:
    """Weights of the classes, shape (n_trees, 4); sets of words at one of their ends."""
    return np.stack([one.failure.array("highest" if highest else "lowest") for one in answers])
