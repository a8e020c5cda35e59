"""What the deck's printed precision of 87.9 with recall 100 and accuracy 86.8 can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from arborisk.evaluation.deck_counts import counts_printed
from arborisk.wording.percent import half_up, in_percent

N_VALIDATION = 76
"""Validation photos. Source: the deck, data."""
BATCHES = (32, 32, 12)
"""76 photos in batches of 32, the deck's batch size."""
PRECISION, RECALL, ACCURACY = "87.9", "100", "86.8"
"""As printed, in percent."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of a model with two answers.

    Attributes:
        true_positive: Of the positive class and called so.
        false_negative: Of the positive class and not called so.
        false_positive: Not of the positive class and called so.
        true_negative: Not of the positive class and not called so.
    """

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    @property
    def precision(self) -> Fraction:
        """Of the photos called so, the share that are so; 0 where none is called so."""
        called = self.true_positive + self.false_positive
        return Fraction(self.true_positive, called) if called else Fraction(0)


def matching_confusions() -> list[Confusion]:
    """All confusion matrices of 76 photos whose accuracy prints 86.8 and whose recall prints 100.

    Which class counts as the positive one makes no difference: every matrix is gone through, so the
    list holds those of either. A recall of 100 needs a photo of the positive class.
    """
    n = N_VALIDATION
    return [
        Confusion(hit, miss, n - right - miss, right - hit)
        for right in counts_printed(ACCURACY, n)
        for hit in range(right + 1)
        for miss in range(n - right + 1)
        if hit + miss and in_percent(Fraction(hit, hit + miss), 0) == RECALL
    ]


@dataclass(frozen=True, slots=True)
class BatchSplit:
    """The 66 photos of the class always given, over the batches.

    Attributes:
        counts: Photos of the class in each batch.
        mean: Mean of the batches' precisions, each batch counting alike.
        chance: Chance of these counts when the photos come in random order.
    """

    counts: tuple[int, int, int]
    mean: Fraction
    chance: Fraction

    @property
    def printed_once(self) -> str:
        """The mean in percent, rounded once to one decimal."""
        return in_percent(self.mean)

    @property
    def printed_twice(self) -> str:
        """The mean rounded to four decimals, as Keras shows it, and then to one of percent."""
        return in_percent(half_up(self.mean, 4))


def batch_splits(n_of_class: int = 66) -> list[BatchSplit]:
    """All ways in which the photos of the class always given can fall into the batches.

    With one answer for all photos, the precision in a batch is the share of that class in it. The
    chances are those of the multivariate hypergeometric distribution and add up to 1.

    Args:
        n_of_class: Photos of that class among the 76.
    """
    one, two, three = BATCHES
    ways = comb(N_VALIDATION, n_of_class)
    return [
        BatchSplit(
            (x, y, z),
            (Fraction(x, one) + Fraction(y, two) + Fraction(z, three)) / 3,
            Fraction(comb(one, x) * comb(two, y) * comb(three, z), ways),
        )
        for x in range(one + 1)
        for y in range(two + 1)
        for z in [n_of_class - x - y]
        if 0 <= z <= three
    ]


def chance_of_printed_precision(n_positive: int) -> float:
    """Chance that a model of the printed accuracy and recall has a batch mean that prints 87.9.

    The printed accuracy and recall leave one number free: of the 76 photos, how many are of the
    positive class. Ten of the others are then called so wrongly and the rest rightly not. The
    chance is over the order of the photos, all orders alike; rounding once or twice both count.

    Args:
        n_positive: Validation photos of the positive class, 0 to 66; 66 is the constant answer.
    """
    n_rest = 66 - n_positive
    hits = 0
    for wrong in _parts(10, BATCHES):
        room = tuple(size - count for size, count in zip(BATCHES, wrong, strict=True))
        ways_wrong = _ways(BATCHES, wrong)
        for rest in _parts(n_rest, room):
            if 0.87845 <= _mean_precision(room, rest, wrong) < 0.8795:
                hits += ways_wrong * _ways(room, rest)
    return hits / (comb(N_VALIDATION, 10) * comb(66, n_rest))


def _parts(total: int, room: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """All ways to divide a number over the three batches, at most so many in each."""
    for one in range(min(total, room[0]) + 1):
        for two in range(min(total - one, room[1]) + 1):
            if total - one - two <= room[2]:
                yield one, two, total - one - two


def _ways(room: tuple[int, ...], counts: tuple[int, ...]) -> int:
    """Ways to choose so many places in each batch."""
    product = 1
    for size, count in zip(room, counts, strict=True):
        product *= comb(size, count)
    return product


def _mean_precision(room: tuple[int, ...], rest: tuple[int, ...], wrong: tuple[int, ...]) -> float:
    """Mean over the batches of right among called positive; 0 where none is called so."""
    total = 0.0
    for size, not_called, false in zip(room, rest, wrong, strict=True):
        right = size - not_called
        total += right / (right + false) if right + false else 0.0
    return total / len(room)
